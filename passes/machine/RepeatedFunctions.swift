import Languages
import Nanopass

/// Finds the functions that a program may run again and again. In all others speed is worth no longer code.
enum RepeatedFunctions {
  /// The functions that have loops or call themselves, and what these call.
  static func names(in program: Machine.Root) -> Set<Name> {
    let functions = program.functions
    let positions = Dictionary(functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let callees = functions.map { function in
      function.blocks.flatMap { block in
        var names = block.instructions.compactMap { instruction -> Name? in
          if case .receive(_, let name, _, _) = instruction { return name }
          return if case .call(_, let name, _) = instruction.operation { name } else { nil }
        }
        if case .tailCall(_, let name, _) = block.end { names.append(name) }
        return names.compactMap { positions[$0] }
      }
    }
    var waiting: [Int] = []
    for component in stronglyConnectedComponents(callees) {
      for position in component {
        let isRecursive = component.count > 1 || callees[position].contains(position)
        if isRecursive || hasLoop(functions[position]) { waiting.append(position) }
      }
    }
    var result: Set<Name> = []
    while let position = waiting.popLast() {
      if result.insert(functions[position].name).inserted { waiting += callees[position] }
    }
    return result
  }

  private static func hasLoop(_ function: Machine.Function) -> Bool {
    MachineGraph(function).successors.enumerated().contains { position, next in next.contains { $0 <= position } }
  }
}
