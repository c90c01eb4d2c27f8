public import Languages
public import Nanopass

/// Drops bindings that nothing reads and join points that nothing jumps to.
///
///     (block [(let x.0 int (primitive int.add [(integer 1) (local n.1)]))] (return (local n.1)) -)
///     (block [] (return (local n.1)) -)
///
/// A call is dropped only if the function has no effects and its behaviour says that it always gives a value, a
/// primitive only if it can't fail.
/// Blocks are walked from their end, so that what only dead code reads is dead in the same walk.
///
/// Needs: bound-locals, known-functions, behaviours (infer-behaviour).
/// Ensures: every value that may be dropped is read, every join point is jumped to.
public struct EliminateDeadCode: CoreToCore, FunctionPass {
  public static let summary = "Drop bindings that nothing reads and join points that nothing jumps to"

  private var droppable: Set<Name> = []
  private var read: NumberSet = []
  private var jumped: NumberSet = []
  private var bindings = 0
  private var joinPoints = 0

  public init() {}

  public mutating func learn(from start: SweepStart) throws -> Bool {
    guard let behaviours = try start.fact(CallBehaviours.self) else { return false }
    droppable = behaviours.total
    return true
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(bindings) unread bindings and \(joinPoints) unreached join points dropped",
      data: [("bindings", bindings), ("join points", joinPoints)])
  }

  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    read.removeAll(keepingCapacity: true)
    jumped.removeAll(keepingCapacity: true)
    return try derive(node)
  }

  public mutating func block(_ node: Core.Block) throws -> Core.Block {
    if let failure = node.failure { jumped.insert(failure) }
    let end = try self.end(node.end)
    var reversed: [Core.Step] = []
    reversed.reserveCapacity(node.steps.count)
    for step in node.steps.reversed() {
      switch step {
      case .let(_, let variable, _, let value) where !read.contains(variable) && mayDrop(value):
        bindings += 1
      case .join(_, let label, _, _) where !jumped.contains(label):
        joinPoints += 1
      default:
        reversed.append(try self.step(step))
      }
    }
    let steps = reusing(node.steps, for: reversed.reversed())
    return Core.Block(node.span, steps: steps, end: end, failure: node.failure)
  }

  public mutating func end(_ node: Core.End) throws -> Core.End {
    if case .jump(_, let label, _) = node { jumped.insert(label) }
    return try derive(node)
  }

  public mutating func atom(_ node: Core.Atom) -> Core.Atom {
    if let variable = node.variable { read.insert(variable) }
    return node
  }

  /// Whether nobody can tell if the value was computed.
  private func mayDrop(_ value: Core.Value) -> Bool {
    switch value {
    case .atom, .construct, .payload: true
    case .primitive(_, let name, _): Primitive.named(name)?.mayFail != true
    case .call(_, let function, _): droppable.contains(function)
    case .perform: false
    }
  }
}
