import Languages
import Nanopass

/// A set of a function's variables, by their numbers, which are small.
struct LocalSet: Equatable {
  private var words: [UInt64] = []

  init() {}

  func contains(_ number: Int) -> Bool {
    let index = number >> 6
    return index < words.count && words[index] >> UInt64(number & 63) & 1 == 1
  }

  mutating func insert(_ number: Int) {
    let index = number >> 6
    if index >= words.count { words += [UInt64](repeating: 0, count: index + 1 - words.count) }
    words[index] |= 1 << UInt64(number & 63)
  }

  mutating func remove(_ number: Int) {
    let index = number >> 6
    if index < words.count { words[index] &= ~(1 << UInt64(number & 63)) }
  }

  /// Adds the elements of another set.
  ///
  /// - Returns: whether any was new.
  @discardableResult
  mutating func formUnion(_ other: LocalSet) -> Bool {
    var changed = false
    if other.words.count > words.count {
      words += [UInt64](repeating: 0, count: other.words.count - words.count)
    }
    for (index, word) in other.words.enumerated() where word & ~words[index] != 0 {
      words[index] |= word
      changed = true
    }
    return changed
  }

  /// Takes out the elements of another set.
  mutating func subtract(_ other: LocalSet) {
    for index in 0..<min(words.count, other.words.count) { words[index] &= ~other.words[index] }
  }

  /// Whether there are no elements.
  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// Takes out what another set lacks.
  ///
  /// - Returns: whether anything was taken out.
  @discardableResult
  mutating func formIntersection(_ other: LocalSet) -> Bool {
    var changed = false
    for (index, word) in words.enumerated() {
      let kept = index < other.words.count ? word & other.words[index] : 0
      if kept != word {
        words[index] = kept
        changed = true
      }
    }
    return changed
  }

  /// The numbers, in ascending order.
  var elements: [Int] {
    var result: [Int] = []
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        result.append(index << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
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
