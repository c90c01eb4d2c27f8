import Nanopass

/// Counts of locals by their numbers, as a persistent map: copies are free, and comparing two maps takes as long as
/// they differ. Flow analyses keep one at each point of a function.
///
/// A big-endian Patricia tree (Okasaki, Gill: Fast Mergeable Integer Maps, ML Workshop 1998).
public struct LocalCounts: Sendable {
  private indirect enum Tree: Sendable {
    case empty
    case leaf(key: Int, count: Int)
    /// All keys agree with `prefix` above the bit `mask`, by which they are parted.
    case branch(prefix: Int, mask: Int, zero: Tree, one: Tree)
  }

  private var tree = Tree.empty

  /// All counts zero.
  public init() {}

  private init(_ tree: Tree) { self.tree = tree }

  /// Whether all counts are zero.
  public var isEmpty: Bool {
    if case .empty = tree { return true }
    return false
  }

  /// The count of a number; zero if it was never set.
  public subscript(id: Int) -> Int {
    get { Self.count(of: id, in: tree) }
    set { tree = newValue == 0 ? Self.removing(id, from: tree) : Self.setting(id, newValue, in: tree) }
  }

  /// Whether the count of a number is not zero.
  public func contains(_ id: Int) -> Bool { self[id] != 0 }

  /// Calls `visit` with each number whose counts differ, in ascending order, and both counts.
  public static func forEachDifference(
    _ left: LocalCounts, _ right: LocalCounts, _ visit: (_ id: Int, _ left: Int, _ right: Int) throws -> Void
  ) rethrows {
    try compare(left.tree, right.tree, visit)
  }

  /// The numbers whose counts are not zero, in ascending order.
  public var ids: [Int] {
    var result: [Int] = []
    Self.forEachDifference(LocalCounts(), self) { id, _, _ in result.append(id) }
    return result
  }

  // MARK: Trees

  /// By recursion, since a loop would count references to each tree on the way.
  private static func count(of id: Int, in tree: Tree) -> Int {
    switch tree {
    case .empty: return 0
    case .leaf(let key, let count): return key == id ? count : 0
    case .branch(_, let mask, let zero, let one):
      return id & mask == 0 ? self.count(of: id, in: zero) : self.count(of: id, in: one)
    }
  }

  private static func setting(_ id: Int, _ count: Int, in tree: Tree) -> Tree {
    switch tree {
    case .empty: return .leaf(key: id, count: count)
    case .leaf(let key, let old):
      if key != id { return joining(id, .leaf(key: id, count: count), key, tree) }
      return old == count ? tree : .leaf(key: id, count: count)
    case .branch(let prefix, let mask, let zero, let one):
      if !matches(id, prefix, mask) { return joining(id, .leaf(key: id, count: count), prefix, tree) }
      return id & mask == 0
        ? .branch(prefix: prefix, mask: mask, zero: setting(id, count, in: zero), one: one)
        : .branch(prefix: prefix, mask: mask, zero: zero, one: setting(id, count, in: one))
    }
  }

  private static func removing(_ id: Int, from tree: Tree) -> Tree {
    switch tree {
    case .empty: return tree
    case .leaf(let key, _): return key == id ? .empty : tree
    case .branch(let prefix, let mask, let zero, let one):
      let rest = removing(id, from: id & mask == 0 ? zero : one)
      let other = id & mask == 0 ? one : zero
      if case .empty = rest { return other }
      return id & mask == 0
        ? .branch(prefix: prefix, mask: mask, zero: rest, one: other)
        : .branch(prefix: prefix, mask: mask, zero: other, one: rest)
    }
  }

  /// A branch over two trees whose prefixes differ.
  private static func joining(_ key: Int, _ tree: Tree, _ otherKey: Int, _ other: Tree) -> Tree {
    let mask = 1 << (Int.bitWidth - 1 - (key ^ otherKey).leadingZeroBitCount)
    return key & mask == 0
      ? .branch(prefix: key & ~(mask | (mask - 1)), mask: mask, zero: tree, one: other)
      : .branch(prefix: key & ~(mask | (mask - 1)), mask: mask, zero: other, one: tree)
  }

  private static func matches(_ id: Int, _ prefix: Int, _ mask: Int) -> Bool { id & ~(mask | (mask - 1)) == prefix }

  private typealias Visitor = (_ id: Int, _ left: Int, _ right: Int) throws -> Void

  private static func compare(_ left: Tree, _ right: Tree, _ visit: Visitor) rethrows {
    if sameReference(left, right) { return }
    switch (left, right) {
    case (.empty, .empty): return
    case (.leaf(let key, let count), .leaf(let otherKey, let other)) where key == otherKey:
      if count != other { try visit(key, count, other) }
    case (.leaf(let key, let count), .empty): try visit(key, count, 0)
    case (.empty, .leaf(let key, let count)): try visit(key, 0, count)
    default: try descend(left, right, visit)
    }
  }

  /// Compares trees of which at least one is a branch, or which are different leaves.
  private static func descend(_ left: Tree, _ right: Tree, _ visit: Visitor) rethrows {
    let mask = max(widestMask(left, right), 1)
    let (leftZero, leftOne) = split(left, mask)
    let (rightZero, rightOne) = split(right, mask)
    try compare(leftZero, rightZero, visit)
    try compare(leftOne, rightOne, visit)
  }

  /// The bit that parts the keys of both trees first.
  private static func widestMask(_ left: Tree, _ right: Tree) -> Int {
    var mask = 0
    if case .branch(_, let own, _, _) = left { mask = own }
    if case .branch(_, let own, _, _) = right { mask = max(mask, own) }
    if let key = firstKey(left), let other = firstKey(right), key ^ other != 0 {
      mask = max(mask, 1 << (Int.bitWidth - 1 - (key ^ other).leadingZeroBitCount))
    }
    return mask
  }

  /// Some key of the tree, with zeros below its branching bit.
  private static func firstKey(_ tree: Tree) -> Int? {
    switch tree {
    case .empty: return nil
    case .leaf(let key, _): return key
    case .branch(let prefix, _, _, _): return prefix
    }
  }

  /// The parts of a tree without and with the bit `mask`, which is not below the tree's own.
  private static func split(_ tree: Tree, _ mask: Int) -> (zero: Tree, one: Tree) {
    if case .branch(_, let own, let zero, let one) = tree, own == mask { return (zero, one) }
    guard let key = firstKey(tree) else { return (.empty, .empty) }
    return key & mask == 0 ? (tree, .empty) : (.empty, tree)
  }
}
