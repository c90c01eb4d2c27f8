import Diagnostics
import Languages
import Nanopass

/// Finds the parts of declarations that the values at the errors of a function come from or go to. One of these may be at
/// fault rather than its uses.
struct Suspects: ResolvedWalker {
  /// The parts, each with the places of the values that are given for it in the function.
  private(set) var found: [DeclaredPart: [Span]] = [:]
  /// The places of the values with errors that come from a part.
  private(set) var used: [DeclaredPart: Set<Span>] = [:]
  /// The annotations of bindings.
  private(set) var annotations: [DeclaredPart: Annotation] = [:]
  /// The most errors of a function that are looked at.
  private static let mostErrors = 64
  private let function: Name
  private let errors: [Span]
  /// The records that have a field.
  private let owners: [Name: [Name]]
  /// What the values of locals come from.
  private var origins: LocalTable<Set<DeclaredPart>> = [:]

  /// An annotation of a binding.
  struct Annotation {
    let name: Name
    let type: Resolved.Ty
    let value: Span
  }

  init(in node: Resolved.Function, errors: [Diagnostic], owners: [Name: [Name]]) {
    function = node.name
    self.errors = errors.prefix(Self.mostErrors).map(\.span).filter { !$0.isNone }
    self.owners = owners
    found[.result(of: function)] = []
    for (index, parameter) in node.parameters.enumerated() {
      origins[parameter.variable.id] = [.parameter(of: function, index)]
    }
  }

  private func isTouched(_ span: Span) -> Bool {
    errors.contains { $0.start >= span.start && $0.end <= span.end }
  }

  private mutating func give(_ value: Resolved.Expr, for part: DeclaredPart) {
    found[part, default: []].append(value.span)
  }

  private mutating func suspect(_ parts: Set<DeclaredPart>) {
    for part in parts { found[part, default: []] += [] }
  }

  mutating func visit(_ node: Resolved.Statement) throws {
    try walk(node)
    guard case .bind(_, let variable, let annotation, let value) = node else { return }
    if let annotation {
      let part = DeclaredPart.annotation(in: function, variable.id)
      annotations[part] = Annotation(name: variable.name, type: annotation, value: value.span)
      origins[variable.id] = [part]
      if isTouched(value.span) { give(value, for: part) }
    } else {
      origins[variable.id] = origin(value)
    }
  }

  mutating func visit(_ node: Resolved.Expr) throws {
    if case .match(_, let subject, let arms) = node {
      let parts = origin(subject)
      for arm in arms {
        bind(arm.pattern, parts)
        if isTouched(arm.pattern.span) { suspect(parts) }
      }
    }
    if errors.contains(node.span) {
      let parts = origin(node)
      suspect(parts)
      for part in parts { used[part, default: []].insert(node.span) }
    }
    switch node {
    case .call(_, let callee, let arguments):
      for (index, argument) in arguments.enumerated() where isTouched(argument.span) {
        give(argument, for: .parameter(of: callee, index))
      }
    case .construct(_, let type, let variant, let arguments):
      if isTouched(node.span) { suspect([.shape(of: type, variant)]) }
      for (index, argument) in arguments.enumerated() where isTouched(argument.span) {
        give(argument, for: .payload(of: type, variant, index))
      }
    case .callback(_, .constructor(_, let type, let variant)) where isTouched(node.span):
      suspect([.shape(of: type, variant)])
    case .build(_, let type, let fields), .update(_, let type, _, let fields):
      for field in fields where isTouched(field.value.span) { give(field.value, for: .field(of: type, field.name)) }
    case .field(let span, let base, _):
      // The error about a field that is not there stands at its name.
      if errors.contains(where: { $0.end == span.end }) { suspect(origin(base)) }
    case .propagate(let span, let value) where errors.contains(span): suspect(origin(value))
    default: break
    }
    try walk(node)
  }

  mutating func visit(_ node: Resolved.Pattern) throws {
    if case .constructor(let span, let type, let variant, _) = node, errors.contains(span) {
      suspect([.shape(of: type, variant)])
    }
    try walk(node)
  }

  /// Notes what the names of a pattern stand for parts of.
  private mutating func bind(_ pattern: Resolved.Pattern, _ parts: Set<DeclaredPart>) {
    switch pattern {
    case .bind(_, let variable): origins[variable.id] = parts
    case .list(_, let elements, let rest): for element in elements + (rest.map { [$0] } ?? []) { bind(element, parts) }
    case .tuple(_, let elements): for element in elements { bind(element, parts) }
    case .constructor(_, let type, let variant, let arguments):
      for (index, argument) in arguments.enumerated() {
        bind(argument, parts.union([.payload(of: type, variant, index)]))
      }
    default: break
    }
  }

  /// The parts of declarations that tell the type of a value.
  private func origin(_ node: Resolved.Expr, depth: Int = 0) -> Set<DeclaredPart> {
    func all(_ nodes: [Resolved.Expr]) -> Set<DeclaredPart> {
      depth > 8 ? [] : nodes.reduce(into: []) { $0.formUnion(origin($1, depth: depth + 1)) }
    }
    switch node {
    case .local(_, let variable): return origins[variable.id] ?? []
    case .field(_, let base, let name):
      return all([base]).union((owners[name] ?? []).map { .field(of: $0, name) })
    case .call(_, let callee, let arguments): return all(arguments).union([.result(of: callee)])
    case .construct(_, _, _, let arguments): return all(arguments)
    case .propagate(_, let value), .negate(_, let value): return all([value])
    case .binary(_, _, let left, let right): return all([left, right])
    case .tuple(_, let elements), .list(_, let elements): return all(elements)
    case .match(_, _, let arms): return all(arms.map(\.body))
    case .block(_, _, let result): return all([result])
    default: return []
    }
  }
}

/// How often each variant is built and matched with how many fields.
struct VariantUses: ResolvedWalker {
  private(set) var counts: [DeclaredPart: [Int: Int]] = [:]

  mutating func visit(_ node: Resolved.Expr) throws {
    switch node {
    case .construct(_, let type, let variant, let arguments): add(type, variant, arguments.count)
    case .callback(_, .constructor(_, let type, let variant)): add(type, variant, 0)
    default: break
    }
    try walk(node)
  }

  mutating func visit(_ node: Resolved.Pattern) throws {
    if case .constructor(_, let type, let variant, let arguments) = node { add(type, variant, arguments.count) }
    try walk(node)
  }

  private mutating func add(_ type: Name, _ variant: Name, _ count: Int) {
    counts[.shape(of: type, variant), default: [:]][count, default: 0] += 1
  }
}
