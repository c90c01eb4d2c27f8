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
public struct InlineSmallFunctions: InliningPass {
  public static let summary = "Put the bodies of small functions in the place of their calls"

  /// How many steps and ends a small function has.
  private var budget = 12
  private var small: [Name: Core.Function] = [:]
  public var inliner = CallInliner()
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
        var measure = BlockMeasure(limit: Results.areBuilt(in: function.body) ? 2 * budget : budget)
        measure.add(function.body)
        if component.count == 1, !graph.callsItself(position), measure.isWithinLimit {
          small[function.name] = function
        }
      }
    }
    return output
  }

  public mutating func replacement(for callee: Name) -> Core.Function? {
    guard let function = small[callee] else { return nil }
    calls += 1
    return function
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
