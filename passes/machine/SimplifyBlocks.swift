public import Languages
public import Nanopass

/// Joins each block to the only one that jumps to it, leads jumps past empty blocks, and leaves out blocks that nothing
/// reaches.
///
///     (block a.1 [] [I] (jump b.2 [(local x.0)]))
///     (block b.2 [(parameter y.3 word)] [J] (return [(local y.3)]))
///
/// becomes
///
///     (block a.1 [] [I J] (return [(local x.0)]))
///
/// Needs: dominating-definitions, known-labels. Ensures: dominating-definitions, known-labels.
public struct SimplifyBlocks: MachineToMachine, FunctionPass {
  public static let summary = "Join blocks that follow each other only, and drop those that nothing reaches"

  /// What parameters of joined blocks stand for, by number.
  private var replacements: LocalTable<Machine.Operand> = [:]
  /// Where jumps to empty blocks lead, by number of the label.
  private var shortcuts: LocalTable<Local> = [:]
  private var before = 0
  private var after = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("Left \(after) of \(before) blocks.", data: [("before", before), ("after", after)])
  }

  public mutating func function(_ node: Machine.Function) throws -> Machine.Function {
    before += node.blocks.count
    defer { replacements = [:] }
    shortcuts = [:]
    findShortcuts(node)
    var function = node
    for index in function.blocks.indices { function.blocks[index].end = try end(function.blocks[index].end) }
    let joined = joinChains(function)
    function.blocks = replacements.isEmpty ? joined : try joined.map { try block($0) }
    after += function.blocks.count
    return function
  }

  // MARK: Empty blocks

  /// A block that only jumps on without arguments is passed over; rings of such blocks stay.
  private mutating func findShortcuts(_ node: Machine.Function) {
    var next: LocalTable<Local> = [:]
    for block in node.blocks.dropFirst() where block.parameters.isEmpty && block.instructions.isEmpty {
      if case .jump(_, let label, let arguments) = block.end, arguments.isEmpty { next[block.label.id] = label }
    }
    for block in node.blocks where next[block.label.id] != nil {
      var path: [Int] = []
      var onPath: NumberSet = []
      var label = block.label
      while shortcuts[label.id] == nil, let following = next[label.id], onPath.insert(label.id) {
        path.append(label.id)
        label = following
      }
      if onPath.contains(label.id) { continue }
      let target = shortcuts[label.id] ?? label
      for id in path { shortcuts[id] = target }
    }
  }

  public mutating func target(_ node: Machine.Target) throws -> Machine.Target {
    var target = try derive(node)
    if let label = shortcuts[node.label.id] { target.label = label }
    return target
  }

  public mutating func end(_ node: Machine.End) throws -> Machine.End {
    if case .jump(let span, let label, let arguments) = node, let shortcut = shortcuts[label.id] {
      return .jump(span, label: shortcut, arguments: arguments)
    }
    let end = try derive(node)
    // Labels first: comparing arguments takes longer.
    if case .branch(let span, _, let then, let rest, _) = end, then.label == rest.label, then == rest {
      return .jump(span, label: then.label, arguments: then.arguments)
    }
    return end
  }

  // MARK: Chains

  /// The reachable blocks, each with those that follow it only.
  private mutating func joinChains(_ function: Machine.Function) -> [Machine.Block] {
    let graph = MachineGraph(function)
    var predecessors = [Int](repeating: 0, count: function.blocks.count)
    for block in graph.order { for successor in graph.successors[block] { predecessors[successor] += 1 } }
    var begins = [Bool](repeating: false, count: function.blocks.count)
    for block in graph.order { begins[block] = true }
    for block in graph.order {
      if let next = onlySuccessor(block, function, graph, predecessors) { begins[next] = false }
    }
    var result: [Machine.Block] = []
    for start in function.blocks.indices where begins[start] {
      var block = function.blocks[start]
      var last = start
      while let next = onlySuccessor(last, function, graph, predecessors) {
        if case .jump(_, _, let arguments) = block.end {
          for (parameter, argument) in zip(function.blocks[next].parameters, arguments) {
            replacements[parameter.variable.id] = argument
          }
        }
        block.instructions += function.blocks[next].instructions
        block.end = function.blocks[next].end
        last = next
      }
      result.append(block)
    }
    return result
  }

  /// The block behind this one, if control goes nowhere else and comes there from nowhere else.
  private func onlySuccessor(
    _ block: Int, _ function: Machine.Function, _ graph: MachineGraph, _ predecessors: [Int]
  ) -> Int? {
    guard case .jump = function.blocks[block].end, let next = graph.successors[block].first, next != 0,
      next != block, predecessors[next] == 1
    else { return nil }
    return next
  }

  public mutating func operand(_ node: Machine.Operand) -> Machine.Operand {
    var operand = node
    while case .local(_, let variable) = operand, let replacement = replacements[variable.id] { operand = replacement }
    return operand
  }
}
