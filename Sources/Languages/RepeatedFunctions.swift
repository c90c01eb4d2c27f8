public import Nanopass

/// Finds the functions that a program may run again and again. In all others speed is worth no longer code.
public struct RepeatedFunctions: ProgramFact {
  /// The functions that have loops or call themselves, and what these call.
  public let names: Set<Name>

  public init?(of program: AnyProgram) throws {
    if let root = program.root as? Machine.Root {
      names = Self.names(in: root)
    } else if let root = program.root as? Counted.Root {
      names = try Self.names(in: root)
    } else {
      return nil
    }
  }

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
    var passed: NumberSet = []
    return names(functions.map(\.name), callees, isRepeating: { hasLoop(functions[$0], &passed) })
  }

  /// The functions by what they call, those of which a test holds or that call themselves, and what these call.
  private static func names(
    _ names: [Name], _ callees: [[Int]], isRepeating: (Int) -> Bool
  ) -> Set<Name> {
    var waiting: [Int] = []
    for component in stronglyConnectedComponents(callees) {
      for position in component {
        let isRecursive = component.count > 1 || callees[position].contains(position)
        if isRecursive || isRepeating(position) { waiting.append(position) }
      }
    }
    var result: Set<Name> = []
    while let position = waiting.popLast() {
      if result.insert(names[position]).inserted { waiting += callees[position] }
    }
    return result
  }

  /// The functions that have loops or call themselves, and what these call.
  public static func names(in program: Counted.Root) throws -> Set<Name> {
    let functions = program.functions
    let positions = Dictionary(functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let calls = try functions.map { function in
      var calls = CallFinder()
      try calls.visit(function)
      return calls
    }
    let callees = calls.map { $0.callees.compactMap { positions[$0] } }
    return names(functions.map(\.name), callees, isRepeating: { calls[$0].hasLoop })
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

/// The functions that one calls, and whether it has a loop.
private struct CallFinder: CountedWalker {
  private(set) var callees: [Name] = []
  private(set) var hasLoop = false

  mutating func visit(_ node: Counted.Value) throws {
    if case .call(_, let function, _) = node { callees.append(function) }
    try walk(node)
  }

  mutating func visit(_ node: Counted.Step) throws {
    if case .receive(_, let function, _, _) = node { callees.append(function) }
    try walk(node)
  }

  mutating func visit(_ node: Counted.End) throws {
    switch node {
    case .tailCall(_, let function, _): callees.append(function)
    case .loop: hasLoop = true
    default: break
    }
    try walk(node)
  }
}
