import Diagnostics
public import Languages
import Nanopass

/// A pass that puts parts in the place of some values.
public protocol SpreadingPass: ServicesToServices {
  /// What puts them there.
  var spreader: ValueSpreader { get set }
  /// Appends a step, or what takes its place.
  mutating func add(_ step: Services.Step, to steps: inout [Services.Step]) throws
  /// The end of a block in the place of another; what it needs before is appended to the steps.
  mutating func end(_ node: Services.End, after steps: inout [Services.Step]) throws -> Services.End
}

extension SpreadingPass {
  public mutating func block(_ node: Services.Block) throws -> Services.Block {
    var block = node
    block.steps = []
    var inner = node
    while true {
      for step in inner.steps { try add(step, to: &block.steps) }
      // A choice by the only constructor is none.
      guard let only = spreader.onlyCase(of: inner.end) else { break }
      inner = only
    }
    block.end = try end(inner.end, after: &block.steps)
    return block
  }

  public mutating func atom(_ node: Services.Atom) -> Services.Atom { spreader.atom(node) }

  /// An end without steps before it; a choice by the constructor of a value in parts is one by its tag.
  mutating func plainEnd(_ node: Services.End) throws -> Services.End {
    guard case .switch(let span, let subject, _, let cases, let other) = node,
      let (tag, type) = spreader.tag(of: subject)
    else { return try derive(node) }
    return .switch(
      span, subject: tag, type: type, cases: try cases.map { try self.case($0) },
      default: try other.map { try block($0) })
  }
}

/// Puts parts in the place of the values of one function that are spread.
public struct ValueSpreader {
  private var locals = FunctionLocals<Services.Function>()
  /// What stands for a value, by its variable; and how it is spread, if it is looked at.
  private var parts: LocalTable<[Services.Atom]> = [:]
  private var layouts: LocalTable<ResultLayout> = [:]
  /// What stands for fields that were read.
  private var fields: LocalTable<Services.Atom> = [:]

  /// A function begins.
  mutating func enter(_ function: Services.Function) {
    locals.enter(function)
    (parts, layouts, fields) = ([:], [:], [:])
  }

  /// The atom that an atom stands for.
  func atom(_ node: Services.Atom) -> Services.Atom {
    guard case .local(_, let variable) = node else { return node }
    return fields[variable.id] ?? node
  }

  // MARK: Values

  /// Notes what a new value consists of.
  ///
  /// - Returns: whether its type has such a constructor.
  mutating func build(
    _ variable: Local, _ layout: ResultLayout, _ index: Int, _ arguments: [Services.Atom], at span: Span,
    _ steps: inout [Services.Step]
  ) -> Bool {
    guard layout.places.indices.contains(index) else { return false }
    var results = layout.results(index, arguments.map { atom($0) }, at: span)
    if let tag = layout.tag { results[0] = constructor(index, of: tag, at: span, &steps) }
    parts[variable.id] = results
    return true
  }

  /// A variable that nothing else of the function is bound to.
  mutating func make(_ name: Name) -> Local { locals.make(name) }

  /// Variables for the parts of a value.
  mutating func parameters(for whole: Services.Parameter, _ layout: ResultLayout) -> [Services.Parameter] {
    layout.types.map { Services.Parameter(whole.span, variable: locals.make(whole.variable.name), ty: $0) }
  }

  /// From now on variables stand for the parts of one that nothing binds any more.
  mutating func spread(_ variable: Local, _ layout: ResultLayout, over results: [Services.Parameter]) {
    spread(variable, layout, over: results.map { .local($0.span, variable: $0.variable) })
  }

  /// From now on atoms stand for the parts of a variable that nothing binds any more.
  mutating func spread(_ variable: Local, _ layout: ResultLayout, over results: [Services.Atom]) {
    parts[variable.id] = results
    layouts[variable.id] = layout
  }

  /// What a value is spread to, if that takes no choice: if its parts are known, or if there is only one constructor,
  /// whose fields are read.
  mutating func parts(
    of value: Services.Atom, _ layout: ResultLayout, at span: Span, _ steps: inout [Services.Step]
  ) -> [Services.Atom]? {
    if case .local(_, let variable) = value, let results = parts[variable.id] { return results }
    if case .absent = value { return layout.types.map { .absent(span, ty: $0) } }
    return layout.tag == nil ? read(atom(value), layout, 0, at: span, &steps) : nil
  }

  /// Whether a field that is read is a part, which stands for it then.
  mutating func read(_ variable: Local, from subject: Services.Atom, _ variant: Int, _ index: Int) -> Bool {
    guard case .local(_, let value) = subject, let layout = layouts[value.id], let results = parts[value.id],
      layout.places.indices.contains(variant), layout.places[variant].indices.contains(index)
    else { return false }
    fields[variable.id] = results[layout.places[variant][index]]
    return true
  }

  /// Builds a value of the only constructor again from its parts.
  mutating func rebuild(_ value: Services.Atom, at span: Span, _ steps: inout [Services.Step]) -> Services.Atom {
    guard case .local(_, let variable) = value, let layout = layouts[variable.id], let results = parts[variable.id],
      layout.tag == nil
    else { return atom(value) }
    let whole = locals.make(variable.name)
    steps.append(layout.building(0, from: results, as: whole, at: span))
    return .local(span, variable: whole)
  }

  // MARK: Choices

  /// The tag of a value that is spread, and the tag's type.
  func tag(of subject: Services.Atom) -> (tag: Services.Atom, type: Name)? {
    guard case .local(_, let variable) = subject, let tag = layouts[variable.id]?.tag, let results = parts[variable.id]
    else { return nil }
    return (results[0], tag.name)
  }

  /// Where a choice by the only constructor of a value that is spread goes.
  func onlyCase(of end: Services.End) -> Services.Block? {
    guard case .switch(_, .local(_, let subject), _, let cases, let other) = end, let layout = layouts[subject.id],
      layout.tag == nil
    else { return nil }
    return cases.first?.body ?? other
  }

  private mutating func constructor(
    _ index: Int, of tag: Services.TypeDecl, at span: Span, _ steps: inout [Services.Step]
  ) -> Services.Atom {
    let variable = locals.make("tag")
    let value = Services.Value.construct(
      span, type: tag.name, variant: tag.variants[index].name, index: index, arguments: [])
    steps.append(.let(span, variable: variable, ty: .data(name: tag.name), value: value))
    return .local(span, variable: variable)
  }

  // MARK: Ends

  /// The end of a block that passes values on, those with a layout spread. What is no new value is read, which takes a
  /// choice if there are several constructors.
  mutating func end(
    _ values: [Services.Atom], _ spread: [ResultLayout?], at span: Span, _ steps: inout [Services.Step],
    _ finish: ([Services.Atom]) -> Services.End
  ) -> Services.End {
    end(Array(zip(values, spread))[...], [], at: span, &steps, finish)
  }

  private mutating func end(
    _ values: ArraySlice<(Services.Atom, ResultLayout?)>, _ done: [Services.Atom], at span: Span,
    _ steps: inout [Services.Step], _ finish: ([Services.Atom]) -> Services.End
  ) -> Services.End {
    guard let (value, layout) = values.first else { return finish(done) }
    let rest = values.dropFirst()
    guard let layout else { return end(rest, done + [atom(value)], at: span, &steps, finish) }
    if let results = parts(of: value, layout, at: span, &steps) {
      return end(rest, done + results, at: span, &steps, finish)
    }
    let cases = layout.declaration.variants.enumerated().map { index, variant in
      var inner: [Services.Step] = []
      var results = read(atom(value), layout, index, at: span, &inner)
      if let tag = layout.tag { results[0] = constructor(index, of: tag, at: span, &inner) }
      let last = end(rest, done + results, at: span, &inner, finish)
      let body = Services.Block(span, steps: inner, end: last, failure: nil)
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

extension Services.Root {
  /// Declares the enumerations that tell the constructors of values that are spread so.
  mutating func declareTags(of layouts: [ResultLayout]) {
    var tags: [Name: Services.TypeDecl] = [:]
    for layout in layouts { if let tag = layout.tag { tags[tag.name] = tag } }
    for type in types { tags[type.name] = nil }
    types += tags.values.sorted { $0.name.text < $1.name.text }
  }
}
