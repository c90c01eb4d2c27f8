/// A set of numbers of locals, or of other numbers that no source text chooses.
public struct NumberSet: ExpressibleByArrayLiteral, Sendable {
  /// The members from 0 to 127, as bits: few functions have more locals, and these words take no object.
  @usableFromInline var low: UInt64 = 0
  @usableFromInline var high: UInt64 = 0
  @usableFromInline var others = LocalTable<Void>()

  /// The empty set.
  @inlinable public init() {}

  /// The set of some numbers.
  @inlinable public init(_ numbers: some Sequence<Int>) { for number in numbers { insert(number) } }

  @inlinable public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// Whether there are no members.
  @inlinable public var isEmpty: Bool { low | high == 0 && others.isEmpty }

  /// The number of members.
  @inlinable public var count: Int { low.nonzeroBitCount + high.nonzeroBitCount + others.count }

  /// Whether a number is a member.
  @inlinable public func contains(_ number: Int) -> Bool {
    switch number >> 6 {
    case 0: low & Self.bit(number) != 0
    case 1: high & Self.bit(number) != 0
    default: others[number] != nil
    }
  }

  /// Makes a number a member.
  ///
  /// - Returns: whether it was none before.
  @inlinable @discardableResult public mutating func insert(_ number: Int) -> Bool {
    if contains(number) { return false }
    switch number >> 6 {
    case 0: low |= Self.bit(number)
    case 1: high |= Self.bit(number)
    default: others[number] = ()
    }
    return true
  }

  /// Takes a number out.
  ///
  /// - Returns: whether it was a member.
  @inlinable @discardableResult public mutating func remove(_ number: Int) -> Bool {
    guard contains(number) else { return false }
    switch number >> 6 {
    case 0: low &= ~Self.bit(number)
    case 1: high &= ~Self.bit(number)
    default: others[number] = nil
    }
    return true
  }

  /// Whether a local's number is a member.
  @inlinable public func contains(_ local: Local) -> Bool { contains(local.id) }

  /// Makes a local's number a member.
  ///
  /// - Returns: whether it was none before.
  @inlinable @discardableResult public mutating func insert(_ local: Local) -> Bool { insert(local.id) }

  /// Takes all members out.
  @inlinable public mutating func removeAll(keepingCapacity: Bool = false) {
    (low, high) = (0, 0)
    others.removeAll(keepingCapacity: keepingCapacity)
  }

  @inlinable static func bit(_ number: Int) -> UInt64 { 1 << UInt64(number & 63) }
}
