import Languages
import Nanopass

/// The order of the keys of maps in `Typed`, by `language.md` 7.3.
struct KeyOrder {
  /// The positions of the fields of each record in the order of their names.
  private let fields: [Name: [Int]]

  /// - Parameters:
  ///   - fields: the names of the fields of each record in the order of the declaration.
  init(fields: [Name: [Name]]) {
    self.fields = fields.mapValues { names in
      names.indices.sorted { Self.precedes(names[$0], names[$1]) }
    }
  }

  /// -1, 0 or 1. Pairs that are still to be compared wait in a list, so that long lists take no stack.
  func order(_ left: Value, _ right: Value) throws -> Int {
    var waiting = [(left, right)]
    while let pair = waiting.popLast() {
      let order: Int
      switch pair {
      case (.integer(let left), .integer(let right)): order = Self.order(left, right)
      case (.string(let left), .string(let right)): order = Self.order(left, right)
      case (.bool(let left), .bool(let right)): order = Self.order(left ? 1 : 0, right ? 1 : 0)
      case (.bytes(let left), .bytes(let right)):
        order = left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
      case (.unit, .unit): order = 0
      case (.data(let left), .data(let right)):
        order = constructors(left, right)
        if order == 0 { waiting += try parts(left, right).reversed() }
      default: throw InterpreterError.broken("\(pair.0) and \(pair.1) have no key order")
      }
      if order != 0 { return order }
    }
    return 0
  }

  private static func order<T: Comparable>(_ left: T, _ right: T) -> Int { left < right ? -1 : right < left ? 1 : 0 }

  private static func precedes(_ left: Name, _ right: Name) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  /// The order of two constructors by name; a list that ends comes before one that goes on.
  private func constructors(_ left: Data, _ right: Data) -> Int {
    if left.constructor == right.constructor { return 0 }
    if left.type == KnownNames.list { return left.constructor == KnownNames.empty ? -1 : 1 }
    return Self.precedes(left.constructor, right.constructor) ? -1 : 1
  }

  /// The parts of two values of one constructor, in the order in which they are compared.
  private func parts(_ left: Data, _ right: Data) throws -> [(Value, Value)] {
    let places = fields[left.type] ?? Array(left.fields.indices)
    return try places.map { place in
      guard left.fields.indices.contains(place), right.fields.indices.contains(place) else {
        throw InterpreterError.broken("\(left.constructor) has no field \(place)")
      }
      return (left.fields[place], right.fields[place])
    }
  }
}
