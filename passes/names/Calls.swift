import Diagnostics
import Languages
import Nanopass

extension NameResolver {
  /// A call with positional arguments.
  mutating func call(_ span: Span, _ callee: Program.Path, _ arguments: [Program.Expr]) -> Resolved.Expr {
    guard let first = callee.segments.first else { return .erroneous(span) }
    guard first.isUpper else { return localCall(span, callee, first, arguments) }
    let (meaning, used) = global(callee)
    if case .wrong = meaning { return dropped(span, arguments) }
    guard used == callee.segments.count else {
      error("bad-callee", at: callee.span, "only a function can be called, not a field of its result")
      return dropped(span, arguments)
    }
    switch meaning {
    case .function(let function): return callFunction(span, function, arguments)
    case .operation(let operation):
      return .perform(span, effect: operation.name, arguments: values(arguments))
    case .primitive(let primitive):
      return .primitive(span, name: primitive.name, arguments: values(arguments))
    case .variant(let type, let variant, let arity):
      if arguments.isEmpty, arity == 0 { reportEmptyCall(span, callee) }
      return .construct(span, type: type, variant: variant, arguments: values(arguments))
    case .update(let type): return positionalUpdate(span, callee, type, arguments)
    case .type(let type):
      reportPositional(span, callee, type, arguments)
      // A record that is built in a wrong way is one all the same.
      if type.isRecord { return .update(span, type: type.name, base: dropped(span, arguments), fields: []) }
    case .unit: reportEmptyCall(span, callee)
    case .wrong: break
    }
    return dropped(span, arguments)
  }

  private mutating func localCall(
    _ span: Span, _ callee: Program.Path, _ first: Program.Ident, _ arguments: [Program.Expr]
  ) -> Resolved.Expr {
    if let entry = locals[first.name] {
      if entry.isKnown, entry.isFunction, callee.segments.count == 1 {
        return .apply(span, parameter: entry.local, arguments: values(arguments))
      }
      if entry.isKnown, entry.type != .erroneous { return badCallee(.call(span, callee: callee, arguments: arguments)) }
    } else if let function = module.functions[first.name] {
      if callee.segments.count == 1 { return callFunction(span, function, arguments) }
      return badCallee(.call(span, callee: callee, arguments: arguments))
    } else if module.bindings[first.name] != nil {
      return badCallee(.call(span, callee: callee, arguments: arguments))
    } else {
      reportUnknown(first, isCalled: true, as: callee, with: arguments)
    }
    return dropped(span, arguments)
  }

  /// A call of a value or of a method, whose parts are still looked at.
  mutating func badCallee(_ node: Program.Expr) -> Resolved.Expr {
    reportBadCallee(node)
    let wasInMethod = isInMethod
    isInMethod = true
    defer { isInMethod = wasInMethod }
    switch node {
    case .call(let span, _, let arguments): return dropped(span, arguments)
    case .project(let span, let base, _, let arguments): return dropped(span, [base] + arguments)
    default: return .erroneous(node.span)
    }
  }

  /// A call of a function of the program, which may take functions.
  private mutating func callFunction(_ span: Span, _ function: FunctionSymbol, _ arguments: [Program.Expr])
    -> Resolved.Expr
  {
    // A function may stand in the place of another argument, which is seen when types are found.
    let resolved = arguments.map { function.takesFunctions ? callback($0) : expression($0) }
    return .call(span, function: function.name, arguments: resolved)
  }

  /// Resolves arguments in order.
  private mutating func values(_ arguments: [Program.Expr]) -> [Resolved.Expr] { arguments.map { expression($0) } }

  /// What is left of a call that is wrong: its arguments are still looked at.
  private mutating func dropped(_ span: Span, _ arguments: [Program.Expr]) -> Resolved.Expr {
    erroneous(span, keeping: arguments.map { possibleFunction($0) })
  }

  private func reportEmptyCall(_ span: Span, _ callee: Program.Path) {
    let end = callee.span(0..<callee.segments.count).end
    let brackets = end < span.end ? Span(start: end, length: span.end - end) : span
    error(
      "empty-constructor-call", at: brackets, "`\(callee.text)` has no fields and takes no parentheses",
      help: Advice(callee.text, edits: [.remove(brackets)]))
  }

  private mutating func reportPositional(
    _ span: Span, _ callee: Program.Path, _ type: TypeSymbol, _ arguments: [Program.Expr]
  ) {
    guard canSeeInside(type, at: callee.span) else { return }
    guard case .record(let fields) = type.shape else {
      error("unknown-ident", at: callee.span, "`\(type.short)` is a type, not a function")
      return
    }
    if arguments.isEmpty {
      reportMissing(fields, callee, type)
    } else {
      let values = arguments.count == fields.count ? arguments.map { source($0.span) } : fields.map { _ in "..." }
      error(
        "constructor-form", at: callee.span, "the record `\(type.short)` is built by the names of its fields",
        help: Advice(
          "\(type.short)(\(zip(fields, values).map { "\($0) = \($1)" }.joined(separator: ", ")))",
          edits: arguments.count == fields.count
            ? zip(fields, arguments).map { .insert("\($0) = ", before: $1.span) } : []))
    }
  }

  private mutating func positionalUpdate(
    _ span: Span, _ callee: Program.Path, _ type: TypeSymbol, _ arguments: [Program.Expr]
  ) -> Resolved.Expr {
    guard canSeeInside(type, at: callee.span) else { return dropped(span, arguments) }
    guard arguments.count == 1, let base = arguments.first else {
      let slug: Slug = arguments.isEmpty ? "arity-mismatch" : "constructor-form"
      let first = arguments.first.map { source($0.span) } ?? "..."
      error(
        slug, at: callee.span, "`\(callee.text)` takes a record and then the fields to change, by name",
        help: type.fields.first.map { "`\(callee.text)(\(first), \($0) = ...)`" })
      return dropped(span, arguments)
    }
    return .update(span, type: type.name, base: expression(base), fields: [])
  }
}
