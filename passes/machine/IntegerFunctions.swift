import Diagnostics
import Languages
import Nanopass

/// Writes the functions that carry integer operators out. Operands that the operator drops matter only where the library
/// is called, since small integers are not counted.
struct IntegerFunction {
  /// The operators on integers.
  static let operators: Set<Name> = [
    "int.add", "int.subtract", "int.multiply", "int.negate", "int.equal", "int.less", "int.lessEqual", "int.toWord",
  ]

  /// An operator as it is spelled with what it says of its operands.
  private struct Spelling {
    var plain: Name
    /// The positions of the operands that it drops.
    var consumed: [Int]
  }

  private static let consumptions: [(suffix: String, positions: [Int])] = [
    ("", []), ("!1", [0]), ("!2", [1]), ("!12", [0, 1]),
  ]

  private static let spellings: [Name: Spelling] = {
    var result: [Name: Spelling] = [:]
    for plain in operators {
      for (suffix, positions) in consumptions {
        result[Name(plain.text + suffix)] = Spelling(plain: plain, consumed: positions)
      }
    }
    return result
  }()

  /// An operator without what it says of its operands.
  static func plain(_ operator: Name) -> Name { spellings[`operator`]?.plain ?? `operator` }

  /// Whether it is an operator on integers.
  static func isOperator(_ name: Name) -> Bool { spellings[name] != nil }

  /// What the function behind an operator is called.
  static func name(of operator: Name) -> Name { Name("nanoc." + `operator`.text) }

  /// The operands that an operator drops itself.
  static func consumed(by operator: Name, _ operands: [Machine.Operand]) -> [Machine.Operand] {
    (spellings[`operator`]?.consumed ?? []).compactMap { operands.indices.contains($0) ? operands[$0] : nil }
  }

  /// An operator that drops the operands at some positions, in ascending order.
  static func consuming(_ operator: Name, _ positions: [Int]) -> Name {
    consumingSpellings[`operator`]?[positions] ?? `operator`
  }

  private static let consumingSpellings: [Name: [[Int]: Name]] = {
    var result: [Name: [[Int]: Name]] = [:]
    for (name, spelling) in spellings { result[spelling.plain, default: [:]][spelling.consumed] = name }
    return result
  }()

  /// The functions of the run-time library behind operators, and how their results compare with 0 if the operators give
  /// bits.
  static let fallbacks: [Name: (function: Name, relation: Name?)] = [
    "int.add": ("nanoc_int_add", nil), "int.subtract": ("nanoc_int_sub", nil), "int.multiply": ("nanoc_int_mul", nil),
    "int.negate": ("nanoc_int_neg", nil), "int.toWord": ("nanoc_int_to_word_saturating", nil),
    "int.equal": ("nanoc_int_equal", "ne"), "int.less": ("nanoc_int_compare", "slt"),
    "int.lessEqual": ("nanoc_int_compare", "sle"),
  ]

  private var builder = BlockBuilder(FreshLocals(from: 2))
  private let operands: [Machine.Operand]
  /// The operands that the operator drops.
  private let consumed: [Machine.Operand]
  private let fallback: (function: Name, relation: Name?)?
  private let span: Span

  private init(_ operator: Name, _ parameters: [Machine.Parameter], at span: Span) {
    operands = parameters.map { .local(span, variable: $0.variable) }
    consumed = Self.consumed(by: `operator`, operands)
    fallback = Self.fallbacks[Self.plain(`operator`)]
    self.span = span
    builder.begin(builder.make("entry"), at: span)
  }

  /// The function behind an operator.
  static func of(_ operator: Name, at span: Span) -> Machine.Function {
    let plain = plain(`operator`)
    let isUnary = plain == "int.negate" || plain == "int.toWord"
    let isComparison = ["int.equal", "int.less", "int.lessEqual"].contains(plain)
    let locals = isUnary ? [Local("a", 0)] : [Local("a", 0), Local("b", 1)]
    let parameters = locals.map { Machine.Parameter(span, variable: $0, ty: .word) }
    var writer = IntegerFunction(`operator`, parameters, at: span)
    writer.write(plain)
    return Machine.Function(
      span, name: name(of: `operator`), parameters: parameters, results: [isComparison ? .bit : .word],
      blocks: writer.builder.blocks)
  }

  private mutating func write(_ operator: Name) {
    switch `operator` {
    case "int.add", "int.subtract", "int.multiply", "int.negate": arithmetic(`operator`)
    case "int.toWord": toWord()
    case "int.less": compare("slt")
    case "int.lessEqual": compare("sle")
    default: equal()
    }
  }

  /// Computes in place; goes to the library if an operand is big or the result does not fit.
  private mutating func arithmetic(_ operator: Name) {
    let result = builder.make("result")
    let overflow = builder.arithmetic(`operator`, operands, to: result, at: span)
    let slow = builder.compute("slow", .bit, "or", [builder.isBig(operands, at: span), overflow], at: span)
    finish(slow, fast: .local(span, variable: result))
  }

  private mutating func toWord() {
    let value = builder.untagged(operands[0], at: span)
    finish(builder.isBig(operands, at: span), fast: value)
  }

  private mutating func compare(_ relation: Name) {
    let fast = builder.compute("fast", .bit, relation, operands, at: span)
    finish(builder.isBig(operands, at: span), fast: fast)
  }

  /// Small integers are equal exactly if their words are, and never equal to big ones; the library is needed for two big
  /// ones, or to drop one.
  private mutating func equal() {
    let fast = builder.compute("fast", .bit, "eq", operands, at: span)
    finish(builder.isBig(operands, consumed.isEmpty ? "or" : "and", at: span), fast: fast)
  }

  /// Returns the fast value, or, if `slow`, what the library gives.
  private mutating func finish(_ slow: Machine.Operand, fast: Machine.Operand) {
    guard let fallback else { return }
    let (big, small) = (builder.make("big"), builder.make("small"))
    builder.end(.branch(span, condition: slow, then: .to(big), else: .to(small), likely: "else"))
    builder.begin(small, at: span)
    builder.end(.return(span, values: [fast]))
    builder.begin(big, at: span)
    var result = builder.set(
      "result", .word, .runtime(span, function: fallback.function, arguments: operands), at: span)
    for operand in consumed {
      builder.append(.run(span, value: .runtime(span, function: "nanoc_drop", arguments: [operand])))
    }
    if let relation = fallback.relation {
      result = builder.compute("is", .bit, relation, [result, .number(0)], at: span)
    }
    builder.end(.return(span, values: [result]))
  }
}
