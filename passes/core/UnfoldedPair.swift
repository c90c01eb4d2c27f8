import Languages
import Nanopass

/// A producer with its consumer unfolded where it returns: what calls of one with the result of the other become.
struct UnfoldedPair {
  private let consumer: Core.Function
  private let position: Int
  private let producer: Core.Function
  private var locals = FunctionLocals<Core.Function>()
  /// The consumer's other parameters, as the new function has them.
  private var others: [Core.Parameter] = []

  /// - Parameter position: that of the consumer's parameter which takes the producer's result.
  init(consumer: Core.Function, at position: Int, producer: Core.Function) {
    self.consumer = consumer
    self.position = position
    self.producer = producer
  }

  /// The function, which takes the producer's parameters, then the consumer's others.
  mutating func function(_ name: Name) -> Core.Function {
    locals.enter(producer)
    others = consumer.parameters.enumerated().filter { $0.offset != position }.map { _, parameter in
      Core.Parameter(parameter.span, variable: locals.make(parameter.variable.name), ty: parameter.ty)
    }
    var function = consumer
    function.name = name
    function.parameters = producer.parameters + others
    function.behaviour.mayDiverge = consumer.behaviour.mayDiverge || producer.behaviour.mayDiverge
    function.body = block(producer.body)
    return function
  }

  private mutating func block(_ node: Core.Block) -> Core.Block {
    var new = node
    for (index, step) in node.steps.enumerated() {
      if case .join(let span, let label, let parameters, let body) = step {
        new.steps[index] = .join(span, label: label, parameters: parameters, body: block(body))
      }
    }
    switch node.end {
    case .jump: break
    case .return(_, let value): consume(value, in: &new)
    case .switch(let span, let subject, let type, let cases, let other):
      let arms = cases.map { Core.Case($0.span, variant: $0.variant, index: $0.index, body: block($0.body)) }
      new.end = .switch(span, subject: subject, type: type, cases: arms, default: other.map { block($0) })
    case .test(let span, let subject, let cases, let other):
      let arms = cases.map { Core.LiteralCase($0.span, literal: $0.literal, body: block($0.body)) }
      new.end = .test(span, subject: subject, cases: arms, default: block(other))
    }
    return new
  }

  /// Ends a block with the consumer's result for a value: by its body if the value has just been built, else by a call.
  private mutating func consume(_ value: Core.Atom, in block: inout Core.Block) {
    var arguments = others.map { Core.Atom.local($0.span, variable: $0.variable) }
    arguments.insert(value, at: position)
    if isBuilt(value, in: block) {
      var copy = BlockCopy(arguments: arguments, for: consumer.parameters, continuation: nil, locals: locals)
      let body = copy.block(consumer.body)
      locals = copy.locals
      block.steps += body.steps
      block.end = body.end
      return
    }
    let span = block.end.span
    let result = locals.make("t")
    let call = Core.Value.call(span, function: consumer.name, arguments: arguments)
    block.steps.append(.let(span, variable: result, ty: consumer.result, value: call))
    block.end = .return(span, value: .local(span, variable: result))
  }

  private func isBuilt(_ value: Core.Atom, in block: Core.Block) -> Bool {
    block.steps.contains { step in
      guard case .let(_, let variable, _, .construct) = step else { return false }
      return variable == value.variable
    }
  }
}
