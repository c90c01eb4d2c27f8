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
/// An option whose field is always a reference, or an immediate with one of few tags, takes no cell: `Some` is what its
/// field is, `None` an immediate that the field never is, as `SparePatterns` says. A list of records with an optional name
/// and an optional other record takes a quarter fewer instructions and a quarter less memory so.
///
///     (let p.1 (data Pair) (construct Pair Pair 0 [(float 1.5) (local x.0)]))
///     (let y.2 int (payload (local p.1) Pair 0 1))
///
/// becomes
///
///     (let p.1 cell (cell 0 [(local x.0)] [(float 1.5)]))
///     (let y.2 integer (read (local p.1) 0 1 2))
///
/// Needs: known-types. Ensures: matching-shapes.
public struct ChooseShapes: ServicesToShaped, FunctionPass {
  public static let summary = "Choose how values are held: words, floats, integers or cells"

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

  private var enumerations: Set<Name> = []
  /// The variables of the function that hold integers raw.
  private var words: NumberSet = []
  private var layouts: [Name: [Layout]] = [:]
  private var patterns: [Name: SparePatterns.Pattern] = [:]
  /// What stands for the variables of the function that hold such an option, just built, or the field of one.
  private var copies: LocalTable<Shaped.Atom> = [:]
  /// Whether these stay variables, for debuggers.
  private var keepsCopies = false
  /// What the first field of a data type's first constructor holds: the elements, if it is a vector.
  private var elements: [Name: Services.Ty] = [:]

  public init() {}

  public mutating func begin(_ input: Services.Root, in context: PassContext) {
    for type in input.types where type.variants.allSatisfy(\.fields.isEmpty) { enumerations.insert(type.name) }
    for type in input.types { layouts[type.name] = type.variants.map { Layout($0.fields.map(shape)) } }
    for type in input.types { elements[type.name] = type.variants.first?.fields.first }
    patterns = SparePatterns(input.types).patterns
    keepsCopies = context.options.optimization == 0
    context.explain(
      "\(enumerations.count) of \(layouts.count) data types are held in raw words, \(patterns.count) as their field.",
      details: patterns.keys.map { "\($0) takes no cell" }.sorted(),
      data: [("enumerations", enumerations.count), ("patterns", patterns.count), ("types", layouts.count)])
  }

  private func shape(_ type: Services.Ty) -> Shaped.Shape {
    switch type {
    case .bool, .unit, .word: return .word
    case .float: return .float
    case .int: return .integer
    case .string, .bytes, .digest: return .cell
    case .data(let name): return enumerations.contains(name) ? .word : .cell
    }
  }

  private func layout(_ type: Name, _ index: Int, in node: some Writable) throws -> Layout {
    guard let variants = layouts[type], variants.indices.contains(index) else {
      throw PassBug(Self.self, "`\(type)` has no constructor \(index)", broke: "known-types", in: node)
    }
    return variants[index]
  }

  // MARK: Declarations

  public mutating func program(
    at span: Span, types: [Services.TypeDecl], functions: [Services.Function], entry: Name
  ) throws -> Shaped.Root {
    Shaped.Root(span, functions: try functions.map { try function($0) }, entry: entry)
  }

  public mutating func function(
    at span: Span, name: Name, parameters: [Services.Parameter], results: [Services.Ty], effects: Services.Effects,
    behaviour: Services.Behaviour, body: Services.Block
  ) throws -> Shaped.Function {
    words = []
    copies = [:]
    return Shaped.Function(
      span, name: name, parameters: try parameters.map { try parameter($0) }, results: results.map(shape),
      effects: effects, behaviour: behaviour, body: try block(body))
  }

  public mutating func block(_ node: Services.Block) throws -> Shaped.Block {
    let steps = try node.steps.compactMap { try isCopy($0) ? nil : step($0) }
    return Shaped.Block(node.span, steps: steps, end: try end(node.end), failure: node.failure)
  }

  /// Whether a step only makes an option of its field or reads that; notes what stands for the variable.
  private mutating func isCopy(_ step: Services.Step) throws -> Bool {
    if keepsCopies { return false }
    switch step {
    case .let(_, let variable, _, .construct(_, let type, _, let index, let arguments)):
      guard let only = arguments.first, patterns[type]?.full == index else { return false }
      copies[variable.id] = try atom(only)
    case .let(_, let variable, _, .payload(_, let subject, let type, let variant, _)):
      guard patterns[type]?.full == variant else { return false }
      copies[variable.id] = try atom(subject)
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
    if element == .word { return "Word" }
    switch shape(element) {
    case .integer, .cell: return "Counted"
    case .float: return "Float"
    case .word:
      guard case .data(let type) = element, (layouts[type]?.count ?? 0) > 256 else { return "Byte" }
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
    if enumerations.contains(type) { return .atom(span, atom: .word(span, value: .small(index))) }
    if arguments.isEmpty { return .atom(span, atom: .immediate(span, tag: patterns[type]?.spare ?? index)) }
    let atoms = try arguments.map { try atom($0) }
    if patterns[type] != nil { return .atom(span, atom: atoms[0]) }
    let fields = zip(atoms, layout.shapes)
    return .cell(
      span, tag: index, counted: fields.filter(\.1.isCounted).map(\.0), raw: fields.filter { !$0.1.isCounted }.map(\.0))
  }

  public mutating func payload(
    at span: Span, subject: Services.Atom, type: Name, variant: Int, index: Int
  ) throws -> Shaped.Value {
    let layout = try layout(type, variant, in: type)
    guard layout.slots.indices.contains(index) else {
      throw PassBug(Self.self, "constructor \(variant) has no field \(index)", broke: "known-types", in: type)
    }
    let subject = try atom(subject)
    if patterns[type] != nil { return .atom(span, atom: subject) }
    return .read(
      span, cell: subject, slot: layout.slots[index], counted: layout.counted,
      fields: layout.slots.count)
  }

  // MARK: Choices

  public mutating func `switch`(
    at span: Span, subject: Services.Atom, type: Name, cases: [Services.Case], default rest: Services.Block?
  ) throws -> Shaped.End {
    let subject = try atom(subject)
    let rest = try rest.map { try block($0) }
    if let pattern = patterns[type] {
      let full = try cases.first { $0.index == pattern.full }.map { try block($0.body) } ?? rest
      let empty = try cases.first { $0.index != pattern.full }.map { try block($0.body) } ?? rest
      guard let full, let empty else {
        throw PassBug(Self.self, "a choice has no way for some `\(type)`", broke: "complete-switches", in: type)
      }
      let none = Shaped.TagCase(span, tag: pattern.spare, immediate: true, body: empty)
      return .switchTag(span, subject: subject, cases: [none], default: full)
    }
    if enumerations.contains(type) {
      let cases = try cases.map { Shaped.WordCase($0.span, word: .small($0.index), body: try block($0.body)) }
      return .switchWord(span, subject: subject, cases: cases, default: rest)
    }
    let tagCases = try cases.map { one in
      let isImmediate = try layout(type, one.index, in: one).shapes.isEmpty
      return Shaped.TagCase(one.span, tag: one.index, immediate: isImmediate, body: try block(one.body))
    }
    return .switchTag(span, subject: subject, cases: tagCases, default: rest)
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
