public import Diagnostics
public import Languages
public import Nanopass

/// Lowers to WebAssembly whose values lie on the engine's heap: data to structs, integers to words with a big integer
/// beside, choices to tests of types and words, primitives to instructions and calls of the library.
///
///     (let y.1 int (primitive int.add [(local x.0) (integer 1)]))
///
/// becomes
///
///     (receive [(parameter y.2 i64) (parameter big.3 (nullable big))]
///       (call int.add [(local x.0) (local big.1) (i64 1) (null big)]))
///
/// The library's functions and types stay names; `link-wasm-library` adds those that are used.
///
/// Needs: bound-locals, bound-labels, known-types. Ensures: bound-locals, bound-labels.
public struct LowerToWasmGC: Pass {
  public typealias Input = Services
  public typealias Output = WasmIR
  public static let summary = "Lower to WebAssembly with structs and arrays of the engine's heap."

  var layout = HeapLayout([])
  var fresh = FreshLocals(from: 0)
  /// What stands for each variable, part by part.
  var values: LocalTable<[WasmIR.Expr]> = [:]
  /// The steps of the open block.
  var steps: [WasmIR.Step] = []
  var literals = WasmLiterals(.engine)
  /// What stands for fields that a value has not, where that must be a reference.
  var placeholders = GCPlaceholders()
  /// The variables whose constructor is known here, and each as a reference of that constructor's struct.
  var known: LocalTable<(variant: Int, part: WasmIR.Expr)> = [:]

  /// The vectors of the function that are set in place.
  private var setInPlace: Set<Int> = []
  private var inPlaceCount = 0

  public init() {}

  public mutating func run(_ input: Services.Root, in context: PassContext) throws -> WasmIR.Root {
    layout = HeapLayout(input.types)
    literals = WasmLiterals(.engine, favoursSize: context.options.favoursSize)
    placeholders = GCPlaceholders()
    let unique = context.options.optimization > 0 ? UniqueVectors(input) : nil
    let functions = try input.functions.map { node in
      setInPlace = unique?.inPlace(node.name) ?? []
      inPlaceCount += setInPlace.count
      return try function(node)
    }
    let types = layout.declarations()
    context.explain(
      "Lowered \(functions.count) functions and \(input.types.count) types, the latter to \(types.count) structs; "
        + "\(inPlaceCount) changes of vectors are made in place.",
      data: [
        ("functions", functions.count), ("types", input.types.count), ("structs", types.count),
        ("changes in place", inPlaceCount),
      ])
    return WasmIR.Root(
      input.span, heap: .engine, effects: input.declaredEffects, types: types, imports: [],
      globals: layout.constants() + literals.globals + placeholders.globals, data: literals.data,
      functions: functions + literals.functions,
      entry: input.entry)
  }

  private mutating func function(_ node: Services.Function) throws -> WasmIR.Function {
    fresh = FreshLocals(above: node)
    (values, known) = ([:], [:])
    let parameters = node.parameters.flatMap { parameter($0) }
    return WasmIR.Function(
      node.span, name: node.name, parameters: parameters, results: node.results.flatMap(layout.representation),
      body: try block(node.body))
  }

  func bug(_ message: String, _ invariant: String, in node: some Writable) -> PassBug {
    PassBug(Self.self, message, broke: invariant, in: node)
  }

  // MARK: Variables

  /// The variables for the parts of one, which stand for it from now on.
  private mutating func parts(of variable: Local, _ type: Services.Ty, at span: Span) -> [WasmIR.Parameter] {
    let types = layout.representation(type)
    let parts = types.enumerated().map { index, ty in
      WasmIR.Parameter(span, variable: index == 0 ? variable : fresh.make(HeapLayout.big), ty: ty)
    }
    values[variable.id] = parts.map { .local(span, variable: $0.variable) }
    return parts
  }

  private mutating func parameter(_ node: Services.Parameter) -> [WasmIR.Parameter] {
    parts(of: node.variable, node.ty, at: node.span)
  }

  /// Sets a new variable in the open block.
  mutating func bind(_ name: Name, _ ty: WasmIR.Ty, _ value: WasmIR.Expr) -> WasmIR.Expr {
    let variable = fresh.make(name)
    steps.append(.let(value.span, variable: variable, ty: ty, value: value))
    return .local(value.span, variable: variable)
  }

  /// Sets a variable to what an expression gives: nothing, one value or several.
  private mutating func set(_ variable: Local, _ type: Services.Ty, _ value: WasmIR.Expr, at span: Span) {
    steps.append(.setting(parts(of: variable, type, at: span), to: value, at: span))
  }

  // MARK: Blocks

  mutating func block(_ node: Services.Block) throws -> WasmIR.Block {
    if node.failure != nil { throw bug("steps that fail are not supported", "bound-labels", in: node) }
    let (outerSteps, outerKnown) = (steps, known)
    steps = []
    defer { (steps, known) = (outerSteps, outerKnown) }
    for step in node.steps { try self.step(step) }
    let end = try end(node.end)
    return WasmIR.Block(node.span, steps: steps, end: end)
  }

  private mutating func step(_ node: Services.Step) throws {
    switch node {
    case .let(let span, let variable, let type, let value): try self.let(variable, type, value, at: span)
    case .join(let span, let label, let parameters, let body):
      let outer = known
      let parameters = parameters.flatMap { parameter($0) }
      let body = try block(body)
      known = outer
      steps.append(.join(span, label: label, parameters: parameters, body: body))
    case .receive(let span, let function, let arguments, let parameters):
      let value = WasmIR.Expr.call(span, function: function, arguments: try atoms(arguments))
      steps.append(.setting(parameters.flatMap { parameter($0) }, to: value, at: span))
    }
  }

  private mutating func `let`(
    _ variable: Local, _ type: Services.Ty, _ value: Services.Value, at span: Span
  ) throws {
    switch value {
    case .atom(_, let atom): values[variable.id] = try self.atom(atom)
    case .call(_, let function, let arguments):
      set(variable, type, .call(span, function: function, arguments: try atoms(arguments)), at: span)
    case .primitive(_, let name, let arguments):
      let arguments = try arguments.map { try atom($0) }
      let changed: Name = setInPlace.contains(variable.id) ? "vector.put" : name
      switch try primitive(changed, arguments, type, at: span) {
      case .parts(let parts): bind(variable, type, parts, at: span)
      case .call(let call): set(variable, type, call, at: span)
      }
    case .service(_, let name, let arguments): try service(name, arguments, variable, type, at: span)
    case .construct(_, let data, _, let index, let arguments):
      let parts = try construct(data, index, try arguments.map { try atom($0) }, at: span, in: value)
      bind(variable, type, parts, at: span)
    case .payload(_, let subject, let data, let variant, let index):
      bind(variable, type, try payload(subject, data, variant, index, at: span, in: value), at: span)
    }
  }

  /// Sets the parts of a variable to expressions, each evaluated here; constants and variables stand for themselves.
  private mutating func bind(_ variable: Local, _ type: Services.Ty, _ parts: [WasmIR.Expr], at span: Span) {
    let variables = self.parts(of: variable, type, at: span)
    values[variable.id] = zip(variables, parts).map { part, value in
      if value.isAtom { return value }
      steps.append(.let(span, variable: part.variable, ty: part.ty, value: value))
      return .local(span, variable: part.variable)
    }
  }

  // MARK: Atoms

  private mutating func atoms(_ nodes: [Services.Atom]) throws -> [WasmIR.Expr] {
    try nodes.flatMap { try atom($0) }
  }

  mutating func atom(_ node: Services.Atom) throws -> [WasmIR.Expr] {
    switch node {
    case .local(_, let variable):
      guard let parts = values[variable.id] else { throw bug("`\(variable)` is not bound", "bound-locals", in: node) }
      return parts
    case .integer(let span, let value): return literals.integer(value, at: span)
    case .float(let span, let value): return [.f64(span, value: value)]
    case .string(let span, let value): return [literals.string(value, at: span)]
    case .bool(let span, let value): return [.i32(span, value: .small(value ? 1 : 0))]
    case .unit: return []
    case .word(let span, let value): return [.i64(span, value: value)]
    case .absent(let span, let type): return try placeholders.parts(type, layout, &literals, at: span, in: node)
    }
  }

  // MARK: Services

  private mutating func service(
    _ name: Name, _ arguments: [Services.Atom], _ variable: Local, _ type: Services.Ty, at span: Span
  ) throws {
    guard let operation = EffectOperation.service(name) else {
      throw bug("there is no service `\(name)`", "known-services", in: name)
    }
    // A literal goes to the host from where it lies in memory, and never is on the heap. What programs may not name is
    // the library's, whatever it is given.
    if !operation.ends, operation.parameters == [.string], operation.result == .unit,
      case .string(_, let text)? = arguments.first
    {
      let datum = literals.datum(text, at: span)
      let place: [WasmIR.Expr] = [.address(span, datum: datum), .size(span, datum: datum)]
      values[variable.id] = []
      return steps.append(.run(span, value: .host(span, import: operation.name, arguments: place)))
    }
    let operands = try zip(arguments, operation.passing).flatMap { passed(try atom($0), $1, at: span) }
    let call = WasmIR.Expr.call(span, function: name, arguments: operands)
    guard operation.resultPassing == .index, type == .int else { return set(variable, type, call, at: span) }
    bind(variable, type, [call, .null(span, type: HeapLayout.big)], at: span)
  }

  // MARK: Ends

  private mutating func end(_ node: Services.End) throws -> WasmIR.End {
    switch node {
    case .return(let span, let values): return .return(span, values: try atoms(values))
    case .jump(let span, let label, let arguments):
      return .jump(span, label: label, arguments: try atoms(arguments))
    case .tailCall(let span, let function, let arguments):
      return .tailCall(span, function: function, arguments: try atoms(arguments))
    case .loop(let span, let label, let parameters, let arguments, let body):
      let arguments = try atoms(arguments)
      let parameters = parameters.flatMap { parameter($0) }
      return .loop(span, label: label, parameters: parameters, arguments: arguments, body: try block(body))
    case .switch(let span, let subject, let type, let cases, let rest):
      return try `switch`(subject, type, cases, rest, at: span)
    case .test(let span, let subject, let cases, let rest):
      return try test(subject, cases, rest, at: span)
    }
  }

  private mutating func `switch`(
    _ subject: Services.Atom, _ data: Name, _ cases: [Services.Case], _ rest: Services.Block?, at span: Span
  ) throws -> WasmIR.End {
    let form = try layout.form(data, in: subject)
    let branches = try cases.map { (index: $0.index, body: try block($0.body)) }
    let rest = try rest.map { try block($0) }
    guard let first = branches.first else { throw bug("a switch has no cases", "complete-switches", in: subject) }
    guard let other = rest ?? branches.last?.body, let word = try atom(subject).first, rest != nil || branches.count > 1
    else { return .inline(first.body, &steps) }
    let test: WasmIR.Expr
    switch form {
    case .field, .record, .vector: return .inline(first.body, &steps)
    case .optional(let some, _):
      let isNull = WasmIR.Expr.isNull(span, subject: word)
      return first.index == some
        ? .if(span, condition: isNull, then: other, else: first.body)
        : .if(span, condition: isNull, then: first.body, else: other)
    case .typed:
      let tested = rest == nil ? branches.dropLast() : branches[...]
      return try tested.reversed().reduce(other) { other, branch in
        let name = layout.structure(data, try variant(data, branch.index, in: subject)).name
        let test = WasmIR.Expr.is(branch.body.span, type: name, subject: word)
        return WasmIR.Block(span, steps: [], end: .if(span, condition: test, then: branch.body, else: other))
      }.end
    case .enumeration: test = word
    case .tagged: test = .get(span, type: data, field: 0, subject: word)
    }
    let cases = (rest == nil ? branches.dropLast() : branches[...]).map {
      WasmIR.Case($0.body.span, value: $0.index, body: $0.body)
    }
    return .choice(span, test, cases, default: other)
  }
}
