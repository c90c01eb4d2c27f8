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

  init(_ values: [Value]) {
    count = values.count
    var nodes = stride(from: 0, to: max(1, values.count), by: Self.width).map { start -> Node in
      let part = values[start..<min(start + Self.width, values.count)]
      return .leaf(part + Array(repeating: .unit, count: Self.width - part.count))
    }
    var height = 0
    while nodes.count > 1 {
      nodes = stride(from: 0, to: nodes.count, by: Self.width).map { start in
        let part = nodes[start..<min(start + Self.width, nodes.count)]
        return .branch(part + Array(repeating: part[start], count: Self.width - part.count))
      }
      height += 1
    }
    (root, self.height) = (nodes[0], height)
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

  var all: [Value] { (0..<count).compactMap { self[$0] } }

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
    "vector.insert": {
      var elements = try argument($0, 0).vector().all
      let index = try argument($0, 1).integer().clamped
      guard index >= 0, index <= elements.count else { throw outside }
      elements.insert(try argument($0, 2), at: index)
      return .vector(Elements(elements))
    },
    "vector.remove": {
      var elements = try argument($0, 0).vector().all
      let index = try argument($0, 1).integer().clamped
      guard elements.indices.contains(index) else { throw outside }
      elements.remove(at: index)
      return .vector(Elements(elements))
    },
    "vector.slice": {
      let elements = try argument($0, 0).vector().all
      let (from, to) = (try argument($0, 1).integer().clamped, try argument($0, 2).integer().clamped)
      guard from >= 0, from <= to, to <= elements.count else { throw outside }
      return .vector(Elements(Array(elements[from..<to])))
    },
    "vector.concat": { .vector(Elements(try argument($0, 0).vector().all + argument($0, 1).vector().all)) },
    "int.search": search, "string.search": search,
  ]

  private static let search: Meaning = {
    let keys = try argument($0, 0).vector()
    return .integer(
      .small(
        try place(of: try argument($0, 1), among: keys.count) { index in
          guard let key = keys[index] else { throw outside }
          return key
        }))
  }

  /// The place of an integer or a string among some in order; for one that is not there, -1 less the place where it
  /// belongs.
  static func place(of key: Value, among count: Int, _ element: (Int) throws -> Value) throws -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let isLess: Bool
      switch (try element(middle), key) {
      case (.integer(let found), .integer(let wanted)):
        if found == wanted { return middle }
        isLess = found < wanted
      case (.string(let found), .string(let wanted)):
        if found == wanted { return middle }
        isLess = found < wanted
      default: throw InterpreterError.broken("keys are searched that are no integers or strings")
      }
      (low, high) = isLess ? (middle + 1, high) : (low, middle)
    }
    return -1 - low
  }

  private static let outside = InterpreterError.broken("an index is not inside of its vector")
}
