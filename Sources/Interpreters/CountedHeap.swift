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
  /// The place of a field whose value comes later.
  case hole(Cell, slot: Int)
}

/// A cell with the number of references to it.
final class Cell {
  enum Content {
    case integer(Whole)
    case string(Text)
    case bytes([UInt8])
    /// The first `counted` of the fields hold references or integers.
    case fields(tag: Int, counted: Int, [Held])
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

  /// Whether there is one reference to it.
  var isUnique: Bool { count == 1 }

  func replace(by content: Content) { self.content = content }
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

  /// The place of a field, whose value is that of a constructor without fields until it is filled.
  func hole(in value: Held, _ slot: Int) throws -> Held {
    guard case .reference(let cell) = value, cell.isUnique else { throw Self.broken("a hole is in what others see") }
    return .hole(cell, slot: slot)
  }

  /// Puts a value into a hole, once.
  func fill(_ hole: Held, with value: Held) throws {
    guard case .hole(let cell, let slot) = hole, case .fields(let tag, let counted, var fields) = try content(of: cell),
      slot < counted, fields.indices.contains(slot), case .immediate = fields[slot], cell.isUnique
    else { throw Self.broken("what is filled is no hole") }
    fields[slot] = value
    cell.replace(by: .fields(tag: tag, counted: counted, fields))
  }

  /// The memory of a freed cell is kept for another.
  mutating func keep() { live += 1 }

  /// The kept memory with room for some fields is freed or used; 0 stands for none.
  mutating func free(_ fields: Int) { if fields != 0 { live -= 1 } }

  mutating func dup(_ value: Held) throws {
    guard case .reference(let cell) = value else { return }
    _ = try content(of: cell)
    cell.count? += 1
  }

  /// Takes a reference away; with the last one the cell is freed and loses those to its fields.
  mutating func drop(_ value: Held) throws {
    guard case .reference(let cell) = value, try isLast(cell) else { return }
    var freed = [cell]
    while let cell = freed.popLast() {
      switch cell.content {
      // Only those of counted words hold references.
      case .fields(_, _, let parts), .vector(let parts):
        for case .reference(let part) in parts where try isLast(part) { freed.append(part) }
      default: break
      }
      cell.content = nil
      live -= 1
    }
  }

  /// Takes a reference away; gives whether it was the last one.
  private func isLast(_ cell: Cell) throws -> Bool {
    if cell.content == nil { throw Self.broken("a cell is freed twice") }
    guard let count = cell.count else { return false }
    if count == 0 { throw Self.broken("a cell is freed twice") }
    cell.count = count - 1
    return count == 1
  }
}

/// What primitives and effects take and give.
indirect enum Carried {
  case int, float, bool, string, bytes, unit
  /// An integer that is held raw.
  case word
  case list(Carried)
  /// Anything else, which vectors hold but no other primitive looks at.
  case other

  init(_ type: Typed.Ty) {
    switch type {
    case .int: self = .int
    case .float: self = .float
    case .bool: self = .bool
    case .string: self = .string
    case .bytes, .digest: self = .bytes
    case .unit: self = .unit
    case .list(let element): self = .list(Carried(element))
    default: self = .other
    }
  }

  var isCounted: Bool {
    switch self {
    case .bool, .unit, .float, .word: false
    default: true
    }
  }
}

// Values of primitives and effects, which know nothing of cells. They look at their arguments and make new cells.

extension CountedHeap {
  /// The value that is held for a type.
  func value(of held: Held, as type: Carried) throws -> Value {
    switch (type, held) {
    case (.bool, .word(let word)): return .bool(word != 0)
    case (.unit, .word): return .unit
    case (.float, .float(let value)): return .float(value)
    case (.int, .word(let word)): return .integer(.small(word))
    case (.int, .integer(let value)): return .integer(.small(value))
    case (.int, .reference(let cell)):
      guard case .integer(let value) = try content(of: cell) else { throw Self.broken("a cell holds no integer") }
      return .integer(value)
    case (.string, .reference(let cell)):
      guard case .string(let text) = try content(of: cell) else { throw Self.broken("a cell holds no string") }
      return .string(text)
    case (.bytes, .reference(let cell)):
      guard case .bytes(let octets) = try content(of: cell) else { throw Self.broken("a cell holds no bytes") }
      return .bytes(octets)
    case (.list(let element), _): return .list(try elements(of: held).map { try value(of: $0, as: element) })
    default: throw InterpreterError.unsupported("a value of type \(type) in an operation")
    }
  }

  private func elements(of list: Held) throws -> [Held] {
    var elements: [Held] = []
    var rest = list
    while case .reference(let cell) = rest {
      guard case .fields(_, let counted, let fields) = try content(of: cell), fields.count == 2, counted > 0 else {
        throw Self.broken("a cell is no list")
      }
      // A raw element stands behind the rest of the list.
      elements.append(fields[counted == 2 ? 0 : 1])
      rest = fields[counted == 2 ? 1 : 0]
    }
    return elements
  }

  /// Makes the cells of a value.
  mutating func hold(_ value: Value, as type: Carried) throws -> Held {
    switch (type, value) {
    case (_, .bool(let value)): return .word(value ? 1 : 0)
    case (_, .unit): return .word(0)
    case (_, .float(let value)): return .float(value)
    case (.word, .integer(let value)):
      guard case .small(let word) = value, -1 << 62 <= word, word < 1 << 62 else {
        throw Self.broken("\(value.digits) is held in a word")
      }
      return .word(word)
    case (_, .integer(.small(let value))): return .integer(value)
    case (_, .integer(let value)): return allocate(.integer(value))
    case (_, .string(let text)): return allocate(.string(text))
    case (_, .bytes(let octets)): return allocate(.bytes(octets))
    case (.list(let type), .data) where type.isCounted:
      var list = Held.immediate(0)
      for element in try value.elements().reversed() {
        list = allocate(.fields(tag: 1, counted: 2, [try hold(element, as: type), list]))
      }
      return list
    default: throw InterpreterError.unsupported("a value of type \(type) from an operation")
    }
  }
}
