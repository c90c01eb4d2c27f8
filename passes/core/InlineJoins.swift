public import Languages
public import Nanopass

/// Puts the body of a join point in the place of the only jump to it, or of every jump if the body is one itself.
///
///     (block [(join k.1 [(parameter x.2 int)] (block [] (return (local x.2)) -))] (jump k.1 [(integer 3)]) -)
///     (block [] (return (integer 3)) -)
///
/// A block whose code has failure labels is left alone: code may not move from one to another.
///
/// Needs: bound-locals, bound-labels.
/// Ensures: every join point has two jumps at least and a body that does something.
public struct InlineJoins: CoreToCore, FunctionPass {
  public static let summary = "Put the body of a join point in the place of the only jump to it"

  private struct JoinBody {
    var parameters: [Core.Parameter]
    var body: Core.Block
  }

  private var substitution = Substitution()
  /// How many jumps lead to a join point.
  private var jumps: LocalTable<Int> = [:]
  private var hasFailures = false
  /// Bodies that wait for the only jump to them, not yet rewritten.
  private var waiting: LocalTable<JoinBody> = [:]
  /// Bodies that are no more than a way out, already rewritten.
  private var short: LocalTable<JoinBody> = [:]
  private var count = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(count) join points inlined or dropped", data: [("join points", count)])
  }

  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    substitution.reset()
    jumps.removeAll(keepingCapacity: true)
    waiting.removeAll(keepingCapacity: true)
    short.removeAll(keepingCapacity: true)
    hasFailures = false
    countJumps(in: node.body)
    return hasFailures ? node : try derive(node)
  }

  // MARK: Counting

  /// Counts from the end of a block on: a join point that is not reached adds no jumps.
  private mutating func countJumps(in block: Core.Block) {
    if block.failure != nil { hasFailures = true }
    switch block.end {
    case .return: break
    case .jump(_, let label, _): jumps[label, default: 0] += 1
    case .switch(_, _, _, let cases, let other):
      for each in cases { countJumps(in: each.body) }
      if let other { countJumps(in: other) }
    case .test(_, _, let cases, let other):
      for each in cases { countJumps(in: each.body) }
      countJumps(in: other)
    }
    for case .join(_, let label, _, let body) in block.steps.reversed() where jumps[label] != nil {
      countJumps(in: body)
    }
  }

  // MARK: Rewriting

  public mutating func block(_ node: Core.Block) throws -> Core.Block {
    var steps: [Core.Step] = []
    steps.reserveCapacity(node.steps.count)
    let end = try append(node, to: &steps)
    return Core.Block(node.span, steps: reusing(node.steps, for: steps), end: end, failure: node.failure)
  }

  /// Appends the steps of a block, and gives its end.
  private mutating func append(_ node: Core.Block, to steps: inout [Core.Step]) throws -> Core.End {
    for step in node.steps {
      guard case .join(let span, let label, let parameters, let old) = step else {
        steps.append(try self.step(step))
        continue
      }
      switch jumps[label, default: 0] {
      case 0: count += 1
      case 1: waiting[label] = JoinBody(parameters: parameters, body: old)
      default:
        let body = try block(old)
        if isShort(body) {
          count += 1
          short[label] = JoinBody(parameters: parameters, body: body)
        } else {
          let same = Core.Block.isSame(old, body)
          steps.append(same ? step : .join(span, label: label, parameters: parameters, body: body))
        }
      }
    }
    guard case .jump(_, let label, let arguments) = node.end else { return try end(node.end) }
    if let join = waiting.removeValue(forKey: label.id) {
      count += 1
      for (parameter, argument) in zip(join.parameters, arguments) {
        substitution.replace(parameter.variable, by: substitution.resolve(argument))
      }
      return try append(join.body, to: &steps)
    }
    if let join = short[label] { return instantiate(join, with: arguments.map { substitution.resolve($0) }) }
    return try end(node.end)
  }

  public mutating func atom(_ node: Core.Atom) -> Core.Atom { substitution.resolve(node) }

  private func isShort(_ body: Core.Block) -> Bool {
    guard body.steps.isEmpty else { return false }
    switch body.end {
    case .return, .jump: return true
    case .switch, .test: return false
    }
  }

  /// The end that a short body is, for one jump to it.
  private func instantiate(_ join: JoinBody, with arguments: [Core.Atom]) -> Core.End {
    var values = Substitution()
    for (parameter, argument) in zip(join.parameters, arguments) {
      values.replace(parameter.variable, by: argument)
    }
    switch join.body.end {
    case .return(let span, let value): return .return(span, value: values.resolve(value))
    case .jump(let span, let label, let arguments):
      return .jump(span, label: label, arguments: arguments.map { values.resolve($0) })
    case .switch, .test: return join.body.end
    }
  }
}
