import Nanopass

/// A primitive on vectors, of any kind of elements.
enum VectorPrimitive {
  case empty, length, new, get, set

  static let named: [Name: VectorPrimitive] = [
    "vector.empty": .empty, "vector.length": .length,
    "vector.newCounted": .new, "vector.newWord": .new, "vector.newByte": .new,
    "vector.newFloat": .new,
    "vector.getCounted": .get, "vector.getWord": .get, "vector.getByte": .get,
    "vector.getFloat": .get,
    "vector.setCounted": .set, "vector.setWord": .set, "vector.setByte": .set,
    "vector.setFloat": .set,
  ]
}

// Only a vector that nothing else refers to is changed in place.

extension CountedHeap {
  mutating func apply(_ primitive: VectorPrimitive, _ arguments: [Held]) throws -> Held {
    switch (primitive, arguments.count) {
    case (.empty, 0): return allocate(.vector([]))
    case (.length, 1): return .integer(try elements(ofVector: arguments[0]).count)
    case (.new, 2):
      let count = max(0, try value(of: arguments[0], as: .int).integer().clamped)
      for _ in 0..<count { try dup(arguments[1]) }
      return allocate(.vector(Array(repeating: arguments[1], count: count)))
    case (.get, 2):
      let elements = try elements(ofVector: arguments[0])
      let element = elements[try index(arguments[1], in: elements)]
      try dup(element)
      return element
    case (.set, 3):
      return try set(arguments[0], try index(arguments[1], in: elements(ofVector: arguments[0])), to: arguments[2])
    default: throw InterpreterError.broken("a primitive has the wrong number of arguments")
    }
  }

  private func index(_ index: Held, in elements: [Held]) throws -> Int {
    let index = try value(of: index, as: .int).integer().clamped
    guard elements.indices.contains(index) else {
      throw InterpreterError.broken("an index is not inside of its vector")
    }
    return index
  }

  private func elements(ofVector vector: Held) throws -> [Held] {
    guard case .reference(let cell) = vector, case .vector(let elements) = try content(of: cell) else {
      throw InterpreterError.broken("a value is no vector")
    }
    return elements
  }

  /// Takes over the references to the vector and to the element.
  private mutating func set(_ vector: Held, _ index: Int, to element: Held) throws -> Held {
    var elements = try elements(ofVector: vector)
    guard case .reference(let cell) = vector, cell.isUnique else {
      for element in elements { try dup(element) }
      try drop(elements[index])
      elements[index] = element
      try drop(vector)
      return allocate(.vector(elements))
    }
    // Without the cell's own copy the array is changed in place.
    cell.replace(by: .vector([]))
    let old = elements[index]
    elements[index] = element
    cell.replace(by: .vector(elements))
    try drop(old)
    return vector
  }
}
