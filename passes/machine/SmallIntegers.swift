import Languages
import Nanopass

/// What an instruction does to integers, as `VersionBlocks` sees it.
enum IntegerStep {
  /// An operator that computes an integer from small ones, which may overflow.
  case arithmetic(variable: Local, operator: Name, operands: [Machine.Operand])
  /// The quotient or remainder, rounded down, of a division by a small positive literal.
  case division(variable: Local, function: Name, operand: Machine.Operand, divisor: Int)
  /// An operator that computes something else from small integers.
  case observation(variable: Local, operator: Name, operands: [Machine.Operand])
  /// Counts integers up or down.
  case count(operator: Name, operands: [Machine.Operand])
  /// Sets a variable to a word with the tag of a small integer.
  case tag(variable: Local)
  /// Sets a variable to what a function gives whose results are taken to be small.
  case result(variable: Local)
  /// Does nothing to integers that is known.
  case other

  /// - Parameter trusted: the function whose results are taken to be small.
  init(_ instruction: Machine.Instruction, trusting trusted: Name?) {
    switch instruction {
    case .set(_, let variable, .word, .call(_, let callee, _)) where callee == trusted:
      self = .result(variable: variable)
    case .set(_, let variable, _, .compute(_, "or", let operands))
    where operands.contains { ($0.number ?? 0) & 1 == 1 }:
      self = .tag(variable: variable)
    case .set(_, let variable, _, .compute(_, let name, let operands)) where IntegerFunction.isOperator(name):
      // An operator on a big literal is left to the run-time library.
      if operands.contains(where: \.isAddress) {
        self = .other
        return
      }
      switch IntegerFunction.plain(name) {
      case "int.add", "int.subtract", "int.multiply", "int.negate":
        self = .arithmetic(variable: variable, operator: name, operands: operands)
      default: self = .observation(variable: variable, operator: name, operands: operands)
      }
    case .set(_, let variable, _, .runtime(_, let function, let operands))
    where function == "nanoc_int_div" || function == "nanoc_int_mod":
      guard operands.count == 2, operands[0].register != nil, let divisor = operands[1].number, divisor > 3 else {
        self = .other
        return
      }
      self = .division(variable: variable, function: function, operand: operands[0], divisor: divisor >> 1)
    case .run(_, .compute(_, let name, let operands)) where name == "dup.integer" || name == "drop.integer":
      self = .count(operator: name, operands: operands)
    default: self = .other
    }
  }

  /// Calls `visit` with the variables that must hold small integers for the step to be done in place, given those that
  /// surely do, and the operands that read them; a variable may come twice.
  func forEachRequired(_ known: LocalSet, _ wanted: LocalSet, _ visit: (Int, Machine.Operand) -> Void) {
    func require(_ operand: Machine.Operand) {
      if let register = operand.register, !known.contains(register) { visit(register, operand) }
    }
    switch self {
    case .arithmetic(_, _, let all): all.forEach(require)
    case .division(_, _, let operand, _): require(operand)
    case .observation(_, let name, let all):
      guard IntegerFunction.plain(name) == "int.equal" else { return all.forEach(require) }
      // A small integer equals no big one, so words can be compared if one is small.
      if !all.contains(where: { $0.number != nil || known.contains($0) }) { all.first.map(require) }
    case .count(_, let all): for operand in all where wanted.contains(operand) { require(operand) }
    case .tag, .result, .other: break
    }
  }

  /// The variable to test behind the step.
  func tested(_ wanted: LocalSet) -> Local? {
    if case .result(let variable) = self, wanted.contains(variable.id) { return variable }
    return nil
  }

  /// The variables that must hold small integers, each once.
  func required(_ known: LocalSet, _ wanted: LocalSet) -> [Machine.Operand] {
    var result: [Machine.Operand] = []
    var seen = LocalSet()
    forEachRequired(known, wanted) { register, operand in
      if !seen.contains(register) { result.append(operand) }
      seen.insert(register)
    }
    return result
  }
}

extension LocalSet {
  /// Whether a variable is in the set.
  func contains(_ operand: Machine.Operand) -> Bool {
    guard let register = operand.register else { return false }
    return contains(register)
  }

  /// Whether an operand is one of the variables, which hold small integers, or a literal.
  func surelyHolds(_ operand: Machine.Operand) -> Bool { contains(operand) || (operand.number ?? 0) & 1 == 1 }
}

extension Machine.Operand {
  fileprivate var isAddress: Bool {
    if case .address = self { return true }
    return false
  }
}

/// Finds the variables that surely hold small integers, where all goes well: at each operator that meets a big integer,
/// and at each overflow, control leaves for code that is not looked at here.
///
/// A forward data flow, optimistic about loops. At the edges into a loop more is tested than is known, so that the loop
/// need not: all that its body wants and keeps.
struct SmallIntegers {
  private let function: Machine.Function
  private let graph: MachineGraph
  private let steps: [[IntegerStep]]
  /// The variables that some operator needs to be small.
  private(set) var wanted = LocalSet()
  /// What is known where each block begins, by its position; nil for those never reached.
  private(set) var entries: [LocalSet?]
  /// The blocks that control comes back to.
  private(set) var headers: [Int] = []
  private var ranks: [Int]
  /// What edges into loops test, if they do not know it, by the position of the loop's first block.
  private var candidates: LocalTable<LocalSet> = [:]

  /// - Parameter trusted: the function whose results are tested at once where they are wanted, and small from there on.
  init(_ function: Machine.Function, _ graph: MachineGraph, trusting trusted: Name? = nil) {
    self.function = function
    self.graph = graph
    steps = function.blocks.map { $0.instructions.map { IntegerStep($0, trusting: trusted) } }
    entries = [LocalSet?](repeating: nil, count: function.blocks.count)
    ranks = [Int](repeating: -1, count: function.blocks.count)
    for (rank, block) in graph.order.enumerated() { ranks[block] = rank }
    findWanted()
    if isEmpty { return }
    var isHeader = [Bool](repeating: false, count: function.blocks.count)
    for block in graph.order {
      for successor in graph.successors[block] where isBackward(block, successor) { isHeader[successor] = true }
    }
    headers = isHeader.indices.filter { isHeader[$0] }
  }

  /// Finds what is known.
  ///
  /// - Parameter parameters: those of the function that its callers know to be small.
  mutating func solve(_ liveness: Liveness, knowing parameters: LocalSet = LocalSet()) {
    for header in headers {
      var live = liveness.entries[header]
      live.formIntersection(wanted)
      candidates[header] = live
    }
    for block in entries.indices { entries[block] = nil }
    solve(parameters)
  }

  /// Whether nothing in the function needs a small integer.
  var isEmpty: Bool { wanted.isEmpty }

  private func isBackward(_ block: Int, _ successor: Int) -> Bool { ranks[successor] <= ranks[block] }

  // MARK: What is wanted

  /// What operators need, and what is passed on to where it is needed.
  private mutating func findWanted() {
    for block in graph.order {
      for step in steps[block] {
        if case .count = step { continue }
        step.forEachRequired(LocalSet(), LocalSet()) { register, _ in wanted.insert(register) }
      }
    }
    var changed = !isEmpty
    while changed {
      changed = false
      for block in graph.order.reversed() {
        for target in function.blocks[block].end.targets {
          guard let position = graph.positions[target.label.id] else { continue }
          for (parameter, argument) in zip(function.blocks[position].parameters, target.arguments) {
            guard wanted.contains(parameter.variable.id), let register = argument.register,
              !wanted.contains(register)
            else { continue }
            wanted.insert(register)
            changed = true
          }
        }
      }
    }
  }

  // MARK: What is known

  private mutating func solve(_ parameters: LocalSet) {
    guard let first = graph.order.first else { return }
    entries[first] = parameters
    var changed = true
    while changed {
      changed = false
      for block in graph.order {
        guard var known = entries[block] else { continue }
        for step in steps[block] { follow(step, &known) }
        for target in function.blocks[block].end.targets {
          guard let position = graph.positions[target.label.id] else { continue }
          var arriving = self.arriving(target, at: position, known)
          if !isBackward(block, position), let tested = candidates[position] { arriving.formUnion(tested) }
          if entries[position] == nil {
            entries[position] = arriving
            changed = true
          } else if entries[position]?.formIntersection(arriving) == true {
            changed = true
          }
        }
      }
    }
  }

  /// What is known behind a step.
  func follow(_ step: IntegerStep, _ known: inout LocalSet) {
    var tested = LocalSet()
    step.forEachRequired(known, wanted) { register, _ in tested.insert(register) }
    known.formUnion(tested)
    switch step {
    case .arithmetic(let variable, _, _), .division(let variable, _, _, _), .tag(let variable):
      known.insert(variable.id)
    case .result(let variable): if wanted.contains(variable.id) { known.insert(variable.id) }
    case .observation, .count, .other: break
    }
  }

  /// What is known of the variables where a block begins, by the way over one edge, without tests.
  private func arriving(_ target: Machine.Target, at position: Int, _ known: LocalSet) -> LocalSet {
    var result = known
    for (parameter, argument) in zip(function.blocks[position].parameters, target.arguments) {
      if known.surelyHolds(argument) {
        result.insert(parameter.variable.id)
      } else {
        result.remove(parameter.variable.id)
      }
    }
    return result
  }

  /// The operands to test on an edge, given what is known at its start.
  func required(_ target: Machine.Target, at position: Int, _ known: LocalSet) -> [Machine.Operand] {
    guard var missing = entries[position] else { return [] }
    missing.subtract(self.arriving(target, at: position, known))
    if missing.isEmpty { return [] }
    var arguments: LocalTable<Machine.Operand> = [:]
    for (parameter, argument) in zip(function.blocks[position].parameters, target.arguments) {
      arguments[parameter.variable.id] = argument
    }
    return missing.elements.map { arguments[$0] ?? .register($0) }
  }

  /// Calls `visit` with the arguments of each call of a function, and what is known there.
  func forEachCall(of callee: Name, _ visit: ([Machine.Operand], LocalSet) -> Void) {
    for block in graph.order {
      guard var known = entries[block] else { continue }
      for (step, instruction) in zip(steps[block], function.blocks[block].instructions) {
        if instruction.callee == callee { visit(instruction.passed, known) }
        follow(step, &known)
      }
    }
  }

  /// The step at a place.
  func step(_ index: Int, of block: Int) -> IntegerStep { steps[block][index] }
}

extension Machine.Operand {
  /// The variable of that number; the name does not matter.
  static func register(_ number: Int) -> Machine.Operand { .local(.none, variable: Local("n", number)) }
}
