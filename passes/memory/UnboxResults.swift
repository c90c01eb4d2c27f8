import Diagnostics
public import Languages
public import Nanopass

/// Returns the fields of tuples, records and sums in registers instead of a cell that the caller takes apart at once.
///
/// A sum is spread over the results as an enumeration that tells the constructor and the fields of all constructors;
/// those that a value has not are absent. Where a caller wants the whole it builds the cell, by a function of its own
/// if there are several constructors. What is found in a field may be spread in its turn.
///
///     (function half [...] [(data Pair)] ...
///       (let p.3 (data Pair) (construct Pair Pair 0 [(local q.1) (local r.2)]))] (return [(local p.3)]) -)
///     ...
///     (let p.1 (data Pair) (call half [(local n.0)]))
///     (let q.2 int (payload (local p.1) Pair 0 0))
///     (let s.3 int (primitive int.add [(local q.2) (integer 1)]))
///
/// becomes
///
///     (function half [...] [int int] ... (return [(local q.1) (local r.2)]) -)
///     ...
///     (receive half [(local n.0)] [(parameter p.4 int) (parameter p.5 int)])
///     (let s.3 int (primitive int.add [(local p.4) (integer 1)]))
///
/// Baker-Finch, Glynn, Peyton Jones: Constructed Product Result Analysis for Haskell, JFP 2004, is the source of the
/// idea; that callers are asked, too, and that results that are found are spread if all callers take them apart, is
/// ours.
///
/// Needs: bound-locals, known-types. Ensures: bound-locals; a function's calls agree with its results.
public struct UnboxResults: SpreadingPass {
  public static let summary = "Return fields in registers instead of a cell that the caller takes apart"

  /// How deep values are spread.
  private static let rounds = 3

  private var plan: ResultPlan?
  private var uses = ResultUses()
  private var spread: [ResultLayout?] = []
  public var spreader = ValueSpreader()
  /// The functions whose results some callers want whole, and their versions that give these.
  private var boxed: [Name: Name] = [:]
  private var names: Set<Name> = []
  private var changed: [Name: Int] = [:]
  private var kept: Set<Name> = []
  private var calls = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    let details =
      changed.sorted { $0.key.text < $1.key.text }.map { "\($0): gives \($1) values in registers" }
      + kept.subtracting(changed.keys).map(\.text).sorted().map { "\($0): callers want the whole result" }
    context.explain(
      "\(changed.count) functions give fields in registers; \(calls) calls take them.", details: details,
      data: [("functions", changed.count), ("calls", calls)])
  }

  public mutating func root(_ node: Services.Root) throws -> Services.Root {
    var program = node
    names = Set(node.functions.map(\.name))
    for _ in 0..<Self.rounds {
      let plan = try ResultPlan(program)
      kept.formUnion(plan.kept)
      if plan.layouts.isEmpty { break }
      self.plan = plan
      boxed = [:]
      program = try rewritten(program, plan)
    }
    return program
  }

  private mutating func rewritten(_ node: Services.Root, _ plan: ResultPlan) throws -> Services.Root {
    var program = node
    program.functions = try node.functions.map { try function($0) }
    for function in node.functions {
      guard let name = boxed[function.name], let layouts = plan.layouts[function.name] else { continue }
      var writer = BoxedResults(function, layouts)
      program.functions.append(writer.function(named: name))
    }
    program.declareTags(of: plan.layouts.values.joined().compactMap { $0 })
    return program
  }

  public mutating func function(_ node: Services.Function) throws -> Services.Function {
    guard let plan, plan.changes(node.name) else { return node }
    spreader.enter(node)
    uses = plan.uses(in: node.name)
    spread = plan.layouts[node.name] ?? []
    var function = try derive(node)
    if !spread.isEmpty {
      function.results = zip(node.results, spread).flatMap { $1?.types ?? [$0] }
      changed[node.name] = function.results.count
    }
    return function
  }

  // MARK: Blocks

  public mutating func add(_ step: Services.Step, to steps: inout [Services.Step]) throws {
    switch step {
    case .let(let span, let variable, _, .construct(_, let type, _, let index, let arguments)):
      guard let returned = uses.returned[variable.id], let layout = layout(of: type) else { break }
      let isBuilt = spreader.build(variable, layout, index, arguments, at: span, &steps)
      if isBuilt, uses.onlyReturned.contains(variable.id), returned.allSatisfy({ spread[$0] != nil }) { return }
    case .let(_, let variable, _, .payload(_, let subject, _, let variant, let index)):
      if spreader.read(variable, from: subject, variant, index) { return }
    case .let(let span, let variable, let ty, .call(_, let callee, let arguments)):
      let parameter = Services.Parameter(span, variable: variable, ty: ty)
      if try receive(callee, arguments, [parameter], at: span, &steps) { return }
    case .receive(let span, let callee, let arguments, let parameters):
      if try receive(callee, arguments, parameters, at: span, &steps) { return }
    case .let, .join: break
    }
    steps.append(try self.step(step))
  }

  private func layout(of type: Name) -> ResultLayout? { spread.first { $0?.name == type } ?? nil }

  // MARK: Calls

  /// Appends the call of a function whose results are spread; gives whether it is one.
  private mutating func receive(
    _ callee: Name, _ arguments: [Services.Atom], _ bound: [Services.Parameter], at span: Span,
    _ steps: inout [Services.Step]
  ) throws -> Bool {
    guard let spread = plan?.layouts[callee], spread.count == bound.count else { return false }
    let arguments = arguments.map { atom($0) }
    let wanted = zip(bound, spread).filter { !uses.takenApart.contains($0.variable.id) && $1?.tag != nil }
    if !wanted.isEmpty {
      steps.append(.call(span, boxed(callee), arguments, bound))
      return true
    }
    calls += 1
    var parameters: [Services.Parameter] = []
    var whole: [Services.Step] = []
    for (parameter, layout) in zip(bound, spread) {
      guard let layout else {
        parameters.append(parameter)
        continue
      }
      let results = spreader.parameters(for: parameter, layout)
      parameters += results
      if uses.takenApart.contains(parameter.variable.id) {
        spreader.spread(parameter.variable, layout, over: results)
      } else {
        let parts = results.map { Services.Atom.local(span, variable: $0.variable) }
        whole.append(layout.building(0, from: parts, as: parameter.variable, at: span))
      }
    }
    steps.append(.call(span, callee, arguments, parameters))
    steps += whole
    return true
  }

  /// The version of a function that gives whole results.
  private mutating func boxed(_ function: Name) -> Name {
    if let name = boxed[function] { return name }
    var name = Name(function.text + ".boxed")
    while !names.insert(name).inserted { name = Name(name.text + "'") }
    boxed[function] = name
    return name
  }

  // MARK: Ends

  public mutating func end(_ node: Services.End, after steps: inout [Services.Step]) throws -> Services.End {
    switch node {
    case .return(let span, let values) where !spread.isEmpty:
      return spreader.end(values, spread, at: span, &steps) { .return(span, values: $0) }
    default: return try plainEnd(node)
    }
  }
}
