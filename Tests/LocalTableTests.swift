import Nanopass
import Testing

/// The tables that passes keep by the numbers of locals, compared with those of the standard library.
@Suite struct LocalTableTests {
  /// Numbers that lie close together, far apart, and so that many belong to the same place.
  static let spreads: [@Sendable (UInt64) -> Int] = [
    { Int($0 % 20) }, { Int($0 % 500) }, { Int($0 % 60) << 24 }, { 120 + Int($0 % 16) }, { Int($0 % 90) - 45 },
    { Int(truncatingIfNeeded: $0) },
  ]

  /// Pseudo-random numbers (Marsaglia: Xorshift RNGs, 2003).
  private struct Numbers {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  @Test(arguments: spreads.indices) func tableDoesWhatADictionaryDoes(spread: Int) {
    for seed in 1...20 as ClosedRange<UInt64> {
      var numbers = Numbers(state: seed &* 0x9E37_79B9)
      var table = LocalTable<[Int]>(minimumCapacity: Int(seed % 3) * 10)
      var model: [Int: [Int]] = [:]
      var keys: Set<Int> = []
      for step in 0..<400 {
        let key = Self.spreads[spread](numbers.next() >> 8)
        keys.insert(key)
        switch numbers.next() >> 40 % 8 {
        case 0, 1: (table[key], model[key]) = ([step], [step])
        case 2: (table[key], model[key]) = (nil, nil)
        case 3: #expect(table.removeValue(forKey: key) == model.removeValue(forKey: key))
        case 4:
          table[key]?.append(step)
          model[key]?.append(step)
        case 5, 6:
          table[key, default: [-1]].append(step)
          model[key, default: [-1]].append(step)
        default:
          if step % 50 == 0 {
            table.removeAll(keepingCapacity: step % 100 == 0)
            model.removeAll()
          }
        }
        #expect(table[key] == model[key])
        #expect(table.count == model.count && table.isEmpty == model.isEmpty)
      }
      for key in keys { #expect(table[key] == model[key]) }
    }
  }

  @Test(arguments: spreads.indices) func setDoesWhatASetDoes(spread: Int) {
    for seed in 1...20 as ClosedRange<UInt64> {
      var numbers = Numbers(state: seed &* 0x9E37_79B9)
      var set: NumberSet = []
      var model: Set<Int> = []
      var keys: Set<Int> = []
      for step in 0..<400 {
        let key = Self.spreads[spread](numbers.next() >> 8)
        keys.insert(key)
        switch numbers.next() >> 40 % 4 {
        case 0, 1: #expect(set.insert(key) == model.insert(key).inserted)
        case 2: #expect(set.remove(key) == (model.remove(key) != nil))
        default:
          if step % 50 == 0 {
            set.removeAll(keepingCapacity: step % 100 == 0)
            model.removeAll()
          }
        }
        #expect(set.count == model.count && set.isEmpty == model.isEmpty)
      }
      for key in keys { #expect(set.contains(key) == model.contains(key)) }
      #expect(NumberSet(model).count == model.count)
    }
  }

  @Test func tablesAreEqualIfTheirValuesAre() {
    var (one, other) = ([1: 10, 2: 20, 3: 30] as LocalTable, [3: 30, 2: 20, 1: 10, 4: 40] as LocalTable)
    #expect(one != other)
    other[4] = nil
    #expect(one == other)
    one[2] = 21
    #expect(one != other)
  }

  @Test func localsStandForTheirNumbers() {
    let (x, y) = (Local("x", 3), Local("y", 200))
    var table: LocalTable<Int> = [3: 1]
    table[y, default: 5] += 1
    #expect(table[x] == 1 && table[200] == 6)
    var set: NumberSet = [3]
    #expect(set.contains(x) && set.insert(y) && !set.insert(y) && set.contains(200))
  }
}
