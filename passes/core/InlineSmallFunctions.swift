public import Languages
public import Nanopass

/// Puts the bodies of small functions in the place of their calls.
///
///     (let x.1 int (call double [(local n.0)])) ... x.1          with double(a) = a + a
///     (let t.2 int (primitive int.add [(local n.0) (local n.0)])) ... t.2
///
/// A body in which control divides arrives at a join point, whose body is the rest of the block. Functions that can
/// call themselves stay. One that builds what it gives may be twice as long, since that is mostly taken apart at once.
/// Callees are rewritten before their callers and measured then, so that every call adds a bounded
/// number of steps.
///
/// Needs: bound-locals, known-functions.   Ensures: no call of a small function that can't call itself.
public struct InlineSmallFunctions: CoreToCore {
  public static let summary = "Put the bodies of small functions in the place of their calls"

  /// How many steps and ends a small function has.
  private var budget = 12
  private var small: [Name: Core.Function] = [:]
  private var locals = FunctionLocals<Core.Function>()
  private var substitution = Substitution()
  private var builder = BlockBuilder()
  private var calls = 0

  public init() {}

  public mutating func begin(_ input: Core.Root, in context: PassContext) {
    budget = context.options.optimization > 2 ? 30 : 12
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(calls) calls of \(small.count) small functions inlined",
      data: [("calls", calls), ("small functions", small.count)])
  }

  public mutating func root(_ node: Core.Root) throws -> Core.Root {
    let graph = try CallGraph(node)
    var output = node
    for component in graph.components() {
      for position in component {
        let function = try function(node.functions[position])
        output.functions[position] = function
        var measure = Measure(limit: Results.areBuilt(in: function.body) ? 2 * budget : budget)
        measure.add(function.body)
        if component.count == 1, !graph.callsItself(position), measure.isWithinLimit {
          small[function.name] = function
        }
      }
    }
    return output
  }

  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    locals.enter(node)
    substitution.reset()
    return try derive(node)
  }

  public mutating func block(_ node: Core.Block) throws -> Core.Block {
    let outer = builder
    builder = BlockBuilder()
    let end = builder.close(to: 0, with: try rest(of: node))
    let block = Core.Block(node.span, steps: builder.steps, end: end, failure: node.failure)
    builder = outer
    return block
  }

  /// Appends the steps of a block, and gives the end of what is open then.
  private mutating func rest(of node: Core.Block) throws -> Core.End {
    for (index, step) in node.steps.enumerated() {
      guard case .let(_, let variable, _, .call(_, let name, let old)) = step, let callee = small[name] else {
        builder.append(try self.step(step))
        continue
      }
      calls += 1
      let arguments = old.map { substitution.resolve($0) }
      if index == node.steps.count - 1, case .return(_, let result) = node.end, result.variable == variable {
        return paste(callee, arguments, continuation: nil)
      }
      inline(callee, arguments, for: step, variable)
    }
    return try end(node.end)
  }

  public mutating func atom(_ node: Core.Atom) -> Core.Atom { substitution.resolve(node) }

  /// Appends the body of a function whose result is not the caller's.
  private mutating func inline(
    _ callee: Core.Function, _ arguments: [Core.Atom], for step: Core.Step, _ variable: Local
  ) {
    if case .return = callee.body.end {
      let end = paste(callee, arguments, continuation: nil)
      if case .return(_, let result) = end { substitution.replace(variable, by: result) }
      return
    }
    let label = locals.make("k")
    let parameter = Core.Parameter(step.span, variable: variable, ty: callee.result)
    let point = builder.reserve(BlockBuilder.JoinPoint(step.span, label: label, parameter: parameter))
    builder.continue(at: point, after: paste(callee, arguments, continuation: label))
  }

  /// Appends a copy of a function's body, and gives its end.
  private mutating func paste(_ callee: Core.Function, _ arguments: [Core.Atom], continuation: Local?) -> Core.End {
    var copy = BlockCopy(
      arguments: arguments, for: callee.parameters, continuation: continuation, locals: locals)
    let body = copy.block(callee.body)
    locals = copy.locals
    for step in body.steps { builder.append(step) }
    return body.end
  }
}

/// Whether a function gives new data on every way.
private enum Results {
  static func areBuilt(in block: Core.Block) -> Bool {
    switch block.end {
    case .return(_, .local(_, let variable)):
      guard case .let(_, let last, _, .construct) = block.steps.last else { return false }
      return last == variable
    case .return: return false
    case .jump: return true
    case .switch(_, _, _, let cases, let other):
      return cases.allSatisfy { areBuilt(in: $0.body) } && other.map { areBuilt(in: $0) } != false
        && joinsBuild(block)
    case .test(_, _, let cases, let other):
      return cases.allSatisfy { areBuilt(in: $0.body) } && areBuilt(in: other) && joinsBuild(block)
    }
  }

  private static func joinsBuild(_ block: Core.Block) -> Bool {
    block.steps.allSatisfy { step in
      if case .join(_, _, _, let body) = step { areBuilt(in: body) } else { true }
    }
  }
}

/// Counts steps and ends up to a limit.
private struct Measure {
  var limit: Int
  var isWithinLimit: Bool { limit >= 0 }

  mutating func add(_ block: Core.Block) {
    limit -= block.steps.count + 1
    // A block with failure edges can't go elsewhere.
    if block.failure != nil { limit = -1 }
    guard isWithinLimit else { return }
    for case .join(_, _, _, let body) in block.steps { add(body) }
    switch block.end {
    case .return, .jump: break
    case .switch(_, _, _, let cases, let other):
      for each in cases where isWithinLimit { add(each.body) }
      if let other { add(other) }
    case .test(_, _, let cases, let other):
      for each in cases where isWithinLimit { add(each.body) }
      add(other)
    }
  }
}
