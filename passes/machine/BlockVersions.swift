import Diagnostics
import Languages
import Nanopass

/// Writes the two versions of a function's blocks for `VersionBlocks`.
struct BlockVersions {
  private let plan: VersionPlan
  private var builder: BlockBuilder
  /// The labels of the places of the second version, and of the blocks that choose the version of a loop.
  private var labels: [MachinePlace: Local] = [:]
  private var choices: [Int: Local] = [:]

  private init(_ plan: VersionPlan) {
    self.plan = plan
    builder = BlockBuilder(FreshLocals(from: plan.firstFree))
    for block in plan.graph.order {
      let name = Name(plan.function.blocks[block].label.name.text + "Big")
      for index in plan.entries[block] { labels[MachinePlace(block: block, index: index)] = builder.make(name) }
    }
    for header in plan.returns { choices[header] = builder.make("round") }
  }

  /// The blocks of both versions, the first block of the function first.
  static func write(_ plan: VersionPlan) throws -> [Machine.Block] {
    var writer = BlockVersions(plan)
    for block in plan.graph.order { writer.small(block) }
    for block in plan.graph.order {
      if writer.choices[block] != nil { writer.choice(block) }
      for index in plan.entries[block] { try writer.big(MachinePlace(block: block, index: index)) }
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
  private mutating func test(
    _ operands: [Machine.Operand], orGoTo target: Machine.Target, in block: Machine.Block, at span: Span
  ) {
    var seen: Set<Int> = []
    let distinct = operands.filter { operand in operand.register.map { seen.insert($0).inserted } ?? false }
    guard let first = distinct.first else { return }
    let tags = distinct.dropFirst().reduce(first) { tags, operand in
      builder.compute("tags", .word, "and", [tags, operand], at: span)
    }
    let low = builder.compute("low", .word, "and", [tags, .number(1)], at: span)
    leave(builder.compute("big", .bit, "eq", [low, .number(0)], at: span), for: target, in: block, at: span)
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
      let overflow = arithmetic(variable, IntegerFunction.plain(name), operands, at: span)
      leave(overflow, for: target(place), in: plan.function.blocks[place.block], at: span)
    case .observation(let variable, let name, let operands):
      let value = observation(IntegerFunction.plain(name), operands, at: span)
      let ty = plan.local(variable.id)?.ty ?? .word
      builder.append(.set(span, variable: variable, ty: ty, value: value))
      count("drop.integer", IntegerFunction.consumed(by: name, operands).filter { !known.contains($0) }, at: span)
    case .division(let variable, let function, let operand, let divisor):
      divide(operand, by: divisor, function == "nanoc_int_mod", to: variable, at: span)
    case .count(let name, let operands): count(name, operands.filter { !known.contains($0) }, at: span)
    case .tag, .other: builder.append(instruction)
    }
  }

  private mutating func count(_ name: Name, _ operands: [Machine.Operand], at span: Span) {
    let counted = operands.filter { $0.register != nil }
    if !counted.isEmpty {
      builder.append(.run(span, value: .compute(span, operator: name, operands: counted)))
    }
  }

  /// Computes with tagged words.
  ///
  /// - Returns: the bit that says whether the result is wrong.
  private mutating func arithmetic(
    _ variable: Local, _ operator: Name, _ operands: [Machine.Operand], at span: Span
  ) -> Machine.Operand {
    let overflow = builder.make("overflow")
    let left = operands[0], right = operands.last ?? left
    switch `operator` {
    case "int.multiply":
      let raw = builder.compute("raw", .word, "sub", [left, .number(1)], at: span)
      let value = untagged(right, at: span)
      let product = builder.make("product")
      builder.append(
        .checked(span, variable: product, overflow: overflow, operator: "mul", left: raw, right: value))
      let tagged = Machine.Operation.compute(
        span, operator: "or", operands: [.local(span, variable: product), .number(1)])
      builder.append(.set(span, variable: variable, ty: .word, value: tagged))
    case "int.negate":
      builder.append(
        .checked(span, variable: variable, overflow: overflow, operator: "sub", left: .number(2), right: left))
    default:
      let name: Name = `operator` == "int.add" ? "add" : "sub"
      let raw =
        right.number.map { .number($0 - 1) }
        ?? builder.compute("raw", .word, "sub", [right, .number(1)], at: span)
      builder.append(.checked(span, variable: variable, overflow: overflow, operator: name, left: left, right: raw))
    }
    return .local(span, variable: overflow)
  }

  /// Divides rounding down: where the machine's remainder is negative, the divisor is added to it.
  private mutating func divide(
    _ operand: Machine.Operand, by divisor: Int, _ wantsRemainder: Bool, to variable: Local, at span: Span
  ) {
    let value = untagged(operand, at: span)
    let rest = builder.compute("rest", .word, "rem", [value, .number(divisor)], at: span)
    let sign = builder.compute("sign", .word, "ashr", [rest, .number(63)], at: span)
    var result: Machine.Operand
    if wantsRemainder {
      let missing = builder.compute("missing", .word, "and", [sign, .number(divisor)], at: span)
      result = builder.compute("rest", .word, "add", [rest, missing], at: span)
    } else {
      let quotient = builder.compute("quotient", .word, "div", [value, .number(divisor)], at: span)
      result = builder.compute("quotient", .word, "add", [quotient, sign], at: span)
    }
    result = builder.compute("count", .word, "shl", [result, .number(1)], at: span)
    let tagged = Machine.Operation.compute(span, operator: "or", operands: [result, .number(1)])
    builder.append(.set(span, variable: variable, ty: .word, value: tagged))
  }

  private mutating func untagged(_ operand: Machine.Operand, at span: Span) -> Machine.Operand {
    if let number = operand.number { return .number(number >> 1) }
    return builder.compute("value", .word, "ashr", [operand, .number(1)], at: span)
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
  /// `names` the names of the variables, if they have others.
  private func target(
    _ place: MachinePlace, arguments: [Machine.Operand] = [], names: [Int: Local] = [:]
  ) -> Machine.Target {
    var values: [Int: Machine.Operand] = [:]
    if place.index == 0 {
      for (parameter, argument) in zip(plan.function.blocks[place.block].parameters, arguments) {
        values[parameter.variable.id] = argument
      }
    }
    let label = labels[place] ?? plan.function.blocks[place.block].label
    let passed = (plan.passed[place] ?? []).map { number in
      values[number] ?? names[number].map { .local(.none, variable: $0) } ?? named(.register(number))
    }
    return Machine.Target(.none, label: label, arguments: passed)
  }

  /// New variables for those that a place reads.
  private mutating func parameters(of place: MachinePlace) -> (names: [Int: Local], parameters: [Machine.Parameter]) {
    var names: [Int: Local] = [:]
    var parameters: [Machine.Parameter] = []
    for number in plan.passed[place] ?? [] {
      guard let known = plan.local(number) else { continue }
      let variable = builder.make(known.local.name)
      names[number] = variable
      parameters.append(Machine.Parameter(.none, variable: variable, ty: known.ty))
    }
    return (names, parameters)
  }

  /// Writes the block that goes back to the first version of a loop if all that this needs is small.
  private mutating func choice(_ header: Int) {
    guard let label = choices[header] else { return }
    let place = MachinePlace(block: header, index: 0)
    let block = plan.function.blocks[header]
    let (names, parameters) = parameters(of: place)
    builder.begin(label, parameters, at: block.span)
    let tested = plan.tested(at: header).map { number in
      names[number].map { Machine.Operand.local(.none, variable: $0) } ?? named(.register(number))
    }
    if !tested.isEmpty {
      let arguments = block.parameters.map { argument(for: $0, names) }
      test(tested, orGoTo: target(place, arguments: arguments, names: names), in: block, at: block.span)
    }
    builder.end(.jump(block.span, label: block.label, arguments: block.parameters.map { argument(for: $0, names) }))
  }

  /// What is passed for a parameter, which may not be read.
  private func argument(for parameter: Machine.Parameter, _ names: [Int: Local]) -> Machine.Operand {
    if let variable = names[parameter.variable.id] { return .local(.none, variable: variable) }
    switch parameter.ty {
    case .word: return .number(0)
    case .float: return .float(.none, value: 0)
    case .bit: return .bit(.none, value: false)
    }
  }

  // MARK: The version for big integers

  private mutating func big(_ place: MachinePlace) throws {
    guard let label = labels[place] else { return }
    let block = plan.function.blocks[place.block]
    let (names, parameters) = parameters(of: place)
    builder.begin(label, parameters, at: block.span)
    var renaming = Renaming(names: names)
    for index in place.index..<block.instructions.count {
      let here = MachinePlace(block: place.block, index: index)
      if index > place.index, labels[here] != nil {
        let next = target(here, names: renaming.names)
        return builder.end(.jump(block.span, label: next.label, arguments: next.arguments))
      }
      try big(block.instructions[index], &renaming)
    }
    var end = try renaming.end(block.end)
    let renamed = renaming.names
    end.mapTargets { target in
      guard let position = plan.graph.positions[target.label.id] else { return target }
      var result = self.target(MachinePlace(block: position, index: 0), arguments: target.arguments, names: renamed)
      if let choice = choices[position] { result.label = choice }
      return result
    }
    builder.end(end)
  }

  /// An instruction with the names of the second version, its operators on integers as calls of the library.
  private mutating func big(_ instruction: Machine.Instruction, _ renaming: inout Renaming) throws {
    let read = try renaming.instruction(instruction)
    let defined = instruction.definitions.map { old in
      let new = builder.make(old.name)
      renaming.names[old.id] = new
      return new
    }
    switch read {
    case .set(let span, _, let ty, .compute(_, let name, let operands)) where IntegerFunction.isOperator(name):
      call(name, operands, ty, to: defined[0], at: span)
    case .set(let span, _, let ty, let value):
      builder.append(.set(span, variable: defined[0], ty: ty, value: value))
    case .checked(let span, _, _, let name, let left, let right):
      builder.append(
        .checked(span, variable: defined[0], overflow: defined[1], operator: name, left: left, right: right))
    case .run(let span, .compute(_, let name, let operands)):
      guard let function = Self.counting[name] else { return builder.append(read) }
      for operand in operands {
        builder.append(.run(span, value: .runtime(span, function: function, arguments: [operand])))
      }
    case .run, .store: builder.append(read)
    }
  }

  /// The functions of the library that count references of any kind. They take less room than tests in place.
  private static let counting: [Name: Name] = [
    "dup.integer": "nanoc_dup", "dup.cell": "nanoc_dup", "dup.reference": "nanoc_dup", "drop.integer": "nanoc_drop",
    "drop.cell": "nanoc_drop", "drop.reference": "nanoc_drop",
  ]

  private mutating func call(
    _ operator: Name, _ operands: [Machine.Operand], _ ty: Machine.Ty, to variable: Local, at span: Span
  ) {
    let plain = IntegerFunction.plain(`operator`)
    let value: Machine.Operation
    if plain == "int.equal", operands.contains(where: { $0.number != nil }) {
      value = .compute(span, operator: "eq", operands: operands)
    } else if let fallback = IntegerFunction.fallbacks[plain] {
      let call = Machine.Operation.runtime(span, function: fallback.function, arguments: operands)
      if let relation = fallback.relation {
        let order = builder.set("order", .word, call, at: span)
        value = .compute(span, operator: relation, operands: [order, .number(0)])
      } else {
        value = call
      }
    } else {
      value = .compute(span, operator: `operator`, operands: operands)
    }
    builder.append(.set(span, variable: variable, ty: ty, value: value))
    for operand in IntegerFunction.consumed(by: `operator`, operands) where operand.register != nil {
      builder.append(.run(span, value: .runtime(span, function: "nanoc_drop", arguments: [operand])))
    }
  }
}

/// Gives variables that are read other names.
private struct Renaming: MachineToMachine {
  static let summary = ""
  var names: [Int: Local]

  init() { names = [:] }
  init(names: [Int: Local]) { self.names = names }

  func operand(_ node: Machine.Operand) -> Machine.Operand {
    guard case .local(let span, let variable) = node, let name = names[variable.id] else { return node }
    return .local(span, variable: name)
  }
}

extension Machine.End {
  /// Replaces where control may go.
  fileprivate mutating func mapTargets(_ change: (Machine.Target) -> Machine.Target) {
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
