import Nanopass

extension Machine {
  /// Every variable is set in a block that all ways to its use pass through.
  @Sendable static func checkDominatingDefinitions(_ root: Root) -> [Violation] {
    root.functions.flatMap { function in
      var checker = DominanceChecker(function)
      checker.check()
      return checker.violations
    }
  }

  /// Every jump goes to a block of its function and passes what that takes.
  @Sendable static func checkKnownLabels(_ root: Root) -> [Violation] {
    var violations: [Violation] = []
    for function in root.functions {
      var arities: [Int: Int] = [:]
      for block in function.blocks {
        if arities.updateValue(block.parameters.count, forKey: block.label.id) != nil {
          violations.append(Violation("there are two blocks `\(block.label)`", in: block))
        }
      }
      if let first = function.blocks.first, !first.parameters.isEmpty {
        violations.append(Violation("the first block of `\(function.name)` has parameters", in: first))
      }
      let first = function.blocks.first?.label
      for block in function.blocks {
        for target in block.end.targets
        where arities[target.label.id] != target.arguments.count || target.label == first {
          violations.append(Violation("a jump to `\(target.label)` does not fit a block", in: block.end))
        }
      }
    }
    return violations
  }

  /// Every function called and every constant named is declared.
  @Sendable static func checkKnownAddresses(_ root: Root) -> [Violation] {
    var checker = AddressChecker(root)
    try? checker.visit(root)
    if checker.functions[root.entry] != 0 {
      checker.violations.append(
        Violation("the entry `\(root.entry)` is no function without parameters", in: root.entry))
    }
    return checker.violations
  }
}

/// Follows the dominator tree and knows the variables that are set on the way.
private struct DominanceChecker {
  private let function: Machine.Function
  private var isSet: Set<Int> = []
  private var everSet: Set<Int> = []
  var violations: [Violation] = []

  init(_ function: Machine.Function) { self.function = function }

  mutating func check() {
    let graph = MachineGraph(function)
    var children = [[Int]](repeating: [], count: function.blocks.count)
    for (block, dominator) in graph.immediateDominators.enumerated() {
      guard let dominator else { continue }
      children[dominator].append(block)
      if dominator > block {
        let label = function.blocks[block].label
        violations.append(Violation("`\(label)` stands before a block that all ways to it pass through", in: label))
      }
    }
    define(function.parameters.map(\.variable), in: function.name)
    enum Visit { case enter(Int), leave([Int]) }
    var stack = [Visit.enter(0)]
    while let visit = stack.popLast() {
      switch visit {
      case .leave(let variables): isSet.subtract(variables)
      case .enter(let index):
        stack.append(.leave(block(function.blocks[index])))
        stack += children[index].map { .enter($0) }
      }
    }
  }

  /// Checks one block, and gives the numbers of the variables that it sets.
  private mutating func block(_ block: Machine.Block) -> [Int] {
    var defined = block.parameters.map(\.variable.id)
    define(block.parameters.map(\.variable), in: block.label)
    for instruction in block.instructions {
      instruction.forEachOperand { use($0, in: instruction) }
      let definitions = instruction.definitions
      define(definitions, in: instruction)
      defined += definitions.map(\.id)
    }
    block.end.forEachOperand { use($0, in: block.end) }
    return defined
  }

  private mutating func define(_ variables: [Local], in node: some Writable) {
    for variable in variables {
      isSet.insert(variable.id)
      if !everSet.insert(variable.id).inserted {
        violations.append(Violation("`\(variable)` is set twice in `\(function.name)`", in: node))
      }
    }
  }

  private mutating func use(_ operand: Machine.Operand, in node: some Writable) {
    guard case .local(_, let variable) = operand, !isSet.contains(variable.id) else { return }
    violations.append(Violation("`\(variable)` of `\(function.name)` may be unset here", in: node))
  }
}

/// Looks up each function and constant that is mentioned, and counts arguments.
private struct AddressChecker: MachineWalker {
  let functions: [Name: Int]
  private let constants: Set<Name>
  var violations: [Violation] = []

  init(_ root: Machine.Root) {
    functions = Dictionary(root.functions.map { ($0.name, $0.parameters.count) }) { first, _ in first }
    constants = Set(
      root.constants.map { constant in
        switch constant {
        case .text(_, let name, _), .integer(_, let name, _), .cell(_, let name, _, _, _), .external(_, let name):
          return name
        }
      })
  }

  private mutating func require(_ arity: Int?, of name: Name, _ arguments: [Machine.Operand], _ node: some Writable) {
    if arity != arguments.count {
      violations.append(Violation("`\(name)` is no function with \(arguments.count) parameters", in: node))
    }
  }

  mutating func visit(_ node: Machine.Operation) throws {
    switch node {
    case .call(_, let function, let arguments): require(functions[function], of: function, arguments, node)
    case .runtime(_, let function, let arguments):
      require(RuntimeFunction.named(function)?.arguments.count, of: function, arguments, node)
    default: break
    }
    try walk(node)
  }

  mutating func visit(_ node: Machine.Instruction) throws {
    if case .receive(_, let function, let arguments, _) = node {
      require(functions[function], of: function, arguments, node)
    }
    try walk(node)
  }

  mutating func visit(_ node: Machine.End) throws {
    if case .tailCall(_, let function, let arguments) = node {
      require(functions[function], of: function, arguments, node)
    }
    try walk(node)
  }

  mutating func visit(_ node: Machine.Operand) throws {
    if case .address(_, let name) = node, !constants.contains(name) {
      violations.append(Violation("there is no constant `\(name)`", in: node))
    }
  }
}
