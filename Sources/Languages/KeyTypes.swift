public import Diagnostics
import Nanopass

/// Tells which types can be the keys of maps: those with a total order.
public struct KeyTypes: Sendable {
  private let parts: [Name: [Resolved.Ty]]

  /// Looks at the types of a program.
  public init(_ types: [Resolved.TypeDecl]) {
    var parts: [Name: [Resolved.Ty]] = [:]
    for type in types {
      switch type {
      case .sum(_, let name, let variants): parts[name] = variants.flatMap(\.fields)
      case .record(_, let name, let fields): parts[name] = fields.map(\.ty)
      }
    }
    self.parts = parts
  }

  /// The first part of a type, or of what it is declared by, for which it can't be a key; nil if it can.
  public func obstacle(in type: Resolved.Ty) -> Resolved.Ty? {
    var seen: Set<Name> = []
    var waiting = [type]
    while let next = waiting.popLast() {
      switch next {
      case .int, .bool, .string, .bytes, .digest, .unit, .variable, .erroneous: break
      case .float, .vector, .map, .function: return next
      case .list(let element): waiting.append(element)
      case .option(let payload): waiting.append(payload)
      case .result(let success, let failure): waiting += [failure, success]
      case .tuple(let elements): waiting += elements.reversed()
      case .data(let name):
        if Self.unordered.contains(name) { return next }
        if seen.insert(name).inserted { waiting += (parts[name] ?? []).reversed() }
      }
    }
    return nil
  }

  /// The built-in types without an order that are not made of others.
  private static let unordered: Set<Name> = ["Tcp.Connection", "BranchPath", "EffectEvent", "Trace"]

  /// The error for a key type without an order.
  ///
  /// - Parameters:
  ///   - key: the key type as the source would write it.
  ///   - part: the part of it for which it has none, likewise.
  ///   - span: the place.
  public static func error(key: String, part: String, at span: Span) -> Diagnostic {
    let isWhole = key == part
    var error = Diagnostic.error(
      "bad-map-key", at: span,
      isWhole
        ? "the keys of a map can't be of type `\(key)`, whose values have no total order"
        : "the keys of a map can't be of type `\(key)`: the `\(part)` in it has no total order")
    error.fields = [Field("key", key), Field("component", part)]
    let type = part.prefix { $0 != "<" && $0 != "(" }
    switch type {
    case "Float": error.repair.primary = "use an `Int`, or the text of the number: `String.fromFloat(...)`"
    case "Vector": error.repair.primary = "use a list, which can be a key: `List.fromVector(...)`"
    case "Map": error.repair.primary = "use the list of its entries, which can be a key: `Map.entries(...)`"
    default: error.repair.primary = "use something that tells the values apart, such as an `Int` or a `String`"
    }
    return error
  }
}

extension Resolved.Ty {
  /// The type as the source would write it, with the last parts of names.
  public var spelling: String {
    switch self {
    case .int: "Int"
    case .float: "Float"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "Bytes"
    case .digest: "Digest32"
    case .unit: "Unit"
    case .list(let element): "List<\(element.spelling)>"
    case .vector(let element): "Vector<\(element.spelling)>"
    case .map(let key, let value): "Map<\(key.spelling), \(value.spelling)>"
    case .option(let payload): "Option<\(payload.spelling)>"
    case .result(let success, let failure): "Result<\(success.spelling), \(failure.spelling)>"
    case .tuple(let elements): "Tuple<\(elements.map(\.spelling).joined(separator: ", "))>"
    case .data(let name): name.text.split(separator: ".").last.map(String.init) ?? name.text
    case .variable(let name): name.text
    case .function(let parameters, let result, _):
      "Fn(\(parameters.map(\.spelling).joined(separator: ", "))) -> \(result.spelling)"
    case .erroneous: "_"
    }
  }
}
