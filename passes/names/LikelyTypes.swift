import Diagnostics
import Languages
import Nanopass

/// What can be told of the types of expressions before types are found, for help.
extension NameResolver {
  /// The type that an expression has by its form; nil if that tells nothing. Parts may be `erroneous`.
  func likelyType(of value: Program.Expr) -> Resolved.Ty? {
    switch value {
    case .integer: return .int
    case .float: return .float
    case .bool: return .bool
    case .string, .interpolated: return .string
    case .list: return .list(element: .erroneous)
    case .map: return .map(key: .erroneous, value: .erroneous)
    case .negate(_, let value): return likelyType(of: value)
    case .binary(_, let sign, let left, let right):
      return ["+", "-", "*", "/"].contains(sign.name) ? likelyType(of: left) ?? likelyType(of: right) : .bool
    case .path(_, let path): return likelyType(of: path)
    case .call(_, let callee, _) where callee.segments.count > 1 && callee.segments.first?.isUpper == false:
      return likelyResult(ofMethod: value)
    case .project: return likelyResult(ofMethod: value)
    case .call(_, let callee, _):
      let (owner, function) = (callee.prefix(callee.segments.count - 1), callee.segments.last?.name ?? "")
      guard let symbols = callee.segments.count == 1 ? module : self.owner(named: owner) else { return nil }
      return likelyResult(of: function, in: symbols)
    case .build(_, let callee, _), .update(_, let callee, _, _):
      return callee.segments.first.flatMap { likelyType(named: $0.name, in: module) }
    case .field, .propagate, .tuple, .match, .product: return nil
    }
  }

  /// The type that a function is declared to give, without its arguments.
  func likelyResult(of function: Name, in symbols: ModuleSymbols) -> Resolved.Ty? {
    symbols.resultName(of: function).flatMap { likelyType(named: $0, in: symbols) }
  }

  private func owner(named name: Name) -> ModuleSymbols? {
    module.dependencies[name] ?? table.modulesOfLibrary[name]
  }

  private func likelyType(of path: Program.Path) -> Resolved.Ty? {
    guard path.segments.count == 1, let name = path.segments.first else { return nil }
    return locals[name.name]?.type
  }

  /// A type by its name without its arguments.
  func likelyType(named name: Name, in symbols: ModuleSymbols) -> Resolved.Ty? {
    switch name.text {
    case "Int": return .int
    case "Float": return .float
    case "Bool": return .bool
    case "String": return .string
    case "Bytes": return .bytes
    case "List": return .list(element: .erroneous)
    case "Vector": return .vector(element: .erroneous)
    case "Map": return .map(key: .erroneous, value: .erroneous)
    case "Option": return .option(payload: .erroneous)
    case "Result": return .result(success: .erroneous, failure: .erroneous)
    default:
      let type = symbols.types[name] ?? symbols.importedTypes(name).first
      return type.map { .data(name: $0.name) }
    }
  }

  // MARK: Fields that are given values

  /// The value and the field of a statement that gives a field another value.
  static func assignedField(in statement: Program.Statement) -> (Name, Name)? {
    guard case .bind(_, let name, _, _) = statement, let dot = name.text.firstIndex(of: ".") else { return nil }
    return (Name(String(name.text[..<dot])), Name(String(name.text[name.text.index(after: dot)...])))
  }

  /// Reports that a field is given another value.
  mutating func reportAssignment(_ base: Name, _ field: Name, _ value: Program.Expr, at span: Span) {
    let entry = locals[base]
    var records: [TypeSymbol] = []
    for types in [module.types] + module.dependencyList.map(\.exportedTypes) {
      for type in types.values where type.fields.contains(field) && !records.contains(where: { $0 === type }) {
        records.append(type)
      }
    }
    if case .data(let name)? = entry?.type { records = records.filter { $0.name == name } }
    let known = records.count == 1 ? records.first : nil
    let update = "\(known?.short ?? "P").update(\(base), \(field) = \(source(value.span)))"
    error(
      "parse-error", at: span, "a field keeps the value that it was built with",
      help: "`\(update)` gives a copy\(known == nil ? " of a record `P`" : "") with another `\(field)`")
  }
}
