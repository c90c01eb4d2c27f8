import Diagnostics
public import Languages
public import Nanopass

/// Lowers functions to basic blocks, cells to memory and primitives to instructions and calls of the run-time library.
///
/// A cell is a header of 8 bytes (reference count 1, tag in bits 32 to 47, number of counted fields above) and its
/// fields of 8 bytes each. A constructor without fields is the word `tag * 2 + 1`, and so is a small integer.
///
///     (let p.1 cell (cell 0 [(local x.0)] []))
///     (return [(local p.1)])
///
/// becomes
///
///     (set p.1 word (allocate 16))
///     (store (local p.1) 0 8 (word 281474976710657))
///     (store (local p.1) 8 8 (local x.0))
///     (return [(local p.1)])
///
/// Integer operators stay for `expand-integer-arithmetic`, counts for `expand-counts`.
///
/// Needs: bound-locals, bound-labels, matching-shapes. Ensures: dominating-definitions, known-labels, known-addresses.
public struct LowerToMachine: FunctionPass {
  public typealias Input = Counted
  public typealias Output = Machine
  public static let summary = "Lower functions to basic blocks and cells to memory."

  var builder = BlockBuilder(FreshLocals(from: 0))
  var pool = ConstantPool()
  /// What stands for variables that have no register of their own, by number.
  var operands: LocalTable<Machine.Operand> = [:]
  /// The bits from which words were made.
  var bits: LocalTable<Machine.Operand> = [:]
  /// The registers known to hold immediates or small integers at the current place.
  var immediates: NumberSet = []
  /// The registers known to hold cells at the current place.
  var references: NumberSet = []
  /// The variables that hold integers.
  private(set) var integers: NumberSet = []
  /// What the memory of cells that end still holds.
  var remains = CellRemains()
  private var functions = 0
  private var blocks = 0

  public init() {}

  public mutating func run(_ input: Counted.Root, in context: PassContext) throws -> Machine.Root {
    try sweep(input, in: context)
  }

  public func root(_ node: Counted.Root) -> Machine.Root {
    Machine.Root(node.span, constants: [], functions: [], entry: node.entry)
  }

  public mutating func complete(_ program: inout Machine.Root) -> Bool {
    program.constants = pool.constants
    return true
  }

  public func end(in context: PassContext) {
    context.explain(
      "Laid out \(functions) functions in \(blocks) blocks, with \(pool.constants.count) constants.",
      data: [("functions", functions), ("blocks", blocks), ("constants", pool.constants.count)])
  }

  public mutating func function(_ node: Counted.Function) throws -> Machine.Function {
    builder = BlockBuilder(FreshLocals(above: node))
    operands = [:]
    bits = [:]
    immediates = []
    references = []
    integers = []
    remains = CellRemains()
    for parameter in node.parameters { note(parameter.variable, parameter.shape) }
    builder.begin(builder.make("entry"), at: node.span)
    try block(node.body)
    functions += 1
    blocks += builder.blocks.count
    return Machine.Function(
      node.span, name: node.name, parameters: node.parameters.map(parameter), results: node.results.map(type),
      blocks: builder.blocks)
  }

  private func parameter(_ node: Counted.Parameter) -> Machine.Parameter {
    Machine.Parameter(node.span, variable: node.variable, ty: type(node.shape))
  }

  private func type(_ shape: Counted.Shape) -> Machine.Ty { shape == .float ? .float : .word }

  func bug(_ message: String, _ invariant: String, in node: some Writable) -> PassBug {
    PassBug(Self.self, message, broke: invariant, in: node)
  }

  // MARK: Blocks

  /// Continues the open block with the steps of a block and ends it; the join points follow.
  mutating func block(_ node: Counted.Block) throws {
    if node.failure != nil { throw bug("steps that fail are not supported", "balanced-counts", in: node) }
    remains.beginBlock()
    for step in node.steps { try self.step(step) }
    try end(node.end)
    // Later join points first, since they may be the only ones to jump to earlier ones.
    for case .join(let span, let label, let parameters, let body) in node.steps.reversed() {
      try block(body, behind: label, parameters, at: span)
    }
  }

  /// Lowers a block that control enters at a label.
  mutating func block(
    _ body: Counted.Block, behind label: Local, _ parameters: [Counted.Parameter] = [], at span: Span
  ) throws {
    for parameter in parameters { note(parameter.variable, parameter.shape) }
    builder.begin(label, parameters.map(parameter), at: span)
    try block(body)
  }

  private mutating func step(_ node: Counted.Step) throws {
    remains.note(node)
    switch node {
    case .join: break
    case .let(let span, let variable, let shape, let value): try self.let(variable, shape, value, at: span)
    case .receive(let span, let function, let arguments, let parameters):
      for parameter in parameters { note(parameter.variable, parameter.shape) }
      let operands = arguments.map { operand($0) }
      builder.append(
        .receive(span, function: function, arguments: operands, parameters: parameters.map(parameter)))
    case .dup(let span, let variable): count(.dup, variable, at: span)
    case .drop(let span, let variable): count(.drop, variable, at: span)
    case .take(let span, let cell, _):
      let cell = operand(of: cell, at: span)
      builder.append(.run(span, value: .compute(span, operator: "take", operands: [cell])))
    case .reclaim(let span, let token, let cell, let counted, let fields):
      reclaim(token, operand(of: cell, at: span), counted, takes: !fields.isEmpty, at: span)
    case .release(let span, let token): release(token, at: span)
    case .fill(let span, let hole, let value):
      builder.append(.store(span, address: operand(hole), offset: 0, width: 8, value: operand(value)))
    }
  }

  /// Remembers the variables that hold integers.
  private mutating func note(_ variable: Local, _ shape: Counted.Shape) {
    if shape == .integer { integers.insert(variable.id) }
  }

  /// The operators that count what is known to be a reference, an integer, or none of the two.
  private struct Counting {
    var reference, integer, cell: Name

    static let dup = Counting(reference: "dup.reference", integer: "dup.integer", cell: "dup.cell")
    static let drop = Counting(reference: "drop.reference", integer: "drop.integer", cell: "drop.cell")
  }

  /// One more reference to what a variable holds.
  mutating func duplicate(_ variable: Local, at span: Span) { count(.dup, variable, at: span) }

  /// Constants and immediates are not counted.
  private mutating func count(_ counting: Counting, _ variable: Local, at span: Span) {
    let operand = operand(of: variable, at: span)
    guard case .local(_, let register) = operand, !immediates.contains(register.id) else { return }
    let name =
      references.contains(register.id)
      ? counting.reference : integers.contains(variable.id) ? counting.integer : counting.cell
    let operation = Machine.Operation.compute(span, operator: name, operands: [operand])
    builder.append(.run(span, value: operation))
  }

  private mutating func `let`(
    _ variable: Local, _ shape: Counted.Shape, _ value: Counted.Value, at span: Span
  ) throws {
    note(variable, shape)
    switch value {
    case .atom(_, let atom): operands[variable.id] = operand(atom)
    case .call(_, let function, let arguments):
      set(variable, type(shape), .call(span, function: function, arguments: arguments.map { operand($0) }), at: span)
    case .primitive(_, let name, let arguments):
      guard let primitive = Primitive.named(name) else {
        throw bug("there is no primitive `\(name)`", "known-functions", in: value)
      }
      if name == "string.equal", equalsShortText(arguments, to: variable, at: span) { return }
      try self.primitive(primitive, operands(of: primitive, arguments, at: span), to: variable, at: span)
    case .service(_, let name, let arguments):
      guard let service = EffectOperation.service(name) else {
        throw bug("there is no service `\(name)`", "known-services", in: value)
      }
      self.service(service, operands(arguments, service.passing, at: span), to: variable, at: span)
    case .cell(_, let tag, let counted, let raw):
      guard tag < 0xfffe, counted.count < 0x8000 else { throw bug("the cell is too big", "matching-shapes", in: value) }
      set(variable, .word, .allocate(span, size: 8 + 8 * (counted.count + raw.count)), at: span)
      fill(variable, tag, counted.map { operand($0) }, raw.map { operand($0) }, at: span)
    case .reuse(_, let token, let tag, let counted, let raw):
      guard tag < 0xfffe, counted.count < 0x8000 else { throw bug("the cell is too big", "matching-shapes", in: value) }
      reuse(token, for: variable, tag, counted, raw, at: span)
    case .read(_, let cell, let slot, _, _):
      set(variable, type(shape), .load(span, address: operand(cell), offset: 8 + 8 * slot, width: 8), at: span)
    case .hole(let span, let cell, let slot):
      let place = [operand(cell), Machine.Operand.number(8 + 8 * slot)]
      set(variable, .word, .compute(span, operator: "add", operands: place), at: span)
    }
  }

  mutating func set(_ variable: Local, _ type: Machine.Ty, _ value: Machine.Operation, at span: Span) {
    builder.append(.set(span, variable: variable, ty: type, value: value))
  }

  /// Writes the header and fields of a cell.
  private mutating func fill(
    _ variable: Local, _ tag: Int, _ counted: [Machine.Operand], _ raw: [Machine.Operand], at span: Span
  ) {
    references.insert(variable.id)
    let cell = Machine.Operand.local(span, variable: variable)
    storeHeader(tag, counted.count, in: cell, at: span)
    store(Array((counted + raw).enumerated()), in: cell, at: span)
  }

  /// Writes the header of a cell with one reference.
  mutating func storeHeader(_ tag: Int, _ counted: Int, in cell: Machine.Operand, at span: Span) {
    let header = Machine.Operand.number(counted << 48 | tag << 32 | 1)
    builder.append(.store(span, address: cell, offset: 0, width: 8, value: header))
  }

  /// Writes fields of a cell.
  mutating func store(
    _ fields: [(offset: Int, element: Machine.Operand)], in cell: Machine.Operand, at span: Span
  ) {
    for (slot, field) in fields {
      builder.append(.store(span, address: cell, offset: 8 + 8 * slot, width: 8, value: field))
    }
  }

  private mutating func service(
    _ service: EffectOperation, _ arguments: [Machine.Operand], to variable: Local, at span: Span
  ) {
    guard service.result == .unit else {
      return call(Name(service.native), arguments, service.resultPassing, to: variable, at: span)
    }
    builder.append(.run(span, value: .runtime(span, function: Name(service.native), arguments: arguments)))
    operands[variable.id] = .number(0)
  }

  // MARK: Operands

  func operand(of variable: Local, at span: Span) -> Machine.Operand {
    operands[variable.id] ?? .local(span, variable: variable)
  }

  mutating func operand(_ atom: Counted.Atom) -> Machine.Operand {
    switch atom {
    case .local(let span, let variable): return operand(of: variable, at: span)
    case .integer(let span, let value): return pool.integer(value, at: span)
    case .float(let span, let value): return .float(span, value: value)
    case .string(let span, let value): return pool.text(value, at: span)
    case .word(let span, let value): return .word(span, value: value)
    case .immediate(let span, let tag): return .word(span, value: .small(tag << 1 | 1))
    case .constant(let span, _, let tag, let counted, let raw):
      return pool.cell(tag, counted.map { operand($0) }, raw.map { operand($0) }, at: span)
    }
  }

  // MARK: Ends

  private mutating func end(_ node: Counted.End) throws {
    switch node {
    case .return(let span, let values): builder.end(.return(span, values: values.map { operand($0) }))
    case .jump(let span, let label, let arguments):
      builder.end(.jump(span, label: label, arguments: arguments.map { operand($0) }))
    case .tailCall(let span, let function, let arguments):
      builder.end(.tailCall(span, function: function, arguments: arguments.map { operand($0) }))
    case .loop(let span, let label, let parameters, let arguments, let body):
      builder.end(.jump(span, label: label, arguments: arguments.map { operand($0) }))
      try block(body, behind: label, parameters, at: span)
    case .test(let span, let subject, let cases, let rest): try test(subject, cases, rest, at: span)
    case .switchTag(let span, let subject, let cases, let rest): try switchTag(subject, cases, rest, at: span)
    case .switchWord(let span, let subject, let cases, let rest): try switchWord(subject, cases, rest, at: span)
    }
  }
}
