import Nanopass

/// A set of a function's variables by their numbers, as a persistent one: copies are free, and what two sets share is
/// not looked at when they are put together. Flow analyses keep one at each point of a function.
///
/// A big-endian Patricia tree whose leaves hold 64 numbers each as bits (Okasaki, Gill: Fast Mergeable Integer Maps, ML
/// Workshop 1998, section 5). The numbers below 64, which are all in most functions, stand outside of it.
public struct PersistentLocalSet: Sendable {
  private indirect enum Tree: Sendable {
    case empty
    /// The numbers `start` + i for each bit i of `bits`, which is not 0.
    case leaf(start: Int, bits: UInt64)
    /// All numbers agree with `prefix` above the bit `mask`, by which they are parted.
    case branch(prefix: Int, mask: Int, zero: Tree, one: Tree)
  }

  private var low: UInt64 = 0
  private var high = Tree.empty

  /// No variables.
  public init() {}

  /// Whether a number is in the set.
  public func contains(_ id: Int) -> Bool {
    id < 64 ? low & Self.bit(id) != 0 : Self.bits(of: Self.start(id), in: high) & Self.bit(id) != 0
  }

  /// Adds a number.
  public mutating func insert(_ id: Int) {
    if id < 64 {
      low |= Self.bit(id)
    } else if !contains(id) {
      high = Self.adding(Self.start(id), Self.bit(id), to: high)
    }
  }

  /// Takes a number out.
  public mutating func remove(_ id: Int) {
    if id < 64 {
      low &= ~Self.bit(id)
    } else if contains(id) {
      high = Self.removing(Self.start(id), Self.bit(id), from: high)
    }
  }

  /// Adds the numbers of another set.
  public mutating func formUnion(_ other: PersistentLocalSet) {
    low |= other.low
    high = Self.merging(high, other.high)
  }

  /// The numbers in ascending order.
  public var elements: [Int] {
    var result: [Int] = []
    Self.append(low, from: 0, to: &result)
    Self.append(high, to: &result)
    return result
  }

  /// The numbers that another set lacks, in ascending order.
  public func subtracting(_ other: PersistentLocalSet) -> [Int] {
    var result: [Int] = []
    Self.append(low & ~other.low, from: 0, to: &result)
    Self.append(high, without: other.high, to: &result)
    return result
  }

  // MARK: Trees

  private static func bit(_ id: Int) -> UInt64 { 1 << UInt64(id & 63) }
  private static func start(_ id: Int) -> Int { id & ~63 }

  /// By recursion, since a loop would count references to each tree on the way.
  private static func bits(of start: Int, in tree: Tree) -> UInt64 {
    switch tree {
    case .empty: return 0
    case .leaf(let own, let bits): return own == start ? bits : 0
    case .branch(_, let mask, let zero, let one):
      return start & mask == 0 ? bits(of: start, in: zero) : bits(of: start, in: one)
    }
  }

  private static func adding(_ start: Int, _ bits: UInt64, to tree: Tree) -> Tree {
    switch tree {
    case .empty: return .leaf(start: start, bits: bits)
    case .leaf(let own, let old):
      if own == start { return .leaf(start: start, bits: old | bits) }
      return joining(start, .leaf(start: start, bits: bits), own, tree)
    case .branch(let prefix, let mask, let zero, let one):
      if !matches(start, prefix, mask) { return joining(start, .leaf(start: start, bits: bits), prefix, tree) }
      return start & mask == 0
        ? .branch(prefix: prefix, mask: mask, zero: adding(start, bits, to: zero), one: one)
        : .branch(prefix: prefix, mask: mask, zero: zero, one: adding(start, bits, to: one))
    }
  }

  private static func removing(_ start: Int, _ bits: UInt64, from tree: Tree) -> Tree {
    switch tree {
    case .empty: return tree
    case .leaf(let own, let old):
      if own != start { return tree }
      return old & ~bits == 0 ? .empty : .leaf(start: start, bits: old & ~bits)
    case .branch(let prefix, let mask, let zero, let one):
      let (inside, other) = start & mask == 0 ? (zero, one) : (one, zero)
      let rest = removing(start, bits, from: inside)
      if case .empty = rest { return other }
      return start & mask == 0
        ? .branch(prefix: prefix, mask: mask, zero: rest, one: other)
        : .branch(prefix: prefix, mask: mask, zero: other, one: rest)
    }
  }

  /// A branch over two trees whose prefixes differ.
  private static func joining(_ start: Int, _ tree: Tree, _ otherStart: Int, _ other: Tree) -> Tree {
    let mask = 1 << (Int.bitWidth - 1 - (start ^ otherStart).leadingZeroBitCount)
    let prefix = start & ~(mask | (mask - 1))
    return start & mask == 0
      ? .branch(prefix: prefix, mask: mask, zero: tree, one: other)
      : .branch(prefix: prefix, mask: mask, zero: other, one: tree)
  }

  private static func merging(_ left: Tree, _ right: Tree) -> Tree {
    if sameReference(left, right) { return left }
    switch (left, right) {
    case (.empty, _): return right
    case (_, .empty): return left
    case (.leaf(let start, let bits), let other), (let other, .leaf(let start, let bits)):
      return self.bits(of: start, in: other) & bits == bits ? other : adding(start, bits, to: other)
    case (
      .branch(let prefix, let mask, let zero, let one),
      .branch(let otherPrefix, let otherMask, let otherZero, let otherOne)
    ):
      if mask < otherMask { return merging(right, left) }
      if !matches(otherPrefix, prefix, mask) { return joining(prefix, left, otherPrefix, right) }
      if mask == otherMask {
        return .branch(prefix: prefix, mask: mask, zero: merging(zero, otherZero), one: merging(one, otherOne))
      }
      return otherPrefix & mask == 0
        ? .branch(prefix: prefix, mask: mask, zero: merging(zero, right), one: one)
        : .branch(prefix: prefix, mask: mask, zero: zero, one: merging(one, right))
    }
  }

  private static func matches(_ start: Int, _ prefix: Int, _ mask: Int) -> Bool {
    start & ~(mask | (mask - 1)) == prefix
  }

  private static func append(_ tree: Tree, to result: inout [Int]) {
    switch tree {
    case .empty: break
    case .leaf(let start, let bits): append(bits, from: start, to: &result)
    case .branch(_, _, let zero, let one):
      append(zero, to: &result)
      append(one, to: &result)
    }
  }

  private static func append(_ tree: Tree, without other: Tree, to result: inout [Int]) {
    if sameReference(tree, other) { return }
    switch (tree, other) {
    case (.empty, _): break
    case (_, .empty): append(tree, to: &result)
    case (.leaf(let start, let bits), _): append(bits & ~self.bits(of: start, in: other), from: start, to: &result)
    case (
      .branch(let prefix, let mask, let zero, let one),
      .branch(let otherPrefix, let otherMask, let otherZero, let otherOne)
    )
    where mask <= otherMask:
      if !matches(prefix, otherPrefix, otherMask) {
        append(tree, to: &result)
      } else if mask == otherMask {
        append(zero, without: otherZero, to: &result)
        append(one, without: otherOne, to: &result)
      } else {
        append(tree, without: prefix & otherMask == 0 ? otherZero : otherOne, to: &result)
      }
    case (.branch(let prefix, let mask, let zero, let one), .leaf(let start, _)),
      (.branch(let prefix, let mask, let zero, let one), .branch(let start, _, _, _)):
      let isInside = matches(start, prefix, mask)
      append(zero, without: isInside && start & mask == 0 ? other : .empty, to: &result)
      append(one, without: isInside && start & mask != 0 ? other : .empty, to: &result)
    }
  }

  private static func append(_ bits: UInt64, from start: Int, to result: inout [Int]) {
    var rest = bits
    while rest != 0 {
      result.append(start + rest.trailingZeroBitCount)
      rest &= rest - 1
    }
  }
}
