import Languages
import Nanopass

/// Gives programs of `Counted` a meaning and keeps account of every cell: what was allocated is freed at the end, no
/// cell is used behind that, and no reference is taken away that was not there.
///
/// A machine with a stack of its own, as that of `CoreInterpreter`.
final class CountedInterpreter {
  private struct JoinPoint {
    var parameters: [Counted.Parameter]
    var body: Counted.Block
  }

  /// A call in progress.
  private final class Activation {
    let function: Counted.Function
    var block: Counted.Block
    var next = 0
    /// The variable that gets the result of the call made from here.
    var receiver: Local?
    var points: [Int: JoinPoint] = [:]
    private var values: [Held?] = []

    init(_ function: Counted.Function) {
      self.function = function
      block = function.body
    }

    subscript(_ variable: Local) -> Held {
      get throws {
        guard values.indices.contains(variable.id), let value = values[variable.id] else {
          throw InterpreterError.broken("\(variable) has no value in \(function.name)")
        }
        return value
      }
    }

    func bind(_ variable: Local, to value: Held) {
      while values.count <= variable.id { values.append(nil) }
      values[variable.id] = value
    }

    func bind(_ parameters: [Counted.Parameter], to values: [Held]) throws {
      guard parameters.count == values.count else {
        throw InterpreterError.broken("wrong number of arguments in \(function.name)")
      }
      for (parameter, value) in zip(parameters, values) { bind(parameter.variable, to: value) }
    }

    func enter(_ block: Counted.Block) {
      self.block = block
      next = 0
    }
  }

  private let functions: [Name: Counted.Function]
  private let entry: Name
  private let world: World
  private var budget: Budget
  private var stack: [Activation] = []
  private var heap = CountedHeap()

  init(_ root: Counted.Root, in world: World, _ budget: Budget) {
    functions = Dictionary(root.functions.map { ($0.name, $0) }) { first, _ in first }
    entry = root.entry
    self.world = world
    self.budget = budget
  }

  /// Runs the program from its entry, whose result is no reference, and counts the cells that are left.
  func run() throws {
    try call(entry, [])
    while let current = stack.last {
      if let result = try advance(current) {
        stack.removeLast()
        if let caller = stack.last, let receiver = caller.receiver { caller.bind(receiver, to: result) }
      }
    }
    if heap.live != 0 { throw InterpreterError.broken("\(heap.live) cells are never freed") }
  }

  private func call(_ name: Name, _ arguments: [Held]) throws {
    try budget.step()
    guard let function = functions[name] else { throw InterpreterError.broken("no function \(name)") }
    let activation = Activation(function)
    try activation.bind(function.parameters, to: arguments)
    stack.append(activation)
  }

  /// Goes on until the next call; gives the result if the call in progress ends.
  private func advance(_ current: Activation) throws -> Held? {
    while current.next < current.block.steps.count {
      let step = current.block.steps[current.next]
      current.next += 1
      switch step {
      case .join(_, let label, let parameters, let body):
        current.points[label.id] = JoinPoint(parameters: parameters, body: body)
      case .dup(_, let variable): try heap.dup(current[variable])
      case .drop(_, let variable): try heap.drop(current[variable])
      case .take(_, let cell, let fields):
        for field in fields { try heap.dup(current[field]) }
        try heap.drop(current[cell])
      case .let(_, let variable, _, .call(_, let function, let arguments)):
        current.receiver = variable
        try call(function, evaluate(arguments, current))
        return nil
      case .let(_, let variable, _, let value): current.bind(variable, to: try evaluate(value, current))
      }
    }
    return try finish(current.block.end, current)
  }

  // MARK: Ends

  private func finish(_ end: Counted.End, _ current: Activation) throws -> Held? {
    switch end {
    case .return(_, let value): return try evaluate(value, current)
    case .tailCall(_, let function, let arguments):
      let values = try evaluate(arguments, current)
      stack.removeLast()
      try call(function, values)
    case .jump(_, let label, let arguments): try jump(to: label, evaluate(arguments, current), current)
    case .loop(_, let label, let parameters, let arguments, let body):
      current.points[label.id] = JoinPoint(parameters: parameters, body: body)
      try jump(to: label, evaluate(arguments, current), current)
    case .switchTag(_, let subject, let cases, let other):
      let (tag, isImmediate) = try tag(of: evaluate(subject, current))
      let found = cases.first { $0.tag == tag && $0.immediate == isImmediate }?.body ?? other
      guard let found else { throw InterpreterError.broken("no case for the tag \(tag)") }
      current.enter(found)
    case .switchWord(_, let subject, let cases, let other):
      guard case .word(let word) = try evaluate(subject, current) else { throw InterpreterError.broken("no word") }
      guard let found = cases.first(where: { $0.word == word })?.body ?? other else {
        throw InterpreterError.broken("no case for the word \(word)")
      }
      current.enter(found)
    case .test(_, let subject, let cases, let other):
      let value = try evaluate(subject, current)
      current.enter(try cases.first { try equals(value, $0.literal) }?.body ?? other)
    }
    return nil
  }

  private func tag(of value: Held) throws -> (tag: Int, isImmediate: Bool) {
    switch value {
    case .immediate(let tag): return (tag, true)
    case .reference(let cell):
      guard case .fields(let tag, _, _) = try heap.content(of: cell) else { break }
      return (tag, false)
    default: break
    }
    throw InterpreterError.broken("a choice by constructor on what has none")
  }

  private func jump(to label: Local, _ values: [Held], _ current: Activation) throws {
    try budget.step()
    guard let point = current.points[label.id] else { throw InterpreterError.broken("no label \(label)") }
    try current.bind(point.parameters, to: values)
    current.enter(point.body)
  }

  private func equals(_ value: Held, _ literal: Counted.Literal) throws -> Bool {
    switch literal {
    case .integer(_, let literal): try heap.value(of: value, as: .int).integer() == Whole(literal)
    case .float(_, let literal): try heap.value(of: value, as: .float).float() == literal
    case .string(_, let literal): try heap.value(of: value, as: .string).string() == Text(literal)
    case .bool(_, let literal): try heap.value(of: value, as: .bool).bool() == literal
    }
  }

  // MARK: Values

  private func evaluate(_ atoms: [Counted.Atom], _ current: Activation) throws -> [Held] {
    try atoms.map { try evaluate($0, current) }
  }

  private func evaluate(_ atom: Counted.Atom, _ current: Activation) throws -> Held {
    switch atom {
    case .local(_, let variable): return try current[variable]
    case .integer(_, let value):
      guard case .small(let small) = value else { return CountedHeap.constant(.integer(Whole(value))) }
      return .integer(small)
    case .float(_, let value): return .float(value)
    case .string(_, let value): return CountedHeap.constant(.string(Text(value)))
    case .word(_, let value): return .word(value)
    case .immediate(_, let tag): return .immediate(tag)
    }
  }

  private func evaluate(_ node: Counted.Value, _ current: Activation) throws -> Held {
    switch node {
    case .atom(_, let atom): return try evaluate(atom, current)
    case .primitive(_, let name, let arguments): return try apply(name, evaluate(arguments, current))
    case .service(_, let name, let arguments):
      guard let effect = EffectOperation.service(name) else { throw InterpreterError.broken("no service \(name)") }
      let values = try zip(arguments, effect.parameters).map { try heap.value(of: evaluate($0, current), as: $1) }
      return try heap.hold(world.perform(effect.name, values), as: effect.result)
    case .cell(_, let tag, let counted, let raw):
      let content = Cell.Content.fields(
        tag: tag, counted: try evaluate(counted, current), raw: try evaluate(raw, current))
      return heap.allocate(content)
    case .read(_, let cell, let slot, let counted): return try read(evaluate(cell, current), slot, counted)
    case .call: throw InterpreterError.broken("a call is no simple value")
    }
  }

  private func apply(_ name: Name, _ arguments: [Held]) throws -> Held {
    if let primitive = CountedHeap.vectorPrimitives[name] { return try heap.apply(primitive, arguments) }
    guard let primitive = Primitive.named(name) else { throw InterpreterError.broken("no primitive \(name)") }
    let types = primitive.isVariadic ? arguments.map { _ in Typed.Ty.string } : primitive.parameters
    let values = try zip(arguments, types).map { try heap.value(of: $0, as: $1) }
    let result = try heap.hold(PrimitiveMeanings.apply(name, values), as: primitive.result)
    if primitive.ownsArguments { for argument in arguments { try heap.drop(argument) } }
    return result
  }

  private func read(_ cell: Held, _ slot: Int, _ size: Int) throws -> Held {
    guard case .reference(let cell) = cell, case .fields(_, let counted, let raw) = try heap.content(of: cell) else {
      throw InterpreterError.broken("a field is read from what has none")
    }
    guard counted.count == size, slot >= 0, slot < size + raw.count else {
      throw InterpreterError.broken("a cell has no slot \(slot)")
    }
    return slot < size ? counted[slot] : raw[slot - size]
  }
}
