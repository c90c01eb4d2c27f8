/// A set of numbers of locals, or of other numbers that no input chooses: they are hashed by one multiplication.
public struct NumberSet: ExpressibleByArrayLiteral, Sendable {
  @usableFromInline var members: Set<NumberKey>

  /// The empty set.
  @inlinable public init() { members = [] }

  /// The set of some numbers.
  @inlinable public init(_ numbers: some Sequence<Int>) {
    members = Set(minimumCapacity: numbers.underestimatedCount)
    for number in numbers { members.insert(NumberKey(number)) }
  }

  @inlinable public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// Whether there are no members.
  @inlinable public var isEmpty: Bool { members.isEmpty }

  /// The number of members.
  @inlinable public var count: Int { members.count }

  /// Whether a number is a member.
  @inlinable public func contains(_ number: Int) -> Bool { members.contains(NumberKey(number)) }

  /// Makes a number a member.
  ///
  /// - Returns: whether it was none before.
  @inlinable @discardableResult public mutating func insert(_ number: Int) -> Bool {
    members.insert(NumberKey(number)).inserted
  }

  /// Takes a number out.
  ///
  /// - Returns: whether it was a member.
  @inlinable @discardableResult public mutating func remove(_ number: Int) -> Bool {
    members.remove(NumberKey(number)) != nil
  }

  /// Takes all members out.
  @inlinable public mutating func removeAll(keepingCapacity: Bool = false) {
    members.removeAll(keepingCapacity: keepingCapacity)
  }
}

/// A number as a key of tables: hashed by one multiplication.
@usableFromInline struct NumberKey: Hashable, Sendable {
  @usableFromInline let number: Int
  @inlinable init(_ number: Int) { self.number = number }
  @inlinable static func == (left: NumberKey, right: NumberKey) -> Bool { left.number == right.number }
  @inlinable func hash(into hasher: inout Hasher) { hasher.combine(number) }
  @inlinable func _rawHashValue(seed: Int) -> Int { mixed(number, seed) }
}
