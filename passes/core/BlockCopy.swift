import Languages
import Nanopass

/// Copies the body of a function for a place where it is called: with the arguments for the parameters, with binders of
/// the caller's own, and with returns turned into jumps where the caller goes on.
struct BlockCopy {
  private var values = Substitution()
  private var labels: LocalTable<Local> = [:]
  /// Fresh locals of the caller.
  private(set) var locals: FunctionLocals<Core.Function>
  private let continuation: Local?

  /// - Parameters:
  ///   - continuation: the join point that takes the result; nil to return it.
  ///   - locals: fresh locals of the caller, to be taken back from the copy.
  init(
    arguments: [Core.Atom], for parameters: [Core.Parameter], continuation: Local?,
    locals: FunctionLocals<Core.Function>
  ) {
    self.locals = locals
    self.continuation = continuation
    for (parameter, argument) in zip(parameters, arguments) { values.replace(parameter.variable, by: argument) }
  }

  /// An atom as the copy has it.
  func atom(_ atom: Core.Atom) -> Core.Atom { values.resolve(atom) }

  /// Copies a block.
  mutating func block(_ node: Core.Block) -> Core.Block {
    let steps = node.steps.map { step($0) }
    return Core.Block(node.span, steps: steps, end: end(node.end), failure: nil)
  }

  /// Copies a step; what it binds is known from then on.
  mutating func step(_ node: Core.Step) -> Core.Step {
    switch node {
    case .let(let span, let variable, let ty, let value):
      let new = value.mapAtoms { values.resolve($0) }
      return .let(span, variable: bind(variable), ty: ty, value: new)
    case .join(let span, let label, let parameters, let body):
      let new = parameters.map { Core.Parameter($0.span, variable: bind($0.variable), ty: $0.ty) }
      let copied = block(body)
      let target = locals.make(label.name)
      labels[label] = target
      return .join(span, label: target, parameters: new, body: copied)
    }
  }

  private mutating func bind(_ variable: Local) -> Local {
    let new = locals.make(variable.name)
    values.replace(variable, by: .local(.none, variable: new))
    return new
  }

  private mutating func end(_ node: Core.End) -> Core.End {
    switch node {
    case .return(let span, let value):
      let result = atom(value)
      return continuation.map { .jump(span, label: $0, arguments: [result]) } ?? .return(span, value: result)
    case .jump(let span, let label, let arguments):
      return .jump(span, label: labels[label] ?? label, arguments: arguments.map { values.resolve($0) })
    case .switch(let span, let subject, let type, let cases, let other):
      let arms = cases.map {
        Core.Case($0.span, variant: $0.variant, index: $0.index, body: block($0.body))
      }
      return .switch(span, subject: atom(subject), type: type, cases: arms, default: other.map { block($0) })
    case .test(let span, let subject, let cases, let other):
      let arms = cases.map { Core.LiteralCase($0.span, literal: $0.literal, body: block($0.body)) }
      return .test(span, subject: atom(subject), cases: arms, default: block(other))
    }
  }
}
