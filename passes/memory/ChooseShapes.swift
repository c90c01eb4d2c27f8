public import Diagnostics
public import Languages
public import Nanopass

/// Replaces types by the shapes in which values are held.
///
/// Booleans, unit, words and types whose constructors all have no fields become raw words, floats stay floats, integers
/// become small-or-big integers, strings and all other data cells. A constructor without fields in a type that also has others
/// is an immediate; one with fields is a cell that holds first the fields with references, then the raw ones. Vectors
/// are cells of the run-time library, and their primitives become those for elements held like theirs.
///
/// One constructor of a type takes no cell, if it has one field: its values are those of the field, which those of the
/// others never are, as `Representations` says. `Some(x)`, `Ok(x)`, the `Num(n)` of a tree and a record of one field so
/// cost nothing: constant_folding takes 24 % fewer instructions so, symbolic_derivation 10 %, and lists and maps of optional
/// numbers and results 7 %.
///
///     (let p.1 (data Pair) (construct Pair Pair 0 [(local x.0) (float 1.5)]))
///     (let y.2 int (payload (local p.1) Pair 0 0))
///     (let o.3 (data Option) (construct Option Some 1 [(local y.2)]))
///     (return [(local o.3)])
///
/// becomes
///
///     (let p.1 cell (cell 0 [(local x.0)] [(float 1.5)]))
///     (let y.2 integer (read (local p.1) 0 1 2))
///     (return [(local y.2)])
///
/// Needs: known-types. Ensures: matching-shapes.
public struct ChooseShapes: ServicesToShaped, FunctionPass {
  public static let summary = "Choose how values are held: words, floats, integers or cells."

  /// Where a constructor keeps its fields.
  private struct Layout {
    var shapes: [Shaped.Shape]
    var slots: [Int]
    var counted: Int

    init(_ shapes: [Shaped.Shape]) {
      self.shapes = shapes
      slots = shapes.map { _ in 0 }
      let counted = shapes.indices.filter { shapes[$0].isCounted }
      self.counted = counted.count
      let raw = shapes.indices.filter { !shapes[$0].isCounted }
      for (slot, field) in (counted + raw).enumerated() { slots[field] = slot }
    }
  }

  private var representations = Representations([])
  /// The variables of the function that hold integers raw.
  private var words: NumberSet = []
  private var layouts: [Name: [Layout]] = [:]
  private var locals = FunctionLocals<Services.Function>()
  /// The join points that the end of the open block needs.
  private var joins: [Shaped.Step] = []
  /// What stands for the variables of the function that hold such an option, just built, or the field of one.
  private var copies: LocalTable<Shaped.Atom> = [:]
  /// Whether these stay variables, for debuggers.
  private var keepsCopies = false
  /// What the first field of a data type's first constructor holds: the elements, if it is a vector.
  private var elements: [Name: Services.Ty] = [:]

  public init() {}

  public mutating func begin(_ input: Services.Root, in context: PassContext) {
    representations = Representations(input.types)
    for type in input.types { layouts[type.name] = type.variants.map { Layout($0.fields.map(shape)) } }
    for type in input.types { elements[type.name] = type.variants.first?.fields.first }
    keepsCopies = context.options.optimization == 0
    let words = representations.types.values.count { if case .word = $0.held { true } else { false } }
    let transparent = input.types.compactMap { type in
      representations.types[type.name]?.transparent.map { "\(type.name): \(type.variants[$0].name) takes no cell" }
    }
    context.explain(
      "\(words) of \(layouts.count) data types are held in raw words, \(transparent.count) have a constructor that is its field.",
      details: transparent.sorted(),
      data: [("words", words), ("transparent", transparent.count), ("types", layouts.count)])
  }

  private func shape(_ type: Services.Ty) -> Shaped.Shape {
    switch representations.held(type) {
    case .word: .word
    case .float: .float
    case .integer: .integer
    case .cell: .cell
    }
  }

  private func layout(_ type: Name, _ index: Int, in node: some Writable) throws -> Layout {
    guard let variants = layouts[type], variants.indices.contains(index) else {
      throw PassBug(Self.self, "`\(type)` has no constructor \(index)", broke: "known-types", in: node)
    }
    return variants[index]
  }

  private func constructor(_ type: Name, _ index: Int) -> Representations.Constructor? {
    guard let constructors = representations.types[type]?.constructors, constructors.indices.contains(index) else {
      return nil
    }
    return constructors[index]
  }

  /// Whether the field of a constructor that is its field is a raw word while the type's values are integers.
  private func tagsWord(_ type: Name, _ index: Int) -> Bool {
    representations.types[type]?.held == .integer && layouts[type]?[index].shapes == [.word]
  }

  // MARK: Declarations

  public mutating func program(
    at span: Span, types: [Services.TypeDecl], functions: [Services.Function], entry: Name
  ) throws -> Shaped.Root {
    Shaped.Root(span, functions: try functions.map { try function($0) }, entry: entry)
  }

  public mutating func function(_ node: Services.Function) throws -> Shaped.Function {
    locals.enter(node)
    words = []
    copies = [:]
    return try derive(node)
  }

  public mutating func function(
    at span: Span, name: Name, parameters: [Services.Parameter], results: [Services.Ty], effects: Services.Effects,
    behaviour: Services.Behaviour, body: Services.Block
  ) throws -> Shaped.Function {
    Shaped.Function(
      span, name: name, parameters: try parameters.map { try parameter($0) }, results: results.map(shape),
      effects: effects, behaviour: behaviour, body: try block(body))
  }

  public mutating func block(_ node: Services.Block) throws -> Shaped.Block {
    var steps: [Shaped.Step] = []
    var inner = node
    while true {
      for step in inner.steps where try !isCopy(step) { steps.append(try self.step(step)) }
      // A choice that has one way is none.
      guard case .switch(_, _, let type, let cases, let rest) = inner.end,
        representations.types[type]?.transparent != nil, cases.count == 1, rest == nil
      else { break }
      inner = cases[0].body
    }
    let outer = joins
    joins = []
    let end = try end(inner.end)
    steps += joins
    joins = outer
    return Shaped.Block(node.span, steps: steps, end: end, failure: node.failure)
  }

  /// Whether a step only makes a value of its field or reads that; notes which variable stands for the one that it
  /// binds. A literal keeps one, since the branch of another constructor may read its fields though control never comes
  /// there.
  private mutating func isCopy(_ step: Services.Step) throws -> Bool {
    if keepsCopies { return false }
    switch step {
    case .let(_, let variable, _, .construct(_, let type, _, let index, let arguments)):
      guard let only = arguments.first, constructor(type, index) == .field, !tagsWord(type, index),
        case let copy = try atom(only), case .local = copy
      else { return false }
      copies[variable.id] = copy
    case .let(_, let variable, let ty, .payload(_, let subject, let type, let index, _)):
      guard constructor(type, index) == .field, !tagsWord(type, index),
        case let copy = try atom(subject), case .local = copy
      else { return false }
      if ty == .word { words.insert(variable.id) }
      copies[variable.id] = copy
    case .let, .join, .receive: return false
    }
    return true
  }

  public mutating func atom(_ node: Services.Atom) throws -> Shaped.Atom {
    if case .local(_, let variable) = node, let copy = copies[variable.id] { return copy }
    return try derive(node)
  }

  public mutating func parameter(at span: Span, variable: Local, ty: Services.Ty) -> Shaped.Parameter {
    if ty == .word { words.insert(variable.id) }
    return Shaped.Parameter(span, variable: variable, shape: shape(ty))
  }

  public mutating func `let`(
    at span: Span, variable: Local, ty: Services.Ty, value: Services.Value
  ) throws -> Shaped.Step {
    if ty == .word { words.insert(variable.id) }
    return .let(span, variable: variable, shape: shape(ty), value: try self.value(choosing(value, for: ty)))
  }

  /// A primitive on vectors becomes the one for elements that are held like these; `ty` is the type of its result.
  private func choosing(_ value: Services.Value, for ty: Services.Ty) throws -> Services.Value {
    guard case .primitive(let span, let name, let arguments) = value else { return value }
    let element: Services.Ty
    switch name {
    case "vector.get": element = ty
    case "vector.new", "vector.set", "vector.insert", "vector.remove", "vector.slice", "vector.concat":
      guard case .data(let type) = ty, let held = elements[type] else {
        throw PassBug(Self.self, "`\(name)` gives no vector", broke: "known-types", in: value)
      }
      element = held
    default: return value
    }
    return .primitive(span, name: Name(name.text + kind(of: element)), arguments: arguments)
  }

  /// How a vector holds elements of a type. One of few constructors takes a byte.
  private func kind(of element: Services.Ty) -> String {
    switch shape(element) {
    case .integer, .cell: return "Counted"
    case .float: return "Float"
    case .word:
      guard case .word(let spare) = representations.held(element), spare > 256 else { return "Byte" }
      return "Word"
    }
  }

  // MARK: Data

  public mutating func construct(
    at span: Span, type: Name, variant: Name, index: Int, arguments: [Services.Atom]
  ) throws -> Shaped.Value {
    let layout = try layout(type, index, in: type)
    guard layout.shapes.count == arguments.count else {
      throw PassBug(Self.self, "`\(variant)` has \(layout.shapes.count) fields", broke: "known-types", in: type)
    }
    let atoms = try arguments.map { try atom($0) }
    switch constructor(type, index) {
    case .word(let word)?: return .atom(span, atom: .word(span, value: .small(word)))
    case .immediate(let tag)?: return .atom(span, atom: .immediate(span, tag: tag))
    case .constant(let tag)?:
      return .atom(span, atom: .constant(span, shape: .integer, tag: tag, counted: [], raw: []))
    case .field?:
      return tagsWord(type, index)
        ? .primitive(span, name: "int.fromWord", arguments: atoms) : .atom(span, atom: atoms[0])
    case .cell(let tag)?: return cell(tag, atoms, layout, at: span)
    case nil: throw PassBug(Self.self, "`\(type)` is not declared", broke: "known-types", in: type)
    }
  }

  private func cell(_ tag: Int, _ atoms: [Shaped.Atom], _ layout: Layout, at span: Span) -> Shaped.Value {
    let fields = zip(atoms, layout.shapes)
    return .cell(
      span, tag: tag, counted: fields.filter(\.1.isCounted).map(\.0), raw: fields.filter { !$0.1.isCounted }.map(\.0))
  }

  public mutating func payload(
    at span: Span, subject: Services.Atom, type: Name, variant: Int, index: Int
  ) throws -> Shaped.Value {
    let layout = try layout(type, variant, in: type)
    guard layout.slots.indices.contains(index) else {
      throw PassBug(Self.self, "constructor \(variant) has no field \(index)", broke: "known-types", in: type)
    }
    let subject = try atom(subject)
    if constructor(type, variant) == .field {
      return tagsWord(type, variant)
        ? .primitive(span, name: "word.fromInt", arguments: [subject]) : .atom(span, atom: subject)
    }
    return .read(
      span, cell: subject, slot: layout.slots[index], counted: layout.counted,
      fields: layout.slots.count)
  }

  // MARK: Choices

  public mutating func `switch`(
    at span: Span, subject: Services.Atom, type: Name, cases: [Services.Case], default rest: Services.Block?
  ) throws -> Shaped.End {
    let subject = try atom(subject)
    guard let representation = representations.types[type] else {
      throw PassBug(Self.self, "`\(type)` is not declared", broke: "known-types", in: type)
    }
    var chosen = try cases.map { (index: $0.index, body: try block($0.body)) }
    var rest = try rest.map { try block($0) }
    if let transparent = representation.transparent,
      let position = chosen.firstIndex(where: { $0.index == transparent })
    {
      // Its values are all that no other case takes.
      let body = chosen.remove(at: position).body
      let others = representation.constructors.indices.filter { index in
        index != transparent && !chosen.contains { $0.index == index }
      }
      if let left = rest {
        let shared = others.count > 1 ? join(left, at: span) : left
        chosen += others.map { ($0, shared) }
      }
      rest = body
    }
    var (tags, words): ([Shaped.TagCase], [Shaped.WordCase]) = ([], [])
    for (index, body) in chosen {
      switch constructor(type, index) {
      case .word(let word)?: words.append(Shaped.WordCase(body.span, word: .small(word), body: body))
      case .immediate(let tag)?: tags.append(Shaped.TagCase(body.span, tag: tag, immediate: true, body: body))
      case .cell(let tag)?, .constant(let tag)?:
        tags.append(Shaped.TagCase(body.span, tag: tag, immediate: false, body: body))
      case .field?, nil:
        throw PassBug(Self.self, "a choice has two ways for some `\(type)`", broke: "complete-switches", in: type)
      }
    }
    if case .word = representation.held { return .switchWord(span, subject: subject, cases: words, default: rest) }
    return .switchTag(span, subject: subject, cases: tags, default: rest)
  }

  /// A block that only goes on where a new join point stands for another.
  private mutating func join(_ body: Shaped.Block, at span: Span) -> Shaped.Block {
    let label = locals.make("rest")
    joins.append(.join(span, label: label, parameters: [], body: body))
    return Shaped.Block(span, steps: [], end: .jump(span, label: label, arguments: []), failure: nil)
  }

  public mutating func end(_ node: Services.End) throws -> Shaped.End {
    guard case .test(let span, let subject, let cases, let rest) = node, isWord(subject, comparedWith: cases) else {
      return try derive(node)
    }
    return .switchWord(
      span, subject: try atom(subject),
      cases: try cases.map { Shaped.WordCase($0.span, word: try word(of: $0.literal), body: try block($0.body)) },
      default: try block(rest))
  }

  private func isWord(_ subject: Services.Atom, comparedWith cases: [Services.LiteralCase]) -> Bool {
    if case .bool? = cases.first?.literal { return true }
    switch subject {
    case .local(_, let variable): return words.contains(variable.id)
    case .word: return true
    default: return false
    }
  }

  private func word(of literal: Services.Literal) throws -> Integer {
    switch literal {
    case .bool(_, let value): return .small(value ? 1 : 0)
    case .integer(_, let value): return value
    case .float, .string:
      throw PassBug(Self.self, "a word is compared with something else", broke: "well-typed", in: literal)
    }
  }

  public mutating func bool(at span: Span, value: Bool) -> Shaped.Atom { .word(span, value: .small(value ? 1 : 0)) }

  public mutating func unit(at span: Span) -> Shaped.Atom { .word(span, value: .small(0)) }

  public mutating func absent(at span: Span, ty: Services.Ty) -> Shaped.Atom {
    switch shape(ty) {
    case .word: .word(span, value: .small(0))
    case .float: .float(span, value: 0)
    case .integer: .integer(span, value: .small(0))
    case .cell: .immediate(span, tag: 0)
    }
  }
}
