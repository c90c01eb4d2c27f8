import Diagnostics
import Languages
import Nanopass

// How `LowerToWasmMemory` makes cells, counts references to them and uses their memory again.

extension LowerToWasmMemory {
  /// Throws if a cell's tag or counted fields do not fit its header.
  func checkSize(_ tag: Int, _ counted: Int, in node: some Writable) throws {
    guard tag < 0xfffe, counted < 0x8000 else { throw bug("the cell is too big", "matching-shapes", in: node) }
  }

  /// Writes the header and the fields of a cell into new memory.
  mutating func fill(
    _ variable: Local, with memory: WasmIR.Expr, _ tag: Int, _ counted: [Counted.Atom], _ raw: [Counted.Atom],
    at span: Span
  ) throws {
    try checkSize(tag, counted.count, in: variable)
    references.insert(variable.id)
    let isInteger = shapes[variable.id] == .integer
    let address = isInteger ? fresh.make(variable.name) : variable
    steps.append(.let(span, variable: address, ty: .i32, value: memory))
    let cell = WasmIR.Expr.local(span, variable: address)
    if isInteger { set(variable, .compute(span, operator: "i64.extend_i32_u", operands: [cell]), at: span) }
    let header = WasmIR.Expr.i64(span, value: .small(counted.count << 48 | tag << 32 | 1))
    run(.compute(span, operator: "i64.store", operands: [cell, header]))
    for (slot, field) in (counted + raw).enumerated() {
      run(.store(try atom(field), shape(of: field), cell, 8 + 8 * slot, at: span))
    }
  }

  /// One more reference, or one less, to what a variable holds. Constants and immediates are not counted.
  mutating func count(_ name: String, _ variable: Local, at span: Span) {
    guard case .local(_, let register) = operand(of: variable, at: span), !immediates.contains(register.id) else {
      return
    }
    let isInteger = shapes[register.id] == .integer
    let counted = WasmIR.Expr.local(span, variable: register)
    if references.contains(register.id) {
      let cell = isInteger ? WasmIR.Expr.compute(span, operator: "i32.wrap_i64", operands: [counted]) : counted
      run(.call(span, function: Name("count.\(name)Reference"), arguments: [cell]))
    } else {
      run(.call(span, function: Name("count.\(name)\(isInteger ? "Integer" : "Cell")"), arguments: [counted]))
    }
  }

  /// Takes one reference away from a cell. `takes` says that there is one more to each of its `counted` fields.
  mutating func reclaim(_ token: Local, _ cell: WasmIR.Expr, _ counted: Int, takes: Bool, at span: Span) {
    let function: Name = takes || counted == 0 ? "count.reclaimTaking" : "count.reclaim"
    shapes[token.id] = .cell
    set(token, .call(span, function: function, arguments: [cell]), at: span)
  }
}

extension WasmIR.Expr {
  /// An `i32`.
  static func word(_ value: Int, at span: Span) -> WasmIR.Expr { .i32(span, value: .small(value)) }

  /// The address some bytes behind another.
  static func place(_ address: WasmIR.Expr, _ offset: Int, at span: Span) -> WasmIR.Expr {
    offset == 0 ? address : .compute(span, operator: "i32.add", operands: [address, word(offset, at: span)])
  }

  /// What memory holds some bytes behind an address. Of a cell's field only the low half is used.
  static func load(_ shape: Counted.Shape, _ address: WasmIR.Expr, _ offset: Int, at span: Span) -> WasmIR.Expr {
    let name: Name =
      switch shape {
      case .word, .integer: "i64.load"
      case .float: "f64.load"
      case .cell: "i32.load"
      }
    return .compute(span, operator: name, operands: [place(address, offset, at: span)])
  }

  /// A change of what memory holds some bytes behind an address.
  static func store(
    _ value: WasmIR.Expr, _ shape: Counted.Shape, _ address: WasmIR.Expr, _ offset: Int, at span: Span
  ) -> WasmIR.Expr {
    let name: Name =
      switch shape {
      case .word, .integer: "i64.store"
      case .float: "f64.store"
      case .cell: "i32.store"
      }
    return .compute(span, operator: name, operands: [place(address, offset, at: span), value])
  }
}

/// The cells of constants of a program: each once, with a reference count that is never counted down to nothing.
struct ConstantCells {
  private(set) var data: [WasmIR.Datum] = []
  private var names: [Key: Name] = [:]

  /// Of its fields only what they hold counts, not where they stand.
  private struct Key: Hashable {
    enum Field: Hashable {
      case bits(Int), name(Name)
    }

    var tag: Int
    var counted: Int
    var fields: [Field]
  }

  /// The datum of a cell, whose fields are numbers, addresses of data and globals with constants.
  mutating func cell(_ tag: Int, counted: Int, _ fields: [WasmIR.Expr], at span: Span) -> Name {
    let keys = fields.map(Self.field)
    let key = Key(tag: tag, counted: counted, fields: keys)
    if let name = names[key] { return name }
    let name = Name("cell.\(data.count)")
    names[key] = name
    // The count is the least of all.
    let header = WasmIR.Word.i64(span, value: .small(counted << 48 | tag << 32 | 1 << 31))
    let words = keys.flatMap { field -> [WasmIR.Word] in
      switch field {
      case .bits(let bits): [.i64(span, value: .small(bits))]
      case .name(let name): [.address(span, datum: name), .i32(span, value: .small(0))]
      }
    }
    data.append(.words(span, name: name, values: [header] + words))
    return name
  }

  private static func field(_ node: WasmIR.Expr) -> Key.Field {
    switch node {
    case .i32(_, let value), .i64(_, let value): .bits(value.small ?? 0)
    case .f64(_, let value): .bits(Int(bitPattern: UInt(value.bitPattern)))
    case .address(_, let name), .global(_, let name): .name(name)
    // The address of a big integer.
    case .compute(_, _, let operands): operands.first.map(field) ?? .bits(0)
    default: .bits(0)
    }
  }
}
