import Languages
import Nanopass

/// What a variable of a `Counted` program holds.
enum Held {
  case word(Int)
  case float(Double)
  /// An integer that fits a machine word.
  case integer(Int)
  /// The value of a constructor without fields.
  case immediate(Int)
  case reference(Cell)
}

/// A cell with the number of references to it.
final class Cell {
  enum Content {
    case integer(Whole)
    case string(Text)
    case bytes([UInt8])
    case fields(tag: Int, counted: [Held], raw: [Held])
    case vector([Held])
  }

  /// nil when the cell is freed.
  fileprivate(set) var content: Content?
  /// nil for a constant, which is not counted.
  fileprivate var count: Int?

  fileprivate init(_ content: Content, count: Int?) {
    self.content = content
    self.count = count
  }
}

/// All cells of a run. Every look at a freed cell and every reference too many is an error.
struct CountedHeap {
  /// How many cells are alive.
  private(set) var live = 0

  private static func broken(_ message: String) -> InterpreterError { .broken(message) }

  mutating func allocate(_ content: Cell.Content) -> Held {
    live += 1
    return .reference(Cell(content, count: 1))
  }

  /// A literal: it is there before the program starts and stays.
  static func constant(_ content: Cell.Content) -> Held { .reference(Cell(content, count: nil)) }

  /// What a cell holds.
  func content(of cell: Cell) throws -> Cell.Content {
    guard let content = cell.content else { throw Self.broken("a cell is used that was freed") }
    return content
  }

  mutating func dup(_ value: Held) throws {
    guard case .reference(let cell) = value else { return }
    _ = try content(of: cell)
    cell.count? += 1
  }

  /// Takes a reference away; with the last one the cell is freed and loses those to its fields.
  mutating func drop(_ value: Held) throws {
    var waiting = [value]
    while let value = waiting.popLast() {
      guard case .reference(let cell) = value else { continue }
      guard let content = cell.content else { throw Self.broken("a cell is freed twice") }
      guard let count = cell.count else { continue }
      cell.count = count - 1
      guard count == 1 else { continue }
      switch content {
      case .fields(_, let counted, _): waiting += counted
      // Only those of counted words hold references.
      case .vector(let elements): waiting += elements
      case .integer, .string, .bytes: break
      }
      cell.content = nil
      live -= 1
    }
  }
}

// Vectors. Only one that nothing else refers to is changed in place.

extension CountedHeap {
  /// A primitive on vectors, of any kind of elements.
  enum VectorPrimitive { case empty, length, new, get, set }

  static let vectorPrimitives: [Name: VectorPrimitive] = [
    "vector.empty": .empty, "vector.length": .length,
    "vector.newCounted": .new, "vector.newWord": .new, "vector.newFloat": .new,
    "vector.getCounted": .get, "vector.getWord": .get, "vector.getFloat": .get,
    "vector.setCounted": .set, "vector.setWord": .set, "vector.setFloat": .set,
  ]

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
    default: throw Self.broken("a primitive has the wrong number of arguments")
    }
  }

  private func index(_ index: Held, in elements: [Held]) throws -> Int {
    let index = try value(of: index, as: .int).integer().clamped
    guard elements.indices.contains(index) else { throw Self.broken("an index is not inside of its vector") }
    return index
  }

  private func elements(ofVector vector: Held) throws -> [Held] {
    guard case .reference(let cell) = vector, case .vector(let elements) = try content(of: cell) else {
      throw Self.broken("a value is no vector")
    }
    return elements
  }

  /// Takes over the references to the vector and to the element.
  private mutating func set(_ vector: Held, _ index: Int, to element: Held) throws -> Held {
    guard case .reference(let cell) = vector, case .vector(var elements) = try content(of: cell) else {
      throw Self.broken("a value is no vector")
    }
    guard cell.count == 1 else {
      for element in elements { try dup(element) }
      try drop(elements[index])
      elements[index] = element
      try drop(vector)
      return allocate(.vector(elements))
    }
    // Without the cell's own copy the array is changed in place.
    cell.content = .vector([])
    let old = elements[index]
    elements[index] = element
    cell.content = .vector(elements)
    try drop(old)
    return vector
  }
}

// Values of primitives and effects, which know nothing of cells. They look at their arguments and make new cells.

extension CountedHeap {
  /// The value that is held for a type.
  func value(of held: Held, as type: Typed.Ty) throws -> Value {
    switch (type, held) {
    case (.bool, .word(let word)): return .bool(word != 0)
    case (.unit, .word): return .unit
    case (.float, .float(let value)): return .float(value)
    case (.int, .integer(let value)): return .integer(.small(value))
    case (.int, .reference(let cell)):
      guard case .integer(let value) = try content(of: cell) else { throw Self.broken("a cell holds no integer") }
      return .integer(value)
    case (.string, .reference(let cell)):
      guard case .string(let text) = try content(of: cell) else { throw Self.broken("a cell holds no string") }
      return .string(text)
    case (.bytes, .reference(let cell)), (.digest, .reference(let cell)):
      switch try content(of: cell) {
      case .bytes(let octets): return .bytes(octets)
      default: throw Self.broken("a cell holds no bytes")
      }
    case (.list(let element), _): return .list(try elements(of: held).map { try value(of: $0, as: element) })
    default: throw InterpreterError.unsupported("a value of type \(type) in an operation")
    }
  }

  private func elements(of list: Held) throws -> [Held] {
    var elements: [Held] = []
    var rest = list
    while case .reference(let cell) = rest {
      guard case .fields(_, let counted, let raw) = try content(of: cell), let tail = counted.last else {
        throw Self.broken("a cell is no list")
      }
      elements.append(counted.count > 1 ? counted[0] : try raw.first ?? { throw Self.broken("a cell is no list") }())
      rest = tail
    }
    return elements
  }

  /// Makes the cells of a value.
  mutating func hold(_ value: Value, as type: Typed.Ty) throws -> Held {
    switch (type, value) {
    case (_, .bool(let value)): return .word(value ? 1 : 0)
    case (_, .unit): return .word(0)
    case (_, .float(let value)): return .float(value)
    case (_, .integer(.small(let value))): return .integer(value)
    case (_, .integer(let value)): return allocate(.integer(value))
    case (_, .string(let text)): return allocate(.string(text))
    case (_, .bytes(let octets)): return allocate(.bytes(octets))
    case (.list(let type), .data) where Shaped.Shape(builtin: type).isCounted:
      var list = Held.immediate(0)
      for element in try value.elements().reversed() {
        list = allocate(.fields(tag: 1, counted: [try hold(element, as: type), list], raw: []))
      }
      return list
    default: throw InterpreterError.unsupported("a value of type \(type) from an operation")
    }
  }
}
