import Languages
import Nanopass

/// A value of a running program in `Typed` and `Core`.
enum Value: Sendable {
  case integer(Whole)
  case float(Double)
  case bool(Bool)
  case string(Text)
  /// Of `Bytes` and `Digest32`.
  case bytes([UInt8])
  case unit
  case data(Data)
  case vector(Elements)
  /// What a parameter of a `Fn` type holds; only in `Typed`.
  case callee(Callee)
}

/// What is passed for a parameter of a `Fn` type.
final class Callee: Sendable {
  let callee: Typed.Callee

  init(_ callee: Typed.Callee) { self.callee = callee }
}

/// What a constructor built.
final class Data: Sendable {
  /// The type's name without its arguments, such as `List`; in `Core` that of the instance.
  let type: Name
  /// The constructor's name: of a sum type's variant, of a record's type, or `Tuple`.
  let constructor: Name
  /// The constructor's position in its type.
  let index: Int
  /// The payload; a record's fields stand in the order of the declaration.
  let fields: [Value]

  init(_ type: Name, _ constructor: Name, _ index: Int = 0, _ fields: [Value] = []) {
    self.type = type
    self.constructor = constructor
    self.index = index
    self.fields = fields
  }
}

extension Data {
  /// The entries of a map in the order of their keys.
  func entries() throws -> [(key: Value, value: Value)] {
    var entries: [(key: Value, value: Value)] = []
    // Nodes still to come, the next one last.
    var waiting = [self]
    while let here = waiting.popLast() {
      switch (here.constructor, here.fields.count) {
      case (KnownNames.leaf, 2):
        for (key, value) in zip(try here.fields[0].vector().all, try here.fields[1].vector().all) {
          entries.append((key, value))
        }
      case (KnownNames.inner, 3): waiting += try here.fields[2].vector().all.reversed().map { try $0.data() }
      case (_, 0): break
      default: throw InterpreterError.broken("\(here) is no map")
      }
    }
    return entries
  }
}

// Lists are built by the constructors `Nil` and `Cons`.

extension Value {
  private static let empty = Value.data(Data(KnownNames.list, KnownNames.empty, 0))

  static func cons(_ head: Value, _ tail: Value) -> Value {
    .data(Data(KnownNames.list, KnownNames.cons, 1, [head, tail]))
  }

  static func list(_ elements: [Value], before rest: Value? = nil) -> Value {
    elements.reversed().reduce(rest ?? empty) { .cons($1, $0) }
  }

  /// The head and the tail of a list; nil for the empty one.
  func uncons() throws -> (head: Value, tail: Value)? {
    guard case .data(let data) = self else { throw InterpreterError.broken("\(self) is no list") }
    if data.constructor == KnownNames.empty { return nil }
    guard data.constructor == KnownNames.cons, data.fields.count == 2 else {
      throw InterpreterError.broken("\(self) is no list")
    }
    return (data.fields[0], data.fields[1])
  }
}

// What operations ask for; a value of another type means that the program is broken.

extension Value {
  func integer() throws -> Whole {
    guard case .integer(let value) = self else { throw InterpreterError.broken("\(self) is no integer") }
    return value
  }

  func float() throws -> Double {
    guard case .float(let value) = self else { throw InterpreterError.broken("\(self) is no float") }
    return value
  }

  func bool() throws -> Bool {
    guard case .bool(let value) = self else { throw InterpreterError.broken("\(self) is no boolean") }
    return value
  }

  func string() throws -> Text {
    guard case .string(let value) = self else { throw InterpreterError.broken("\(self) is no string") }
    return value
  }

  func bytes() throws -> [UInt8] {
    guard case .bytes(let value) = self else { throw InterpreterError.broken("\(self) is no bytes") }
    return value
  }

  func data() throws -> Data {
    guard case .data(let value) = self else { throw InterpreterError.broken("\(self) is no data") }
    return value
  }

  func vector() throws -> Elements {
    guard case .vector(let value) = self else { throw InterpreterError.broken("\(self) is no vector") }
    return value
  }

  /// The elements of a list.
  func elements() throws -> [Value] {
    var elements: [Value] = []
    var rest = self
    while let (head, tail) = try rest.uncons() {
      elements.append(head)
      rest = tail
    }
    return elements
  }
}

extension Value {
  /// Structural equality, by `language.md` 7.2: NaN differs from everything, `0.0` equals `-0.0`.
  ///
  /// Pairs that are still to be compared wait in a list, so that long lists take no stack.
  static func areEqual(_ left: Value, _ right: Value) throws -> Bool {
    var waiting = [(left, right)]
    while let pair = waiting.popLast() {
      switch pair {
      case (.integer(let left), .integer(let right)): if left != right { return false }
      case (.float(let left), .float(let right)): if left != right { return false }
      case (.bool(let left), .bool(let right)): if left != right { return false }
      case (.string(let left), .string(let right)): if left != right { return false }
      case (.bytes(let left), .bytes(let right)): if left != right { return false }
      case (.unit, .unit): break
      case (.vector(let left), .vector(let right)):
        guard left.count == right.count else { return false }
        for index in (0..<left.count).reversed() {
          if let left = left[index], let right = right[index] { waiting.append((left, right)) }
        }
      case (.data(let left), .data(let right)) where left.type == KnownNames.map:
        // One map may have trees of several shapes.
        let (left, right) = (try left.entries(), try right.entries())
        guard left.count == right.count else { return false }
        waiting += zip(left, right).flatMap { [($0.value, $1.value), ($0.key, $1.key)] }.reversed()
      case (.data(let left), .data(let right)):
        guard left.constructor == right.constructor, left.fields.count == right.fields.count else { return false }
        waiting += zip(left.fields, right.fields).reversed()
      default: throw InterpreterError.broken("\(pair.0) is compared with \(pair.1)")
      }
    }
    return true
  }
}
