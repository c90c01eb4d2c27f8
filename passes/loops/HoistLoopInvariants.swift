public import Languages
public import Nanopass

/// Computes before a loop what each of its rounds would compute from the same variables.
///
///     (loop again.3 [(parameter i.1 int)] [(local i.4)]
///       (block [(let n.2 int (primitive string.length [(local s.5)]))] ...))
///     (let n.2 int (primitive string.length [(local s.5)]))
///     (loop again.3 [(parameter i.1 int)] [(local i.4)] (block [] ...))
///
/// A step is moved if what it reads is bound outside of the loop and its result is a scalar (Aho, Lam, Sethi, Ullman:
/// Compilers, 2nd edition, 9.5). Some operations always give a value and take a moment: these are moved from anywhere in
/// the loop. Others, and calls of functions that always give a value, are moved if the first round is sure to come to
/// them. Cells are not moved, since each round may change its own in place.
///
/// Needs: bound-locals; loops stand at the end of functions' bodies (form-loops); behaviours (infer-behaviour).
/// Ensures: bound-locals.
public struct HoistLoopInvariants: LoopsToLoops, FunctionPass {
  public static let summary = "Compute before a loop what is the same in each of its rounds"

  /// Operations without conditions on their arguments that take a few instructions.
  private static let short: Set<Name> = [
    "int.add", "int.subtract", "int.negate", "int.equal", "int.less", "int.lessEqual", "int.toFloat", "float.add",
    "float.subtract", "float.multiply", "float.divide", "float.negate", "float.equal", "float.less",
    "float.lessEqual", "float.absolute", "float.squareRoot", "bool.equal", "string.length", "string.byteLength",
    "bytes.length", "vector.length",
  ]

  /// The functions that always give a value and do nothing else.
  private var total: Set<Name> = []
  /// The types with one constructor: their fields are there.
  private var records: Set<Name> = []
  /// The numbers of the variables that are bound in the loop.
  private var inside: NumberSet = []
  private var hoisted: [Loops.Step] = []
  /// Whether the first round is sure to come here.
  private var isSure = false
  private var count = 0
  private var loops = 0

  public init() {}

  public mutating func learn(from start: SweepStart) throws -> Bool {
    guard let behaviours = try start.fact(CallBehaviours.self) else { return false }
    total = behaviours.total
    return true
  }

  public mutating func begin(_ input: Loops.Root, in context: PassContext) {
    for type in input.types where type.variants.count == 1 && !type.facts.contains("array") {
      records.insert(type.name)
    }
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(count) steps moved out of \(loops) loops", data: [("steps", count), ("loops", loops)])
  }

  public mutating func function(_ node: Loops.Function) throws -> Loops.Function {
    guard case .loop(let span, let label, let parameters, let arguments, let body) = node.body.end else { return node }
    inside = NumberSet(parameters.map(\.variable.id))
    hoisted = []
    isSure = true
    let rest = try block(body)
    guard !hoisted.isEmpty else { return node }
    count += hoisted.count
    loops += 1
    var function = node
    function.body.steps += hoisted
    function.body.end = .loop(span, label: label, parameters: parameters, arguments: arguments, body: rest)
    return function
  }

  public mutating func block(_ node: Loops.Block) throws -> Loops.Block {
    let wasSure = isSure
    defer { isSure = wasSure }
    var steps: [Loops.Step] = []
    steps.reserveCapacity(node.steps.count)
    for step in node.steps {
      switch step {
      case .let(_, let variable, let ty, let value):
        if ty.isScalar, value.locals.allSatisfy({ !inside.contains($0.id) }), mayMove(value) {
          hoisted.append(step)
        } else {
          inside.insert(variable.id)
          isSure = isSure && goesOn(behind: value)
          steps.append(step)
        }
      case .join(let span, let label, let parameters, let body):
        for parameter in parameters { inside.insert(parameter.variable.id) }
        let isSureHere = isSure
        isSure = false
        steps.append(.join(span, label: label, parameters: parameters, body: try block(body)))
        isSure = isSureHere
      }
    }
    isSure = false
    return Loops.Block(node.span, steps: steps, end: try end(node.end), failure: node.failure)
  }

  public mutating func end(_ node: Loops.End) throws -> Loops.End {
    if case .loop(_, _, let parameters, _, _) = node {
      for parameter in parameters { inside.insert(parameter.variable.id) }
    }
    return try derive(node)
  }

  /// Whether a value that is the same in each round may be computed before the loop.
  private func mayMove(_ value: Loops.Value) -> Bool {
    switch value {
    case .atom, .construct, .perform: false
    case .primitive(_, let name, _): Self.short.contains(name) || isSure && isTotal(name)
    case .call(_, let function, _): isSure && total.contains(function)
    case .payload(_, _, let type, _, _): isSure || records.contains(type)
    }
  }

  private func isTotal(_ name: Name) -> Bool {
    Primitive.named(name).map { !$0.mayFail && !$0.ownsArguments } ?? false
  }

  /// Whether what stands behind a value's computation is sure to be reached.
  private func goesOn(behind value: Loops.Value) -> Bool {
    switch value {
    case .atom, .construct, .payload: true
    case .primitive(_, let name, _): Primitive.named(name)?.mayFail == false
    case .call(_, let function, _): total.contains(function)
    case .perform: false
    }
  }
}

extension Loops.Value {
  /// The variables that it reads.
  fileprivate var locals: [Local] {
    let atoms: [Loops.Atom] =
      switch self {
      case .atom(_, let atom): [atom]
      case .call(_, _, let arguments), .primitive(_, _, let arguments), .perform(_, _, let arguments),
        .construct(_, _, _, _, let arguments):
        arguments
      case .payload(_, let subject, _, _, _): [subject]
      }
    return atoms.compactMap { if case .local(_, let variable) = $0 { variable } else { nil } }
  }
}
