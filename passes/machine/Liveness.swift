import Languages
import Nanopass

/// Which variables of a function are read later: the usual backward data flow over blocks.
struct Liveness {
  private let function: Machine.Function
  /// What is live where each block begins, by its position; its parameters count if it reads them.
  private(set) var entries: [LocalSet]

  init(_ function: Machine.Function, _ graph: MachineGraph) {
    self.function = function
    entries = [LocalSet](repeating: LocalSet(), count: function.blocks.count)
    var changed = true
    while changed {
      changed = false
      for block in graph.order.reversed() {
        let live = before([0], of: block, graph)[0] ?? LocalSet()
        if entries[block].formUnion(live) { changed = true }
      }
    }
  }

  /// What is live before the instructions at the given positions of a block, by those positions.
  func before(_ indices: Set<Int>, of position: Int, _ graph: MachineGraph) -> [Int: LocalSet] {
    let block = function.blocks[position]
    var live = LocalSet()
    for successor in graph.successors[position] {
      var entry = entries[successor]
      for parameter in function.blocks[successor].parameters { entry.remove(parameter.variable.id) }
      live.formUnion(entry)
    }
    for register in block.end.operands.compactMap(\.register) { live.insert(register) }
    var result: [Int: LocalSet] = [:]
    if indices.contains(block.instructions.count) { result[block.instructions.count] = live }
    for (index, instruction) in block.instructions.enumerated().reversed() {
      for definition in instruction.definitions { live.remove(definition.id) }
      for register in instruction.operands.compactMap(\.register) { live.insert(register) }
      if indices.contains(index) { result[index] = live }
    }
    return result
  }
}
