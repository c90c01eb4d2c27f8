import Diagnostics
import Languages
import Nanopass

/// A value of another type than the declaration says that it is given for.
struct WrongValue {
  let part: DeclaredPart
  let type: Resolved.Ty
  /// The type as the source would write it.
  let text: String
  let span: Span
}

extension WrongHeaders {
  /// Finds the parameters and fields whose declared types are at fault: all wrong values for them are of one type, and
  /// with that the errors go away also where they are used. These are one mistake then.
  mutating func reconsider(_ values: [WrongValue]) throws {
    var groups: [DeclaredPart: [WrongValue]] = [:]
    for value in values { groups[value.part, default: []].append(value) }
    groups = groups.filter { _, group in group.allSatisfy { $0.text == group.first?.text } }
    let touched = try functions(touching: groups.keys)
    var mistakes: [Diagnostic] = []
    defer { errors.append(mistakes) }
    for group in groups.values.sorted(by: { ($0.first?.span.start ?? 0) < ($1.first?.span.start ?? 0) }) {
      guard budget > 0, let first = group.first else { return }
      let given = Set(group.map(\.span))
      if let mistake = try mistake(first, given: given, touching: touched[first.part] ?? []) {
        mistakes.append(mistake)
      }
    }
  }

  /// The positions of the functions that mention parts of declarations.
  private func functions(touching parts: some Sequence<DeclaredPart>) throws -> [DeclaredPart: [Int]] {
    var found: [DeclaredPart: [Int]] = [:]
    var byName: [Name: [DeclaredPart]] = [:]
    for part in parts {
      switch part {
      case .parameter(let function, _): found[part] = touched(by: function)
      case .field(let record, let name):
        byName[record, default: []].append(part)
        byName[name, default: []].append(part)
      case .payload(_, let variant, _): byName[variant, default: []].append(part)
      }
    }
    for (index, function) in program.functions.enumerated() where !byName.isEmpty && !function.isLibrary {
      var mentions = Mentions()
      try mentions.visit(function.body)
      for part in Set(mentions.names.flatMap { byName[$0] ?? [] }) { found[part, default: []].append(index) }
    }
    return found
  }

  /// The error about a part of a declaration, whose consequences are dropped; nil if it is not at fault.
  private mutating func mistake(_ value: WrongValue, given: Set<Span>, touching touched: [Int]) throws -> Diagnostic? {
    guard settled.isDisjoint(with: touched), let declared = inference.declarations.type(of: value.part) else {
      return nil
    }
    // A parameter that is called can be nothing but a function.
    if case .function = declared { return nil }
    inference.declarations.setType(of: value.part, to: value.type)
    var (after, removed) = ([Int: [Diagnostic]](), 0)
    var isBetter = true
    for place in touched where isBetter {
      let left = try check(place)
      (after[place], removed) = (left, removed + errors[place].count - left.count)
      isBetter = left.count <= errors[place].count && budget > 0
    }
    // Errors go away where it is used, too, not only where it is given.
    let before = touched.flatMap { errors[$0] }
    guard isBetter, removed > before.count(where: { given.contains($0.span) }),
      let declaration = declaration(of: value.part)
    else {
      inference.declarations.setType(of: value.part, to: declared)
      return nil
    }
    let left = Set(after.values.flatMap { $0.map(\.span) })
    let use = before.first { !given.contains($0.span) && !left.contains($0.span) }?.span
    for (place, found) in after { errors[place] = found }
    return mistake(declaration, declared, value, use)
  }

  /// What a declaration says of a part.
  private struct Declared {
    let span: Span
    /// What it is called in messages.
    let what: String
    /// What stands before its type.
    var prefix = ""
    var function: String?
  }

  private func declaration(of part: DeclaredPart) -> Declared? {
    switch part {
    case .parameter(let function, let index):
      guard let position = positions[function], program.functions[position].parameters.indices.contains(index) else {
        return nil
      }
      let parameter = program.functions[position].parameters[index]
      let name = parameter.variable.name
      return Declared(
        span: parameter.span, what: "the parameter `\(name)` of `\(function.lastSegment)`", prefix: "\(name): ",
        function: function.lastSegment)
    case .field(let record, let name):
      for case .record(_, record, let fields) in program.types {
        guard let field = fields.first(where: { $0.name == name }) else { return nil }
        return Declared(
          span: field.span, what: "the field `\(name)` of `\(record.lastSegment)`", prefix: "\(name): ")
      }
    case .payload(let sum, let variant, let index):
      for case .sum(_, sum, let variants) in program.types {
        guard let found = variants.first(where: { $0.name == variant }), found.fields.indices.contains(index) else {
          return nil
        }
        return Declared(
          span: found.span, what: "field \(index + 1) of `\(sum.lastSegment).\(variant)`")
      }
    }
    return nil
  }

  private mutating func mistake(
    _ declared: Declared, _ type: Resolved.Ty, _ value: WrongValue, _ use: Span?
  ) -> Diagnostic {
    let type = inference.table.text(inference.table.make(type))
    return .error(
      "type-mismatch", at: declared.span, "\(declared.what) is given and used as `\(value.text)`",
      label: "but it is declared as `\(type)`", help: "declare it so: `\(declared.prefix)\(value.text)`",
      regions: [Region(value.span, "this is `\(value.text)`")] + (use.map { [Region($0, "used here")] } ?? []),
      fnName: declared.function)
  }
}

/// The names of fields, records and variants in a body.
private struct Mentions: ResolvedWalker {
  private(set) var names: Set<Name> = []

  mutating func visit(_ node: Resolved.Expr) throws {
    switch node {
    case .field(_, _, let name): names.insert(name)
    case .build(_, let type, _), .update(_, let type, _, _): names.insert(type)
    case .construct(_, _, let variant, _): names.insert(variant)
    default: break
    }
    try walk(node)
  }

  mutating func visit(_ node: Resolved.Pattern) throws {
    if case .constructor(_, _, let variant, _) = node { names.insert(variant) }
    try walk(node)
  }

  mutating func visit(_ node: Resolved.Callee) throws {
    if case .constructor(_, _, let variant) = node { names.insert(variant) }
  }
}
