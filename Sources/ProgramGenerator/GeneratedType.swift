/// A type of a generated program.
indirect enum GeneratedType: Hashable, Sendable {
  case int, float, bool, string, bytes, digest, unit
  case list(GeneratedType)
  case vector(GeneratedType)
  case map(GeneratedType, GeneratedType)
  case option(GeneratedType)
  case result(GeneratedType, GeneratedType)
  case tuple([GeneratedType])
  /// A declared sum type or record; no two modules declare types of one name.
  case named(String)
  /// Of a parameter only.
  case function([GeneratedType], GeneratedType, CallbackEffects)
  /// Of the standard library's functions only.
  case variable(String)

  /// What a `Fn` type says about effects.
  enum CallbackEffects: Sendable { case none, listed, forwarded }

  /// Whether `{}` in a string may hold it.
  var isRendered: Bool { [.int, .float, .bool, .string].contains(self) }

  /// Whether an expression says that it has this type, wherever it stands: nothing of it can be left open.
  var isScalar: Bool {
    switch self {
    case .int, .float, .bool, .string, .bytes, .digest, .unit, .named: true
    default: false
    }
  }

  /// The types that it is made of.
  var parts: [GeneratedType] {
    switch self {
    case .list(let element), .vector(let element), .option(let element): [element]
    case .map(let first, let second), .result(let first, let second): [first, second]
    case .tuple(let elements): elements
    case .function(let parameters, let result, _): parameters + [result]
    default: []
    }
  }

  /// The type variables in it.
  var variables: Set<String> {
    if case .variable(let name) = self { return [name] }
    return parts.reduce(into: []) { $0.formUnion($1.variables) }
  }

  /// The type with type variables replaced.
  func replacing(_ types: [String: GeneratedType]) -> GeneratedType {
    func new(_ type: GeneratedType) -> GeneratedType { type.replacing(types) }
    return switch self {
    case .variable(let name): types[name] ?? self
    case .list(let element): .list(new(element))
    case .vector(let element): .vector(new(element))
    case .option(let payload): .option(new(payload))
    case .map(let key, let value): .map(new(key), new(value))
    case .result(let success, let failure): .result(new(success), new(failure))
    case .tuple(let elements): .tuple(elements.map(new))
    default: self
    }
  }

  /// What the type variables must be for this to become another type; nil if there is no way.
  func match(_ other: GeneratedType, _ types: [String: GeneratedType] = [:]) -> [String: GeneratedType]? {
    if case .variable(let name) = self {
      if let known = types[name] { return known == other ? types : nil }
      return types.merging([name: other]) { $1 }
    }
    let (left, right) = (parts, other.parts)
    guard left.count == right.count, hasShape(of: other) else { return nil }
    var types = types
    for (left, right) in zip(left, right) {
      guard let more = left.match(right, types) else { return nil }
      types = more
    }
    return types
  }

  private func hasShape(of other: GeneratedType) -> Bool {
    switch (self, other) {
    case (.list, .list), (.vector, .vector), (.option, .option), (.map, .map), (.result, .result), (.tuple, .tuple):
      true
    default: self == other
    }
  }
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
  /// The module that declares a type.
  var owners: [String: Int] = [:]
  /// The types that only their own module looks into.
  var opaque: Set<String> = []
  /// The module that is being made.
  var module = 0

  /// Whether the module may look into a type.
  func isOpen(_ name: String) -> Bool { owners[name] == module || !opaque.contains(name) }

  /// The variants of a sum type that the module may look into.
  func variants(of name: String) -> [Variant]? { isOpen(name) ? sums.first { $0.name == name }?.variants : nil }

  /// The fields of a record that the module may look into.
  func fields(of name: String) -> [(name: String, type: GeneratedType)]? {
    isOpen(name) ? records.first { $0.name == name }?.fields : nil
  }

  /// The types that a declared type's values hold.
  private func contents(of name: String) -> [GeneratedType] {
    sums.filter { $0.name == name }.flatMap { $0.variants.flatMap(\.fields) }
      + records.filter { $0.name == name }.flatMap { $0.fields.map(\.type) }
  }

  private func isDeclared(_ name: String) -> Bool {
    sums.contains { $0.name == name } || records.contains { $0.name == name }
  }

  /// Whether values of the type can be the keys of a map. One whose declaration is yet to be made may come to hold what
  /// can't.
  func isKey(_ type: GeneratedType) -> Bool {
    var seen: Set<String> = []
    func isKey(_ type: GeneratedType) -> Bool {
      switch type {
      case .float, .map, .vector, .function, .variable: false
      case .named(let name):
        !seen.insert(name).inserted || (isDeclared(name) && contents(of: name).allSatisfy(isKey))
      default: type.parts.allSatisfy(isKey)
      }
    }
    return isKey(type)
  }

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
    default: nil
    }
  }
}
