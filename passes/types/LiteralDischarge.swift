import Languages
import Nanopass

/// The calls of the standard library that have a plain result when an argument is a valid literal, by the table of
/// section 5.6 of the language's specification. Each has a plain function of its own.
enum LiteralDischarge {
  private struct Rule {
    let plain: Name
    /// The position of the argument that decides.
    let argument: Int
    let isValid: @Sendable (Integer) -> Bool
  }

  private static let rules: [Name: Rule] = [
    "Int.div": Rule(plain: "Int._div", argument: 1) { $0 != .small(0) },
    "Int.mod": Rule(plain: "Int._mod", argument: 1) { $0 != .small(0) },
    "Bits.shiftLeft": Rule(plain: "Bits._shiftLeft", argument: 1) { $0.isWithin(0...16_777_216) },
    "Bits.shiftRight": Rule(plain: "Bits._shiftRight", argument: 1) { !$0.isNegative },
    "Vector.new": Rule(plain: "Vector._new", argument: 0) { $0.isWithin(0...1_048_576) },
    "Bits.low": Rule(plain: "Bits._low", argument: 1) { $0.isWithin(0...16_777_216) },
  ]

  /// The plain function that a call stands for; nil if its argument is not a valid literal.
  static func plain(_ function: Name, _ arguments: [Resolved.Expr]) -> Name? {
    guard let rule = rules[function], rule.argument < arguments.count,
      let value = arguments[rule.argument].literalInteger, rule.isValid(value)
    else { return nil }
    return rule.plain
  }
}

extension Resolved.Expr {
  /// The value of an integer literal, or of one with a minus sign before it.
  var literalInteger: Integer? {
    switch self {
    case .integer(_, let value): value
    case .negate(_, .integer(_, let value)): value.negated
    default: nil
    }
  }
}

extension Integer {
  fileprivate var isNegative: Bool {
    switch self {
    case .small(let value): value < 0
    case .big(let digits): digits.hasPrefix("-")
    }
  }

  fileprivate func isWithin(_ range: ClosedRange<Int>) -> Bool {
    if case .small(let value) = self { range.contains(value) } else { false }
  }
}
