public import Languages
public import Nanopass

/// A pass that puts the bodies of some functions in the place of their calls.
public protocol InliningPass: CoreToCore {
  /// What puts them there.
  var inliner: CallInliner { get set }
  /// The function whose body goes in the place of a call; nil if the call stays.
  mutating func replacement(for callee: Name) -> Core.Function?
}

extension InliningPass {
  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    inliner.enter(node)
    return try derive(node)
  }

  public mutating func block(_ node: Core.Block) throws -> Core.Block {
    let outer = inliner.begin()
    return inliner.block(node, endingWith: try rest(of: node), inside: outer)
  }

  /// Appends the steps of a block, and gives the end of what is open then.
  private mutating func rest(of node: Core.Block) throws -> Core.End {
    for (index, step) in node.steps.enumerated() {
      guard case .let(_, let variable, _, .call(_, let name, let old)) = step, let callee = replacement(for: name)
      else {
        inliner.builder.append(try self.step(step))
        continue
      }
      let arguments = old.map { inliner.substitution.resolve($0) }
      if index == node.steps.count - 1, case .return(_, let result) = node.end, result.variable == variable {
        return inliner.paste(callee, arguments, continuation: nil)
      }
      inliner.inline(callee, arguments, for: step, variable)
    }
    return try end(node.end)
  }

  public mutating func atom(_ node: Core.Atom) -> Core.Atom { inliner.substitution.resolve(node) }
}

/// Puts the bodies of functions in the place of their calls in one function.
public struct CallInliner {
  private var locals = FunctionLocals<Core.Function>()
  private(set) var substitution = Substitution()
  var builder = BlockBuilder()

  /// A function begins.
  mutating func enter(_ function: Core.Function) {
    locals.enter(function)
    substitution.reset()
  }

  /// A block begins; gives what is open around it.
  mutating func begin() -> BlockBuilder {
    defer { builder = BlockBuilder() }
    return builder
  }

  /// The block whose steps have been appended since `begin`.
  mutating func block(_ node: Core.Block, endingWith end: Core.End, inside outer: BlockBuilder) -> Core.Block {
    let end = builder.close(to: 0, with: end)
    defer { builder = outer }
    return Core.Block(node.span, steps: reusing(node.steps, for: builder.steps), end: end, failure: node.failure)
  }

  /// Appends the body of a function in the place of a step that calls it and goes on with the result.
  mutating func inline(_ callee: Core.Function, _ arguments: [Core.Atom], for step: Core.Step, _ variable: Local) {
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
  mutating func paste(_ callee: Core.Function, _ arguments: [Core.Atom], continuation: Local?) -> Core.End {
    var copy = BlockCopy(
      arguments: arguments, for: callee.parameters, continuation: continuation, locals: locals)
    let body = copy.block(callee.body)
    locals = copy.locals
    for step in body.steps { builder.append(step) }
    return body.end
  }
}

/// Counts steps and ends of a block up to a limit.
struct BlockMeasure {
  private(set) var limit: Int
  var isWithinLimit: Bool { limit >= 0 }

  init(limit: Int) { self.limit = limit }

  /// Adds what was measured elsewhere.
  mutating func add(_ size: Int) { limit -= size }

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
