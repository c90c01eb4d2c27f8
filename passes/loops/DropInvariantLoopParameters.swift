public import Languages
public import Nanopass

/// Drops the parameters of a loop that every jump passes on unchanged; the loop reads the variable outside of it.
///
///     (loop again.3 [(parameter n.1 int) (parameter k.2 int)] [(local n.4) (local k.5)]
///       ... (jump again.3 [(local t.6) (local k.2)]))
///     (loop again.3 [(parameter n.1 int)] [(local n.4)] ... (jump again.3 [(local t.6)]))      k.5 in place of k.2
///
/// Needs: bound-locals, bound-labels.   Ensures: every loop parameter changes in some jump.
public struct DropInvariantLoopParameters: LoopsToLoops, FunctionPass {
  public static let summary = "Drop the loop parameters that every jump passes on unchanged"

  private var replaced: LocalTable<Loops.Atom> = [:]
  /// Which parameters of a loop stay.
  private var kept: [Local: [Bool]] = [:]
  private var count = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(count) loop parameters dropped", data: [("parameters", count)])
  }

  public mutating func function(_ node: Loops.Function) throws -> Loops.Function {
    var finder = ChangedParameters()
    try finder.visit(node.body)
    replaced.removeAll(keepingCapacity: true)
    kept = finder.changed
    return kept.values.contains { $0.contains(false) } ? try derive(node) : node
  }

  public mutating func end(_ node: Loops.End) throws -> Loops.End {
    switch node {
    case .loop(let span, let label, let parameters, let old, let body):
      guard let kept = kept[label] else { return try derive(node) }
      let arguments = old.map { atom($0) }
      for (index, parameter) in parameters.enumerated() where !kept[index] {
        replaced[parameter.variable] = arguments[index]
        count += 1
      }
      return .loop(
        span, label: label, parameters: select(parameters, kept), arguments: select(arguments, kept),
        body: try block(body))
    case .jump(let span, let label, let arguments):
      guard let kept = kept[label] else { return try derive(node) }
      return .jump(span, label: label, arguments: select(arguments.map { atom($0) }, kept))
    default:
      return try derive(node)
    }
  }

  public mutating func atom(_ node: Loops.Atom) -> Loops.Atom {
    guard case .local(_, let variable) = node else { return node }
    return replaced[variable] ?? node
  }

  private func select<Element>(_ elements: [Element], _ kept: [Bool]) -> [Element] {
    zip(elements, kept).filter(\.1).map(\.0)
  }
}

/// Finds which parameters of loops some jump gives another value.
private struct ChangedParameters: LoopsWalker {
  var changed: [Local: [Bool]] = [:]
  private var parameters: [Local: [Local]] = [:]

  mutating func visit(_ node: Loops.End) throws {
    switch node {
    case .loop(_, let label, let bound, _, let body):
      parameters[label] = bound.map(\.variable)
      changed[label] = Array(repeating: false, count: bound.count)
      try visit(body)
    case .jump(_, let label, let arguments):
      guard let own = parameters[label], own.count == arguments.count else { return }
      for (index, argument) in arguments.enumerated() {
        if case .local(_, own[index]) = argument { continue }
        changed[label]?[index] = true
      }
    default:
      try walk(node)
    }
  }

  mutating func visit(_ node: Loops.Value) throws {}
}
