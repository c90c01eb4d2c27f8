import Diagnostics
public import Languages
public import Nanopass

/// Passes the fields of tuples, records and sums to loops and join points instead of cells that these take apart at
/// once, as `unbox-results` does for functions.
///
///     (join k.1 [(parameter p.2 (data Pair))]
///       (block [(let q.3 int (payload (local p.2) Pair 0 1))] (return [(local q.3)]) -))
///     (let p.4 (data Pair) (construct Pair Pair 0 [(local n.0) (local m.5)]))] (jump k.1 [(local p.4)])
///
/// becomes
///
///     (join k.1 [(parameter p.6 int) (parameter p.7 int)] (block [] (return [(local p.7)]) -))]
///     (jump k.1 [(local n.0) (local m.5)])
///
/// The state of a loop that is a record needs no cell from round to round, and what comes of a function that was
/// inlined and gives an option needs none on the way to the choice that follows.
///
/// Needs: bound-locals, bound-labels, known-types. Ensures: bound-locals, bound-labels.
public struct UnboxParameters: SpreadingPass, FunctionPass {
  public static let summary = "Pass fields to loops and join points instead of a cell that they take apart"

  /// How deep values are spread.
  private static let rounds = 3

  private var layouts: [Name: ResultLayout] = [:]
  private var plan: LabelPlan?
  public var spreader = ValueSpreader()
  private var used: [ResultLayout] = []
  private var changed: [Name: Int] = [:]

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(changed.values.reduce(0, +)) parameters of loops and join points come as fields.",
      details: changed.sorted { $0.key.text < $1.key.text }.map { "\($0): \($1) parameters come as fields" },
      data: [("parameters", changed.values.reduce(0, +)), ("functions", changed.count)])
  }

  public mutating func begin(_ input: Services.Root, in context: PassContext) {
    layouts = ResultLayout.all(of: input.types)
  }

  public mutating func complete(_ program: inout Services.Root) -> Bool {
    program.declareTags(of: used)
    return !used.isEmpty
  }

  public mutating func function(_ node: Services.Function) throws -> Services.Function {
    if layouts.isEmpty { return node }
    var function = node
    for _ in 0..<Self.rounds {
      let plan = try LabelPlan(function, layouts)
      if plan.layouts.isEmpty { break }
      let spread = plan.layouts.values.joined().compactMap { $0 }
      used += spread
      changed[node.name, default: 0] += spread.count
      self.plan = plan
      spreader.enter(function)
      function = try derive(function)
    }
    return function
  }

  public mutating func add(_ step: Services.Step, to steps: inout [Services.Step]) throws {
    switch step {
    case .let(let span, let variable, _, .construct(_, _, _, let index, let arguments)):
      guard let layout = plan?.passed[variable.id] else { break }
      let isBuilt = spreader.build(variable, layout, index, arguments, at: span, &steps)
      if isBuilt, plan?.onlyPassed.contains(variable.id) == true { return }
    case .let(_, let variable, _, .payload(_, let subject, _, let variant, let index)):
      if spreader.read(variable, from: subject, variant, index) { return }
    case .join(let span, let label, let parameters, let body):
      let parameters = self.parameters(parameters, of: label)
      steps.append(.join(span, label: label, parameters: parameters, body: try block(body)))
      return
    case .let, .receive: break
    }
    steps.append(try self.step(step))
  }

  /// The parameters of a label, some of them spread.
  private mutating func parameters(_ parameters: [Services.Parameter], of label: Local) -> [Services.Parameter] {
    guard let spread = plan?.layouts[label.id] else { return parameters }
    return zip(parameters, spread).flatMap { parameter, layout in
      guard let layout else { return [parameter] }
      let parts = spreader.parameters(for: parameter, layout)
      spreader.spread(parameter.variable, layout, over: parts)
      return parts
    }
  }

  public mutating func end(_ node: Services.End, after steps: inout [Services.Step]) throws -> Services.End {
    switch node {
    case .return(let span, let values):
      return .return(span, values: values.map { spreader.rebuild($0, at: span, &steps) })
    case .jump(let span, let label, let arguments):
      guard let spread = plan?.layouts[label.id] else { break }
      return spreader.end(arguments, spread, at: span, &steps) { .jump(span, label: label, arguments: $0) }
    case .loop(let span, let label, let parameters, let arguments, let body):
      guard let spread = plan?.layouts[label.id] else { break }
      let inner = self.parameters(parameters, of: label)
      let body = try block(body)
      return spreader.end(arguments, spread, at: span, &steps) {
        .loop(span, label: label, parameters: inner, arguments: $0, body: body)
      }
    case .switch, .tailCall, .test: break
    }
    return try plainEnd(node)
  }
}
