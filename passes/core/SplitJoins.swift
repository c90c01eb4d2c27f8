import Diagnostics
public import Languages
public import Nanopass

/// Divides a join point that only makes a choice into one for each arm, so that a jump with a value that is known goes
/// to its arm, and hands over the fields in place of the value.
///
///     (join k.1 [(parameter o.2 (data O))] (block [] (switch (local o.2) O [(case None 0 A)
///       (case Some 1 (block [(let x.3 int (payload (local o.2) O 1 0))] B -))] -) -))
///     ... (let s.4 (data O) (construct O Some 1 [(local a.0)])) ... (jump k.1 [(local s.4)])
///
/// becomes
///
///     (join k.5 [] A)
///     (join k.6 [(parameter x.3 int)] (block [] B -))
///     (join k.1 [(parameter o.7 (data O))] (block [] (switch (local o.7) O [(case None 0 (block [] (jump k.5 []) -))
///       (case Some 1 (block [(let x.8 int (payload (local o.7) O 1 0))] (jump k.6 [(local x.8)]) -))] -) -))
///     ... (jump k.6 [(local a.0)])
///
/// Without it a function that gives an `Option` would still build one where it has been inlined.
///
/// Needs: bound-locals, bound-labels, known-types. Ensures: no jump with a known value goes to a join point that begins
/// with a choice by it.
public struct SplitJoins: CoreToCore, FunctionPass {
  public static let summary = "Divide join points that choose by values which jumps know"

  /// What became of an arm.
  private struct Arm {
    var label: Local
    /// The positions of the join point's parameters that the arm takes first.
    var parameters: [Int]
    /// The fields that it takes then.
    var fields: [Int]
  }

  private struct Division {
    /// The position of the parameter by which the join point chooses.
    var subject: Int
    var variants: [Int: Arm] = [:]
    var literals: [(literal: Core.Literal, arm: Arm)] = []
    var rest: Arm?
  }

  private var known = KnownJumps()
  private var divisions: LocalTable<Division> = [:]
  private var locals = FunctionLocals<Core.Function>()
  private var substitution = Substitution()
  private var jumps = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(jumps) jumps go to the arm that they choose", data: [("jumps", jumps)])
  }

  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    known = KnownJumps()
    try known.visit(node)
    guard !known.choices.isEmpty else { return node }
    divisions = [:]
    locals.enter(node)
    substitution.reset()
    return try derive(node)
  }

  public mutating func block(_ node: Core.Block) throws -> Core.Block {
    var steps: [Core.Step] = []
    for step in node.steps {
      if case .join(let span, let label, let parameters, let body) = step, let subject = known.choices[label] {
        steps += try divide(label, parameters, body, by: subject, at: span)
      } else {
        steps.append(try self.step(step))
      }
    }
    return Core.Block(node.span, steps: steps, end: try end(node.end), failure: node.failure)
  }

  public mutating func atom(_ node: Core.Atom) -> Core.Atom { substitution.resolve(node) }

  // MARK: Join points

  /// The join points for the arms, and the one that is left.
  private mutating func divide(
    _ label: Local, _ parameters: [Core.Parameter], _ body: Core.Block, by subject: Int, at span: Span
  ) throws -> [Core.Step] {
    let fresh = parameters.map { Core.Parameter($0.span, variable: locals.make($0.variable.name), ty: $0.ty) }
    let choice = parameters[subject].variable
    var division = Division(subject: subject)
    var steps: [Core.Step] = []
    /// Makes the join point of an arm, and gives the block that jumps to it.
    func separate(_ arm: Core.Block, _ variant: Int?) throws -> (Arm, Core.Block) {
      let (point, jump, step) = try self.arm(arm, variant, of: choice, label, parameters, fresh, at: span)
      steps.append(step)
      return (point, jump)
    }
    var end = body.end
    switch body.end {
    case .return, .jump: break
    case .switch(let span, _, let type, let cases, let rest):
      var arms: [Core.Case] = []
      for each in cases {
        let (arm, jump) = try separate(each.body, each.index)
        division.variants[each.index] = arm
        arms.append(Core.Case(each.span, variant: each.variant, index: each.index, body: jump))
      }
      let other = try rest.map { try separate($0, nil) }
      division.rest = other?.0
      let subject = Core.Atom.local(span, variable: fresh[subject].variable)
      end = .switch(span, subject: subject, type: type, cases: arms, default: other?.1)
    case .test(let span, _, let cases, let rest):
      var arms: [Core.LiteralCase] = []
      for each in cases {
        let (arm, jump) = try separate(each.body, nil)
        division.literals.append((each.literal, arm))
        arms.append(Core.LiteralCase(each.span, literal: each.literal, body: jump))
      }
      let (other, jump) = try separate(rest, nil)
      division.rest = other
      end = .test(
        span, subject: .local(span, variable: fresh[subject].variable), cases: arms, default: jump)
    }
    divisions[label] = division
    let left = Core.Block(body.span, steps: [], end: end, failure: nil)
    return steps + [.join(span, label: label, parameters: fresh, body: left)]
  }

  /// The join point for an arm of `label`, and the block that jumps to it from there.
  private mutating func arm(
    _ body: Core.Block, _ variant: Int?, of choice: Local, _ label: Local, _ parameters: [Core.Parameter],
    _ fresh: [Core.Parameter], at span: Span
  ) throws -> (Arm, Core.Block, Core.Step) {
    // What the arm reads of the value becomes a parameter.
    var rest = body
    var fields: [(index: Int, parameter: Core.Parameter, read: Core.Value)] = []
    rest.steps = body.steps.filter { step in
      guard case .let(let span, let variable, let ty, let value) = step,
        case .payload(_, .local(_, choice), _, let read, let index) = value, read == variant
      else { return true }
      fields.append((index, Core.Parameter(span, variable: variable, ty: ty), value))
      return false
    }
    var uses = LocalUses()
    try uses.visit(rest)
    let taken = parameters.indices.filter { uses.used.contains(parameters[$0].variable) }
    let copies = taken.map { index in
      let copy = locals.make(parameters[index].variable.name)
      substitution.replace(parameters[index].variable, by: .local(parameters[index].span, variable: copy))
      return Core.Parameter(parameters[index].span, variable: copy, ty: parameters[index].ty)
    }
    let point = locals.make(label.name)
    let join = Core.Step.join(
      span, label: point, parameters: copies + fields.map(\.parameter), body: try block(rest))
    for (parameter, copy) in zip(parameters, fresh) {
      substitution.replace(parameter.variable, by: .local(copy.span, variable: copy.variable))
    }
    var arguments = taken.map { Core.Atom.local(span, variable: fresh[$0].variable) }
    var reads: [Core.Step] = []
    for field in fields {
      let variable = locals.make(field.parameter.variable.name)
      reads.append(
        .let(
          field.parameter.span, variable: variable, ty: field.parameter.ty,
          value: field.read.mapAtoms { substitution.resolve($0) }))
      arguments.append(.local(span, variable: variable))
    }
    let jump = Core.Block(
      body.span, steps: reads, end: .jump(span, label: point, arguments: arguments), failure: nil)
    return (Arm(label: point, parameters: taken, fields: fields.map(\.index)), jump, join)
  }

  // MARK: Jumps

  public mutating func end(_ node: Core.End) throws -> Core.End {
    guard case .jump(let span, let label, let arguments) = node, let division = divisions[label],
      arguments.indices.contains(division.subject),
      let (arm, fields) = chosen(by: arguments[division.subject], in: division)
    else { return try derive(node) }
    jumps += 1
    let handed = arm.parameters.map { arguments[$0] } + fields
    return .jump(span, label: arm.label, arguments: handed.map { atom($0) })
  }

  /// The arm that a known value chooses, and the fields that it takes.
  private func chosen(by value: Core.Atom, in division: Division) -> (Arm, [Core.Atom])? {
    if case .local(_, let variable) = value {
      guard let built = known.constructions[variable] else { return nil }
      guard let arm = division.variants[built.index] else { return division.rest.map { ($0, []) } }
      guard arm.fields.allSatisfy({ built.arguments.indices.contains($0) }) else { return nil }
      return (arm, arm.fields.map { built.arguments[$0] })
    }
    for (literal, arm) in division.literals {
      guard let isEqual = ValueFacts.isEqual(value, literal) else { return nil }
      if isEqual { return (arm, []) }
    }
    return division.rest.map { ($0, []) }
  }
}

/// Finds the join points that begin with a choice by a parameter for which some jump brings a known value.
private struct KnownJumps: CoreWalker {
  /// The position of the parameter, by join point.
  private(set) var choices: LocalTable<Int> = [:]
  /// The variables that hold new data.
  private(set) var constructions: LocalTable<(index: Int, arguments: [Core.Atom])> = [:]
  private var candidates: LocalTable<Int> = [:]

  mutating func visit(_ node: Core.Step) throws {
    switch node {
    case .let(_, let variable, _, .construct(_, _, _, let index, let arguments)):
      constructions[variable] = (index, arguments)
    case .let: break
    case .join(_, let label, let parameters, let body):
      if body.steps.isEmpty, body.failure == nil, case .local(_, let subject)? = choice(body.end) {
        candidates[label] = parameters.firstIndex { $0.variable == subject }
      }
      try visit(body)
    }
  }

  mutating func visit(_ node: Core.End) throws {
    if case .jump(_, let label, let arguments) = node, let position = candidates[label],
      arguments.indices.contains(position)
    {
      switch arguments[position] {
      case .local(_, let variable): if constructions[variable] != nil { choices[label] = position }
      default: choices[label] = position
      }
    }
    try walk(node)
  }

  private func choice(_ end: Core.End) -> Core.Atom? {
    switch end {
    case .switch(_, let subject, _, _, _), .test(_, let subject, _, _): subject
    case .return, .jump: nil
    }
  }
}

/// Finds the variables that a block uses.
private struct LocalUses: CoreWalker {
  private(set) var used: NumberSet = []

  mutating func visit(_ node: Core.Atom) {
    if case .local(_, let variable) = node { used.insert(variable) }
  }
}
