import Diagnostics
public import Languages
public import Nanopass

/// Puts small functions of few branches, such as the fast paths of integer arithmetic, in place of their calls; what they
/// call at their ends stays a call.
///
///     (function int.add [(parameter a.0 i64) (parameter x.1 (nullable big)) ...] [i64 (nullable big)]
///       (block [...] (if FAST (block [] (return [(local sum.4) (null big)])) (block [] (tailCall int.addSlow ...)))))
///     ...
///     (receive [(parameter t.7 i64) (parameter big.8 (nullable big))] (call int.add ...))
///     REST
///
/// becomes
///
///     (join k.9 [(parameter t.7 i64) (parameter big.8 (nullable big))] (block REST))
///     ...
///     (if FAST (block [] (jump k.9 [(local sum.10) (null big)]))
///       (block [(receive [...] (call int.addSlow ...))] (jump k.9 [...])))
///
/// Tests whose outcome is known at the call, such as whether a literal is big, are left out.
///
/// Needs: bound-locals, bound-labels. Ensures: bound-locals, bound-labels.
public struct InlineFastPaths: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Put the fast paths of small functions in place of their calls"

  /// The most expressions of a function that is put in place of calls.
  private static let greatestSize = 24

  private var candidates: [Name: WasmIR.Function] = [:]
  private var fresh = FreshLocals(from: 0)
  private var current: Name = ""
  /// The globals that may change.
  private var mutable: Set<Name> = []
  private var count = 0

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    if context.options.favoursSize {
      context.explain("Left as calls, since small output is asked for.", data: [("calls", 0)])
      return input
    }
    mutable = Set(input.globals.filter(\.isMutable).map(\.name))
    for function in input.functions where function.name != WasmIR.Root.flush {
      var size = WasmSize()
      try size.visit(function.body)
      if !size.hasLabels, size.count <= Self.greatestSize, !size.calls.contains(function.name) {
        candidates[function.name] = function
      }
    }
    var program = input
    program.functions = try input.functions.map { function in
      var function = function
      (fresh, current) = (FreshLocals(above: function), function.name)
      function.body = try block(function.body)
      return function
    }
    context.explain("Put \(count) calls' fast paths in place.", data: [("calls", count)])
    return program
  }

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
      var inliner = FastPathInliner(fresh: fresh, mutable: mutable)
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
      guard let callee = candidates[name], name != current else { return nil }
      return (callee, arguments, [WasmIR.Parameter(span, variable: variable, ty: ty)])
    case .receive(_, let parameters, .call(_, let name, let arguments)):
      guard let callee = candidates[name], name != current else { return nil }
      return (callee, arguments, parameters)
    case .run(_, .call(_, let name, let arguments)):
      guard let callee = candidates[name], name != current, callee.results.isEmpty else { return nil }
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
