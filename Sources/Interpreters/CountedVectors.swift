import Nanopass

/// A primitive on vectors, of any kind of elements.
enum VectorPrimitive {
  case empty, length, new, get, set, insert, remove, slice, concat, searchIntegers, searchStrings

  static let named: [Name: VectorPrimitive] = {
    var named: [Name: VectorPrimitive] = [
      "vector.empty": .empty, "vector.length": .length, "int.search": .searchIntegers,
      "string.search": .searchStrings,
    ]
    let ofElements: [(String, VectorPrimitive)] = [
      ("new", .new), ("get", .get), ("set", .set), ("insert", .insert), ("remove", .remove), ("slice", .slice),
      ("concat", .concat),
    ]
    for (name, primitive) in ofElements {
      for kind in ["Counted", "Word", "Byte", "Float"] { named[Name("vector.\(name)\(kind)")] = primitive }
    }
    return named
  }()
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
      // The vector lends its element.
      let elements = try elements(ofVector: arguments[0])
      return elements[try index(arguments[1], in: elements)]
    case (.set, 3):
      let index = try index(arguments[1], in: elements(ofVector: arguments[0]))
      return try change(arguments[0]) { elements in
        defer { elements[index] = arguments[2] }
        return elements[index]
      }
    case (.insert, 3):
      let index = try place(arguments[1], in: elements(ofVector: arguments[0]))
      return try change(arguments[0]) { elements in
        elements.insert(arguments[2], at: index)
        return nil
      }
    case (.remove, 2):
      let index = try index(arguments[1], in: elements(ofVector: arguments[0]))
      return try change(arguments[0]) { $0.remove(at: index) }
    case (.slice, 3):
      let elements = try elements(ofVector: arguments[0])
      let (from, to) = (try place(arguments[1], in: elements), try place(arguments[2], in: elements))
      return try copy(elements[from..<max(from, to)])
    case (.concat, 2):
      return try copy(elements(ofVector: arguments[0]) + elements(ofVector: arguments[1]))
    case (.searchIntegers, 2): return try search(arguments, .int)
    case (.searchStrings, 2): return try search(arguments, .string)
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

  /// Where an element can be put: an index or the length.
  private func place(_ index: Held, in elements: [Held]) throws -> Int {
    let index = try value(of: index, as: .int).integer().clamped
    guard index >= 0, index <= elements.count else {
      throw InterpreterError.broken("a place is not inside of its vector")
    }
    return index
  }

  private func elements(ofVector vector: Held) throws -> [Held] {
    guard case .reference(let cell) = vector, case .vector(let elements) = try content(of: cell) else {
      throw InterpreterError.broken("a value is no vector")
    }
    return elements
  }

  /// Takes over a reference to a vector, in which `body` changes something. Its result is dropped.
  private mutating func change(_ vector: Held, _ body: (inout [Held]) -> Held?) throws -> Held {
    var elements = try elements(ofVector: vector)
    guard case .reference(let cell) = vector, cell.isUnique else {
      for element in elements { try dup(element) }
      if let gone = body(&elements) { try drop(gone) }
      try drop(vector)
      return allocate(.vector(elements))
    }
    // Without the cell's own copy the array is changed in place.
    cell.replace(by: .vector([]))
    let gone = body(&elements)
    cell.replace(by: .vector(elements))
    if let gone { try drop(gone) }
    return vector
  }

  private mutating func copy(_ elements: some Collection<Held>) throws -> Held {
    for element in elements { try dup(element) }
    return allocate(.vector(Array(elements)))
  }

  private func search(_ arguments: [Held], _ type: Carried) throws -> Held {
    let key = try value(of: arguments[1], as: type)
    let keys = try elements(ofVector: arguments[0])
    return .integer(try PrimitiveMeanings.place(of: key, among: keys.count) { try value(of: keys[$0], as: type) })
  }
}
