internal import CLLVM

/// A promise or a wish about a function, a parameter, a result or a call, as LLVM's language reference lists them.
public struct Attribute: Hashable {
  enum Kind: Hashable {
    case named(String, UInt64)
    case text(String, String)
    case typed(String, IRType)
    case memory(String)
  }

  let kind: Kind

  /// An attribute of LLVM by name, with its number if it takes one, such as `dereferenceable`.
  public static func named(_ name: String, _ value: UInt64 = 0) -> Attribute { Attribute(kind: .named(name, value)) }

  /// A string attribute, which LLVM does not check, such as `frame-pointer` = `all`.
  public static func text(_ key: String, _ value: String = "") -> Attribute { Attribute(kind: .text(key, value)) }

  /// An attribute of LLVM that takes a type, such as `sret`.
  public static func typed(_ name: String, _ type: IRType) -> Attribute { Attribute(kind: .typed(name, type)) }

  /// What memory a function may touch, written as inside `memory(...)`: `none`, `read`, `argmem: readwrite`, ...
  public static func memory(_ effects: String) -> Attribute { Attribute(kind: .memory(effects)) }

  /// The function never unwinds.
  public static var nounwind: Attribute { .named("nounwind") }
  /// The function never returns.
  public static var noreturn: Attribute { .named("noreturn") }
  /// The function is rarely called.
  public static var cold: Attribute { .named("cold") }
  /// The function is called often.
  public static var hot: Attribute { .named("hot") }
  /// The function is never inlined.
  public static var noinline: Attribute { .named("noinline") }
  /// No pass changes the function, and its code is generated quickly; needs `noinline`.
  public static var optnone: Attribute { .named("optnone") }
  /// The function is inlined wherever possible, without optimisation too.
  public static var alwaysinline: Attribute { .named("alwaysinline") }
  /// The function always returns or unwinds.
  public static var willreturn: Attribute { .named("willreturn") }
  /// The value is neither undefined nor poison.
  public static var noundef: Attribute { .named("noundef") }
  /// The pointer is not null.
  public static var nonnull: Attribute { .named("nonnull") }
  /// What the pointer points to is reached through no other pointer.
  public static var noalias: Attribute { .named("noalias") }
  /// The pointer is a multiple of `bytes`, a power of two.
  public static func align(_ bytes: UInt64) -> Attribute { .named("align", bytes) }
  /// The pointer may be read for `bytes` bytes.
  public static func dereferenceable(_ bytes: UInt64) -> Attribute { .named("dereferenceable", bytes) }
}

/// What an attribute is about.
public enum AttributePlace: Hashable, Sendable {
  /// The function or the call itself.
  case function
  /// The value that comes back.
  case result
  /// The parameter or argument of the given number, from 0.
  case parameter(Int)

  var index: LLVMAttributeIndex {
    switch self {
    case .function: UInt32.max
    case .result: 0
    case .parameter(let number): UInt32(clamping: number) &+ 1
    }
  }
}

extension Context {
  /// The handle of an attribute. Throws if LLVM knows no attribute of that name.
  func resolve(_ attribute: Attribute) throws -> LLVMAttributeRef {
    let made: LLVMAttributeRef?
    switch attribute.kind {
    case .named(let name, let value):
      made = LLVMCreateEnumAttribute(handle, try kindOfAttribute(name), value)
    case .text(let key, let value):
      made = LLVMCreateStringAttribute(
        handle, key, UInt32(clamping: key.utf8.count), value, UInt32(clamping: value.utf8.count))
    case .typed(let name, let type):
      made = LLVMCreateTypeAttribute(handle, try kindOfAttribute(name), type.handle)
    case .memory(let effects):
      made = LLVMCreateEnumAttribute(handle, try kindOfAttribute("memory"), try memoryBits(effects))
    }
    guard let made else { throw LLVMError("attribute not made: \(attribute)") }
    return made
  }

  private func kindOfAttribute(_ name: String) throws -> UInt32 {
    let kind = LLVMGetEnumAttributeKindForName(name, name.utf8.count)
    guard kind != 0 else { throw LLVMError("no attribute is named '\(name)'") }
    return kind
  }

  /// The encoding of memory effects differs between LLVM versions, so LLVM's own reader of IR is asked once per text.
  private func memoryBits(_ effects: String) throws -> UInt64 {
    if let known = memoryEffects[effects] { return known }
    let module = try Module(parsing: "declare void @probe() memory(\(effects))", context: self)
    let found = module.function(named: "probe").flatMap { function in
      LLVMGetEnumAttributeAtIndex(
        function.handle, AttributePlace.function.index, LLVMGetEnumAttributeKindForName("memory", 6))
    }
    guard let found else { throw LLVMError("memory(\(effects)) is no attribute") }
    let bits = LLVMGetEnumAttributeValue(found)
    memoryEffects[effects] = bits
    return bits
  }
}
