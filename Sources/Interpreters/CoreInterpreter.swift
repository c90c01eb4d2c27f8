import Languages
import Nanopass

/// Reads a program of `Core` as one of `Loops`, whose forms include those of `Core`.
private struct CoreAsLoops: CoreToLoops {
  static let summary = "Read a Core program as one of Loops"
}

extension CoreInterpreter {
  /// Runs a program from its entry.
  static func run(_ root: Core.Root, in world: World, _ budget: Budget) throws {
    var reading = CoreAsLoops()
    try run(reading.root(root), in: world, budget)
  }

  /// Runs a program from its entry.
  static func run(_ root: Loops.Root, in world: World, _ budget: Budget) throws {
    var flattener = CoreFlattener(functions: root.functions.map(\.name))
    for function in root.functions { try flattener.function(function) }
    let program = flattener.builder.program
    try CoreInterpreter(world).run(program, from: program.function(root.entry), budget)
  }
}

extension LiteralKey {
  init(_ literal: Loops.Literal) {
    switch literal {
    case .integer(_, let value): self = .integer(Whole(value))
    case .float(_, let value): self = .float(value)
    case .string(_, let value): self = .string(Text(value))
    case .bool(_, let value): self = .bool(value)
    }
  }
}

/// Makes `Loops` ready to run.
private struct CoreFlattener {
  private(set) var builder: FlatBuilder<CoreInterpreter, Loops.Block>
  /// What stands behind the labels in scope, by number.
  private var points: [Int: (parameters: [Loops.Parameter], body: Loops.Block)] = [:]

  init(functions: [Name]) { builder = FlatBuilder(functions: functions) }

  mutating func function(_ node: Loops.Function) throws {
    builder.begin(node.name, node.parameters.map(\.variable), node.body)
    while let block = builder.next() { try self.block(block) }
    builder.finish(node.name)
  }

  private mutating func block(_ node: Loops.Block) throws {
    for (index, step) in node.steps.enumerated() {
      switch step {
      case .join(_, let label, let parameters, let body):
        points[label.id] = (parameters, body)
        builder.define(label, parameters.map(\.variable), body)
      case .let(_, let variable, _, .call(_, let function, let arguments)):
        let operands = arguments.map { operand($0) }
        if index == node.steps.count - 1, returns(variable, node.end) {
          return try builder.call(function, operands, to: nil)
        }
        try builder.call(function, operands, to: builder.place(variable))
      case .let(_, let variable, _, let value): self.value(value, to: builder.place(variable))
      }
    }
    try end(node.end)
  }

  /// Whether an end makes the variable the function's result, through join points too.
  private func returns(_ variable: Local, _ end: Loops.End) -> Bool {
    var (variable, end) = (variable, end)
    while true {
      switch end {
      case .return(_, .local(_, let result)): return result == variable
      case .jump(_, let label, let arguments):
        guard arguments.count == 1, case .local(_, variable) = arguments[0], let point = points[label.id],
          point.body.steps.isEmpty, let parameter = point.parameters.first
        else { return false }
        (variable, end) = (parameter.variable, point.body.end)
      default: return false
      }
    }
  }

  private mutating func value(_ node: Loops.Value, to place: Int32) {
    switch node {
    case .atom(_, let atom): builder.emit(.move(value: operand(atom), to: place))
    case .primitive(_, let name, let arguments):
      builder.operate(.primitive(PrimitiveMeanings.meaning(of: name)), arguments.map { operand($0) }, to: place)
    case .perform(_, let effect, let arguments):
      builder.operate(.perform(effect), arguments.map { operand($0) }, to: place)
    case .construct(_, let type, let variant, let index, let arguments):
      let operation = CoreInterpreter.Operation.construct(type: type, variant: variant, index: index)
      builder.operate(operation, arguments.map { operand($0) }, to: place)
    case .payload(_, let subject, _, let variant, let index):
      builder.operate(.payload(variant: variant, index: index), [operand(subject)], to: place)
    // Calls are no simple values; `block` has taken them.
    case .call: break
    }
  }

  private mutating func end(_ node: Loops.End) throws {
    switch node {
    case .return(_, let value): builder.emit(.end(value: operand(value)))
    case .tailCall(_, let function, let arguments):
      try builder.call(function, arguments.map { operand($0) }, to: nil)
    case .jump(_, let label, let arguments): try builder.jump(label, arguments.map { operand($0) })
    case .loop(_, let label, let parameters, let arguments, let body):
      builder.define(label, parameters.map(\.variable), body, isLoop: true)
      try builder.jump(label, arguments.map { operand($0) })
    case .switch(_, let subject, _, let cases, let other):
      try builder.choose(operand(subject), cases.map { ($0.index, $0.body) }, other)
    case .test(_, let subject, let cases, let other):
      builder.test(operand(subject), cases.map { (LiteralKey($0.literal), $0.body) }, other)
    }
  }

  private mutating func operand(_ atom: Loops.Atom) -> Int32 {
    switch atom {
    case .local(_, let variable): builder.place(variable)
    case .integer(_, let value): builder.constant(.integer(Whole(value)))
    case .float(_, let value): builder.constant(.float(value))
    case .string(_, let value): builder.constant(.string(Text(value)))
    case .bool(_, let value): builder.constant(.bool(value))
    case .unit: builder.constant(.unit)
    }
  }
}
