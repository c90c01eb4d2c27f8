import Languages
import Nanopass

/// Which variables of a function are read later: the usual backward data flow over blocks.
struct Liveness {
  private let function: Machine.Function
  private let graph: MachineGraph
  /// What is live where each block begins, by its position; its parameters count if it reads them.
  private(set) var entries: [LocalSet]

  init(_ function: Machine.Function, _ graph: MachineGraph) {
    self.function = function
    self.graph = graph
    entries = [LocalSet](repeating: LocalSet(), count: function.blocks.count)
    // What each block sets; what it reads before is where its entry begins.
    var defined = entries
    for position in graph.order {
      let block = function.blocks[position]
      entries[position] = Self.read(by: block.end)
      for instruction in block.instructions.reversed() {
        Self.step(back: instruction, &entries[position])
        instruction.forEachDefinition { defined[position].insert($0.id) }
      }
    }
    var changed = true
    while changed {
      changed = false
      for position in graph.order.reversed() {
        var live = behind(position)
        live.subtract(defined[position])
        if entries[position].formUnion(live) { changed = true }
      }
    }
  }

  /// What is live behind the end of a block.
  private func behind(_ position: Int) -> LocalSet {
    var live = LocalSet()
    for successor in graph.successors[position] {
      let parameters = function.blocks[successor].parameters
      if parameters.isEmpty {
        live.formUnion(entries[successor])
      } else {
        var entry = entries[successor]
        for parameter in parameters { entry.remove(parameter.variable.id) }
        live.formUnion(entry)
      }
    }
    return live
  }

  private static func read(by end: Machine.End) -> LocalSet {
    var live = LocalSet()
    end.forEachOperand { if let register = $0.register { live.insert(register) } }
    return live
  }

  /// From what is live behind an instruction to what is live before it.
  private static func step(back instruction: Machine.Instruction, _ live: inout LocalSet) {
    instruction.forEachDefinition { live.remove($0.id) }
    instruction.forEachOperand { if let register = $0.register { live.insert(register) } }
  }

  /// What is live before the instructions at the given positions of a block, which go up, in the same order.
  func before(_ indices: [Int], of position: Int) -> [LocalSet] {
    if indices == [0] { return [entries[position]] }
    let block = function.blocks[position]
    var live = Self.read(by: block.end)
    live.formUnion(behind(position))
    var result: [LocalSet] = []
    var next = block.instructions.count
    for index in indices.reversed() {
      while next > index {
        next -= 1
        Self.step(back: block.instructions[next], &live)
      }
      result.append(live)
    }
    return result.reversed()
  }
}
