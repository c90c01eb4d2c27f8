import BigInt
import Nanopass

/// An integer of any size: a machine word as long as it fits, which is what programs mostly compute with.
enum Whole: Hashable {
  case small(Int)
  /// A value that fits no machine word.
  indirect case big(BigInt)

  init(_ value: BigInt) { self = Int(exactly: value).map(Whole.small) ?? .big(value) }

  init(_ literal: Integer) {
    switch literal {
    case .small(let value): self = .small(value)
    case .big(let digits): self.init(BigInt(digits.text) ?? 0)
    }
  }

  /// The integral part of a number; 0 for what is no number or infinite.
  init(truncating value: Double) {
    if let small = Int(exactly: value.rounded(.towardZero)) {
      self = .small(small)
    } else {
      self.init(value.isFinite ? BigInt(value.rounded(.towardZero)) : 0)
    }
  }

  var big: BigInt {
    switch self {
    case .small(let value): BigInt(value)
    case .big(let value): value
    }
  }

  /// The nearest machine word.
  var clamped: Int {
    switch self {
    case .small(let value): value
    case .big(let value): value < 0 ? .min : .max
    }
  }

  /// The decimal digits, with `-` for negatives.
  var digits: String {
    switch self {
    case .small(let value): String(value)
    case .big(let value): String(value)
    }
  }

  /// The nearest number, ties to even; infinite beyond the range.
  var float: Double {
    switch self {
    case .small(let value): Double(value)
    case .big(let value): Double(String(value)) ?? .nan
    }
  }

  var isNegative: Bool { self < .small(0) }
}

extension Whole: Comparable {
  static func < (left: Whole, right: Whole) -> Bool {
    if case (.small(let left), .small(let right)) = (left, right) { return left < right }
    return left.big < right.big
  }
}

// Arithmetic: on machine words while nothing overflows.

extension Whole {
  static func + (left: Whole, right: Whole) -> Whole { combine(left, right, Int.addingReportingOverflow, +) }
  static func - (left: Whole, right: Whole) -> Whole { combine(left, right, Int.subtractingReportingOverflow, -) }
  static func * (left: Whole, right: Whole) -> Whole { combine(left, right, Int.multipliedReportingOverflow(by:), *) }
  static prefix func - (value: Whole) -> Whole { .small(0) - value }

  private static func combine(
    _ left: Whole, _ right: Whole, _ small: (Int) -> (Int) -> (partialValue: Int, overflow: Bool),
    _ big: (BigInt, BigInt) -> BigInt
  ) -> Whole {
    if case (.small(let left), .small(let right)) = (left, right) {
      let (result, overflow) = small(left)(right)
      if !overflow { return .small(result) }
    }
    return Whole(big(left.big, right.big))
  }

  /// The Euclidean quotient and remainder: `0 <= remainder < |divisor|`. The divisor is not 0.
  func divided(by divisor: Whole) -> (quotient: Whole, remainder: Whole) {
    if case (.small(let left), .small(let right)) = (self, divisor), right != -1 {
      let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
      if remainder >= 0 { return (.small(quotient), .small(remainder)) }
      return right < 0
        ? (.small(quotient + 1), .small(remainder - right)) : (.small(quotient - 1), .small(remainder + right))
    }
    let (quotient, remainder) = big.quotientAndRemainder(dividingBy: divisor.big)
    if remainder >= 0 { return (Whole(quotient), Whole(remainder)) }
    if divisor.isNegative { return (Whole(quotient + 1), Whole(remainder - divisor.big)) }
    return (Whole(quotient - 1), Whole(remainder + divisor.big))
  }
}

// Bits: the value as an infinite two's complement.

extension Whole {
  // Only of numbers that are not negative bits are taken; `~` makes those of others.
  static func & (left: Whole, right: Whole) -> Whole {
    if case (.small(let left), .small(let right)) = (left, right) { return .small(left & right) }
    return switch (left.isNegative, right.isNegative) {
    case (false, false): Whole(BigInt(left.big.magnitude & right.big.magnitude))
    case (true, false): right - (right & ~left)
    case (false, true): left - (left & ~right)
    case (true, true): ~(~left | ~right)
    }
  }

  static func | (left: Whole, right: Whole) -> Whole {
    left.isNegative || right.isNegative ? ~(~left & ~right) : left + right - (left & right)
  }

  static func ^ (left: Whole, right: Whole) -> Whole { (left | right) - (left & right) }
  static prefix func ~ (value: Whole) -> Whole { -value - .small(1) }

  /// The value times 2 to the power of `count`, which is not negative.
  func shiftedLeft(by count: Int) -> Whole { Whole(big << count) }

  /// The floor of the value by 2 to the power of `count`, which is not negative.
  func shiftedRight(by count: Int) -> Whole {
    if case .small(let value) = self { return .small(value >> count) }
    // Of numbers that are not negative the shift is surely the floor.
    return isNegative ? ~(~self).shiftedRight(by: count) : Whole(big >> count)
  }

  /// The value modulo 2 to the power of `width`, which is not negative.
  func low(_ width: Int) -> Whole {
    if case .small(let value) = self, width < Int.bitWidth - 1 { return .small(value & (1 << width - 1)) }
    if !isNegative, big.bitWidth <= width { return self }
    return divided(by: Whole.small(1).shiftedLeft(by: width)).remainder
  }
}
