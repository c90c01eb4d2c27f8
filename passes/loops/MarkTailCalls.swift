public import Languages
public import Nanopass

/// Turns calls whose result is the function's own into tail calls, which take no room on the stack.
///
///     (block [(let t.3 (int) (call g [(local n.0)]))] (return (local t.3)) -)
///     (block [] (tailCall g [(local n.0)]) -)
///
/// A jump to a join point that only returns its parameter counts as a return.
///
/// Needs: bound-locals, bound-labels.   Ensures: no call stands directly before the return of its result.
public struct MarkTailCalls: CoreToLoops, FunctionPass {
  public static let summary = "Turn calls whose result is the function's own into tail calls"

  private var function: Name = ""
  /// The join points in scope that only return their parameter.
  private var returning: NumberSet = []
  private var selfCalls = 0
  private var otherCalls = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(selfCalls + otherCalls) tail calls, \(selfCalls) of them to the function itself",
      data: [("self tail calls", selfCalls), ("other tail calls", otherCalls)])
  }

  public mutating func function(_ node: Core.Function) throws -> Loops.Function {
    function = node.name
    returning = []
    return try derive(node)
  }

  public mutating func step(_ node: Core.Step) throws -> Loops.Step {
    if case .join(_, let label, let parameters, let body) = node, parameters.count == 1, body.steps.isEmpty,
      let parameter = parameters.first, returns(parameter.variable, body.end)
    {
      returning.insert(label)
    }
    return try derive(node)
  }

  public mutating func block(_ node: Core.Block) throws -> Loops.Block {
    guard case .let(let span, let variable, _, .call(_, let callee, let arguments)) = node.steps.last,
      node.failure == nil
    else { return try derive(node) }
    // The join points before the call must be known before the end is looked at.
    var steps = try node.steps.dropLast().map { try step($0) }
    guard returns(variable, node.end) else {
      steps += try node.steps.suffix(1).map { try step($0) }
      return Loops.Block(node.span, steps: steps, end: try end(node.end), failure: nil)
    }
    if callee == function { selfCalls += 1 } else { otherCalls += 1 }
    return Loops.Block(
      node.span, steps: steps, end: .tailCall(span, function: callee, arguments: arguments), failure: nil)
  }

  /// Whether the end makes the variable the function's result.
  private func returns(_ variable: Local, _ end: Core.End) -> Bool {
    switch end {
    case .return(_, .local(_, let result)): return result == variable
    case .jump(_, let label, let arguments):
      guard arguments.count == 1, case .local(_, let argument) = arguments.first else { return false }
      return argument == variable && returning.contains(label)
    default: return false
    }
  }
}
