import Diagnostics
import Languages
import Nanopass

/// Lowers the functions of a program from objects to cells in memory.
struct ObjectLowering: WasmIRToWasmIR {
  static let summary = ""
  private var typing: ReferenceTyping
  private let layout: CellLayout
  /// The globals that are data now.
  private let placed: Set<Name>
  private var made: [Name: WasmIR.Function] = [:]

  /// The functions that make objects of the values of their fields.
  var constructors: [WasmIR.Function] { Array(made.values) }

  init() {
    self.init(
      WasmDeclarations(.empty(.memory)), CellLayout([]), placed: [])
  }

  init(_ declarations: WasmDeclarations, _ layout: CellLayout, placed: Set<Name>) {
    typing = ReferenceTyping(declarations)
    self.layout = layout
    self.placed = placed
  }

  mutating func lower(_ node: WasmIR.Function) throws -> WasmIR.Function {
    typing.variables = try VariableTypes.of(node)
    var result = try derive(node)
    result.results = node.results.map(\.inMemory)
    return result
  }

  private func bug(_ node: WasmIR.Expr) -> PassBug {
    PassBug(LayOutInMemory.self, "this has no place in memory", broke: "well-typed", in: node)
  }

  // MARK: Variables

  mutating func parameter(_ node: WasmIR.Parameter) throws -> WasmIR.Parameter {
    WasmIR.Parameter(node.span, variable: node.variable, ty: node.ty.inMemory)
  }

  mutating func step(_ node: WasmIR.Step) throws -> WasmIR.Step {
    guard case .let(let span, let variable, let ty, let value) = node else { return try derive(node) }
    return .let(span, variable: variable, ty: ty.inMemory, value: try expr(value))
  }

  // MARK: Expressions

  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    switch node {
    case .null(let span, let type): return .i32(span, value: .small(WasmIR.isList(type) ? WasmIR.emptyList : 0))
    case .global(let span, let name): return placed.contains(name) ? .address(span, datum: name) : node
    case .choose(let span, let condition, let ty, let then, let other):
      return .choose(
        span, condition: try expr(condition), ty: ty.inMemory, then: try expr(then), else: try expr(other))
    case .notNull(_, let subject), .cast(_, _, let subject): return try expr(subject)
    case .same(let span, let left, let right):
      return .compute(span, operator: "i32.eq", operands: [try expr(left), try expr(right)])
    case .isNull(let span, let subject): return try isNull(subject, at: span)
    case .is(let span, let type, let subject): return try hasType(type, subject, node, at: span)
    case .new(let span, let type, let fields):
      return .call(span, function: try constructor(of: type, node), arguments: try fields.map { try expr($0) })
    case .get(let span, let type, let index, let subject):
      let (access, offset) = try field(type, index, node)
      return .compute(span, operator: access.load, operands: [address(try expr(subject), offset, at: span)])
    case .set(let span, let type, let index, let subject, let value):
      let (access, offset) = try field(type, index, node)
      let place = address(try expr(subject), offset, at: span)
      return .compute(span, operator: access.store, operands: [place, try expr(value)])
    case .newArray, .newZeroed, .newFixed, .newFromDatum, .element, .setElement, .length, .elements, .copy, .fill:
      return try array(node)
    case .local, .i32, .i64, .f64, .setGlobal, .compute, .call, .host, .address, .size: return try derive(node)
    }
  }

  private mutating func isNull(_ subject: WasmIR.Expr, at span: Span) throws -> WasmIR.Expr {
    let type = typing.declarations.types(of: subject, typing.variables)?.first?.mentioned
    let value = try expr(subject)
    guard let type, WasmIR.isList(type) else { return .compute(span, operator: "i32.eqz", operands: [value]) }
    return .compute(span, operator: "i32.eq", operands: [value, .i32(span, value: .small(WasmIR.emptyList))])
  }

  /// Whether the tag of a cell is that of a type or one below it.
  private mutating func hasType(
    _ type: Name, _ subject: WasmIR.Expr, _ node: WasmIR.Expr, at span: Span
  ) throws -> WasmIR.Expr {
    guard let tags = layout.cells[type]?.tags else { throw bug(node) }
    var mayBeNull = true
    if case .ref? = typing.declarations.types(of: subject, typing.variables)?.first { mayBeNull = false }
    let cell = try expr(subject)
    let tag: WasmIR.Expr =
      mayBeNull
      ? .call(span, function: "cell.tag", arguments: [cell])
      : .compute(span, operator: "i32.load16_u", operands: [address(cell, 4, at: span)])
    let first = WasmIR.Expr.i32(span, value: .small(tags.lowerBound))
    if tags.count == 1 { return .compute(span, operator: "i32.eq", operands: [tag, first]) }
    let place = WasmIR.Expr.compute(span, operator: "i32.sub", operands: [tag, first])
    return .compute(span, operator: "i32.lt_u", operands: [place, .i32(span, value: .small(tags.count))])
  }

  private func address(_ base: WasmIR.Expr, _ offset: Int, at span: Span) -> WasmIR.Expr {
    .compute(span, operator: "i32.add", operands: [base, .i32(span, value: .small(offset))])
  }

  private func field(_ type: Name, _ index: Int, _ node: WasmIR.Expr) throws -> (CellLayout.Access, offset: Int) {
    guard let cell = layout.cells[type], let fields = typing.declarations.fields(of: type),
      fields.indices.contains(index), cell.offsets.indices.contains(index)
    else { throw bug(node) }
    return (CellLayout.Access(fields[index].storage), cell.offsets[index])
  }

  // MARK: Arrays

  private func element(_ type: Name, _ node: WasmIR.Expr) throws -> WasmIR.Storage {
    guard let element = typing.declarations.element(of: type) else { throw bug(node) }
    return element.storage
  }

  private mutating func array(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    switch node {
    case .newZeroed(let span, let type, let length):
      let storage = try element(type, node)
      return .call(
        span, function: "array.zeroed",
        arguments: [try expr(length), shift(storage, at: span), header(storage, at: span)])
    case .newArray(let span, let type, let value, let length):
      let storage = try element(type, node)
      return .call(
        span, function: try filler("filled", storage, node),
        arguments: [try expr(value), try expr(length), header(storage, at: span)])
    case .newFixed(let span, let type, let values):
      let function = try constructor(of: type, count: values.count, node)
      return .call(span, function: function, arguments: try values.map { try expr($0) })
    case .newFromDatum(let span, let type, let datum):
      let header = header(try element(type, node), at: span)
      return .call(
        span, function: "array.ofBytes", arguments: [.address(span, datum: datum), .size(span, datum: datum), header])
    case .element(let span, let type, let array, let index):
      let access = CellLayout.Access(try element(type, node))
      return .compute(span, operator: access.load, operands: [try place(array, index, access, at: span)])
    case .setElement(let span, let type, let array, let index, let value):
      let access = CellLayout.Access(try element(type, node))
      let place = try place(array, index, access, at: span)
      return .compute(span, operator: access.store, operands: [place, try expr(value)])
    case .length(let span, let array):
      return .compute(span, operator: "i32.load", operands: [address(try expr(array), 8, at: span)])
    case .elements(let span, let array): return address(try expr(array), CellLayout.elements, at: span)
    case .copy(let span, let type, let to, let start, let from, let first, let count):
      let operands = try [to, start, from, first, count].map { try expr($0) }
      let shift = shift(try element(type, node), at: span)
      return .call(span, function: "array.copy", arguments: operands + [shift])
    case .fill(let span, let type, let array, let start, let value, let count):
      let operands = try [array, start, value, count].map { try expr($0) }
      return .call(span, function: try filler("fill", try element(type, node), node), arguments: operands)
    default: throw bug(node)
    }
  }

  private func shift(_ storage: WasmIR.Storage, at span: Span) -> WasmIR.Expr {
    .i32(span, value: .small(CellLayout.Access(storage).shift))
  }

  private func header(_ storage: WasmIR.Storage, at span: Span) -> WasmIR.Expr {
    .i64(span, value: .small(CellLayout.header(references: 1, element: storage)))
  }

  /// The function that gives elements one value. References would have to be counted.
  private func filler(_ verb: String, _ storage: WasmIR.Storage, _ node: WasmIR.Expr) throws -> Name {
    switch storage {
    case .i8: return Name("array.\(verb).i8")
    case .i16: return Name("array.\(verb).i16")
    case .whole(.i32): return Name("array.\(verb).i32")
    case .whole(.i64): return Name("array.\(verb).i64")
    case .whole(.f64): return Name("array.\(verb).f64")
    case .whole(.ref), .whole(.nullable): throw bug(node)
    }
  }

  /// Where an element lies.
  private mutating func place(
    _ array: WasmIR.Expr, _ index: WasmIR.Expr, _ access: CellLayout.Access, at span: Span
  ) throws -> WasmIR.Expr {
    let base = try expr(array)
    if case .i32(_, .small(let number)) = index, 0...0xfff ~= number {
      return address(base, CellLayout.elements + number << access.shift, at: span)
    }
    var offset = try expr(index)
    if access.shift > 0 {
      offset = .compute(span, operator: "i32.shl", operands: [offset, .i32(span, value: .small(access.shift))])
    }
    let element = WasmIR.Expr.compute(span, operator: "i32.add", operands: [base, offset])
    return address(element, CellLayout.elements, at: span)
  }

  // MARK: New objects

  /// The function that makes a struct.
  private mutating func constructor(of type: Name, _ node: WasmIR.Expr) throws -> Name {
    guard let cell = layout.cells[type], let fields = typing.declarations.fields(of: type),
      fields.count == cell.offsets.count
    else { throw bug(node) }
    let name = Name("new.\(type)")
    if made[name] != nil { return name }
    let header = CellLayout.header(references: 1, tag: cell.tags.lowerBound, counted: cell.counted)
    let places = zip(fields, cell.offsets).map { (storage: $0.storage, offset: $1) }
    let memory = WasmIR.Expr.call(
      .none, function: "memory.allocate", arguments: [.i32(.none, value: .small(cell.size))])
    made[name] = function(name, places, memory, header: header, length: nil)
    return name
  }

  /// The function that makes an array of so many elements.
  private mutating func constructor(of type: Name, count: Int, _ node: WasmIR.Expr) throws -> Name {
    let storage = try element(type, node)
    let name = Name("new.\(type).\(count)")
    if made[name] != nil { return name }
    let shift = CellLayout.Access(storage).shift
    let places = (0..<count).map { (storage: storage, offset: CellLayout.elements + $0 << shift) }
    let size = CellLayout.elements + count << shift
    let memory = WasmIR.Expr.call(.none, function: "memory.allocate", arguments: [.i32(.none, value: .small(size))])
    let header = CellLayout.header(references: 1, element: storage)
    made[name] = function(name, places, memory, header: header, length: count)
    return name
  }

  private func function(
    _ name: Name, _ places: [(storage: WasmIR.Storage, offset: Int)], _ memory: WasmIR.Expr, header: Int, length: Int?
  ) -> WasmIR.Function {
    var fresh = FreshLocals(from: 0)
    let parameters = places.map { place in
      WasmIR.Parameter(.none, variable: fresh.make("field"), ty: place.storage.ty.inMemory)
    }
    let variable = fresh.make("cell")
    let cell = WasmIR.Expr.local(.none, variable: variable)
    func store(_ name: Name, _ offset: Int, _ value: WasmIR.Expr) -> WasmIR.Step {
      .run(.none, value: .compute(.none, operator: name, operands: [address(cell, offset, at: .none), value]))
    }
    var steps: [WasmIR.Step] = [.let(.none, variable: variable, ty: .i32, value: memory)]
    steps.append(store("i64.store", 0, .i64(.none, value: .small(header))))
    if let length { steps.append(store("i64.store", 8, .i64(.none, value: .small(length)))) }
    for (parameter, place) in zip(parameters, places) {
      let value = WasmIR.Expr.local(.none, variable: parameter.variable)
      steps.append(store(CellLayout.Access(place.storage).store, place.offset, value))
    }
    return WasmIR.Function(
      .none, name: name, parameters: parameters, results: [.i32],
      body: WasmIR.Block(.none, steps: steps, end: .return(.none, values: [cell])))
  }
}

extension WasmIR.Ty {
  /// The type in memory, where references are addresses.
  fileprivate var inMemory: WasmIR.Ty { mentioned == nil ? self : .i32 }
}
