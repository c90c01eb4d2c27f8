public import Nanopass

/// Finds the functions that a program may run again and again. In all others speed is worth no longer code.
public enum RepeatedFunctions {
  /// The functions that have loops or call themselves, and what these call.
  public static func names(in program: Machine.Root) -> Set<Name> {
    let functions = program.functions
    let positions = Dictionary(functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let callees = functions.map { function in
      var callees: [Int] = []
      for block in function.blocks {
        for instruction in block.instructions {
          if let name = instruction.callee, let position = positions[name] { callees.append(position) }
        }
        if case .tailCall(_, let name, _) = block.end, let position = positions[name] { callees.append(position) }
      }
      return callees
    }
    var waiting: [Int] = []
    var passed: NumberSet = []
    for component in stronglyConnectedComponents(callees) {
      for position in component {
        let isRecursive = component.count > 1 || callees[position].contains(position)
        if isRecursive || hasLoop(functions[position], &passed) { waiting.append(position) }
      }
    }
    var result: Set<Name> = []
    while let position = waiting.popLast() {
      if result.insert(functions[position].name).inserted { waiting += callees[position] }
    }
    return result
  }

  /// Whether some block goes to itself or to one before it; `passed` is room for their labels.
  private static func hasLoop(_ function: Machine.Function, _ passed: inout NumberSet) -> Bool {
    passed.removeAll(keepingCapacity: true)
    for block in function.blocks {
      passed.insert(block.label.id)
      var goesBack = false
      block.end.forEachLabel { if passed.contains($0.id) { goesBack = true } }
      if goesBack { return true }
    }
    return false
  }
}
