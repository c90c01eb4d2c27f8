import Languages
import Nanopass

/// Reads a program of `Core` as one of `Loops`, whose forms include those of `Core`.
private struct CoreAsLoops: CoreToLoops {
  static let summary = "Read a Core program as one of Loops"
}

/// Gives programs of `Core` and `Loops` a meaning: a machine with a stack of its own, whose activations step through
/// blocks. Nested calls take no room on the machine's stack, and a call whose result is the function's own takes the
/// place of its caller, whether it is marked as a tail call or not.
final class CoreInterpreter {
  private struct JoinPoint {
    var parameters: [Loops.Parameter]
    var body: Loops.Block
  }

  /// A call in progress.
  private final class Activation {
    let function: Loops.Function
    /// Where control is: the next step of a block.
    var block: Loops.Block
    var next = 0
    /// The variable that gets the result of the call made from here.
    var receiver: Local?
    var points: [Int: JoinPoint] = [:]
    private var values: [Value?] = []

    init(_ function: Loops.Function) {
      self.function = function
      block = function.body
    }

    subscript(_ variable: Local) -> Value {
      get throws {
        guard values.indices.contains(variable.id), let value = values[variable.id] else {
          throw InterpreterError.broken("\(variable) has no value in \(function.name)")
        }
        return value
      }
    }

    func bind(_ variable: Local, to value: Value) {
      while values.count <= variable.id { values.append(nil) }
      values[variable.id] = value
    }

    func bind(_ parameters: [Loops.Parameter], to values: [Value]) throws {
      guard parameters.count == values.count else {
        throw InterpreterError.broken("wrong number of arguments in \(function.name)")
      }
      for (parameter, value) in zip(parameters, values) { bind(parameter.variable, to: value) }
    }

    func enter(_ block: Loops.Block) {
      self.block = block
      next = 0
    }
  }

  private let functions: [Name: Loops.Function]
  private let entry: Name
  private let world: World
  private var budget: Budget
  private var stack: [Activation] = []

  convenience init(_ root: Core.Root, in world: World, _ budget: Budget) throws {
    var reading = CoreAsLoops()
    self.init(try reading.root(root), in: world, budget)
  }

  init(_ root: Loops.Root, in world: World, _ budget: Budget) {
    functions = Dictionary(root.functions.map { ($0.name, $0) }) { first, _ in first }
    entry = root.entry
    self.world = world
    self.budget = budget
  }

  /// Runs the program from its entry.
  func run() throws {
    try call(entry, [])
    while let current = stack.last {
      if let result = try advance(current) {
        stack.removeLast()
        if let caller = stack.last, let receiver = caller.receiver { caller.bind(receiver, to: result) }
      }
    }
  }

  private func call(_ name: Name, _ arguments: [Value]) throws {
    try budget.step()
    guard let function = functions[name] else { throw InterpreterError.broken("no function \(name)") }
    let activation = Activation(function)
    try activation.bind(function.parameters, to: arguments)
    stack.append(activation)
  }

  /// Goes on until the next call; gives the result if the call in progress ends.
  private func advance(_ current: Activation) throws -> Value? {
    while current.next < current.block.steps.count {
      let step = current.block.steps[current.next]
      current.next += 1
      switch step {
      case .join(_, let label, let parameters, let body):
        current.points[label.id] = JoinPoint(parameters: parameters, body: body)
      case .let(_, let variable, _, .call(_, let function, let arguments)):
        let values = try evaluate(arguments, current)
        if current.next == current.block.steps.count, returns(variable, current) { stack.removeLast() }
        current.receiver = variable
        try call(function, values)
        return nil
      case .let(_, let variable, _, let value): current.bind(variable, to: try evaluate(value, current))
      }
    }
    return try finish(current.block.end, current)
  }

  /// Whether the block's end makes the variable the function's result, through join points too.
  private func returns(_ variable: Local, _ current: Activation) -> Bool {
    var (variable, block) = (variable, current.block)
    while true {
      switch block.end {
      case .return(_, .local(_, let result)): return result == variable
      case .jump(_, let label, let arguments):
        guard arguments.count == 1, case .local(_, variable) = arguments[0], let point = current.points[label.id],
          point.body.steps.isEmpty, let parameter = point.parameters.first
        else { return false }
        (variable, block) = (parameter.variable, point.body)
      default: return false
      }
    }
  }

  // MARK: Ends

  private func finish(_ end: Loops.End, _ current: Activation) throws -> Value? {
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
    case .switch(_, let subject, _, let cases, let other):
      let data = try evaluate(subject, current).data()
      guard let body = cases.first(where: { $0.index == data.index })?.body ?? other else {
        throw InterpreterError.broken("no case for \(data.constructor)")
      }
      current.enter(body)
    case .test(_, let subject, let cases, let other):
      let value = try evaluate(subject, current)
      current.enter(try cases.first { try Self.equals(value, $0.literal) }?.body ?? other)
    }
    return nil
  }

  private func jump(to label: Local, _ values: [Value], _ current: Activation) throws {
    try budget.step()
    guard let point = current.points[label.id] else { throw InterpreterError.broken("no label \(label)") }
    try current.bind(point.parameters, to: values)
    current.enter(point.body)
  }

  private static func equals(_ value: Value, _ literal: Loops.Literal) throws -> Bool {
    switch literal {
    case .integer(_, let literal): try value.integer() == Whole(literal)
    case .float(_, let literal): try value.float() == literal
    case .string(_, let literal): try value.string() == Text(literal)
    case .bool(_, let literal): try value.bool() == literal
    }
  }

  // MARK: Values

  private func evaluate(_ atoms: [Loops.Atom], _ current: Activation) throws -> [Value] {
    try atoms.map { try evaluate($0, current) }
  }

  private func evaluate(_ atom: Loops.Atom, _ current: Activation) throws -> Value {
    switch atom {
    case .local(_, let variable): try current[variable]
    case .integer(_, let value): .integer(Whole(value))
    case .float(_, let value): .float(value)
    case .string(_, let value): .string(Text(value))
    case .bool(_, let value): .bool(value)
    case .unit: .unit
    }
  }

  private func apply(_ primitive: Name, _ arguments: [Value]) throws -> Value {
    let value = try PrimitiveMeanings.apply(primitive, arguments)
    try budget.pay(for: value)
    return value
  }

  private func evaluate(_ node: Loops.Value, _ current: Activation) throws -> Value {
    switch node {
    case .atom(_, let atom): return try evaluate(atom, current)
    case .primitive(_, let name, let arguments):
      return try apply(name, evaluate(arguments, current))
    case .perform(_, let effect, let arguments): return try world.perform(effect, evaluate(arguments, current))
    case .construct(_, let type, let variant, let index, let arguments):
      return .data(Data(type, variant, index, try evaluate(arguments, current)))
    case .payload(_, let subject, _, let variant, let index):
      let data = try evaluate(subject, current).data()
      guard data.index == variant, data.fields.indices.contains(index) else {
        throw InterpreterError.broken("\(data.constructor) has no field \(index) of constructor \(variant)")
      }
      return data.fields[index]
    case .call: throw InterpreterError.broken("a call is no simple value")
    }
  }
}
