import Diagnostics
import Languages
import Nanopass

/// Puts the bodies of functions in place of their calls; what they call at their ends stays a call.
struct CallPlacer {
  private let candidates: [Name: WasmIR.Function]
  /// The globals that may change.
  private let mutable: Set<Name>
  /// The unused variables of the function at hand, once one is needed.
  private var fresh: FreshLocals?
  private var node: WasmIR.Function?
  /// The candidate that is not put in place now: the function at hand, in which it would never end.
  var isHidden: Name?
  /// How many calls have been replaced.
  private(set) var count = 0

  /// - Parameter candidates: the functions to put in place of calls; they have no loops and join points.
  init(_ candidates: [Name: WasmIR.Function], in root: WasmIR.Root) {
    self.candidates = candidates
    mutable = Set(root.globals.filter(\.isMutable).map(\.name))
  }

  /// The function with bodies in place of calls.
  mutating func function(_ node: WasmIR.Function) throws -> WasmIR.Function {
    let before = count
    fresh = nil
    self.node = node
    let body = try block(node.body)
    guard count > before else { return node }
    var function = node
    function.body = body
    return function
  }

  private func unused() -> FreshLocals {
    fresh ?? node.map { FreshLocals(above: $0) } ?? FreshLocals(from: 0)
  }

  private func candidate(_ name: Name) -> WasmIR.Function? { name == isHidden ? nil : candidates[name] }

  // MARK: Blocks

  private mutating func block(_ node: WasmIR.Block) throws -> WasmIR.Block {
    let end = try end(node.end)
    return try steps(node.steps[...], end, at: node.span)
  }

  /// The steps from some on, and the end.
  private mutating func steps(
    _ steps: ArraySlice<WasmIR.Step>, _ end: WasmIR.End, at span: Span
  ) throws -> WasmIR.Block {
    var done: [WasmIR.Step] = []
    for (index, step) in zip(steps.indices, steps) {
      guard let (callee, arguments, results) = call(step) else {
        done.append(try self.step(step))
        continue
      }
      count += 1
      var inliner = FastPathInliner(fresh: unused(), mutable: mutable)
      let parameters = inliner.bind(callee.parameters, arguments, &done)
      if let only = try inliner.straight(callee.body, parameters, &done) {
        fresh = inliner.fresh
        for (parameter, value) in zip(results, only) {
          done.append(.let(step.span, variable: parameter.variable, ty: parameter.ty, value: value))
        }
        continue
      }
      let label = inliner.fresh.make("k")
      let body = try inliner.branching(callee.body, parameters, label, callee.results)
      fresh = inliner.fresh
      let rest = try self.steps(steps[(index + 1)...], end, at: span)
      done.append(.join(step.span, label: label, parameters: results, body: rest))
      return WasmIR.Block(span, steps: done + body.steps, end: body.end)
    }
    return WasmIR.Block(span, steps: done, end: end)
  }

  /// The call that a step makes, if it is one to put in place, with what its results are bound to.
  private func call(
    _ step: WasmIR.Step
  ) -> (callee: WasmIR.Function, arguments: [WasmIR.Expr], results: [WasmIR.Parameter])? {
    switch step {
    case .let(let span, let variable, let ty, .call(_, let name, let arguments)):
      guard let callee = candidate(name) else { return nil }
      return (callee, arguments, [WasmIR.Parameter(span, variable: variable, ty: ty)])
    case .receive(_, let parameters, .call(_, let name, let arguments)):
      guard let callee = candidate(name) else { return nil }
      return (callee, arguments, parameters)
    case .run(_, .call(_, let name, let arguments)):
      guard let callee = candidate(name), callee.results.isEmpty else { return nil }
      return (callee, arguments, [])
    case .let, .receive, .run, .join: return nil
    }
  }

  private mutating func step(_ node: WasmIR.Step) throws -> WasmIR.Step {
    guard case .join(let span, let label, let parameters, let body) = node else { return node }
    return .join(span, label: label, parameters: parameters, body: try block(body))
  }

  private mutating func end(_ node: WasmIR.End) throws -> WasmIR.End { try node.mapBlocks { try block($0) } }
}
