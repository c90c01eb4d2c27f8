import Nanopass

/// The elements of a vector in `Typed` and `Core`: a tree of chunks, so that an update copies few of them and vectors
/// share the rest (Bagwell, Ideal hash trees, 2001; without the hashing).
final class Elements: Sendable {
  private indirect enum Node: Sendable {
    case leaf([Value])
    case branch([Node])
  }

  /// How many bits of an index choose a part of a node.
  private static let bits = 4
  private static let width = 1 << bits

  let count: Int
  private let root: Node
  /// How many levels of branches stand above the leaves.
  private let height: Int

  /// That many times the same; places behind the last one are never looked at.
  init(repeating value: Value, count: Int) {
    self.count = count
    var (node, size, height) = (Node.leaf(Array(repeating: value, count: Self.width)), Self.width, 0)
    while size < count {
      node = .branch(Array(repeating: node, count: Self.width))
      size *= Self.width
      height += 1
    }
    (root, self.height) = (node, height)
  }

  private init(_ root: Node, of other: Elements) {
    (self.root, count, height) = (root, other.count, other.height)
  }

  /// The element at an index; nil for an index that is not inside.
  subscript(index: Int) -> Value? {
    guard index >= 0, index < count else { return nil }
    var (node, shift) = (root, height * Self.bits)
    while case .branch(let parts) = node {
      node = parts[index >> shift & (Self.width - 1)]
      shift -= Self.bits
    }
    guard case .leaf(let values) = node else { return nil }
    return values[index & (Self.width - 1)]
  }

  /// The vector with another element at an index; nil for an index that is not inside.
  func replacing(_ index: Int, with value: Value) -> Elements? {
    guard index >= 0, index < count else { return nil }
    return Elements(Self.replace(root, height * Self.bits, index, value), of: self)
  }

  private static func replace(_ node: Node, _ shift: Int, _ index: Int, _ value: Value) -> Node {
    let place = index >> shift & (width - 1)
    switch node {
    case .leaf(var values):
      values[place] = value
      return .leaf(values)
    case .branch(var parts):
      parts[place] = replace(parts[place], shift - bits, index, value)
      return .branch(parts)
    }
  }
}

// The primitives on vectors.

extension PrimitiveMeanings {
  static let vectors: [Name: Meaning] = [
    "vector.empty": { _ in .vector(Elements(repeating: .unit, count: 0)) },
    "vector.length": { .integer(.small(try argument($0, 0).vector().count)) },
    "vector.new": {
      .vector(Elements(repeating: try argument($0, 1), count: max(0, try argument($0, 0).integer().clamped)))
    },
    "vector.get": {
      guard let value = try argument($0, 0).vector()[argument($0, 1).integer().clamped] else { throw outside }
      return value
    },
    "vector.set": {
      let vector = try argument($0, 0).vector()
      let index = try argument($0, 1).integer().clamped
      guard let changed = vector.replacing(index, with: try argument($0, 2)) else { throw outside }
      return .vector(changed)
    },
  ]

  private static let outside = InterpreterError.broken("an index is not inside of its vector")
}
