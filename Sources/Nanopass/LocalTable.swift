/// Values by the numbers of locals: a dictionary whose keys are hashed by one multiplication. Passes make such numbers
/// themselves, so that no input can choose them to clash.
public struct LocalTable<Value>: ExpressibleByDictionaryLiteral {
  @usableFromInline var values: [NumberKey: Value]

  /// Without values.
  @inlinable public init() { values = [:] }

  /// Without values, with room for some.
  @inlinable public init(minimumCapacity: Int) { values = Dictionary(minimumCapacity: minimumCapacity) }

  @inlinable public init(dictionaryLiteral elements: (Int, Value)...) {
    values = Dictionary(elements.map { (NumberKey($0), $1) }) { _, last in last }
  }

  /// Whether there are no values.
  @inlinable public var isEmpty: Bool { values.isEmpty }

  /// The value of a number, if it has one.
  @inlinable public subscript(number: Int) -> Value? {
    get { values[NumberKey(number)] }
    _modify { yield &values[NumberKey(number)] }
  }

  /// The value of a number; one that has none is given this one when it is changed.
  @inlinable public subscript(number: Int, default value: @autoclosure () -> Value) -> Value {
    get { values[NumberKey(number)] ?? value() }
    _modify { yield &values[NumberKey(number), default: value()] }
  }

  /// Takes the value of a number out.
  @inlinable @discardableResult public mutating func removeValue(forKey number: Int) -> Value? {
    values.removeValue(forKey: NumberKey(number))
  }

  /// Takes all values out.
  @inlinable public mutating func removeAll(keepingCapacity: Bool = false) {
    values.removeAll(keepingCapacity: keepingCapacity)
  }
}

extension LocalTable: Sendable where Value: Sendable {}
extension LocalTable: Equatable where Value: Equatable {}
