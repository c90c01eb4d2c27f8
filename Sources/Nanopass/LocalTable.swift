/// Values by the numbers of locals, or by other numbers that no source text chooses.
///
/// A hash table in one array, with linear probing (Knuth, The Art of Computer Programming 3, 6.4, algorithms L and R): most
/// functions have few locals and passes make many such tables, so that what counts is how little it takes to make one.
public struct LocalTable<Value>: ExpressibleByDictionaryLiteral {
  /// Empty without a value.
  @usableFromInline struct Slot {
    @usableFromInline var number: Int
    @usableFromInline var value: Value?
    @inlinable init() { (number, value) = (0, nil) }
  }

  /// None, or a power of two, at most three quarters of them in use.
  @usableFromInline var slots: ContiguousArray<Slot> = []
  /// How many slots are in use.
  @usableFromInline var used = 0

  @inlinable static var fewest: Int { 4 }
  /// The most slots that are cleared to be used again: with more it takes less to get new ones when they are needed.
  @inlinable static var mostKept: Int { 256 }

  /// Without values.
  @inlinable public init() {}

  /// Without values, with room for some.
  @inlinable public init(minimumCapacity: Int) {
    if minimumCapacity > 0 { slots = Self.empty(room: minimumCapacity) }
  }

  @inlinable public init(dictionaryLiteral elements: (Int, Value)...) {
    for (number, value) in elements { self[number] = value }
  }

  /// The number of values.
  @inlinable public var count: Int { used }

  /// Whether there are no values.
  @inlinable public var isEmpty: Bool { used == 0 }

  /// The value of a number, if it has one.
  @inlinable public subscript(number: Int) -> Value? {
    get { slots.isEmpty ? nil : slots[position(of: number)].value }
    _modify {
      let position = place(for: number)
      let wasEmpty = slots[position].value == nil
      defer { settle(number, at: position, wasEmpty: wasEmpty) }
      yield &slots[position].value
    }
  }

  /// The value of a number; one that has none is given this one when it is changed.
  @inlinable public subscript(number: Int, default value: @autoclosure () -> Value) -> Value {
    get { self[number] ?? value() }
    _modify {
      let position = place(for: number)
      let wasEmpty = slots[position].value == nil
      defer { settle(number, at: position, wasEmpty: wasEmpty) }
      var held = slots[position].value.take() ?? value()
      defer { slots[position].value = held }
      yield &held
    }
  }

  /// Takes the value of a number out.
  @inlinable @discardableResult public mutating func removeValue(forKey number: Int) -> Value? {
    if slots.isEmpty { return nil }
    let position = position(of: number)
    guard let value = slots[position].value.take() else { return nil }
    settle(number, at: position, wasEmpty: false)
    return value
  }

  /// Takes all values out.
  @inlinable public mutating func removeAll(keepingCapacity: Bool = false) {
    if used == 0 { return }
    used = 0
    guard keepingCapacity, slots.count <= Self.mostKept else {
      slots = []
      return
    }
    for position in slots.indices { slots[position] = Slot() }
  }

  /// The value of a local, if it has one.
  @inlinable public subscript(local: Local) -> Value? {
    get { self[local.id] }
    _modify { yield &self[local.id] }
  }

  /// The value of a local; one that has none is given this one when it is changed.
  @inlinable public subscript(local: Local, default value: @autoclosure () -> Value) -> Value {
    get { self[local.id, default: value()] }
    _modify { yield &self[local.id, default: value()] }
  }

  // MARK: Slots

  @inlinable static func empty(room: Int) -> ContiguousArray<Slot> {
    var size = fewest
    while size * 3 / 4 < room { size *= 2 }
    // One after the other: `ContiguousArray(repeating:count:)` asks at run time what it makes, which takes longer.
    var slots: ContiguousArray<Slot> = []
    slots.reserveCapacity(size)
    for _ in 0..<size { slots.append(Slot()) }
    return slots
  }

  /// Where the search for a number begins.
  @inlinable func home(of number: Int) -> Int { mixed(number, 0) & (slots.count - 1) }

  /// The slot of a number, or the empty one where it would be; there have to be slots.
  @inlinable func position(of number: Int) -> Int {
    var position = home(of: number)
    while slots[position].value != nil, slots[position].number != number {
      position = (position + 1) & (slots.count - 1)
    }
    return position
  }

  /// The slot of a number, or an empty one that it may have.
  @inlinable mutating func place(for number: Int) -> Int {
    if !slots.isEmpty {
      let position = position(of: number)
      if slots[position].value != nil || used < slots.count * 3 / 4 { return position }
    }
    grow()
    return position(of: number)
  }

  @inlinable mutating func grow() {
    let old = slots
    slots = Self.empty(room: max(used * 2, 1))
    for slot in old where slot.value != nil { slots[position(of: slot.number)] = slot }
  }

  /// Notes that the value in a slot may be new, or have been taken out.
  @inlinable mutating func settle(_ number: Int, at position: Int, wasEmpty: Bool) {
    let isEmpty = slots[position].value == nil
    if wasEmpty == isEmpty { return }
    if wasEmpty {
      slots[position].number = number
      used += 1
    } else {
      used -= 1
      close(position)
    }
  }

  /// Moves values that were put behind a slot which is empty now, so that they are found.
  @inlinable mutating func close(_ position: Int) {
    let mask = slots.count - 1
    var (gap, next) = (position, (position + 1) & mask)
    while slots[next].value != nil {
      // Whether the search for the value comes past the gap.
      if (next - home(of: slots[next].number)) & mask >= (next - gap) & mask {
        slots.swapAt(gap, next)
        gap = next
      }
      next = (next + 1) & mask
    }
  }
}

extension LocalTable.Slot: Sendable where Value: Sendable {}
extension LocalTable: Sendable where Value: Sendable {}
extension LocalTable: Equatable where Value: Equatable {
  public static func == (left: LocalTable, right: LocalTable) -> Bool {
    left.used == right.used && left.slots.allSatisfy { $0.value == nil || right[$0.number] == $0.value }
  }
}
