/// A reproducible source of random trees (SplitMix64; Steele, Lea, Flood, OOPSLA 2014).
public struct RandomSource: RandomNumberGenerator {
  private var state: UInt64
  private var depth = 0
  private let depthLimit: Int

  /// - Parameters:
  ///   - seed: equal seeds give equal trees.
  ///   - depthLimit: from this depth on only the smallest forms are chosen.
  public init(seed: UInt64, depthLimit: Int = 6) {
    state = seed
    self.depthLimit = depthLimit
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number from 0 up to, not including, `bound`; 0 if there is none.
  public mutating func below(_ bound: Int) -> Int { bound > 0 ? Int(next() % UInt64(bound)) : 0 }

  /// One of the values; `values` must not be empty.
  public mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  /// Enters a node.
  public mutating func enter() { depth += 1 }

  /// Leaves it again.
  public mutating func leave() { depth -= 1 }

  /// Chooses one of `count` forms; when deep, one of the small ones.
  public mutating func choose(_ count: Int, small: [Int]) -> Int {
    depth > depthLimit && !small.isEmpty ? pick(small) : below(count)
  }

  /// A short list, as short as allowed when deep.
  public mutating func list<Value: Writable>(minimum: Int) -> [Value] {
    let count = depth > depthLimit ? minimum : minimum + below(4 - minimum)
    return (0..<count).map { _ in Value.random(&self) }
  }

  /// A value half of the time, none when deep.
  public mutating func optional<Value: Writable>() -> Value? {
    depth > depthLimit || below(2) == 0 ? nil : Value.random(&self)
  }
}
