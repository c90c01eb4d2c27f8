import Diagnostics
public import Languages
public import Nanopass

/// Puts the body of a function that is called at one place only there: neither the call nor the function's type and
/// entry in the module are left, and what is known of the arguments shows.
///
///     (function put [(parameter s.0 (ref string))] [i32] (block [STEPS] (return [(local n.1)])))
///     ...
///     (let count.7 i32 (call put [(local t.3)]))
///     REST
///
/// becomes
///
///     (let s.8 (ref string) (local t.3)) STEPS (let count.7 i32 (local n.9)) REST
///
/// A body that chooses jumps to a join point with the rest. A call inside an expression is put in front of it where only
/// constants and variables are evaluated before.
///
/// Functions with loops stay unless small output is asked for: engines go over to optimised code when a function is
/// entered, not in the middle of a loop, so that a loop in a function that runs once stays slow (V8: mandelbrot takes 1.8
/// times as long, sieve 1.5 times).
///
/// Needs: bound-locals, bound-labels, known-names. Ensures: bound-locals, bound-labels, known-names.
public struct InlineOnlyCalls: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Put functions that are called at one place only there"

  /// The most expressions of a function into which others are put, and the longest chain of such: engines compile a
  /// very long function worse than two.
  private static let most = (size: 2000, depth: 50)

  private var functions: [Name: WasmIR.Function] = [:]
  /// The functions with one call, and how many expressions they have.
  private var candidates: [Name: Int] = [:]
  private var placed: Set<Name> = []
  /// The functions that call such functions; nothing can be put into the others.
  private var callers: Set<Name> = []
  /// The function that others are put into.
  private var fresh = FreshLocals(from: 0)
  private var room = 0
  private var depth = 0

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    functions = Dictionary(input.functions.map { ($0.name, $0) }) { first, _ in first }
    var calls = CallCounts()
    try calls.visit(input)
    for (name, count) in calls.counts where count == 1 && name != input.entry && name != WasmIR.Root.flush {
      guard let function = functions[name] else { continue }
      let size = try size(function)
      if context.options.favoursSize || !size.hasLoops { candidates[name] = size.count + 1 }
    }
    callers = Set(candidates.keys.compactMap { calls.callers[$0] })
    var done: [Name: WasmIR.Function] = [:]
    let once = Set(candidates.keys)
    for function in input.functions where !once.contains(function.name) { done[function.name] = try whole(function) }
    // Those that were not put anywhere, which others may be put into; but none into itself.
    for function in input.functions where once.contains(function.name) && !placed.contains(function.name) {
      candidates[function.name] = nil
      done[function.name] = try whole(function)
    }
    var output = input
    output.functions = input.functions.compactMap { placed.contains($0.name) ? nil : done[$0.name] }
    context.explain(
      "Put \(placed.count) functions in place of their only calls.",
      details: placed.map(\.text).sorted().map { "\($0): stands in place of its only call" },
      data: [("functions", placed.count)])
    return output
  }

  private func size(_ function: WasmIR.Function) throws -> WasmSize {
    var size = WasmSize()
    try size.visit(function.body)
    return size
  }

  private mutating func whole(_ node: WasmIR.Function) throws -> WasmIR.Function {
    guard callers.contains(node.name) else { return node }
    var function = node
    fresh = FreshLocals(above: function)
    room = Self.most.size - (try size(function).count)
    function.body = try block(function.body)
    return function
  }

  /// The function to put in place of a call, if it is one with room for it here.
  private mutating func candidate(_ name: Name) -> WasmIR.Function? {
    guard isWanted(name), let function = functions[name], let size = candidates[name] else { return nil }
    candidates[name] = nil
    placed.insert(name)
    room -= size
    return function
  }

  private func isWanted(_ name: Name) -> Bool {
    candidates[name].map { depth < Self.most.depth && $0 <= room } ?? false
  }

  // MARK: Blocks

  private mutating func block(_ node: WasmIR.Block) throws -> WasmIR.Block {
    try steps(node.steps[...], node.end, at: node.span)
  }

  /// The steps from some on, and the end.
  private mutating func steps(
    _ steps: ArraySlice<WasmIR.Step>, _ end: WasmIR.End, at span: Span
  ) throws -> WasmIR.Block {
    var done: [WasmIR.Step] = []
    for (index, step) in zip(steps.indices, steps) {
      switch step {
      case .join(let span, let label, let parameters, let body):
        done.append(.join(span, label: label, parameters: parameters, body: try block(body)))
        continue
      case .let(let span, let variable, let ty, .call(_, let name, let arguments)):
        let result = WasmIR.Parameter(span, variable: variable, ty: ty)
        let rest = steps[(index + 1)...]
        if let whole = try place(name, arguments, [result], &done, rest, end, at: span) { return whole }
      case .receive(let span, let results, .call(_, let name, let arguments)):
        if let whole = try place(name, arguments, results, &done, steps[(index + 1)...], end, at: span) { return whole }
      case .run(let span, .call(_, let name, let arguments)) where functions[name]?.results.isEmpty == true:
        if let whole = try place(name, arguments, [], &done, steps[(index + 1)...], end, at: span) { return whole }
      case .let, .receive, .run: break
      }
      var first = firstCall()
      let rest = try first.step(step)
      if let call = first.found {
        fresh = first.fresh
        return try self.steps([call, rest] + steps[(index + 1)...], end, at: span).behind(done)
      }
      done.append(step)
    }
    var first = firstCall()
    let rest = try first.end(end)
    if let call = first.found {
      fresh = first.fresh
      return try self.steps([call], rest, at: span).behind(done)
    }
    return try self.end(end, at: span).behind(done)
  }

  /// Looks for a call inside an expression.
  private func firstCall() -> FirstCall {
    FirstCall(fresh: fresh) { name in
      guard isWanted(name), let results = functions[name]?.results, results.count == 1 else { return nil }
      return results.first
    }
  }

  /// The block from a call on: the function's body with the rest; nil if the call stays.
  private mutating func place(
    _ name: Name, _ arguments: [WasmIR.Expr], _ results: [WasmIR.Parameter], _ done: inout [WasmIR.Step],
    _ rest: ArraySlice<WasmIR.Step>, _ end: WasmIR.End, at span: Span
  ) throws -> WasmIR.Block? {
    guard let function = candidate(name) else { return nil }
    let body: WasmIR.Block
    if case .return = function.body.end {
      body = try copy(function, arguments, nil, &done, at: span)
      guard case .return(_, let values) = body.end else { return nil }
      let sets = zip(results, values).map { result, value in
        WasmIR.Step.let(span, variable: result.variable, ty: result.ty, value: value)
      }
      return try steps(body.steps + sets + rest, end, at: span).behind(done)
    }
    let label = fresh.make("k")
    var before: [WasmIR.Step] = []
    body = try deeper { try $0.block(try $0.copy(function, arguments, label, &before, at: span)) }
    done.append(.join(span, label: label, parameters: results, body: try steps(rest, end, at: span)))
    return body.behind(done + before)
  }

  /// The body with numbers of this function's own, and the setting of its parameters behind `steps`.
  private mutating func copy(
    _ function: WasmIR.Function, _ arguments: [WasmIR.Expr], _ continuation: Local?, _ steps: inout [WasmIR.Step],
    at span: Span
  ) throws -> WasmIR.Block {
    var copy = BodyCopy(of: function, continuation: continuation, fresh: &fresh, at: span)
    for (parameter, argument) in zip(function.parameters, arguments) {
      let new = copy.parameter(parameter)
      steps.append(.let(argument.span, variable: new.variable, ty: new.ty, value: argument))
    }
    let body = try copy.block(function.body)
    fresh = copy.unused
    return body
  }

  private mutating func deeper<Result>(_ body: (inout Self) throws -> Result) rethrows -> Result {
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func end(_ node: WasmIR.End, at span: Span) throws -> WasmIR.Block {
    guard case .tailCall(_, let name, let arguments) = node, let function = candidate(name) else {
      return WasmIR.Block(span, steps: [], end: try node.mapBlocks { try block($0) })
    }
    return try deeper {
      var steps: [WasmIR.Step] = []
      let body = try $0.copy(function, arguments, nil, &steps, at: span)
      return try $0.block(body).behind(steps)
    }
  }
}

/// How often each function is called.
private struct CallCounts: WasmIRWalker {
  private(set) var counts: [Name: Int] = [:]
  /// The function that calls each last.
  private(set) var callers: [Name: Name] = [:]
  private var current: Name?

  mutating func visit(_ node: WasmIR.Function) throws {
    current = node.name
    try walk(node)
  }

  private mutating func note(_ name: Name, _ count: Int) {
    counts[name, default: 0] += count
    callers[name] = current
  }

  mutating func visit(_ node: WasmIR.Expr) throws {
    if case .call(_, let name, _) = node { note(name, 1) }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.End) throws {
    switch node {
    case .tailCall(_, let name, _): note(name, 1)
    // Not a call that a body may take the place of.
    case .attempt(_, _, let name, _, _, _): note(name, 2)
    default: break
    }
    try walk(node)
  }
}

extension WasmIR.Block {
  /// The block with steps in front.
  fileprivate func behind(_ steps: [WasmIR.Step]) -> WasmIR.Block {
    WasmIR.Block(span, steps: steps + self.steps, end: end)
  }
}
