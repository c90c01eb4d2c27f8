import Languages
import Nanopass

/// What a value is built with, as far as patterns can tell.
enum MatchHead: Hashable {
  case bool(Bool)
  case integer(Integer)
  case float(Double)
  /// The UTF-8 of a string: strings are equal by their scalars, not by canonical equivalence.
  case string([UInt8])
  case empty
  case cons
  /// With the number of parts.
  case tuple(Int)
  /// Type, constructor and number of fields.
  case constructor(Name, Name, Int)

  /// Whether finitely many such heads make up all values.
  var isLiteral: Bool {
    switch self {
    case .integer, .float, .string: true
    default: false
    }
  }
}

/// A pattern that some values do not match, or whose parts some do not; patterns that match all are nil in its place.
final class MatchPattern: Sendable {
  let head: MatchHead
  let parts: [MatchPattern?]

  init(_ head: MatchHead, _ parts: [MatchPattern?] = []) {
    self.head = head
    self.parts = parts
  }

  /// The pattern's form for the check; a list becomes a chain of elements.
  static func make(_ pattern: Typed.Pattern) -> MatchPattern? {
    switch pattern {
    case .wildcard, .bind: return nil
    case .integer(_, let value): return MatchPattern(.integer(value))
    case .float(_, let value): return MatchPattern(.float(value))
    case .string(_, let value): return MatchPattern(.string(Array(value.utf8)))
    case .bool(_, let value): return MatchPattern(.bool(value))
    case .list(_, let elements, let rest):
      let tail = rest.map(make) ?? MatchPattern(.empty)
      return elements.reversed().reduce(tail) { tail, element in MatchPattern(.cons, [make(element), tail]) }
    case .tuple(_, let elements): return MatchPattern(.tuple(elements.count), elements.map(make))
    case .constructor(_, let type, let variant, let arguments):
      return MatchPattern(.constructor(type, variant, arguments.count), arguments.map(make))
    }
  }
}

extension Optional where Wrapped == MatchPattern {
  /// Whether every value that matches the other pattern matches this one, judged part by part.
  func includes(_ other: MatchPattern?) -> Bool {
    guard let self else { return true }
    guard let other, self.head == other.head, self.parts.count == other.parts.count else { return false }
    return zip(self.parts, other.parts).allSatisfy { $0.includes($1) }
  }

  /// Whether some value matches both patterns.
  func overlaps(_ other: MatchPattern?) -> Bool {
    guard let self, let other else { return true }
    guard self.head == other.head else { return false }
    return zip(self.parts, other.parts).allSatisfy { $0.overlaps($1) }
  }

  /// The pattern as the source would write it.
  var text: String {
    guard let self else { return "_" }
    switch self.head {
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return value.description
    case .float(let value): return value.description
    case .string(let bytes): return quoted(String(decoding: bytes, as: UTF8.self))
    case .empty: return "[]"
    case .cons: return listText
    case .tuple: return "(" + self.parts.map(\.text).joined(separator: ", ") + ")"
    case .constructor(let type, let variant, _):
      let arguments = self.parts.isEmpty ? "" : "(" + self.parts.map(\.text).joined(separator: ", ") + ")"
      return type.lastSegment + "." + variant.text + arguments
    }
  }

  private var listText: String {
    var elements: [String] = []
    var rest = self
    while let pattern = rest, pattern.head == .cons, pattern.parts.count == 2 {
      elements.append(pattern.parts[0].text)
      rest = pattern.parts[1]
    }
    if rest == nil { elements.append(".._") }
    return "[" + elements.joined(separator: ", ") + "]"
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "\"", "\\", "{", "}": result += "\\" + String(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
