import Diagnostics
import Languages
import Nanopass

/// Writes the two versions of a function's blocks for `VersionBlocks`.
struct BlockVersions {
  let plan: VersionPlan
  /// The versions of functions that take parameters to be small.
  private let versions: [Name: SmallVersion]
  var builder: BlockBuilder
  /// The labels of the places of the second version, by their numbers.
  private var labels: [Local?]
  /// The labels of the blocks that choose the version of a loop, by the position of its first block.
  var choices: LocalTable<Local> = [:]

  init(_ plan: VersionPlan, _ versions: [Name: SmallVersion]) {
    self.plan = plan
    self.versions = versions
    builder = BlockBuilder(FreshLocals(above: plan.function))
    labels = [Local?](repeating: nil, count: plan.places.count)
    for block in plan.graph.order where !plan.places[block: block].isEmpty {
      let name = Name(plan.function.blocks[block].label.name.text + "Big")
      for index in plan.places[block: block] {
        if let number = plan.places.number(of: MachinePlace(block: block, index: index)) {
          labels[number] = builder.make(name)
        }
      }
    }
    for header in plan.returns { choices[header] = builder.make("round") }
  }

  /// The blocks of both versions, the first block of the function first.
  static func write(_ plan: VersionPlan, _ versions: [Name: SmallVersion]) throws -> [Machine.Block] {
    var writer = BlockVersions(plan, versions)
    for block in plan.graph.order { writer.small(block) }
    for block in plan.graph.order {
      if writer.choices[block] != nil { writer.choice(block) }
      for index in plan.places[block: block] { try writer.big(MachinePlace(block: block, index: index)) }
    }
    return writer.builder.blocks
  }

  // MARK: The version for small integers

  private mutating func small(_ position: Int) {
    let block = plan.function.blocks[position]
    guard var known = plan.integers.entries[position] else { return }
    builder.begin(block.label, block.parameters, at: block.span)
    for (index, instruction) in block.instructions.enumerated() {
      let step = plan.integers.step(index, of: position)
      let place = MachinePlace(block: position, index: index)
      let needed = step.required(known, plan.integers.wanted)
      if !needed.isEmpty { test(needed, orGoTo: target(place), in: block, at: instruction.span) }
      plan.integers.follow(step, &known)
      small(step, instruction, at: place, known)
    }
    small(block.end, of: block, known)
  }

  /// Goes elsewhere unless the operands are small integers.
  mutating func test(
    _ operands: [Machine.Operand], orGoTo target: Machine.Target, in block: Machine.Block, at span: Span
  ) {
    var seen = LocalSet()
    let distinct = operands.filter { operand in
      guard let register = operand.register, !seen.contains(register) else { return false }
      seen.insert(register)
      return true
    }
    leave(builder.isBig(distinct, at: span), for: target, in: block, at: span)
  }

  /// Goes elsewhere if a bit is set.
  private mutating func leave(
    _ condition: Machine.Operand, for target: Machine.Target, in block: Machine.Block, at span: Span
  ) {
    let next = builder.make(block.label.name)
    builder.end(.branch(span, condition: condition, then: target, else: .to(next), likely: "else"))
    builder.begin(next, at: span)
  }

  private mutating func small(
    _ step: IntegerStep, _ instruction: Machine.Instruction, at place: MachinePlace, _ known: LocalSet
  ) {
    let span = instruction.span
    switch step {
    case .arithmetic(let variable, let name, let operands):
      let overflow = builder.arithmetic(IntegerFunction.plain(name), operands, to: variable, at: span)
      leave(overflow, for: target(place), in: plan.function.blocks[place.block], at: span)
    case .observation(let variable, let name, let operands):
      let value = observation(IntegerFunction.plain(name), operands, at: span)
      let ty = plan.local(variable.id)?.ty ?? .word
      builder.append(.set(span, variable: variable, ty: ty, value: value))
      count("drop.integer", IntegerFunction.consumed(by: name, operands).filter { !known.contains($0) }, at: span)
    case .division(let variable, let function, let operand, let divisor):
      builder.divide(operand, by: divisor, remainder: function == "nanoc_int_mod", to: variable, at: span)
    case .count(let name, let operands): count(name, operands.filter { !known.contains($0) }, at: span)
    case .tag: builder.append(instruction)
    case .other: call(instruction, known)
    case .result:
      call(instruction, known)
      guard let variable = step.tested(plan.integers.wanted) else { break }
      let next = MachinePlace(block: place.block, index: place.index + 1)
      let block = plan.function.blocks[place.block]
      test([.local(span, variable: variable)], orGoTo: target(next), in: block, at: span)
    }
  }

  /// An instruction that may be a call: of the version for small parameters if it passes such.
  private mutating func call(_ instruction: Machine.Instruction, _ known: LocalSet) {
    if let callee = instruction.callee, let version = versions[callee], version.takes(instruction.passed, known) {
      builder.append(instruction.calling(version.name))
    } else {
      builder.append(instruction)
    }
  }

  private mutating func count(_ name: Name, _ operands: [Machine.Operand], at span: Span) {
    let counted = operands.filter { $0.register != nil }
    if !counted.isEmpty {
      builder.append(.run(span, value: .compute(span, operator: name, operands: counted)))
    }
  }

  /// Tagged words are ordered as their values are.
  private func observation(_ operator: Name, _ operands: [Machine.Operand], at span: Span) -> Machine.Operation {
    switch `operator` {
    case "int.less": return .compute(span, operator: "slt", operands: operands)
    case "int.lessEqual": return .compute(span, operator: "sle", operands: operands)
    case "int.equal": return .compute(span, operator: "eq", operands: operands)
    default: return .compute(span, operator: "ashr", operands: operands + [.number(1)])
    }
  }

  // MARK: Ends of small blocks

  private mutating func small(_ end: Machine.End, of block: Machine.Block, _ known: LocalSet) {
    var edges: [(label: Local, target: Machine.Target, needed: [Machine.Operand])] = []
    var end = end
    end.mapTargets { target in
      guard let position = plan.graph.positions[target.label.id] else { return target }
      let needed = plan.integers.required(target, at: position, known).map { named($0) }
      if needed.isEmpty { return target }
      let label = builder.make(target.label.name)
      edges.append((label, target, needed))
      return .to(label)
    }
    builder.end(end)
    for edge in edges {
      guard let position = plan.graph.positions[edge.target.label.id] else { continue }
      builder.begin(edge.label, at: block.span)
      let big = target(MachinePlace(block: position, index: 0), arguments: edge.target.arguments)
      test(edge.needed, orGoTo: big, in: plan.function.blocks[position], at: block.span)
      builder.end(.jump(block.span, label: edge.target.label, arguments: edge.target.arguments))
    }
  }

  /// The operand with the variable's name in the function.
  private func named(_ operand: Machine.Operand) -> Machine.Operand {
    guard case .local(let span, let variable) = operand, let found = plan.local(variable.id) else { return operand }
    return .local(span, variable: found.local)
  }

  // MARK: The ways between the versions

  /// A place of the second version, with what it reads; `arguments` are those for the parameters of its block, and
  /// `reading` what is read for variables, if it is not themselves.
  func target(
    _ place: MachinePlace, arguments: [Machine.Operand] = [], reading others: LocalTable<Machine.Operand> = [:]
  ) -> Machine.Target {
    var values: LocalTable<Machine.Operand> = [:]
    if place.index == 0 {
      for (parameter, argument) in zip(plan.function.blocks[place.block].parameters, arguments) {
        values[parameter.variable.id] = argument
      }
    }
    let label = label(of: place) ?? plan.function.blocks[place.block].label
    let passed = plan.passed(to: place).map { number in
      values[number] ?? others[number] ?? named(.register(number))
    }
    return Machine.Target(.none, label: label, arguments: passed)
  }

  /// The label of a place of the second version.
  func label(of place: MachinePlace) -> Local? { plan.places.number(of: place).flatMap { labels[$0] } }

  /// New variables for those that a place reads.
  mutating func parameters(of place: MachinePlace) -> (
    values: LocalTable<Machine.Operand>, parameters: [Machine.Parameter]
  ) {
    let passed = plan.passed(to: place)
    var values = LocalTable<Machine.Operand>(minimumCapacity: passed.count)
    var parameters: [Machine.Parameter] = []
    parameters.reserveCapacity(passed.count)
    for number in passed {
      guard let known = plan.local(number) else { continue }
      let variable = builder.make(known.local.name)
      values[number] = .local(.none, variable: variable)
      parameters.append(Machine.Parameter(.none, variable: variable, ty: known.ty))
    }
    return (values, parameters)
  }

  /// Writes the block that goes back to the first version of a loop if all that this needs is small.
  private mutating func choice(_ header: Int) {
    guard let label = choices[header] else { return }
    let place = MachinePlace(block: header, index: 0)
    let block = plan.function.blocks[header]
    let (values, parameters) = parameters(of: place)
    builder.begin(label, parameters, at: block.span)
    let tested = plan.tested(at: header).map { number in
      values[number] ?? named(.register(number))
    }
    if !tested.isEmpty {
      let arguments = block.parameters.map { argument(for: $0, values) }
      test(tested, orGoTo: target(place, arguments: arguments, reading: values), in: block, at: block.span)
    }
    builder.end(.jump(block.span, label: block.label, arguments: block.parameters.map { argument(for: $0, values) }))
  }

  /// What is passed for a parameter, which may not be read.
  func argument(for parameter: Machine.Parameter, _ values: LocalTable<Machine.Operand>) -> Machine.Operand {
    if let value = values[parameter.variable.id] { return value }
    switch parameter.ty {
    case .word: return .number(0)
    case .float: return .float(.none, value: 0)
    case .bit: return .bit(.none, value: false)
    }
  }
}

extension Machine.End {
  /// Replaces where control may go.
  mutating func mapTargets(_ change: (Machine.Target) -> Machine.Target) {
    switch self {
    case .jump(let span, let label, let arguments):
      let target = change(Machine.Target(span, label: label, arguments: arguments))
      self = .jump(span, label: target.label, arguments: target.arguments)
    case .branch(let span, let condition, let then, let rest, let likely):
      self = .branch(span, condition: condition, then: change(then), else: change(rest), likely: likely)
    case .switch(let span, let subject, let cases, let rest):
      let cases = cases.map { Machine.Case($0.span, value: $0.value, target: change($0.target)) }
      self = .switch(span, subject: subject, cases: cases, default: change(rest))
    case .return, .tailCall, .unreachable: break
    }
  }
}
