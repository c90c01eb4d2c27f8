import Languages
import Nanopass

extension CountedInterpreter {
  /// Runs a program from its entry, whose result is no reference, and counts the cells that are left.
  static func run(_ root: Counted.Root, in world: World, _ budget: Budget) throws {
    var flattener = CountedFlattener(functions: root.functions.map(\.name))
    for function in root.functions { try flattener.function(function) }
    let program = flattener.builder.program
    let interpreter = CountedInterpreter(world)
    try interpreter.run(program, from: program.function(root.entry), budget)
    let live = interpreter.heap.live
    if live != 0 { throw InterpreterError.broken("\(live) cells are never freed") }
  }
}

/// Makes `Counted` ready to run.
private struct CountedFlattener {
  private(set) var builder: FlatBuilder<CountedInterpreter, Counted.Block>

  init(functions: [Name]) { builder = FlatBuilder(functions: functions) }

  mutating func function(_ node: Counted.Function) throws {
    builder.begin(node.name, node.parameters.map(\.variable), node.body)
    while let block = builder.next() { try self.block(block) }
    builder.finish(node.name)
  }

  private mutating func block(_ node: Counted.Block) throws {
    for step in node.steps {
      switch step {
      case .join(_, let label, let parameters, let body):
        builder.define(label, parameters.map(\.variable), body)
      case .dup(_, let variable): builder.operate(.dup, [builder.place(variable)], to: -1)
      case .drop(_, let variable): builder.operate(.drop, [builder.place(variable)], to: -1)
      case .take(_, let cell, let fields):
        builder.operate(.take, ([cell] + fields).map { builder.place($0) }, to: -1)
      case .reclaim(_, let token, let cell, let counted, let fields):
        let places = ([cell] + fields).map { builder.place($0) }
        builder.operate(.reclaim(counted: counted), places, to: builder.place(token))
      case .fill(_, let hole, let value): builder.operate(.fill, [operand(hole), operand(value)], to: -1)
      case .release(_, let token): builder.operate(.release, [builder.place(token)], to: -1)
      case .let(_, let variable, _, .call(_, let function, let arguments)):
        try builder.call(function, arguments.map { operand($0) }, to: builder.place(variable))
      case .receive(_, let function, let arguments, let parameters):
        let places = parameters.map { builder.place($0.variable) }
        try builder.receive(function, arguments.map { operand($0) }, to: places)
      case .let(_, let variable, let shape, let value): try self.value(value, shape, to: builder.place(variable))
      }
    }
    try end(node.end)
  }

  private mutating func value(_ node: Counted.Value, _ shape: Counted.Shape, to place: Int32) throws {
    switch node {
    case .atom(_, let atom): builder.emit(.move(value: operand(atom), to: place))
    case .primitive(_, let name, let arguments):
      builder.operate(try primitive(name, giving: shape), arguments.map { operand($0) }, to: place)
    case .service(_, let name, let arguments):
      guard let effect = EffectOperation.service(name) else { throw InterpreterError.broken("no service \(name)") }
      let operation = CountedInterpreter.Operation.service(
        effect.name, parameters: effect.parameters.map(Carried.init), result: Carried(effect.result))
      builder.operate(operation, arguments.map { operand($0) }, to: place)
    case .reuse(_, let token, let tag, let counted, let raw):
      let places = [builder.place(token)] + (counted + raw).map { operand($0) }
      builder.operate(.reuse(tag: tag, counted: counted.count), places, to: place)
    case .cell(_, let tag, let counted, let raw):
      builder.operate(.cell(tag: tag, counted: counted.count), (counted + raw).map { operand($0) }, to: place)
    case .read(_, let cell, let slot, let counted, _):
      builder.operate(.read(slot: slot, counted: counted), [operand(cell)], to: place)
    case .hole(_, let cell, let slot): builder.operate(.hole(slot: slot), [operand(cell)], to: place)
    // Calls are no simple values; `block` has taken them.
    case .call: break
    }
  }

  private func primitive(_ name: Name, giving shape: Counted.Shape) throws -> CountedInterpreter.Operation {
    if let vector = VectorPrimitive.named[name] { return .vector(vector, givesWord: shape == .word) }
    guard let primitive = Primitive.named(name) else { throw InterpreterError.broken("no primitive \(name)") }
    return .primitive(
      PrimitiveMeanings.meaning(of: name), parameters: primitive.parameters.map(Carried.init),
      result: shape == .word && primitive.result == .int ? .word : Carried(primitive.result),
      owns: primitive.ownsArguments)
  }

  private mutating func end(_ node: Counted.End) throws {
    switch node {
    case .return(_, let values): builder.end(with: values.map { operand($0) })
    case .tailCall(_, let function, let arguments):
      try builder.call(function, arguments.map { operand($0) }, to: nil)
    case .jump(_, let label, let arguments): try builder.jump(label, arguments.map { operand($0) })
    case .loop(_, let label, let parameters, let arguments, let body):
      builder.define(label, parameters.map(\.variable), body, isLoop: true)
      try builder.jump(label, arguments.map { operand($0) })
    case .switchTag(_, let subject, let cases, let other):
      let keyed = cases.map { (CountedInterpreter.key(tag: $0.tag, isImmediate: $0.immediate), $0.body) }
      try builder.choose(operand(subject), keyed, other)
    case .switchWord(_, let subject, let cases, let other):
      if let other {
        // Words may be far apart.
        builder.test(operand(subject), cases.map { (.integer(Whole($0.word)), $0.body) }, other)
      } else {
        try builder.choose(operand(subject), cases.map { ($0.word.small ?? -1, $0.body) }, nil)
      }
    case .test(_, let subject, let cases, let other):
      builder.test(operand(subject), cases.map { (LiteralKey($0.literal), $0.body) }, other)
    }
  }

  private mutating func operand(_ atom: Counted.Atom) -> Int32 {
    switch atom {
    case .local(_, let variable): builder.place(variable)
    default: builder.constant(constant(atom))
    }
  }

  /// What a literal or constant stands for; nothing for a variable.
  private func constant(_ atom: Counted.Atom) -> Held {
    switch atom {
    case .local: CountedInterpreter.nothing
    case .integer(_, .small(let value)): .integer(value)
    case .integer(_, let value): CountedHeap.constant(.integer(Whole(value)))
    case .float(_, let value): .float(value)
    case .string(_, let value): CountedHeap.constant(.string(Text(value)))
    case .word(_, let value): .word(value.small ?? 0)
    case .immediate(_, let tag): .immediate(tag)
    case .constant(_, _, let tag, let counted, let raw):
      CountedHeap.constant(.fields(tag: tag, counted: counted.count, (counted + raw).map { constant($0) }))
    }
  }
}
