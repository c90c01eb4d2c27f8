import Diagnostics
public import Languages
public import Nanopass

/// Lowers to WebAssembly whose values lie in memory: cells to loads and stores, counts to calls of the library, integers
/// to tagged words, choices to tests of tags and words, primitives to instructions and calls of the library.
///
/// A word is an `i64`, an integer an `i64` too: `n * 2 + 1`, or the address of a big one; a cell is the address of its
/// memory in an `i32`, or the odd number of a constructor without fields. A cell is a header of 8 bytes (reference count,
/// tag in bits 32 to 47, number of counted fields above) and its fields of 8 bytes each, the counted ones first. Of a
/// counted field that is no integer only the low half is used.
///
///     (let p.1 cell (cell 0 [(local x.0)] []))
///     (return [(local p.1)])
///
/// becomes
///
///     (let p.1 i32 (call memory.allocate [(i32 16)]))
///     (run (compute i64.store [(local p.1) (i64 281474976710657)]))
///     (run (compute i32.store [(compute i32.add [(local p.1) (i32 8)]) (local x.0)]))
///     (return [(local p.1)])
///
/// The library's functions and types stay names; `link-wasm-library` adds those that are used.
///
/// Needs: bound-locals, bound-labels, matching-shapes, balanced-counts. Ensures: bound-locals, bound-labels.
public struct LowerToWasmMemory: Pass {
  public typealias Input = Counted
  public typealias Output = WasmIR
  public static let summary = "Lower to WebAssembly with cells in linear memory"

  var fresh = FreshLocals(from: 0)
  /// The steps of the open block.
  var steps: [WasmIR.Step] = []
  /// What stands for variables that are none of their own, by number.
  var values: LocalTable<WasmIR.Expr> = [:]
  /// How the variables of the function are held.
  var shapes: LocalTable<Counted.Shape> = [:]
  /// The bits from which words were made.
  var bits: LocalTable<WasmIR.Expr> = [:]
  /// The variables known to hold immediates or small integers at the current place.
  var immediates: NumberSet = []
  /// The variables known to hold cells at the current place.
  var references: NumberSet = []
  var literals = WasmLiterals(.memory)
  var cells = ConstantCells()
  /// How what the program prints goes to the host.
  var printing = PrintingPlan()
  /// What is known of the memory of cells that have ended.
  var remains = CellRemains()
  /// The tokens that are cells to be written to, with the number of their fields.
  var renewed: LocalTable<Int> = [:]
  private var isEntry = false
  private var checksLeaks = false
  /// Whether small output is asked for.
  private(set) var favoursSize = false

  public init() {}

  public mutating func run(_ input: Counted.Root, in context: PassContext) throws -> WasmIR.Root {
    printing = try PrintingPlan(input)
    checksLeaks = context.options.checksLeaks
    favoursSize = context.options.favoursSize
    let functions = try input.functions.map { try function($0, isEntry: $0.name == input.entry) }
    context.explain(
      "Lowered \(functions.count) functions, with \(literals.globals.count + cells.data.count) constants.",
      data: [("functions", functions.count), ("constants", literals.globals.count + cells.data.count)])
    return WasmIR.Root(
      input.span, heap: .memory, effects: input.declaredEffects, types: [], imports: printing.imports,
      globals: literals.globals, data: literals.data + printing.data + cells.data, functions: functions,
      entry: input.entry)
  }

  private mutating func function(_ node: Counted.Function, isEntry: Bool) throws -> WasmIR.Function {
    fresh = FreshLocals(above: node)
    (values, shapes, bits) = ([:], [:], [:])
    (immediates, references, remains, renewed) = ([], [], CellRemains(), [:])
    self.isEntry = isEntry
    let parameters = node.parameters.map { parameter($0) }
    let results = isEntry ? [] : node.results.map(Self.type)
    return WasmIR.Function(
      node.span, name: node.name, parameters: parameters, results: results, body: try block(node.body))
  }

  func bug(_ message: String, _ invariant: String, in node: some Writable) -> PassBug {
    PassBug(Self.self, message, broke: invariant, in: node)
  }

  // MARK: Variables

  /// The type of a variable of a shape.
  static func type(_ shape: Counted.Shape) -> WasmIR.Ty {
    switch shape {
    case .word, .integer: .i64
    case .float: .f64
    case .cell: .i32
    }
  }

  mutating func parameter(_ node: Counted.Parameter) -> WasmIR.Parameter {
    shapes[node.variable.id] = node.shape
    return WasmIR.Parameter(node.span, variable: node.variable, ty: Self.type(node.shape))
  }

  /// Sets a new variable in the open block.
  mutating func bind(_ name: Name, _ ty: WasmIR.Ty, _ value: WasmIR.Expr) -> WasmIR.Expr {
    if value.isAtom { return value }
    let variable = fresh.make(name)
    steps.append(.let(value.span, variable: variable, ty: ty, value: value))
    return .local(value.span, variable: variable)
  }

  /// Sets a variable in the open block.
  mutating func set(_ variable: Local, _ value: WasmIR.Expr, at span: Span) {
    let shape = shapes[variable.id] ?? .word
    steps.append(.let(span, variable: variable, ty: Self.type(shape), value: value))
  }

  mutating func run(_ value: WasmIR.Expr) { steps.append(.run(value.span, value: value)) }

  /// Sets the two parts of an integer to what a call of the library gives.
  mutating func receiveParts(_ call: WasmIR.Expr) -> [WasmIR.Expr] {
    let span = call.span
    let parts = [
      WasmIR.Parameter(span, variable: fresh.make("word"), ty: .i64),
      WasmIR.Parameter(span, variable: fresh.make("big"), ty: .i32),
    ]
    steps.append(.receive(span, parameters: parts, value: call))
    return parts.map { .local(span, variable: $0.variable) }
  }

  // MARK: Blocks

  mutating func block(_ node: Counted.Block) throws -> WasmIR.Block {
    if node.failure != nil { throw bug("steps that fail are not supported", "balanced-counts", in: node) }
    remains.beginBlock()
    let ordered = favoursSize ? node.steps : renewingEarly(node.steps)
    return try nested(at: node.span) { try $0.rest(ordered[...], node.end) }
  }

  /// A block of its own that ends by what is lowered.
  mutating func nested(at span: Span, _ lower: (inout Self) throws -> WasmIR.End) rethrows -> WasmIR.Block {
    let outer = steps
    steps = []
    defer { steps = outer }
    let end = try lower(&self)
    return WasmIR.Block(span, steps: steps, end: end)
  }

  /// The steps from some on in the open block, and its end.
  mutating func rest(_ following: ArraySlice<Counted.Step>, _ end: Counted.End) throws -> WasmIR.End {
    var ended = 0
    for (index, step) in zip(following.indices, following) {
      if ended > 0 {
        ended -= 1
        continue
      }
      remains.note(step)
      if let reuse = keepingReuse(step) { return try self.reuse(reuse, following[(index + 1)...], end) }
      let endings = endings(of: step, following[(index + 1)...])
      ended = endings.count
      try self.step(step, endings: endings)
    }
    return try self.end(end)
  }

  /// - Parameter endings: the positions of a primitive's arguments to which the references end with it.
  private mutating func step(_ node: Counted.Step, endings: [Int]) throws {
    switch node {
    case .let(let span, let variable, let shape, let value):
      shapes[variable.id] = shape
      try self.let(variable, value, endings: endings, at: span)
    case .receive(let span, let function, let arguments, let parameters):
      let call = WasmIR.Expr.call(span, function: function, arguments: try arguments.map { try atom($0) })
      steps.append(.setting(parameters.map { parameter($0) }, to: call, at: span))
    case .join(let span, let label, let parameters, let body):
      let parameters = parameters.map { parameter($0) }
      let (outerImmediates, outerReferences) = (immediates, references)
      let body = try block(body)
      (immediates, references) = (outerImmediates, outerReferences)
      steps.append(.join(span, label: label, parameters: parameters, body: body))
    case .dup(let span, let variable): count("dup", variable, at: span)
    case .drop(let span, let variable): count("drop", variable, at: span)
    case .take(let span, let cell, _):
      run(.call(span, function: "count.take", arguments: [try address(.local(span, variable: cell))]))
    case .reclaim(let span, let token, let cell, let counted, let fields):
      reclaim(token, try address(.local(span, variable: cell)), counted, takes: !fields.isEmpty, at: span)
    case .release(let span, let token):
      run(.call(span, function: "count.release", arguments: [.local(span, variable: token)]))
    case .fill(let span, let hole, let value):
      let place = WasmIR.Expr.compute(span, operator: "i32.wrap_i64", operands: [try atom(hole)])
      run(.store(try atom(value), shape(of: value), place, 0, at: span))
    }
  }

  private mutating func `let`(
    _ variable: Local, _ value: Counted.Value, endings: [Int], at span: Span
  ) throws {
    switch value {
    case .atom(_, let atom): values[variable.id] = try self.atom(atom)
    case .call(_, let function, let arguments):
      set(variable, .call(span, function: function, arguments: try arguments.map { try atom($0) }), at: span)
    case .primitive(_, let name, let arguments):
      guard let primitive = Primitive.named(name) else {
        throw bug("there is no primitive `\(name)`", "known-functions", in: value)
      }
      try self.primitive(primitive, arguments, endings: endings, to: variable, at: span)
    case .service(_, let name, let arguments): try service(name, arguments, to: variable, at: span)
    case .cell(_, let tag, let counted, let raw):
      let size = WasmIR.Expr.word(8 + 8 * (counted.count + raw.count), at: span)
      let cell = WasmIR.Expr.call(span, function: "memory.allocate", arguments: [size])
      try fill(variable, with: cell, tag, counted, raw, at: span)
    case .reuse(_, let token, let tag, let counted, let raw):
      let size = 8 + 8 * (counted.count + raw.count)
      let arguments: [WasmIR.Expr] = [.local(span, variable: token), .word(size, at: span)]
      let cell = WasmIR.Expr.call(span, function: "count.reuse", arguments: arguments)
      try fill(variable, with: cell, tag, counted, raw, at: span)
    case .read(_, let cell, let slot, _, _):
      let shape = shapes[variable.id] ?? .word
      set(variable, .load(shape, try address(cell), 8 + 8 * slot, at: span), at: span)
    case .hole(_, let cell, let slot):
      let place = WasmIR.Expr.place(try address(cell), 8 + 8 * slot, at: span)
      set(variable, .compute(span, operator: "i64.extend_i32_u", operands: [place]), at: span)
    }
  }

  // MARK: Atoms

  func operand(of variable: Local, at span: Span) -> WasmIR.Expr {
    values[variable.id] ?? .local(span, variable: variable)
  }

  mutating func atom(_ node: Counted.Atom) throws -> WasmIR.Expr {
    switch node {
    case .local(let span, let variable): return operand(of: variable, at: span)
    case .integer(let span, let value): return literals.tagged(value, at: span)
    case .float(let span, let value): return .f64(span, value: value)
    case .string(let span, let value): return literals.string(value, at: span)
    case .word(let span, let value): return .i64(span, value: value)
    case .immediate(let span, let tag): return .word(tag << 1 | 1, at: span)
    case .constant(let span, let shape, let tag, let counted, let raw):
      try checkSize(tag, counted.count, in: node)
      let fields = try (counted + raw).map { try atom($0) }
      let address = WasmIR.Expr.address(span, datum: cells.cell(tag, counted: counted.count, fields, at: span))
      return shape == .integer ? .compute(span, operator: "i64.extend_i32_u", operands: [address]) : address
    }
  }

  /// The address of the cell that an atom surely holds, or what stands for that address.
  mutating func address(_ node: Counted.Atom) throws -> WasmIR.Expr {
    let atom = try atom(node)
    guard shape(of: node) == .integer else { return atom }
    if case .compute(_, "i64.extend_i32_u", let operands) = atom, let cell = operands.first { return cell }
    return .compute(node.span, operator: "i32.wrap_i64", operands: [atom])
  }

  /// How an atom is held.
  func shape(of atom: Counted.Atom) -> Counted.Shape {
    switch atom {
    case .local(_, let variable): shapes[variable.id] ?? .word
    case .integer: .integer
    case .float: .float
    case .word: .word
    case .constant(_, let shape, _, _, _): shape
    case .string, .immediate: .cell
    }
  }

  // MARK: Ends

  private mutating func end(_ node: Counted.End) throws -> WasmIR.End {
    switch node {
    case .return(let span, let values):
      if isEntry { return finish(at: span) }
      return .return(span, values: try values.map { try atom($0) })
    case .jump(let span, let label, let arguments):
      return .jump(span, label: label, arguments: try arguments.map { try atom($0) })
    case .tailCall(let span, let function, let arguments):
      let arguments = try arguments.map { try atom($0) }
      guard isEntry else { return .tailCall(span, function: function, arguments: arguments) }
      run(.call(span, function: function, arguments: arguments))
      return finish(at: span)
    case .loop(let span, let label, let parameters, let arguments, let body):
      let arguments = try arguments.map { try atom($0) }
      let parameters = parameters.map { parameter($0) }
      return .loop(span, label: label, parameters: parameters, arguments: arguments, body: try block(body))
    case .test(let span, let subject, let cases, let rest): return try test(subject, cases, rest, at: span)
    case .switchTag(let span, let subject, let cases, let rest): return try switchTag(subject, cases, rest, at: span)
    case .switchWord(let span, let subject, let cases, let rest): return try switchWord(subject, cases, rest, at: span)
    }
  }

  /// Ends the program.
  private mutating func finish(at span: Span) -> WasmIR.End {
    if printing.isBuffered { run(.call(span, function: "console.flush", arguments: [])) }
    if checksLeaks { run(.call(span, function: "count.check", arguments: [])) }
    return .return(span, values: [])
  }
}
