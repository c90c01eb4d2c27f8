public import Languages
public import Nanopass

/// Chooses the arm of a `switch` or `test` at compile time where the value is known, and reads known fields.
///
///     (let p.1 (data P) (construct P P 0 [(local a.0)])) (let x.2 int (payload (local p.1) P 0 0)) ... x.2
///     (let p.1 (data P) (construct P P 0 [(local a.0)])) ... a.0
///
/// A value is known if it is a literal, if it was constructed in scope, or inside an arm that was chosen by it. A field
/// that was read before in scope is not read again.
///
/// Needs: bound-locals, known-types.   Ensures: nothing beyond the language.
public struct SimplifyKnownSwitches: CoreToCore, FunctionPass {
  public static let summary = "Choose arms and read fields at compile time where the value is known"

  private var substitution = Substitution()
  private var facts = ValueFacts()
  private var variantCounts: [Name: Int] = [:]
  private var choices = 0
  private var fields = 0

  public init() {}

  public mutating func begin(_ input: Core.Root, in context: PassContext) {
    for type in input.types { variantCounts[type.name] = type.variants.count }
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(choices) choices made and \(fields) fields found at compile time",
      data: [("choices", choices), ("fields", fields)])
  }

  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    substitution.reset()
    facts = ValueFacts()
    return try derive(node)
  }

  public mutating func block(_ node: Core.Block) throws -> Core.Block {
    let mark = facts.mark
    var steps: [Core.Step] = []
    steps.reserveCapacity(node.steps.count)
    let end = try append(node, to: &steps)
    facts.forget(to: mark)
    return Core.Block(node.span, steps: reusing(node.steps, for: steps), end: end, failure: node.failure)
  }

  public mutating func atom(_ node: Core.Atom) -> Core.Atom { substitution.resolve(node) }

  /// Appends the steps of a block and of the arms that are chosen at its end; gives the end that is left.
  private mutating func append(_ node: Core.Block, to steps: inout [Core.Step]) throws -> Core.End {
    for step in node.steps {
      let new = try self.step(step)
      if !learn(from: new) { steps.append(new) }
    }
    if let arm = chosenArm(of: node.end), arm.failure == node.failure {
      choices += 1
      return try append(arm, to: &steps)
    }
    return try end(node.end)
  }

  /// Takes note of what a binding says of its variable.
  ///
  /// - Returns: whether another atom takes the variable's place.
  private mutating func learn(from step: Core.Step) -> Bool {
    guard case .let(_, let variable, _, let value) = step else { return false }
    switch value {
    case .atom(_, let atom) where atom.isLiteral:
      facts.know(variable, is: atom)
    case .construct(_, _, _, let index, let arguments):
      facts.know(variable, has: index, arguments)
    case .payload(_, .local(_, let subject), _, let variant, let index):
      if let known = facts.field(index, of: subject, variant: variant) {
        fields += 1
        substitution.replace(variable, by: known)
        return true
      }
      facts.know(.local(value.span, variable: variable), isField: index, of: subject, variant: variant)
    default: break
    }
    return false
  }

  // MARK: Choices

  private func chosenArm(of end: Core.End) -> Core.Block? {
    switch end {
    case .return, .jump: return nil
    case .switch(_, let subject, _, let cases, let other):
      guard let variable = substitution.resolve(subject).variable, let variant = facts.variant(of: variable) else {
        return nil
      }
      return cases.first { $0.index == variant }?.body ?? other
    case .test(_, let subject, let cases, let other):
      let subject = substitution.resolve(subject)
      guard let literal = subject.isLiteral ? subject : subject.variable.flatMap({ facts.literal(of: $0) }) else {
        return nil
      }
      for each in cases {
        guard let equal = ValueFacts.isEqual(literal, each.literal) else { return nil }
        if equal { return each.body }
      }
      return other
    }
  }

  public mutating func end(_ node: Core.End) throws -> Core.End {
    switch node {
    case .switch(let span, let old, let type, let cases, let other):
      let subject = substitution.resolve(old)
      guard let variable = subject.variable else { return try derive(node) }
      let arms = try cases.map { each in
        Core.Case(
          each.span, variant: each.variant, index: each.index,
          body: try block(each.body) { $0.know(variable, has: each.index, nil) })
      }
      let missing = missingVariant(of: type, in: cases)
      let last = try other.map { other in
        try block(other) { facts in if let missing { facts.know(variable, has: missing, nil) } }
      }
      return .switch(span, subject: subject, type: type, cases: arms, default: last)
    case .test(let span, let old, let cases, let other):
      let subject = substitution.resolve(old)
      guard let variable = subject.variable else { return try derive(node) }
      let arms = try cases.map { each in
        Core.LiteralCase(
          each.span, literal: each.literal,
          body: try block(each.body) { $0.know(variable, equals: each.literal) })
      }
      let last = try block(other) { facts in
        if cases.count == 1, case .bool(let span, let value) = cases[0].literal {
          facts.know(variable, is: .bool(span, value: !value))
        }
      }
      return .test(span, subject: subject, cases: arms, default: last)
    case .return, .jump:
      return try derive(node)
    }
  }

  /// Rewrites a block in which something more is known.
  private mutating func block(_ node: Core.Block, knowing learn: (inout ValueFacts) -> Void) throws -> Core.Block {
    let mark = facts.mark
    learn(&facts)
    let new = try block(node)
    facts.forget(to: mark)
    return new
  }

  /// The only constructor that has no case.
  private func missingVariant(of type: Name, in cases: [Core.Case]) -> Int? {
    guard let count = variantCounts[type], cases.count == count - 1 else { return nil }
    // The positions add up to 0 + 1 + ... + (count - 1).
    return count * (count - 1) / 2 - cases.reduce(0) { $0 + $1.index }
  }
}
