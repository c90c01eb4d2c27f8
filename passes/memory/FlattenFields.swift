import Diagnostics
public import Languages
public import Nanopass

/// Puts the fields of tuples and small records in the place of a reference to their cell: in other cells, and among the
/// arguments of functions.
///
///     (data Pairs [] [(variant Nil []) (variant Cons [(data Pair) (data Pairs)])])
///     (let p.1 (data Pair) (construct Pair Pair 0 [(local x.0) (float 1.5)]))
///     (let ps.2 (data Pairs) (construct Pairs Cons 1 [(local p.1) (local rest.3)]))
///     ...
///     (let q.4 (data Pair) (payload (local ps.2) Pairs 1 0))
///     (let y.5 float (payload (local q.4) Pair 0 1))
///
/// becomes
///
///     (data Pairs [] [(variant Nil []) (variant Cons [int float (data Pairs)])])
///     (let ps.2 (data Pairs) (construct Pairs Cons 1 [(local x.0) (float 1.5) (local rest.3)]))
///     ...
///     (let q.6 float (payload (local ps.2) Pairs 1 1))
///
/// A list of pairs so takes one cell an element in place of two: a queue of pairs of numbers half the instructions and two
/// thirds of the memory, json_parser 7 % less of both, ordered_map a tenth and a fifth less. Whether a value stands flat
/// somewhere is decided for the whole program: only if no function wants the one from there whole, for which it would
/// have to build it again, and if some function builds one to put it there. What it can cost are counts: whoever keeps
/// several fields counts each in place of their one cell. A merge sort of records of two texts and a number took 29 % more
/// instructions so; what more places of the program copy than build stays a cell therefore.
///
/// Needs: bound-locals, known-types. Ensures: bound-locals; calls agree with parameters, and constructions with types.
public struct FlattenFields: SpreadingPass {
  public static let summary = "Put fields of tuples and small records in the place of a reference to their cell."

  /// How deep values stand flat in one another.
  private static let rounds = 3

  private var plan: FieldPlan?
  private var uses = FlatUses()
  public var spreader = ValueSpreader()
  private var flat: [String] = []
  private var kept: [FlatPlace: Name] = [:]
  private var copied: [FlatPlace] = []
  private var types: [Name: Services.TypeDecl] = [:]

  public init() {}

  public mutating func end(in context: PassContext) {
    let reasons =
      kept.map { "\(text($0.key)) stays a cell: \($0.value) wants it whole" }
      + copied.map { "\(text($0)) stays a cell: it is copied more often than built" }
    context.explain(
      "\(flat.count) fields and parameters are the fields of what they held.", details: flat + reasons.sorted(),
      data: [("flat", flat.count), ("kept", kept.count)])
  }

  private func text(_ place: FlatPlace) -> String {
    switch place {
    case .parameter(let function, let index): return "\(function): parameter \(index + 1)"
    case .field(let type, let variant, let index):
      return "\(type).\(types[type]?.variants[variant].name ?? ""): field \(index + 1)"
    }
  }

  public mutating func root(_ node: Services.Root) throws -> Services.Root {
    var program = node
    for _ in 0..<Self.rounds {
      let plan = try FieldPlan(program)
      types = Dictionary(program.types.map { ($0.name, $0) }) { first, _ in first }
      (kept, copied) = (plan.kept, plan.copied)
      if plan.layouts.isEmpty { break }
      flat += plan.layouts.map { "\(text($0.key)) comes as \($0.value.types.count) fields" }.sorted()
      self.plan = plan
      program = try derive(program)
    }
    return program
  }

  public mutating func typeDecl(_ node: Services.TypeDecl) -> Services.TypeDecl {
    var type = node
    for variant in node.variants.indices {
      type.variants[variant].fields = node.variants[variant].fields.enumerated().flatMap { index, field in
        plan?.layouts[.field(type: node.name, variant: variant, index: index)]?.types ?? [field]
      }
    }
    return type
  }

  // MARK: Functions

  public mutating func function(_ node: Services.Function) throws -> Services.Function {
    uses = plan?.uses[node.name] ?? FlatUses()
    spreader.enter(node)
    var function = node
    function.parameters = node.parameters.enumerated().flatMap { index, parameter in
      guard let layout = plan?.layouts[.parameter(function: node.name, index: index)] else { return [parameter] }
      let parts = spreader.parameters(for: parameter, layout)
      spreader.spread(parameter.variable, layout, over: parts)
      return parts
    }
    function.body = try block(node.body)
    return function
  }

  public mutating func add(_ step: Services.Step, to steps: inout [Services.Step]) throws {
    switch step {
    case .let(let span, let variable, let ty, .construct(_, let type, let name, let index, let arguments)):
      if let layout = put(variable) {
        let isBuilt = spreader.build(variable, layout, index, arguments, at: span, &steps)
        if isBuilt, isOnlyFlat(variable) { return }
      }
      let parts = spread(arguments, at: span, &steps) { .field(type: type, variant: index, index: $0) }
      let value = Services.Value.construct(span, type: type, variant: name, index: index, arguments: parts)
      steps.append(.let(span, variable: variable, ty: ty, value: value))
    case .let(let span, let variable, let ty, .call(_, let callee, let arguments)):
      let parts = spread(arguments, at: span, &steps) { .parameter(function: callee, index: $0) }
      let value = Services.Value.call(span, function: callee, arguments: parts)
      steps.append(.let(span, variable: variable, ty: ty, value: value))
    case .receive(let span, let callee, let arguments, let parameters):
      let parts = spread(arguments, at: span, &steps) { .parameter(function: callee, index: $0) }
      steps.append(.receive(span, function: callee, arguments: parts, parameters: parameters))
    case .let(let span, let variable, let ty, .payload(_, let subject, let type, let variant, let index)):
      if !spreader.read(variable, from: subject, variant, index) {
        read(Services.Parameter(span, variable: variable, ty: ty), from: subject, type, variant, index, &steps)
      }
    case .let, .join: steps.append(try self.step(step))
    }
  }

  public mutating func end(_ node: Services.End, after steps: inout [Services.Step]) throws -> Services.End {
    guard case .tailCall(let span, let callee, let arguments) = node else { return try plainEnd(node) }
    let parts = spread(arguments, at: span, &steps) { .parameter(function: callee, index: $0) }
    return .tailCall(span, function: callee, arguments: parts)
  }

  // MARK: Values

  /// Reads a field, or what stands in its place as far as it is asked for.
  private mutating func read(
    _ whole: Services.Parameter, from subject: Services.Atom, _ type: Name, _ variant: Int, _ index: Int,
    _ steps: inout [Services.Step]
  ) {
    let layouts = plan?.layouts ?? [:]
    let first = (0..<index).reduce(0) {
      $0 + (layouts[.field(type: type, variant: variant, index: $1)]?.types.count ?? 1)
    }
    let (span, variable) = (whole.span, whole.variable)
    let subject = atom(subject)
    func payload(_ variable: Local, _ ty: Services.Ty, _ index: Int) -> Services.Step {
      let value = Services.Value.payload(span, subject: subject, type: type, variant: variant, index: index)
      return .let(span, variable: variable, ty: ty, value: value)
    }
    guard let layout = layouts[.field(type: type, variant: variant, index: index)] else {
      steps.append(payload(variable, whole.ty, first))
      return
    }
    let asked = uses.puts[variable.id] == nil ? uses.parts[variable.id] ?? [] : NumberSet(layout.types.indices)
    let parts = layout.types.enumerated().map { part, ty in
      guard asked.contains(part) else { return Services.Atom.absent(span, ty: ty) }
      let own = spreader.make(variable.name)
      steps.append(payload(own, ty, first + part))
      return .local(span, variable: own)
    }
    spreader.spread(variable, layout, over: parts)
  }

  /// How a new value is spread that goes to a flat place.
  private func put(_ variable: Local) -> ResultLayout? {
    uses.puts[variable.id]?.lazy.compactMap { plan?.layouts[$0] }.first
  }

  /// Whether a new value goes to flat places only.
  private func isOnlyFlat(_ variable: Local) -> Bool {
    uses.onlyPut.contains(variable.id) && uses.puts[variable.id]?.allSatisfy { plan?.layouts[$0] != nil } ?? false
  }

  /// Values on the way to places, those for flat ones spread.
  private mutating func spread(
    _ values: [Services.Atom], at span: Span, _ steps: inout [Services.Step], _ place: (Int) -> FlatPlace
  ) -> [Services.Atom] {
    values.enumerated().flatMap { index, value in
      guard let layout = plan?.layouts[place(index)] else { return [atom(value)] }
      return spreader.parts(of: value, layout, at: span, &steps) ?? []
    }
  }
}
