public import Nanopass

/// A function of the native run-time library, as compiled code calls it. All borrow their arguments, but for those of
/// primitives that own them.
public struct RuntimeFunction: Sendable {
  /// What an optimiser may rely on, beside that no function throws.
  public enum Fact: Sendable {
    /// It does not return.
    case neverReturns
    /// It is called seldom.
    case cold
    /// It writes no memory that the caller can see, and gives the same for the same arguments.
    case onlyReads
    /// The result is memory that nothing else refers to.
    case allocates
    /// There is a variant that keeps the caller's registers, where the library has any such.
    case keepsRegisters
  }

  /// The symbol.
  public let name: Name
  /// The types of the arguments. Addresses are words.
  public let arguments: [Machine.Ty]
  /// The type of the result, nil for none.
  public let result: Machine.Ty?
  /// What an optimiser may rely on.
  public let facts: Set<Fact>

  private init(_ name: Name, _ arguments: [Machine.Ty], _ result: Machine.Ty?, _ facts: Set<Fact> = []) {
    self.name = name
    self.arguments = arguments
    self.result = result
    self.facts = facts
  }

  /// The function of that name.
  public static func named(_ name: Name) -> RuntimeFunction? { table[name] }

  private static let table = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

  /// All functions that compiled code may call: those of cells and integers, and those behind the primitives and the
  /// services.
  public static let all: [RuntimeFunction] = cells + arithmetic + text + ofPrimitives + ofServices

  private static let cells = [
    // The size in bytes.
    RuntimeFunction("nanoc_alloc", [.word], .word, [.allocates]),
    // The same, for where no cell is ready.
    RuntimeFunction("nanoc_refill", [.word], .word, [.allocates, .cold, .keepsRegisters]),
    // One more reference to a counted word of any kind.
    RuntimeFunction("nanoc_dup", [.word], nil, [.keepsRegisters]),
    // One reference less.
    RuntimeFunction("nanoc_drop", [.word], nil, [.keepsRegisters]),
    // Frees the memory of a cell, and nothing else.
    RuntimeFunction("nanoc_release", [.word], nil),
    // One reference less to all that a cell holds.
    RuntimeFunction("nanoc_drop_fields", [.word], nil),
    // Frees a cell to which a last reference is left, and drops what it holds.
    RuntimeFunction("nanoc_free", [.word], nil),
    // One reference less to a cell, and one more to each of its counted fields.
    RuntimeFunction("nanoc_take", [.word], nil),
  ]

  private static let arithmetic = [
    RuntimeFunction("nanoc_int_add", [.word, .word], .word, [.cold, .keepsRegisters]),
    RuntimeFunction("nanoc_int_sub", [.word, .word], .word, [.cold, .keepsRegisters]),
    RuntimeFunction("nanoc_int_mul", [.word, .word], .word, [.cold, .keepsRegisters]),
    RuntimeFunction("nanoc_int_neg", [.word], .word, [.cold, .keepsRegisters]),
    RuntimeFunction("nanoc_int_equal", [.word, .word], .word, [.cold, .onlyReads, .keepsRegisters]),
    // Negative, zero or positive.
    RuntimeFunction("nanoc_int_compare", [.word, .word], .word, [.cold, .onlyReads, .keepsRegisters]),
    RuntimeFunction("nanoc_int_to_word_saturating", [.word], .word, [.cold, .onlyReads]),
  ]

  private static let text = [
    // The number of strings and the address of the first.
    RuntimeFunction("nanoc_string_append_many", [.word, .word], .word),
    // Negative, zero or positive.
    RuntimeFunction("nanoc_string_compare", [.word, .word], .word, [.onlyReads]),
  ]

  private static let ofPrimitives = Primitive.all.compactMap { primitive -> RuntimeFunction? in
    guard case .runtime(let function, let arguments, let result) = primitive.native else { return nil }
    let readsOnly = (result == .word || result == .index) && !primitive.mayFail
    return RuntimeFunction(Name(function), arguments.map(type), type(result), readsOnly ? [.onlyReads] : [])
  }

  private static let ofServices = EffectOperation.all.map { operation in
    RuntimeFunction(
      Name(operation.native), operation.passing.map(type),
      operation.result == .unit ? nil : type(operation.resultPassing), operation.ends ? [.neverReturns, .cold] : [])
  }

  private static func type(_ passing: Passing) -> Machine.Ty { passing == .float ? .float : .word }
}
