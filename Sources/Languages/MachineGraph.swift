public import Nanopass

// What passes and checks ask of the parts of a machine function.

extension Machine.End {
  /// Where control may go inside the function, with what is passed.
  public var targets: [Machine.Target] {
    switch self {
    case .jump(let span, let label, let arguments): return [Machine.Target(span, label: label, arguments: arguments)]
    case .branch(_, _, let then, let `else`, _): return [then, `else`]
    case .switch(_, _, let cases, let rest): return cases.map(\.target) + [rest]
    case .return, .tailCall, .unreachable: return []
    }
  }

  /// Calls `visit` with the labels of the blocks where control may go.
  public func forEachLabel(_ visit: (Local) -> Void) {
    switch self {
    case .jump(_, let label, _): visit(label)
    case .branch(_, _, let then, let rest, _):
      visit(then.label)
      visit(rest.label)
    case .switch(_, _, let cases, let rest):
      for each in cases { visit(each.target.label) }
      visit(rest.label)
    case .return, .tailCall, .unreachable: break
    }
  }

  /// Calls `visit` with the operands, those passed to targets included.
  public func forEachOperand(_ visit: (Machine.Operand) -> Void) {
    switch self {
    case .return(_, let operands), .jump(_, _, let operands), .tailCall(_, _, let operands): operands.forEach(visit)
    case .branch(_, let condition, let then, let rest, _):
      visit(condition)
      then.arguments.forEach(visit)
      rest.arguments.forEach(visit)
    case .switch(_, let subject, let cases, let rest):
      visit(subject)
      for each in cases { each.target.arguments.forEach(visit) }
      rest.arguments.forEach(visit)
    case .unreachable: break
    }
  }
}

extension Machine.Instruction {
  /// The variables that it sets.
  public var definitions: [Local] {
    var result: [Local] = []
    forEachDefinition { result.append($0) }
    return result
  }

  /// Calls `visit` with the variables that it sets.
  public func forEachDefinition(_ visit: (Local) -> Void) {
    switch self {
    case .set(_, let variable, _, _): visit(variable)
    case .checked(_, let variable, let overflow, _, _, _):
      visit(variable)
      visit(overflow)
    case .receive(_, _, _, let parameters): for parameter in parameters { visit(parameter.variable) }
    case .run, .store: break
    }
  }

  /// Calls `visit` with the operands.
  public func forEachOperand(_ visit: (Machine.Operand) -> Void) {
    switch self {
    case .set(_, _, _, let value), .run(_, let value): value.forEachOperand(visit)
    case .checked(_, _, _, _, let first, let second), .store(_, let first, _, _, let second):
      visit(first)
      visit(second)
    case .receive(_, _, let arguments, _): arguments.forEach(visit)
    }
  }

  /// The function of the program that it calls.
  public var callee: Name? {
    switch self {
    case .set(_, _, _, .call(_, let name, _)), .run(_, .call(_, let name, _)), .receive(_, let name, _, _): return name
    default: return nil
    }
  }

  /// The operation that it runs, if it has one of its own.
  public var operation: Machine.Operation? {
    switch self {
    case .set(_, _, _, let value), .run(_, let value): return value
    case .checked, .store, .receive: return nil
    }
  }
}

extension Machine.Operation {
  /// Calls `visit` with the operands.
  public func forEachOperand(_ visit: (Machine.Operand) -> Void) {
    switch self {
    case .allocate: break
    case .load(_, let address, _, _): visit(address)
    case .compute(_, _, let operands), .array(_, let operands), .call(_, _, let operands),
      .runtime(_, _, let operands):
      operands.forEach(visit)
    }
  }
}

/// The ways between the blocks of a machine function, by the blocks' positions.
public struct MachineGraph: Sendable {
  /// The positions of the blocks by the numbers of their labels.
  public let positions: LocalTable<Int>
  /// Where each block may go next.
  public let successors: Edges
  /// The blocks that control can reach, each before its successors except on ways back.
  public let order: [Int]

  /// Positions by positions: one row for each block, all in one array.
  public struct Edges: Sendable {
    private var rows: [Int] = [0]
    private var targets: [Int] = []

    fileprivate init(_ function: Machine.Function, _ positions: LocalTable<Int>) {
      rows.reserveCapacity(function.blocks.count + 1)
      targets.reserveCapacity(2 * function.blocks.count)
      for block in function.blocks {
        block.end.forEachLabel { label in
          if let position = positions[label.id] { targets.append(position) }
        }
        rows.append(targets.count)
      }
    }

    /// The number of blocks.
    public var count: Int { rows.count - 1 }

    /// Where a block may go.
    public subscript(block: Int) -> ArraySlice<Int> { targets[rows[block]..<rows[block + 1]] }
  }

  /// Labels that no block has are left out.
  public init(_ function: Machine.Function) {
    var positions = LocalTable<Int>(minimumCapacity: function.blocks.count)
    for (index, block) in function.blocks.enumerated() where positions[block.label.id] == nil {
      positions[block.label.id] = index
    }
    self.positions = positions
    successors = Edges(function, positions)
    order = Self.reversePostorder(successors)
  }

  private static func reversePostorder(_ successors: Edges) -> [Int] {
    if successors.count == 0 { return [] }
    var postorder: [Int] = []
    postorder.reserveCapacity(successors.count)
    var seen = [Bool](repeating: false, count: successors.count)
    var stack: [(block: Int, rest: ArraySlice<Int>)] = []
    stack.reserveCapacity(successors.count)
    stack.append((0, successors[0]))
    seen[0] = true
    while let last = stack.indices.last {
      if let successor = stack[last].rest.popFirst() {
        if seen[successor] { continue }
        seen[successor] = true
        stack.append((successor, successors[successor]))
      } else {
        postorder.append(stack[last].block)
        stack.removeLast()
      }
    }
    postorder.reverse()
    return postorder
  }

  /// For each block the last block that all ways to it pass through; nil for the first and for those never reached
  /// (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm, 2001).
  public var immediateDominators: [Int?] {
    var rank = [Int](repeating: -1, count: successors.count)
    for (index, block) in order.enumerated() { rank[block] = index }
    var predecessors = [[Int]](repeating: [], count: successors.count)
    for block in order { for successor in successors[block] { predecessors[successor].append(block) } }
    // By rank; the dominator of the first block is itself while the rest is found.
    var dominators = [Int](repeating: -1, count: order.count)
    if !dominators.isEmpty { dominators[0] = 0 }
    var changed = true
    while changed {
      changed = false
      for (index, block) in order.enumerated().dropFirst() {
        var common = -1
        for predecessor in predecessors[block] where dominators[rank[predecessor]] >= 0 {
          common = common < 0 ? rank[predecessor] : Self.meet(common, rank[predecessor], dominators)
        }
        if dominators[index] != common {
          dominators[index] = common
          changed = true
        }
      }
    }
    var result = [Int?](repeating: nil, count: successors.count)
    for (index, block) in order.enumerated().dropFirst() { result[block] = order[dominators[index]] }
    return result
  }

  private static func meet(_ first: Int, _ second: Int, _ dominators: [Int]) -> Int {
    var (first, second) = (first, second)
    while first != second {
      if first > second { first = dominators[first] } else { second = dominators[second] }
    }
    return first
  }
}
