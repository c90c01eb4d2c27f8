import Languages
import Nanopass

/// A set of a function's variables, by their numbers, which are small.
struct LocalSet {
  /// The members below 128: few functions have more variables, and these words take no object.
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  /// The members above.
  private var rest: [UInt64] = []

  init() {}

  func contains(_ number: Int) -> Bool {
    let bit: UInt64 = 1 << UInt64(number & 63)
    switch number >> 6 {
    case 0: return low & bit != 0
    case 1: return high & bit != 0
    case let word: return rest.indices.contains(word - 2) && rest[word - 2] & bit != 0
    }
  }

  mutating func insert(_ number: Int) {
    let bit: UInt64 = 1 << UInt64(number & 63)
    switch number >> 6 {
    case 0: low |= bit
    case 1: high |= bit
    case let word:
      grow(to: word - 1)
      rest[word - 2] |= bit
    }
  }

  mutating func remove(_ number: Int) {
    let bit: UInt64 = 1 << UInt64(number & 63)
    switch number >> 6 {
    case 0: low &= ~bit
    case 1: high &= ~bit
    case let word: if rest.indices.contains(word - 2) { rest[word - 2] &= ~bit }
    }
  }

  private mutating func grow(to count: Int) {
    if rest.count < count { rest += [UInt64](repeating: 0, count: count - rest.count) }
  }

  /// Adds the elements of another set.
  ///
  /// - Returns: whether any was new.
  @discardableResult
  mutating func formUnion(_ other: LocalSet) -> Bool {
    var new = (other.low & ~low) | (other.high & ~high)
    low |= other.low
    high |= other.high
    if !other.rest.isEmpty {
      grow(to: other.rest.count)
      for (index, word) in other.rest.enumerated() where word & ~rest[index] != 0 {
        new |= word & ~rest[index]
        rest[index] |= word
      }
    }
    return new != 0
  }

  /// Takes out the elements of another set.
  mutating func subtract(_ other: LocalSet) {
    low &= ~other.low
    high &= ~other.high
    for index in 0..<min(rest.count, other.rest.count) { rest[index] &= ~other.rest[index] }
  }

  /// Whether there are no elements.
  var isEmpty: Bool { low | high == 0 && rest.allSatisfy { $0 == 0 } }

  /// Takes out what another set lacks.
  ///
  /// - Returns: whether anything was taken out.
  @discardableResult
  mutating func formIntersection(_ other: LocalSet) -> Bool {
    var old = (low & ~other.low) | (high & ~other.high)
    low &= other.low
    high &= other.high
    for (index, word) in rest.enumerated() {
      let kept = index < other.rest.count ? word & other.rest[index] : 0
      old |= word & ~kept
      if kept != word { rest[index] = kept }
    }
    return old != 0
  }

  /// The numbers, in ascending order.
  var elements: [Int] {
    var result: [Int] = []
    func add(_ word: UInt64, above first: Int) {
      var word = word
      while word != 0 {
        result.append(first + word.trailingZeroBitCount)
        word &= word - 1
      }
    }
    add(low, above: 0)
    add(high, above: 64)
    for (index, word) in rest.enumerated() { add(word, above: (index + 2) << 6) }
    return result
  }
}

extension Machine.Operand {
  /// The number of the variable that it reads.
  var register: Int? {
    if case .local(_, let variable) = self { return variable.id }
    return nil
  }
}
