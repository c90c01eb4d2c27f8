import Diagnostics
import Languages
import Nanopass

extension NameResolver {
  /// An expression with every name resolved.
  mutating func expression(_ node: Program.Expr) -> Resolved.Expr {
    if verification != nil, let projection = projected(node) { return projection }
    switch node {
    case .integer(let span, let value): return .integer(span, value: value)
    case .float(let span, let value): return .float(span, value: value)
    case .string(let span, let value): return .string(span, value: value)
    case .bool(let span, let value): return .bool(span, value: value)
    case .interpolated(let span, let parts): return .interpolate(span, parts: parts.map { part($0) })
    case .path(let span, let path): return self.path(span, path)
    case .call(let span, let callee, let arguments): return call(span, callee, arguments)
    case .build(let span, let callee, let values): return build(span, callee, values)
    case .update(let span, let callee, let base, let values): return update(span, callee, base, values)
    case .field(let span, let base, let name): return .field(span, base: expression(base), name: name.name)
    case .project(_, _, let name, _): return projection(node, name)
    case .propagate(let span, let value): return .propagate(span, value: expression(value))
    case .negate(let span, let value): return .negate(span, value: expression(value))
    case .binary(let span, let sign, let left, let right):
      if sign.name == "==" || sign.name == "!=" { reportComparedTrace(left, right) }
      let first = expression(left)
      // Two functions that are compared are one mistake.
      switch first {
      case .erroneous, .callback:
        return .binary(span, operator: sign.name, left: first, right: possibleFunction(right))
      default: break
      }
      return .binary(span, operator: sign.name, left: first, right: expression(right))
    case .tuple(let span, let elements): return .tuple(span, elements: elements.map { expression($0) })
    case .list(let span, let elements): return .list(span, elements: elements.map { expression($0) })
    case .match(let span, let subject, let arms):
      let resolved = expression(subject)
      return .match(span, subject: resolved, arms: arms.map { arm($0) })
    case .product(let span, let elements, let propagates):
      return .product(span, elements: elements.map { expression($0) }, propagates: propagates)
    case .map(let span, let entries):
      return .map(
        span,
        entries: entries.map {
          let key = unquotedKey($0.key) ?? expression($0.key)
          return Resolved.Entry($0.span, key: key, value: expression($0.value))
        })
    }
  }

  /// Reports a key that is an unknown name and probably meant as a text; nil for others.
  private mutating func unquotedKey(_ key: Program.Expr) -> Resolved.Expr? {
    guard case .path(let span, let path) = key, path.segments.count == 1, let name = path.segments.first,
      !name.isUpper, !isTaken(name.name)
    else { return nil }
    reportUnknown(name, help: "a text stands between quotes: \(code: "\"\(name.text)\"")")
    return .erroneous(span)
  }

  private mutating func part(_ node: Program.Part) -> Resolved.Part {
    switch node {
    case .text(let span, let value): .text(span, value: value)
    case .value(let span, let value): .value(span, value: expression(value))
    }
  }

  private mutating func unsupported(_ what: String, _ span: Span, _ parts: [Program.Expr]) -> Resolved.Expr {
    notYet(what, at: span)
    return erroneous(span, keeping: parts.map { expression($0) })
  }

  /// What is left of a wrong expression: its parts, in which more may be wrong, and a value that fits anything.
  func erroneous(_ span: Span, keeping parts: [Resolved.Expr]) -> Resolved.Expr {
    let statements = parts.compactMap { part -> Resolved.Statement? in
      if case .erroneous = part { return nil }
      return .evaluate(part.span, value: part)
    }
    return statements.isEmpty ? .erroneous(span) : .block(span, statements: statements, result: .erroneous(span))
  }

  /// A method of a value, or in a verify block a projection that stands at the wrong place.
  private mutating func projection(_ node: Program.Expr, _ name: Program.Ident) -> Resolved.Expr {
    guard verification != nil, Self.projections.contains(name.text),
      case .project(let span, let base, _, let rest) = node
    else { return badCallee(node) }
    error("verify-trace", at: name.span, "`.\(name.text)(...)` is only for trace blocks")
    return erroneous(span, keeping: ([base] + rest).map { expression($0) })
  }

  private static let projections: Set<String> = [
    "result", "trace", "length", "event", "contains", "count", "group", "branch",
  ]

  /// A dotted name on its own.
  private mutating func path(_ span: Span, _ path: Program.Path) -> Resolved.Expr {
    guard let first = path.segments.first else { return .erroneous(span) }
    guard first.isUpper else { return localPath(span, path, first) }
    let (meaning, used) = global(path)
    return value(span, path, meaning, used)
  }

  /// What a path that starts with a capital means as a value.
  mutating func value(_ span: Span, _ path: Program.Path, _ meaning: GlobalMeaning, _ used: Int) -> Resolved.Expr {
    switch meaning {
    case .wrong: return .erroneous(span)
    case .unit: return .unit(span)
    case .variant(let type, let variant, 0):
      let value = Resolved.Expr.construct(path.span(0..<used), type: type, variant: variant, arguments: [])
      return fields(of: value, path, from: used)
    case .type(let type) where type.isRecord:
      error(
        "constructor-form", at: path.span, "the record `\(type.short)` is built from its fields",
        help: constructionForm(of: type))
    case .type(let type):
      error("unknown-ident", at: path.span, "`\(type.short)` is a type, not a value")
    case .variant(let type, let variant, _):
      // Whether a function is asked for is seen when types are found.
      return .callback(path.span, callee: .constructor(path.span, type: type, variant: variant))
    case .function, .operation, .primitive, .update:
      reportFunctionValue(path.text, at: path.span)
    }
    return .erroneous(span)
  }

  /// How values of a record are written.
  func constructionForm(of type: TypeSymbol) -> Advice? {
    guard case .record(let fields) = type.shape else { return nil }
    return Advice("\(type.short)(\(fields.map { "\($0) = ..." }.joined(separator: ", ")))")
  }

  // MARK: Bodies

  /// A function's body. It ends with the value of its last statement, or `Unit` if that is a binding. Where the
  /// function is wrongly declared to give a function, that it does is no second mistake.
  mutating func body(_ statements: [Program.Statement], span: Span, result type: Program.TypeExpr?) -> Resolved.Expr {
    let group = locals.newGroup()
    var resolved: [Resolved.Statement] = []
    for statement in statements.dropLast() { resolved.append(self.statement(statement, group: group)) }
    let result: Resolved.Expr
    switch statements.last {
    case .evaluate(_, let value): result = type?.isFunction == true ? possibleFunction(value) : expression(value)
    case .bind(let span, let name, nil, let value)? where isTaken(name.name) && givesValue(type):
      // A comparison was meant, or a value that a name is to have from now on: in any case a result.
      reportTakenName(name, value, type)
      resolved.append(.evaluate(span, value: expression(value)))
      result = .erroneous(span)
    case let last?:
      resolved.append(statement(last, group: group))
      result = Self.assignedField(in: last) == nil ? .unit(last.span) : .erroneous(last.span)
    // It was not understood, which has been reported.
    case nil: result = .erroneous(span)
    }
    if resolved.isEmpty { return result }
    return .block(resolved.reduce(result.span) { $0.union($1.span) }, statements: resolved, result: result)
  }

  private func isTaken(_ name: Name) -> Bool {
    locals[name] != nil || module.functions[name] != nil || module.bindings[name] != nil
  }

  /// Whether a written result is another type than `Unit`.
  private func givesValue(_ type: Program.TypeExpr?) -> Bool {
    guard case .named(_, let name, _)? = type else { return false }
    return name.name != "Unit"
  }

  /// Reports a binding of a name that is taken, in the place of a function's result.
  private func reportTakenName(_ name: Program.Ident, _ value: Program.Expr, _ type: Program.TypeExpr?) {
    let earlier = locals[name.name]?.span ?? module.functions[name.name]?.span ?? module.bindings[name.name] ?? .none
    let text = source(value.span)
    var isBool = false
    if case .named(_, let type, _)? = type { isBool = type.name == "Bool" }
    error(
      "shadowed-name", at: name.span, "`\(name.text)` already has a meaning here",
      help: isBool
        ? "to compare, write \(code: "\(name.text) == \(text)", at: name.span.union(value.span))"
        : "the last line gives the result: \(code: text, at: name.span.union(value.span)), without a name",
      regions: [Region(earlier, "first declared here")])
  }

  /// The source of an expression if it is short, else dots.
  func source(_ span: Span) -> String { context.sources.excerpt(of: span) }

  /// The unknown name of a statement `x == 1` or `x <- 1`, with what tells that a binding was meant; nil for others.
  func comparedName(_ value: Program.Expr) -> (name: Program.Ident, help: Advice)? {
    guard case .binary(_, let sign, .path(_, let path), let right) = value, path.segments.count == 1,
      let name = path.segments.first, !name.isUpper, locals[name.name] == nil, module.functions[name.name] == nil,
      module.bindings[name.name] == nil
    else { return nil }
    let isArrow = sign.name == "<" && context.sources.text(of: Span(start: sign.span.end, length: 1)) == "-"
    guard isArrow || sign.name == "==" else { return nil }
    let place = isArrow ? sign.span.union(Span(start: sign.span.end, length: 1)) : sign.span
    let help: Advice =
      isArrow
      ? "a binding is written `\(name.text) = ...`" : "`==` compares; a binding is written `\(name.text) = ...`"
    return (name, right.span.isNone ? help : help.by(Edit(place, "=")))
  }

  /// Reports `x == 1` as a statement where `x` is unknown, and takes it for the binding that was meant.
  private mutating func bindComparedName(_ value: Program.Expr, group: Int) {
    guard let (name, help) = comparedName(value) else { return }
    reportUnknown(name, help: help)
    let mark = locals.mark
    _ = bind(name.name, at: name.span, group: group)
    locals.forget(since: mark)
  }

  private mutating func statement(_ node: Program.Statement, group: Int) -> Resolved.Statement {
    switch node {
    case .evaluate(let span, let value):
      let isBinding = comparedName(value) != nil
      bindComparedName(value, group: group)
      // The minus of `x <- f()` is none.
      if isBinding, case .binary(_, let sign, _, .negate(_, let bound)) = value, sign.name == "<" {
        return .evaluate(span, value: expression(bound))
      }
      return .evaluate(span, value: expression(value))
    case .bind(let span, let name, let annotation, let value):
      if let (base, field) = Self.assignedField(in: node) {
        reportAssignment(base, field, value, at: name.span)
        return .evaluate(span, value: expression(value))
      }
      let type = annotation.map { self.type($0) }
      let resolved = annotation?.isFunction == true ? possibleFunction(value) : expression(value)
      var known = type ?? likelyType(of: value)
      // What is bound to something wrong fits anything.
      if case .erroneous = resolved { known = type ?? .erroneous }
      let variable = bind(name.name, at: name.span, group: group, type: known)
      return .bind(span, variable: variable, annotation: type, value: resolved)
    }
  }
}
