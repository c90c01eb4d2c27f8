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
public struct UnboxResults: ServicesToServices {
  public static let summary = "Return fields in registers instead of a cell that the caller takes apart."

  /// How deep values are spread.
  private static let rounds = 3

  private var plan: ResultPlan?
  private var uses = ResultUses()
  private var spread: [ResultLayout?] = []
  private var locals = FunctionLocals<Services.Function>()
  /// What stands for the variables that are taken apart, and for new values that are only returned.
  private var parts: [Int: [Services.Atom]] = [:]
  private var layouts: [Int: ResultLayout] = [:]
  /// What stands for fields that were read.
  private var fields: [Int: Services.Atom] = [:]
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
    var tags: [Name: Services.TypeDecl] = [:]
    for layout in plan.layouts.values.joined() { if let tag = layout?.tag { tags[tag.name] = tag } }
    let known = Set(node.types.map(\.name))
    program.types += tags.values.filter { !known.contains($0.name) }.sorted { $0.name.text < $1.name.text }
    return program
  }

  public mutating func function(_ node: Services.Function) throws -> Services.Function {
    locals.enter(node)
    uses = plan?.uses(in: node.name) ?? ResultUses()
    spread = plan?.layouts[node.name] ?? []
    (parts, layouts, fields) = ([:], [:], [:])
    var function = try derive(node)
    if !spread.isEmpty {
      function.results = zip(node.results, spread).flatMap { $1?.types ?? [$0] }
      changed[node.name] = function.results.count
    }
    return function
  }

  // MARK: Blocks

  public mutating func block(_ node: Services.Block) throws -> Services.Block {
    var block = node
    block.steps = []
    var inner = node
    while true {
      for step in inner.steps { try add(step, to: &block.steps) }
      // A choice by the only constructor is none.
      guard case .switch(_, .local(_, let subject), _, let cases, let other) = inner.end,
        let layout = layouts[subject.id], layout.tag == nil, let only = cases.first?.body ?? other
      else { break }
      inner = only
    }
    block.end = try end(inner.end, &block.steps)
    return block
  }

  private mutating func add(_ step: Services.Step, to steps: inout [Services.Step]) throws {
    switch step {
    case .let(let span, let variable, _, .construct(_, let type, _, let index, let arguments)):
      guard let returned = uses.returned[variable.id], let layout = layout(of: type) else { break }
      var results = layout.results(index, arguments.map { atom($0) }, at: span)
      if let tag = layout.tag { results[0] = constructor(index, of: tag, at: span, &steps) }
      parts[variable.id] = results
      if uses.onlyReturned.contains(variable.id), returned.allSatisfy({ spread[$0] != nil }) { return }
    case .let(_, let variable, _, .payload(_, .local(_, let subject), _, let variant, let index)):
      guard let layout = layouts[subject.id], let results = parts[subject.id],
        layout.places.indices.contains(variant), layout.places[variant].indices.contains(index)
      else { break }
      fields[variable.id] = results[layout.places[variant][index]]
      return
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

  private mutating func constructor(
    _ index: Int, of tag: Services.TypeDecl, at span: Span, _ steps: inout [Services.Step]
  ) -> Services.Atom {
    let variable = locals.make("tag")
    let value = Services.Value.construct(
      span, type: tag.name, variant: tag.variants[index].name, index: index, arguments: [])
    steps.append(.let(span, variable: variable, ty: .data(name: tag.name), value: value))
    return .local(span, variable: variable)
  }

  public mutating func atom(_ node: Services.Atom) -> Services.Atom {
    guard case .local(_, let variable) = node else { return node }
    return fields[variable.id] ?? node
  }

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
      let results = layout.types.map {
        Services.Parameter(span, variable: locals.make(parameter.variable.name), ty: $0)
      }
      parameters += results
      if uses.takenApart.contains(parameter.variable.id) {
        parts[parameter.variable.id] = results.map { .local(span, variable: $0.variable) }
        layouts[parameter.variable.id] = layout
      } else {
        whole.append(layout.building(0, from: results.map(\.variable), as: parameter.variable, at: span))
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

  private mutating func end(_ node: Services.End, _ steps: inout [Services.Step]) throws -> Services.End {
    switch node {
    case .return(let span, let values) where !spread.isEmpty:
      return returning(Array(zip(values, spread))[...], [], at: span, &steps)
    case .switch(let span, .local(_, let subject), _, let cases, let other):
      guard let tag = layouts[subject.id]?.tag, let results = parts[subject.id] else { break }
      return .switch(
        span, subject: results[0], type: tag.name, cases: try cases.map { try self.case($0) },
        default: try other.map { try block($0) })
    default: break
    }
    return try derive(node)
  }

  /// The end of a block that returns values, spread where they should be.
  private mutating func returning(
    _ values: ArraySlice<(Services.Atom, ResultLayout?)>, _ done: [Services.Atom], at span: Span,
    _ steps: inout [Services.Step]
  ) -> Services.End {
    guard let (value, layout) = values.first else { return .return(span, values: done) }
    let rest = values.dropFirst()
    guard let layout else { return returning(rest, done + [atom(value)], at: span, &steps) }
    if case .local(_, let variable) = value, let results = parts[variable.id] {
      return returning(rest, done + results, at: span, &steps)
    }
    if case .absent = value {
      let results = layout.types.map { Services.Atom.absent(span, ty: $0) }
      return returning(rest, done + results, at: span, &steps)
    }
    guard let tag = layout.tag else {
      let results = read(atom(value), layout, 0, at: span, &steps)
      return returning(rest, done + results, at: span, &steps)
    }
    let cases = layout.declaration.variants.enumerated().map { index, variant in
      var inner: [Services.Step] = []
      var results = read(atom(value), layout, index, at: span, &inner)
      results[0] = constructor(index, of: tag, at: span, &inner)
      let end = returning(rest, done + results, at: span, &inner)
      let body = Services.Block(span, steps: inner, end: end, failure: nil)
      return Services.Case(span, variant: variant.name, index: index, body: body)
    }
    return .switch(span, subject: atom(value), type: layout.name, cases: cases, default: nil)
  }

  /// Reads the fields of a value that is there, and gives what it is spread to but for the tag.
  private mutating func read(
    _ value: Services.Atom, _ layout: ResultLayout, _ variant: Int, at span: Span, _ steps: inout [Services.Step]
  ) -> [Services.Atom] {
    let atoms = layout.places[variant].enumerated().map { index, place in
      let variable = locals.make("t")
      let value = Services.Value.payload(span, subject: value, type: layout.name, variant: variant, index: index)
      steps.append(.let(span, variable: variable, ty: layout.types[place], value: value))
      return Services.Atom.local(span, variable: variable)
    }
    return layout.results(variant, atoms, at: span)
  }
}
