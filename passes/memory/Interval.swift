/// The integers from one bound to another. A bound outside of what a raw word holds is none.
struct Interval: Equatable {
  /// The least and the greatest integer that a raw word holds, which a tagged word holds, too.
  static let least = -1 << 62
  static let greatest = 1 << 62 - 1
  /// What stands for no bound.
  static let below = Int.min
  static let above = Int.max

  /// All integers; none at all.
  static let all = Interval(unchecked: below, above)
  static let none = Interval(unchecked: above, below)

  let low: Int
  let high: Int

  private init(unchecked low: Int, _ high: Int) { (self.low, self.high) = (low, high) }

  /// The integers from `low` to `high`; none if there are none between. A bound that lies too far out is dropped, or, if
  /// it bounds from the other side, loosened.
  init(_ low: Int, _ high: Int) {
    if low > high {
      self = .none
    } else {
      let start = low < Self.least ? Self.below : min(low, Self.greatest)
      let end = high > Self.greatest ? Self.above : max(high, Self.least)
      self.init(unchecked: start, end)
    }
  }

  /// A single integer.
  init(_ value: Int) { self.init(value, value) }

  var isEmpty: Bool { low > high }
  /// Whether there are some, and all of them are bounded on both sides, so that a raw word holds each.
  var fitsWord: Bool { low != Self.below && high != Self.above && low <= high }
  /// The only one.
  var only: Int? { low == high ? low : nil }

  /// Whether all integers of another range are in it.
  func contains(_ other: Interval) -> Bool { other.isEmpty || low <= other.low && other.high <= high }

  /// The least range with both.
  func union(_ other: Interval) -> Interval {
    if isEmpty { return other }
    if other.isEmpty { return self }
    return Interval(unchecked: min(low, other.low), max(high, other.high))
  }

  /// What is in both.
  func intersection(_ other: Interval) -> Interval {
    let (start, end) = (max(low, other.low), min(high, other.high))
    return start > end ? .none : Interval(unchecked: start, end)
  }

  // MARK: Comparisons

  /// Those less than some integer of another range; and the others that compare so.
  func less(than other: Interval) -> Interval {
    other.isEmpty ? .none : intersection(Interval(unchecked: Self.below, Self.lower(other.high)))
  }

  func atMost(_ other: Interval) -> Interval {
    other.isEmpty ? .none : intersection(Interval(unchecked: Self.below, other.high))
  }

  func greater(than other: Interval) -> Interval {
    other.isEmpty ? .none : intersection(Interval(unchecked: Self.higher(other.low), Self.above))
  }

  func atLeast(_ other: Interval) -> Interval {
    other.isEmpty ? .none : intersection(Interval(unchecked: other.low, Self.above))
  }

  /// Those other than the only integer of another range: less if that is a bound.
  func without(_ other: Interval) -> Interval {
    guard let value = other.only else { return self }
    if low == value { return high == value ? .none : Interval(unchecked: Self.higher(low), high) }
    if high == value { return Interval(unchecked: low, Self.lower(high)) }
    return self
  }

  /// An upper bound less one, and a lower one more one, as far as bounds go.
  private static func lower(_ bound: Int) -> Int { bound == above ? above : max(bound - 1, least) }
  private static func higher(_ bound: Int) -> Int { bound == below ? below : min(bound + 1, greatest) }

  // MARK: Arithmetic

  static func + (left: Interval, right: Interval) -> Interval {
    if left.isEmpty || right.isEmpty { return .none }
    // Bounds have 63 bits, so sums of two fit.
    let low = left.low == below || right.low == below ? below : left.low + right.low
    let high = left.high == above || right.high == above ? above : left.high + right.high
    return Interval(low, high)
  }

  static prefix func - (range: Interval) -> Interval {
    if range.isEmpty { return .none }
    return Interval(range.high == above ? below : -range.high, range.low == below ? above : -range.low)
  }

  static func - (left: Interval, right: Interval) -> Interval { left + -right }

  static func * (left: Interval, right: Interval) -> Interval {
    if left.isEmpty || right.isEmpty { return .none }
    let products = (
      product(left.low, right.low), product(left.low, right.high), product(left.high, right.low),
      product(left.high, right.high)
    )
    return Interval(
      min(products.0, products.1, products.2, products.3), max(products.0, products.1, products.2, products.3))
  }

  /// A product of bounds; no bound if it is too great.
  private static func product(_ left: Int, _ right: Int) -> Int {
    if left == 0 || right == 0 { return 0 }
    let end = (left < 0) == (right < 0) ? above : below
    if left == below || left == above || right == below || right == above { return end }
    let (value, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? end : value
  }

  /// Euclidean quotients, by divisors other than 0: those by positive ones are rounded down.
  func divided(by divisor: Interval) -> Interval {
    if isEmpty || divisor.isEmpty { return .none }
    if divisor.low >= 1 {
      let start = low < 0 ? Self.quotient(low, divisor.low) : Self.quotient(low, divisor.high)
      let end = high < 0 ? Self.quotient(high, divisor.high) : Self.quotient(high, divisor.low)
      return Interval(start, end)
    }
    guard fitsWord else { return .all }
    let most = max(low.magnitude, high.magnitude)
    return Interval(-Int(most), Int(most))
  }

  /// A bound divided by a positive one.
  private static func quotient(_ bound: Int, _ divisor: Int) -> Int {
    if bound == below || bound == above { return bound }
    if divisor == above { return bound < 0 ? -1 : 0 }
    let quotient = bound / divisor
    return bound % divisor < 0 ? quotient - 1 : quotient
  }

  /// Euclidean remainders, which are less than the divisor's magnitude and not negative, by divisors other than 0.
  func remainder(by divisor: Interval) -> Interval {
    if isEmpty || divisor.isEmpty { return .none }
    // What is less than all divisors stays.
    if low >= 0, divisor.low > high { return self }
    let most = divisor.fitsWord ? Int(max(divisor.low.magnitude, divisor.high.magnitude)) - 1 : Self.above
    return Interval(0, low >= 0 ? min(high, most) : most)
  }

  /// The roots of the squares among them.
  var squareRoots: Interval {
    if isEmpty || high < 0 { return .none }
    if high == Self.above { return .all }
    var root = Int(Double(high).squareRoot()) + 1
    // A double has fewer bits than a square may have.
    while root > 0, (root - 1).multipliedReportingOverflow(by: root - 1).partialValue >= high { root -= 1 }
    return Interval(-root, root)
  }

  // MARK: Bits

  static func & (left: Interval, right: Interval) -> Interval {
    if left.isEmpty || right.isEmpty { return .none }
    if left.low >= 0, right.low >= 0 { return Interval(unchecked: 0, min(left.high, right.high)) }
    if left.low >= 0 { return Interval(unchecked: 0, left.high) }
    if right.low >= 0 { return Interval(unchecked: 0, right.high) }
    return bits(left, right)
  }

  static func | (left: Interval, right: Interval) -> Interval {
    left.isEmpty || right.isEmpty ? .none : bits(left, right)
  }

  static func ^ (left: Interval, right: Interval) -> Interval {
    left.isEmpty || right.isEmpty ? .none : bits(left, right)
  }

  /// All that has no more bits than what is in two ranges; nothing negative if nothing in them is.
  private static func bits(_ left: Interval, _ right: Interval) -> Interval {
    let both = left.union(right)
    guard both.fitsWord else { return both.low >= 0 ? Interval(unchecked: 0, above) : .all }
    // As many ones as the longest has bits beside its sign.
    let most = max(both.low < 0 ? ~both.low : both.low, both.high < 0 ? ~both.high : both.high)
    let ones = most == 0 ? 0 : Int(UInt.max >> UInt(most.leadingZeroBitCount))
    return Interval(both.low >= 0 ? 0 : ~ones, ones)
  }

  static prefix func ~ (range: Interval) -> Interval { Interval(-1) - range }

  /// Shifted left by counts of bits; negative ones shift to the right.
  func shiftedLeft(by count: Interval) -> Interval {
    guard !isEmpty, count.low >= 0, count.high <= 62 else { return isEmpty || count.isEmpty ? .none : .all }
    return self * Interval(1 << count.low, 1 << count.high)
  }

  /// Shifted right by counts of bits, which rounds down.
  func shiftedRight(by count: Interval) -> Interval {
    guard !isEmpty, count.low >= 0 else { return isEmpty || count.isEmpty ? .none : .all }
    // Nothing gets further from 0 than it is, and nothing negative gets to 0.
    let (most, least) = (min(count.high, 63), min(count.low, 63))
    let start = low == Self.below ? low : low < 0 ? low >> least : low >> most
    let end = high == Self.above ? high : high < 0 ? high >> most : high >> least
    return Interval(start, end)
  }
}
