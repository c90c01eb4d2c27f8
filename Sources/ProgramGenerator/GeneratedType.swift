/// A type of a generated program.
indirect enum GeneratedType: Hashable, Sendable {
  case int, float, bool, string, bytes, digest, unit
  case list(GeneratedType)
  case option(GeneratedType)
  case result(GeneratedType, GeneratedType)
  case tuple([GeneratedType])
  /// A declared sum type or record.
  case named(String)

  /// As it is written.
  var text: String {
    switch self {
    case .int: "Int"
    case .float: "Float"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "Bytes"
    case .digest: "Digest32"
    case .unit: "Unit"
    case .list(let element): "List<\(element.text)>"
    case .option(let payload): "Option<\(payload.text)>"
    case .result(let success, let failure): "Result<\(success.text), \(failure.text)>"
    case .tuple(let elements): "Tuple<\(elements.map(\.text).joined(separator: ", "))>"
    case .named(let name): name
    }
  }

  /// Whether `{}` in a string may hold it.
  var isRendered: Bool { [.int, .float, .bool, .string].contains(self) }
}

/// The types that a program declares.
struct Declarations {
  struct Variant {
    var name: String
    var fields: [GeneratedType]
  }

  /// The sum types, each with a variant that contains no other value of its type first.
  var sums: [(name: String, variants: [Variant])] = []
  var records: [(name: String, fields: [(name: String, type: GeneratedType)])] = []

  func variants(of name: String) -> [Variant]? { sums.first { $0.name == name }?.variants }
  func fields(of name: String) -> [(name: String, type: GeneratedType)]? { records.first { $0.name == name }?.fields }

  /// A constructor in patterns: how it is written, and the types of its fields.
  struct Constructor {
    var name: String
    var fields: [GeneratedType]
  }

  /// The constructors of a type that patterns can tell apart; nil if only names and literals match it.
  func constructors(of type: GeneratedType) -> [Constructor]? {
    switch type {
    case .bool: [Constructor(name: "true", fields: []), Constructor(name: "false", fields: [])]
    case .list(let element): [Constructor(name: "[]", fields: []), Constructor(name: "::", fields: [element, type])]
    case .option(let payload):
      [Constructor(name: "Option.None", fields: []), Constructor(name: "Option.Some", fields: [payload])]
    case .result(let success, let failure):
      [Constructor(name: "Result.Ok", fields: [success]), Constructor(name: "Result.Err", fields: [failure])]
    case .tuple(let elements): [Constructor(name: "()", fields: elements)]
    case .named(let name):
      variants(of: name).map { $0.map { Constructor(name: "\(name).\($0.name)", fields: $0.fields) } }
    case .int, .float, .string, .bytes, .digest, .unit: nil
    }
  }
}
