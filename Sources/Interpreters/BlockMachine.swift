import Languages
import Nanopass

// The machine and what it runs stand in one file, so that the debug build, too, compiles the machine for each of them.

/// Runs flat programs with a stack of its own, so that nested calls take no room on the machine's stack.
final class BlockMachine<Domain: BlockDomain> {
  /// What goes on when a call has its result.
  private struct Frame {
    var base: Int
    var next: Int
    /// The place that gets the result, or where the places of several stand.
    var receiver: Int
    var isSeveral = false
  }

  private let program: FlatProgram<Domain>
  private let domain: Domain
  private var budget: Budget
  /// The variables of all calls in progress.
  private var stack: [Domain.Held] = []
  private var frames: [Frame] = []
  /// Where the variables of the current call start.
  private var base = 0
  /// The next instruction.
  private var next = 0

  init(_ program: FlatProgram<Domain>, _ domain: Domain, _ budget: Budget) {
    self.program = program
    self.domain = domain
    self.budget = budget
  }

  /// Takes more steps for a value that is big.
  func pay(for value: Value) throws { try budget.pay(for: value) }

  /// An operand of the current instruction.
  func value(_ number: Int32) -> Domain.Held {
    number < 0 ? program.constants[Int(~number)] : stack[base + Int(number)]
  }

  func operand(_ index: Int) -> Domain.Held { value(program.numbers[index]) }

  /// Runs a function without parameters to its end.
  func run(_ function: Int) throws {
    try enter(function, operands: 0, count: 0)
    while true {
      let instruction = program.instructions[next]
      next += 1
      switch instruction {
      case .move(let value, let place): stack[base + Int(place)] = self.value(value)
      case .operate(let operation, let operands, let count, let place):
        let operands = Operands(machine: self, start: Int(operands), count: Int(count))
        let result = try domain.carryOut(program.operations[Int(operation)], operands)
        if place >= 0 { stack[base + Int(place)] = result }
      case .call(let function, let operands, let count, let place):
        let frame = Frame(base: base, next: next, receiver: Int(place))
        try enter(Int(function), operands: Int(operands), count: Int(count))
        frames.append(frame)
      case .receive(let function, let operands, let count, let places):
        let frame = Frame(base: base, next: next, receiver: Int(places), isSeveral: true)
        try enter(Int(function), operands: Int(operands), count: Int(count))
        frames.append(frame)
      case .tailCall(let function, let operands, let count):
        try replace(by: Int(function), operands: Int(operands), count: Int(count))
      case .jump(let label, let operands, let count): try jump(Int(label), Int(operands), Int(count))
      case .choose(let subject, let choice): next = try start(program.choices[Int(choice)], value(subject))
      case .test(let subject, let test): next = try start(program.tests[Int(test)], value(subject))
      case .end(let value): if try !end(self.value(value)) { return }
      case .endWith(let values, let count): if try !end(Int(values), Int(count)) { return }
      }
    }
  }

  // MARK: Calls

  /// Makes the frame of a call behind all others; its parameters are its first variables.
  private func enter(_ index: Int, operands: Int, count: Int) throws {
    try budget.step()
    let function = program.functions[index]
    guard function.count == count else {
      throw InterpreterError.broken("wrong number of arguments of \(program.functionNames[index])")
    }
    let start = stack.count
    for index in operands..<operands + count { stack.append(operand(index)) }
    for _ in count..<max(count, Int(function.size)) { stack.append(Domain.nothing) }
    (base, next) = (start, Int(function.start))
  }

  /// Makes the frame of a call in the place of the current one.
  private func replace(by index: Int, operands: Int, count: Int) throws {
    let old = base
    try enter(index, operands: operands, count: count)
    stack.removeSubrange(old..<base)
    base = old
  }

  /// Hands the result to the caller; gives whether there is one.
  private func end(_ result: Domain.Held) throws -> Bool {
    stack.removeLast(stack.count - base)
    guard let frame = frames.popLast() else { return false }
    guard !frame.isSeveral else { throw InterpreterError.broken("a call wants several results") }
    (base, next) = (frame.base, frame.next)
    stack[base + frame.receiver] = result
    return true
  }

  /// Hands several results to the caller; gives whether there is one.
  private func end(_ values: Int, _ count: Int) throws -> Bool {
    let results = (values..<values + count).map { operand($0) }
    stack.removeLast(stack.count - base)
    guard let frame = frames.popLast() else { return false }
    guard frame.isSeveral, Int(program.numbers[frame.receiver]) == count else {
      throw InterpreterError.broken("a function gives \(count) results")
    }
    (base, next) = (frame.base, frame.next)
    for (index, result) in results.enumerated() {
      stack[base + Int(program.numbers[frame.receiver + 1 + index])] = result
    }
    return true
  }

  // MARK: Jumps

  private func jump(_ index: Int, _ operands: Int, _ count: Int) throws {
    try budget.step()
    let label = program.labels[index]
    guard Int(label.count) == count else { throw InterpreterError.broken("a jump has \(count) arguments") }
    let parameters = Int(label.parameters)
    if count == 1 {
      stack[base + Int(program.numbers[parameters])] = operand(operands)
    } else if count > 1 {
      // All are read before the first is written.
      let top = stack.count
      for index in operands..<operands + count { stack.append(operand(index)) }
      for index in 0..<count { stack[base + Int(program.numbers[parameters + index])] = stack[top + index] }
      stack.removeLast(count)
    }
    next = Int(label.start)
  }

  private func start(_ choice: FlatProgram<Domain>.Choice, _ subject: Domain.Held) throws -> Int {
    let key = try domain.key(subject)
    var start = choice.other
    if key >= 0, key < choice.starts.count, choice.starts[key] >= 0 { start = choice.starts[key] }
    guard start >= 0 else { throw InterpreterError.broken("no case for the constructor \(key)") }
    return Int(start)
  }

  private func start(_ test: FlatProgram<Domain>.Test, _ subject: Domain.Held) throws -> Int {
    Int(test.starts[try domain.literal(subject, test.kind)] ?? test.other)
  }
}

/// The values that an instruction works on.
struct Operands<Domain: BlockDomain> {
  let machine: BlockMachine<Domain>
  let start: Int
  let count: Int

  subscript(index: Int) -> Domain.Held {
    get throws {
      guard index >= 0, index < count else { throw InterpreterError.broken("an operation lacks an operand") }
      return machine.operand(start + index)
    }
  }

  /// All from one on.
  func all(from first: Int = 0) -> [Domain.Held] {
    first < count ? (first..<count).map { machine.operand(start + $0) } : []
  }
}

/// Gives programs of `Core` and `Loops` a meaning. A call whose result is the function's own takes the place of its
/// caller, whether it is marked as a tail call or not.
final class CoreInterpreter: BlockDomain {
  enum Operation {
    case primitive(PrimitiveMeanings.Meaning)
    case perform(Name)
    case construct(type: Name, variant: Name, index: Int)
    case payload(variant: Int, index: Int)
  }

  static var nothing: Value { .unit }
  private let world: World

  init(_ world: World) { self.world = world }

  /// Runs a function of a program.
  func run(_ program: FlatProgram<CoreInterpreter>, from entry: Int, _ budget: Budget) throws {
    try BlockMachine(program, self, budget).run(entry)
  }

  func carryOut(_ operation: Operation, _ operands: Operands<CoreInterpreter>) throws -> Value {
    switch operation {
    case .primitive(let meaning):
      let value = try meaning(Arguments(count: operands.count) { try operands[$0] })
      try operands.machine.pay(for: value)
      return value
    case .perform(let effect): return try world.perform(effect, operands.all())
    case .construct(let type, let variant, let index): return .data(Data(type, variant, index, operands.all()))
    case .payload(let variant, let index):
      let data = try operands[0].data()
      guard data.index == variant, data.fields.indices.contains(index) else {
        throw InterpreterError.broken("\(data.constructor) has no field \(index) of constructor \(variant)")
      }
      return data.fields[index]
    }
  }

  func key(_ value: Value) throws -> Int { try value.data().index }

  func literal(_ value: Value, _ kind: LiteralKind) throws -> LiteralKey {
    switch kind {
    case .integer: .integer(try value.integer())
    case .float: .float(try value.float())
    case .string: .string(try value.string())
    case .bool: .bool(try value.bool())
    }
  }
}

/// Gives programs of `Counted` a meaning and keeps account of every cell: what was allocated is freed at the end, no
/// cell is used behind that, and no reference is taken away that was not there.
final class CountedInterpreter: BlockDomain {
  enum Operation {
    case primitive(PrimitiveMeanings.Meaning, parameters: [Carried], result: Carried, owns: Bool)
    /// `givesWord`: an integer that it gives is held raw.
    case vector(VectorPrimitive, givesWord: Bool)
    case service(Name, parameters: [Carried], result: Carried)
    case cell(tag: Int, counted: Int)
    case read(slot: Int, counted: Int)
    case dup
    case drop
    case take
    case reclaim(counted: Int)
    case release
    case reuse(tag: Int, counted: Int)
    case hole(slot: Int)
    case fill
  }

  static var nothing: Held { .word(0) }
  private let world: World
  private(set) var heap = CountedHeap()

  init(_ world: World) { self.world = world }

  /// Runs a function of a program.
  func run(_ program: FlatProgram<CountedInterpreter>, from entry: Int, _ budget: Budget) throws {
    try BlockMachine(program, self, budget).run(entry)
  }

  func carryOut(_ operation: Operation, _ operands: Operands<CountedInterpreter>) throws -> Held {
    switch operation {
    case .primitive(let meaning, let parameters, let result, let owns):
      let arguments = try Arguments(count: operands.count) { index in
        // A primitive of any number of arguments has one parameter.
        try heap.value(of: operands[index], as: parameters.count > index ? parameters[index] : parameters[0])
      }
      let value = try meaning(arguments)
      try operands.machine.pay(for: value)
      if owns { for argument in operands.all() { try heap.drop(argument) } }
      return try heap.hold(value, as: result)
    case .vector(let primitive, let givesWord):
      let result = try heap.apply(primitive, operands.all())
      if givesWord, case .integer(let value) = result { return .word(value) }
      return result
    case .service(let effect, let parameters, let result):
      let values = try zip(operands.all(), parameters).map { try heap.value(of: $0, as: $1) }
      return try heap.hold(world.perform(effect, values), as: result)
    case .cell(let tag, let counted): return heap.allocate(.fields(tag: tag, counted: counted, operands.all()))
    case .read(let slot, let counted): return try read(operands[0], slot, counted)
    case .dup: try heap.dup(operands[0])
    case .drop: try heap.drop(operands[0])
    case .reclaim(let counted): return try reclaim(operands.all(), counted)
    case .release: heap.free(try memory(operands[0]))
    case .reuse(let tag, let counted):
      let fields = Array(operands.all().dropFirst())
      let kept = try memory(operands[0])
      if kept != 0, kept != fields.count {
        throw InterpreterError.broken("a cell of \(fields.count) fields is built in memory for \(kept)")
      }
      heap.free(kept)
      return heap.allocate(.fields(tag: tag, counted: counted, fields))
    case .hole(let slot): return try heap.hole(in: operands[0], slot)
    case .fill: try heap.fill(operands[0], with: operands[1])
    case .take:
      for index in 1..<max(1, operands.count) { try heap.dup(operands[index]) }
      try heap.drop(operands[0])
    }
    return Self.nothing
  }

  /// Takes a reference to the first of some values away and adds one to the others. A token is the number of fields
  /// that the memory it keeps has room for, or 0; such memory counts as a cell.
  private func reclaim(_ values: [Held], _ counted: Int) throws -> Held {
    guard case .reference(let cell)? = values.first, case .fields(_, counted, let fields) = try heap.content(of: cell)
    else { throw InterpreterError.broken("the memory of what is no cell is kept") }
    let isLast = cell.isUnique
    for value in values.dropFirst() { try heap.dup(value) }
    try heap.drop(.reference(cell))
    guard isLast else { return .word(0) }
    heap.keep()
    return .word(fields.count)
  }

  private func memory(_ token: Held) throws -> Int {
    guard case .word(let fields) = token else { throw InterpreterError.broken("a token is no token") }
    return fields
  }

  private func read(_ cell: Held, _ slot: Int, _ size: Int) throws -> Held {
    guard case .reference(let cell) = cell, case .fields(_, let counted, let fields) = try heap.content(of: cell) else {
      throw InterpreterError.broken("a field is read from what has none")
    }
    guard counted == size, fields.indices.contains(slot) else {
      throw InterpreterError.broken("a cell has no slot \(slot)")
    }
    return fields[slot]
  }

  /// The number of a constructor: two times the tag, and one more if it has no fields; or a word.
  func key(_ value: Held) throws -> Int {
    switch value {
    case .word(let word): return word
    case .immediate(let tag): return Self.key(tag: tag, isImmediate: true)
    case .reference(let cell):
      // A string, a vector or an integer may stand for the option that holds it.
      if case .fields(let tag, _, _) = try heap.content(of: cell) { return Self.key(tag: tag, isImmediate: false) }
      return Self.key(tag: -1, isImmediate: false)
    case .integer: return Self.key(tag: -1, isImmediate: false)
    default: break
    }
    throw InterpreterError.broken("a choice by constructor on what has none")
  }

  static func key(tag: Int, isImmediate: Bool) -> Int { 2 * tag + (isImmediate ? 1 : 0) }

  func literal(_ value: Held, _ kind: LiteralKind) throws -> LiteralKey {
    switch kind {
    case .integer: .integer(try heap.value(of: value, as: .int).integer())
    case .float: .float(try heap.value(of: value, as: .float).float())
    case .string: .string(try heap.value(of: value, as: .string).string())
    case .bool: .bool(try heap.value(of: value, as: .bool).bool())
    }
  }
}
