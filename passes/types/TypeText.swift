import Languages
import Nanopass

extension TypeTable {
  /// A type as the source would write it; `_` stands for what is open. Long types are cut.
  mutating func text(_ type: TypeRef, qualified: Bool = false) -> String {
    var budget = 60
    return text(type, qualified, &budget)
  }

  /// A type in a sentence: quoted, or in words if only its form is known.
  mutating func phrase(_ type: TypeRef) -> String {
    let parts = arguments(type)
    guard !parts.isEmpty, parts.allSatisfy({ isOpen($0) }) else { return "`\(text(type))`" }
    switch head(type) {
    case .list: return "a list"
    case .vector: return "a vector"
    case .map: return "a map"
    case .option: return "an `Option`"
    case .result: return "a `Result`"
    case .tuple: return "a tuple of \(parts.count)"
    default: return "`\(text(type))`"
    }
  }

  /// Whether no part of a type is open, as far as it would be shown.
  mutating func isKnown(_ type: TypeRef) -> Bool {
    var budget = 60
    return isKnown(type, &budget)
  }

  private mutating func isKnown(_ type: TypeRef, _ budget: inout Int) -> Bool {
    budget -= 1
    return budget < 0 || head(type) != nil && arguments(type).allSatisfy { isKnown($0, &budget) }
  }

  /// Two types, with the names of modules if they would look alike without.
  mutating func texts(_ left: TypeRef, _ right: TypeRef) -> (String, String) {
    let bare = (text(left), text(right))
    return bare.0 != bare.1 ? bare : (text(left, qualified: true), text(right, qualified: true))
  }

  private mutating func text(_ type: TypeRef, _ qualified: Bool, _ budget: inout Int) -> String {
    budget -= 1
    guard budget >= 0 else { return "..." }
    guard let head = head(type) else { return "_" }
    let parts = arguments(type).map { text($0, qualified, &budget) }
    let name: String
    switch head {
    case .int: name = "Int"
    case .float: name = "Float"
    case .bool: name = "Bool"
    case .string: name = "String"
    case .bytes: name = "Bytes"
    case .digest: name = "Digest32"
    case .unit: name = "Unit"
    case .list: name = "List"
    case .vector: name = "Vector"
    case .map: name = "Map"
    case .option: name = "Option"
    case .result: name = "Result"
    case .tuple: name = "Tuple"
    case .data(let full): name = qualified ? full.text : full.lastSegment
    case .rigid(let variable): name = variable.text
    case .function: return "Fn(" + parts.dropLast().joined(separator: ", ") + ") -> " + (parts.last ?? "_")
    }
    return parts.isEmpty ? name : name + "<" + parts.joined(separator: ", ") + ">"
  }
}

extension Name {
  /// What follows the last dot.
  var lastSegment: String { text.split(separator: ".").last.map(String.init) ?? text }

  /// A function's name as code of a module writes it.
  func shown(in module: Name) -> String {
    guard !module.text.isEmpty, text.hasPrefix(module.text + ".") else { return text }
    return String(text.dropFirst(module.text.count + 1))
  }
}
