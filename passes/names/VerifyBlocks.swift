import Diagnostics
import Languages
import Nanopass

/// What is known of the verify block that is resolved.
struct Verification {
  /// The function that it is about.
  let target: Name
  let isTrace: Bool
  /// The names of functions that the block calls.
  let called: Set<Name>
  /// The fields of the record that the function returns, if it does.
  let fields: Set<Name>
  /// The names that are bound to one call of the function.
  var observed: Set<Name> = []
}

/// The parts of a `verify` item.
struct VerifyItem {
  let span: Span
  let target: Program.Ident
  let isTrace: Bool
  let lines: [Program.VerifyLine]
}

extension NameResolver {
  /// A verify block as a function with the givens as parameters, whose statements are its values and cases: each case
  /// `a => b` is the comparison of both. It is only checked, and never runs. Nil if there is no function to verify.
  mutating func verification(_ item: VerifyItem, number: Int) -> Resolved.Function? {
    guard let function = module.functions[item.target.name], item.target.name != "main" else { return nil }
    enter(function: item.target.name)
    var names = MentionedNames()
    for line in item.lines { try? names.visit(line) }
    // Stubs are called in the place of an effect.
    var stubs = MentionedNames()
    for case .given(_, _, let written, let domain) in item.lines where written.isEffect { try? stubs.visit(domain) }
    verification = Verification(
      target: item.target.name, isTrace: item.isTrace, called: names.called.union(stubs.found),
      fields: module.resultFields(of: item.target.name))
    defer {
      verification = nil
      functionName = nil
    }
    var parameters: [Resolved.Parameter] = []
    var statements: [Resolved.Statement] = []
    var types: [Resolved.Ty] = []
    for case .given(_, let name, let written, let domain) in item.lines {
      types.append(given(name, written, domain, &statements))
    }
    let group = locals.newGroup()
    for (line, type) in zip(item.lines, types) {
      guard case .given(let span, let name, let written, _) = line else { continue }
      let mark = locals.mark
      let variable = bind(name.name, at: name.span, group: group, type: type)
      if written.isEffect || isCalled(name.name) { locals.forget(since: mark) }
      parameters.append(Resolved.Parameter(span, variable: variable, ty: type))
    }
    for line in item.lines { if let statement = statement(line, group: group) { statements.append(statement) } }
    return Resolved.Function(
      item.target.span, name: Name("\(Name.verifications)\(number).\(function.name)"), module: module.name,
      isLibrary: false, variables: [], parameters: parameters,
      result: .declared(item.target.span, ty: .erroneous),
      effects: Resolved.Effects(item.target.span, effects: []),
      body: .block(item.span, statements: statements, result: .unit(item.span)))
  }

  /// Resolves the values of a given and gives its type.
  private mutating func given(
    _ name: Program.Ident, _ written: Program.TypeExpr, _ domain: Program.Domain,
    _ statements: inout [Resolved.Statement]
  ) -> Resolved.Ty {
    if written.isEffect {
      if case .values(_, let stubs) = domain { for stub in stubs { _ = possibleFunction(stub) } }
      return .erroneous
    }
    let type = self.type(written)
    // A range holds integers, whatever is declared.
    guard case .values(_, let values) = domain else { return .int }
    for value in values {
      let variable = Local(name.name, locals.unnamed().id)
      let resolved = type == .erroneous ? possibleFunction(value) : expression(value)
      statements.append(.bind(value.span, variable: variable, annotation: type, value: resolved))
    }
    return type
  }

  private mutating func statement(_ line: Program.VerifyLine, group: Int) -> Resolved.Statement? {
    switch line {
    case .given: return nil
    case .when(let span, let condition):
      let variable = Local("when", locals.unnamed().id)
      return .bind(span, variable: variable, annotation: .bool, value: expression(condition))
    case .holds(let span, let claim):
      let variable = Local("holds", locals.unnamed().id)
      return .bind(span, variable: variable, annotation: .bool, value: expression(claim))
    case .local(let span, let name, let annotation, let value):
      let type = annotation.map { self.type($0) }
      let resolved = expression(value)
      let mark = locals.mark
      let variable = bind(name.name, at: name.span, group: group, type: type)
      if isCalled(name.name) { locals.forget(since: mark) }
      if isObserved(value) { verification?.observed.insert(name.name) }
      return .bind(span, variable: variable, annotation: type, value: resolved)
    case .case(let span, let left, let right):
      reportComparedTrace(left, right)
      let first = expression(left)
      return .evaluate(span, value: .binary(span, operator: "=>", left: first, right: expression(right)))
    }
  }

  /// Whether the block calls a function of this name, so that nothing else may have it.
  private func isCalled(_ name: Name) -> Bool {
    module.functions[name] != nil && verification?.called.contains(name) == true
  }

  /// Whether an expression is a call of the function that the block is about, or a local bound to one.
  private func isObserved(_ node: Program.Expr) -> Bool {
    guard let verification else { return false }
    switch node {
    case .path(_, let path): return path.segments.count == 1 && verification.observed.contains(path.prefix(1))
    case .call(_, let callee, _):
      let count = callee.segments.count
      return callee.segments.last?.name == verification.target
        && (count == 1 || ownPrefix(callee.prefix(count - 1)) != nil)
    default: return false
    }
  }

  // MARK: Projections

  /// The projection of a trace block, such as `run.result` or `run.trace.contains(Console.print)`; nil if the
  /// expression is none. Events and traces have no types of their own, so they fit anything.
  mutating func projected(_ node: Program.Expr) -> Resolved.Expr? {
    guard let verification, let chain = ProjectionChain(node), let first = chain.steps.first?.name,
      first.name == "result" || first.name == "trace"
    else { return nil }
    guard isObserved(chain.base) else {
      guard chain.steps.contains(where: { $0.arguments != nil }) else { return nil }
      error(
        "verify-trace", at: first.span,
        "`.\(first.text)` is for calls of `\(verification.target)` and names bound to one",
        help: "bind it first: `run = \(verification.target)(...)`")
      return dropped(chain)
    }
    guard verification.isTrace else {
      if verification.fields.contains(first.name) { return nil }
      error(
        "verify-trace", at: first.span, "`.\(first.text)` is only for trace blocks",
        help: "begin the block with `verify \(verification.target) trace`")
      return dropped(chain)
    }
    let base = expression(chain.base)
    if first.name == "trace" { return trace(of: base, chain, node.span) }
    if let wrong = chain.steps.first(where: { $0.arguments != nil }) { return notOfTraces(wrong.name, chain) }
    return chain.steps.dropFirst().reduce(base) { .field($0.span.union($1.name.span), base: $0, name: $1.name.name) }
  }

  /// Reports a whole trace as a side of a comparison.
  func reportComparedTrace(_ left: Program.Expr, _ right: Program.Expr) {
    guard verification?.isTrace == true else { return }
    let trace = [left, right].first { side in
      guard let chain = ProjectionChain(side), chain.steps.first?.name.name == "trace" else { return false }
      return isObserved(chain.base) && ["trace", "branch"].contains(chain.steps.last?.name.text)
    }
    guard let trace else { return }
    error(
      "not-comparable", at: trace.span, "whole traces can't be compared",
      help: "compare what they hold: `length()`, `event(k)`, `contains(E)` or `count(E)`")
  }

  private mutating func dropped(_ chain: ProjectionChain) -> Resolved.Expr {
    erroneous(chain.base.span, keeping: [expression(chain.base)])
  }

  private mutating func notOfTraces(_ name: Program.Ident, _ chain: ProjectionChain) -> Resolved.Expr {
    error(
      "verify-trace", at: name.span, "a trace has no `\(name.text)` here",
      help: "a trace has `length()`, `event(k)`, `contains(E)`, `count(E)` and `group(n).branch(i)`")
    return dropped(chain)
  }

  /// What follows `.trace`.
  private mutating func trace(of base: Resolved.Expr, _ chain: ProjectionChain, _ span: Span) -> Resolved.Expr {
    var parts: [Resolved.Statement] = [.evaluate(base.span, value: base)]
    var result: Resolved.Expr = .erroneous(span)
    var steps = chain.steps.dropFirst()
    while let step = steps.popFirst() {
      let arguments = step.arguments ?? []
      let isLast = steps.isEmpty
      switch (step.name.text, arguments.count, isLast) {
      case ("length", 0, true) where step.arguments != nil: result = .integer(span, value: .small(0))
      case ("event", 1, _): parts += arguments.map { index($0) }
      case ("contains", 1, true):
        parts += event(arguments[0])
        result = .bool(span, value: true)
      case ("count", 1, true):
        parts += event(arguments[0])
        result = .integer(span, value: .small(0))
      case ("group", 1, false):
        parts += arguments.map { index($0) }
        guard let branch = steps.popFirst(), branch.name.text == "branch", let only = branch.arguments, only.count == 1
        else { return notOfTraces(step.name, chain) }
        parts += only.map { index($0) }
      default: return notOfTraces(step.name, chain)
      }
    }
    return .block(span, statements: parts, result: result)
  }

  private mutating func index(_ node: Program.Expr) -> Resolved.Statement {
    .bind(node.span, variable: Local("trace index", locals.unnamed().id), annotation: .int, value: expression(node))
  }

  /// An event that is looked for: an effect, or a call of one.
  private mutating func event(_ node: Program.Expr) -> [Resolved.Statement] {
    let (path, arguments): (Program.Path?, [Program.Expr]) =
      switch node {
      case .path(_, let path): (path, [])
      case .call(_, let path, let arguments): (path, arguments)
      default: (nil, [])
      }
    guard let path, path.segments.count == 2,
      Vocabulary.effects[path.prefix(1)]?.contains(path.segments[1].text) == true
    else {
      error("verify-trace", at: node.span, "this is no effect", help: "name one, as in `Console.print`, or call it")
      return []
    }
    let types = EffectOperation.named(path.prefix(2))?.parameters ?? []
    return arguments.enumerated().map { index, argument in
      let isText = types.indices.contains(index) && types[index] == .string
      return .bind(
        argument.span, variable: Local("trace argument", locals.unnamed().id), annotation: isText ? .string : nil,
        value: expression(argument))
    }
  }
}

/// A value and the names, some with arguments, that follow it behind dots.
private struct ProjectionChain {
  struct Step {
    let name: Program.Ident
    var arguments: [Program.Expr]?
  }

  let base: Program.Expr
  private(set) var steps: [Step]

  init?(_ node: Program.Expr) {
    switch node {
    case .path(_, let path): self.init(path)
    case .call(_, let path, let arguments):
      self.init(path)
      if steps.isEmpty { return nil }
      steps[steps.count - 1].arguments = arguments
    case .field(_, let base, let name): self.init(base, Step(name: name))
    case .project(_, let base, let name, let arguments): self.init(base, Step(name: name, arguments: arguments))
    default: return nil
    }
  }

  private init?(_ path: Program.Path) {
    guard let first = path.segments.first, !first.isUpper, path.segments.count > 1 else { return nil }
    base = .path(first.span, path: Program.Path(first.span, segments: [first]))
    steps = path.segments.dropFirst().map { Step(name: $0) }
  }

  private init(_ base: Program.Expr, _ step: Step) {
    if let inner = ProjectionChain(base) {
      self = inner
      steps.append(step)
    } else {
      self.base = base
      steps = [step]
    }
  }
}

/// Gathers the names in small letters with which the paths of lines begin.
struct MentionedNames: ProgramWalker {
  private(set) var found: Set<Name> = []
  /// Those that are called.
  private(set) var called: Set<Name> = []

  mutating func visit(_ node: Program.Expr) throws {
    if case .call(_, let path, _) = node, path.segments.count == 1, let name = path.segments.first?.name {
      called.insert(name)
    }
    switch node {
    case .path(_, let path), .call(_, let path, _):
      if let first = path.segments.first, !first.isUpper { found.insert(first.name) }
    default: break
    }
    try walk(node)
  }
}

extension Program.TypeExpr {
  /// Whether what stands in the place of a given's type is an effect, such as `Random.int`.
  var isEffect: Bool {
    guard case .named(_, let name, let arguments) = self, arguments.isEmpty else { return false }
    let parts = name.text.split(separator: ".")
    return parts.count == 2 && parts[1].first?.isUppercase == false && Vocabulary.effects[Name(String(parts[0]))] != nil
  }
}
