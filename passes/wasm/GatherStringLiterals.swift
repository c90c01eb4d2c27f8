import Diagnostics
public import Languages
public import Nanopass

/// Keeps the string literals of a program that is to be small together in one datum, from which a function of the library
/// makes all when the first is asked for.
///
///     (global string.0 (ref string) false (new string [(newFixed bytes [(i32 104) (i32 105)]) (i32 0) (i32 2) (i32 2)]))
///     ...
///     (global string.0)
///
/// becomes
///
///     (global literal.strings (ref strings) false (newZeroed strings (i32 1)))
///     (bytes literal.texts [104 105 255])
///     ...
///     (call string.literal [(i32 0)])
///
/// A constant string takes some 16 bytes and two or three for each of its own, since constants of the format can't be
/// made from data; here it takes one more than its own, and two more where it is used (the JSON parser: 9,102 bytes
/// become 8,484). Done where that saves more than the function takes. Behind everything that moves expressions: a call
/// moves less freely than a constant.
///
/// Needs: bound-locals, known-names, well-typed. Ensures: known-names, well-typed.
public struct GatherStringLiterals: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Keep string literals in one datum if small output is asked for"

  /// What the function and the declarations take, in bytes.
  private static let fixedCost = 130
  private static let strings: Name = "literal.strings"
  private static let texts: Name = "literal.texts"

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    guard context.options.favoursSize, input.heap == .engine else { return left(input, in: context) }
    var reads = GlobalUses()
    for function in input.functions { try reads.visit(function) }
    var constants = GlobalUses()
    for global in input.globals { try constants.visit(global.value) }
    var gathered: [(name: Name, bytes: [Int], uses: Int)] = []
    for global in input.globals {
      guard let bytes = Self.bytes(of: global), constants.counts[global.name] == nil else { continue }
      gathered.append((global.name, bytes, reads.counts[global.name] ?? 0))
    }
    let saved = gathered.reduce(0) { $0 + Self.constantCost($1.bytes) - $1.bytes.count - 1 - 2 * $1.uses }
    guard saved > Self.fixedCost else { return left(input, in: context) }
    // Those that are used most have the short numbers; names tell apart what is used as often.
    gathered.sort { ($1.uses, $0.name.text) < ($0.uses, $1.name.text) }
    var rewriter = LiteralCalls()
    for (number, literal) in gathered.enumerated() { rewriter.numbers[literal.name] = number }
    var output = input
    output.functions = try input.functions.map { try rewriter.function($0) }
    output.globals.removeAll { rewriter.numbers[$0.name] != nil }
    let strings = WasmIR.Expr.newZeroed(
      input.span, type: "strings", length: .i32(input.span, value: .small(gathered.count)))
    output.globals.append(
      WasmIR.Global(
        input.span, name: Self.strings, ty: .ref(type: "strings"), isMutable: false, value: strings))
    output.data.append(.bytes(input.span, name: Self.texts, values: gathered.flatMap { $0.bytes + [255] }))
    context.explain(
      "Put \(gathered.count) string literals in one datum, which saves about \(saved - Self.fixedCost) bytes.",
      data: [("literals", gathered.count)])
    var linking = LinkWasmLibrary()
    return try linking.run(output, in: context)
  }

  private func left(_ input: WasmIR.Root, in context: PassContext) -> WasmIR.Root {
    context.explain("Left string literals as constants.", data: [("literals", 0)])
    return input
  }

  /// The bytes of a constant string.
  private static func bytes(of global: WasmIR.Global) -> [Int]? {
    guard !global.isMutable, case .new(_, HeapLayout.string, let fields) = global.value,
      case .newFixed(_, _, let elements)? = fields.first
    else { return nil }
    var bytes: [Int] = []
    for element in elements {
      guard case .i32(_, .small(let byte)) = element else { return nil }
      bytes.append(Int(byte))
    }
    return bytes
  }

  /// The bytes that a constant string takes in a module: a byte above 63 has a number of two bytes.
  private static func constantCost(_ bytes: [Int]) -> Int { bytes.reduce(16) { $0 + ($1 < 64 ? 2 : 3) } }
}

/// How often globals are read.
private struct GlobalUses: WasmIRWalker {
  var counts: [Name: Int] = [:]

  mutating func visit(_ node: WasmIR.Expr) throws {
    if case .global(_, let name) = node { counts[name, default: 0] += 1 }
    try walk(node)
  }
}

/// Asks the library for literals by their numbers.
private struct LiteralCalls: WasmIRToWasmIR {
  static let summary = GatherStringLiterals.summary

  var numbers: [Name: Int] = [:]

  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    guard case .global(let span, let name) = node, let number = numbers[name] else { return try derive(node) }
    return .call(span, function: "string.literal", arguments: [.i32(span, value: .small(number))])
  }
}
