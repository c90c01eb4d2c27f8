public import Languages
public import Nanopass

/// Drops the functions that the program's start does not reach through calls and callbacks.
///
///     functions $entry, main, helper, List.reverse; main calls List.reverse
///     functions $entry, main, List.reverse
///
/// A program without a start keeps all.
///
/// Needs: every called function is declared.
/// Ensures: every function is reachable; their order stays.
public struct DropUnusedFunctions: KernelToKernel {
  public static let summary = "Drop the functions that the start does not reach"

  private var kept = 0
  private var dropped = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(dropped) of \(kept + dropped) functions dropped", data: [("kept", kept), ("dropped", dropped)])
  }

  public mutating func root(_ node: Kernel.Root) throws -> Kernel.Root {
    guard let main = node.main else { return node }
    let positions = Dictionary(
      node.functions.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    var collector = CallCollector(called: [main], seen: [main])
    var next = 0
    while next < collector.called.count {
      let name = collector.called[next]
      next += 1
      guard let position = positions[name] else {
        throw PassBug(Self.self, "`\(name)` is not declared", broke: "known-functions", in: node)
      }
      try collector.visit(node.functions[position])
    }
    var output = node
    output.functions = node.functions.filter { collector.seen.contains($0.name) }
    kept = output.functions.count
    dropped = node.functions.count - kept
    return dropped == 0 ? node : output
  }
}

/// Gathers the functions that are called or passed, each once, in the order in which they are met.
private struct CallCollector: KernelWalker {
  var called: [Name]
  var seen: Set<Name>

  mutating func visit(_ node: Kernel.Expr) throws {
    if case .call(_, let function, _, _, _) = node, seen.insert(function).inserted { called.append(function) }
    try walk(node)
  }

  mutating func visit(_ node: Kernel.Callee) throws {
    if case .function(_, let function, _) = node, seen.insert(function).inserted { called.append(function) }
  }
}
