import Languages
import Nanopass

/// The calls of the standard library that have a plain result when an argument is a valid literal, by the table of
/// section 5.6 of the language's specification. Each has a plain function of its own.
enum LiteralDischarge {
  private struct Rule {
    let plain: Name
    /// Whether the arguments are such literals.
    let isValid: @Sendable ([Resolved.Expr]) -> Bool

    /// The argument at a position must be a literal integer.
    init(plain: Name, argument: Int, isValid: @escaping @Sendable (Integer) -> Bool) {
      self.init(plain: plain, expression: argument) { $0.literalInteger.map(isValid) ?? false }
    }

    /// The argument at a position decides.
    init(plain: Name, expression argument: Int, isValid: @escaping @Sendable (Resolved.Expr) -> Bool) {
      self.init(plain: plain) { $0.indices.contains(argument) && isValid($0[argument]) }
    }

    init(plain: Name, all isValid: @escaping @Sendable ([Resolved.Expr]) -> Bool) {
      (self.plain, self.isValid) = (plain, isValid)
    }
  }

  private static let rules: [Name: Rule] = [
    "Int.div": Rule(plain: "Int._div", argument: 1) { $0 != .small(0) },
    "Int.mod": Rule(plain: "Int._mod", argument: 1) { $0 != .small(0) },
    "Bits.shiftLeft": Rule(plain: "Bits._shiftLeft", argument: 1) { $0.isWithin(0...16_777_216) },
    "Bits.shiftRight": Rule(plain: "Bits._shiftRight", argument: 1) { !$0.isNegative },
    "Vector.new": Rule(plain: "Vector._new", argument: 0) { $0.isWithin(0...1_048_576) },
    "Bits.low": Rule(plain: "Bits._low", argument: 1) { $0.isWithin(0...16_777_216) },
    "Bytes.fromList": Rule(plain: "Bytes._fromList", expression: 0) { $0.isListOfOctets },
    "Random.int": Rule(plain: "Random._int", all: \.areBounds),
    "Time.sleep": Rule(plain: "Time._sleep", argument: 0) { $0.isWithin(0...Int.max) },
  ]

  /// The plain function that a call stands for; nil if its argument is not a valid literal.
  static func plain(_ function: Name, _ arguments: [Resolved.Expr]) -> Name? {
    guard let rule = rules[function], rule.isValid(arguments) else { return nil }
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

extension Resolved.Expr {
  /// Whether it is a list literal of literal integers from 0 to 255.
  fileprivate var isListOfOctets: Bool {
    guard case .list(_, let elements) = self else { return false }
    return elements.allSatisfy { $0.literalInteger?.isWithin(0...255) == true }
  }
}

extension [Resolved.Expr] {
  /// Whether these are two literal integers of the signed 64-bit range, the first at most the second.
  fileprivate var areBounds: Bool {
    guard count == 2, case .small(let least)? = self[0].literalInteger, case .small(let most)? = self[1].literalInteger
    else { return false }
    return least <= most
  }
}

extension Integer {
  fileprivate var isNegative: Bool {
    switch self {
    case .small(let value): value < 0
    case .big(let digits): digits.text.hasPrefix("-")
    }
  }

  fileprivate func isWithin(_ range: ClosedRange<Int>) -> Bool {
    if case .small(let value) = self { range.contains(value) } else { false }
  }
}
