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
    let address = shapes[variable.id] == .integer ? fresh.make(variable.name) : variable
    steps.append(.let(span, variable: address, ty: .i32, value: memory))
    hold(variable, address, at: span)
    writeHeader(tag, counted.count, at: address, span)
    for (slot, field) in (counted + raw).enumerated() { try write(field, slot, at: address, span) }
  }

  /// A variable holds the cell at an address.
  private mutating func hold(_ variable: Local, _ address: Local, at span: Span) {
    references.insert(variable.id)
    guard shapes[variable.id] == .integer else { return }
    set(
      variable, .compute(span, operator: "i64.extend_i32_u", operands: [.local(span, variable: address)]), at: span)
  }

  private mutating func writeHeader(_ tag: Int, _ counted: Int, at address: Local, _ span: Span) {
    let header = WasmIR.Expr.i64(span, value: .small(counted << 48 | tag << 32 | 1))
    run(.compute(span, operator: "i64.store", operands: [.local(span, variable: address), header]))
  }

  private mutating func write(_ field: Counted.Atom, _ slot: Int, at address: Local, _ span: Span) throws {
    let cell = WasmIR.Expr.local(span, variable: address)
    run(.store(try atom(field), shape(of: field), cell, 8 + 8 * slot, at: span))
  }

  // MARK: Reuse

  /// A cell in the memory that a token keeps.
  struct Reuse {
    var variable: Local
    var token: Local
    var tag: Int
    var counted: [Counted.Atom]
    var raw: [Counted.Atom]
    /// The positions of the fields that lie there already, and whether the header does.
    var kept: [Int]
    var keepsHeader: Bool
    var span: Span
  }

  /// The steps of a block with each reclaimed cell whose memory is soon used again made ready to be written to as early
  /// as can be: then one test of the count does for both, and little is held in registers over the calls behind it, which
  /// is a fifth of n_body's time. What it holds already is copied with it, if it has other owners.
  mutating func renewingEarly(_ steps: [Counted.Step]) -> [Counted.Step] {
    var ordered: [Counted.Step] = []
    ordered.reserveCapacity(steps.count)
    for (index, step) in steps.enumerated() {
      guard case .reclaim(_, let token, let cell, let counted, let fields) = step, counted == 0 || !fields.isEmpty,
        let count = fieldCount(of: token, steps[(index + 1)...])
      else {
        ordered.append(step)
        continue
      }
      renewed[token.id] = count
      let place = ordered.lastIndex { step in
        guard case .let(_, let variable, _, let value) = step, variable != cell else { return true }
        switch value {
        case .atom, .read: return false
        case .primitive(_, let name, _): return Primitive.ownsArguments(name)
        case .call, .cell, .hole, .reuse, .service: return true
        }
      }
      ordered.insert(step, at: place.map { $0 + 1 } ?? 0)
    }
    return ordered
  }

  /// The number of fields of the cell that is made in a token's memory before any reference ends; nil if none is.
  private func fieldCount(of token: Local, _ following: ArraySlice<Counted.Step>) -> Int? {
    for step in following {
      guard case .let(_, _, _, let value) = step else { return nil }
      switch value {
      case .reuse(_, let memory, _, let counted, let raw) where memory == token: return counted.count + raw.count
      case .call, .service: return nil
      case .primitive(_, let name, _): if Primitive.ownsArguments(name) { return nil }
      case .atom, .cell, .hole, .read, .reuse: break
      }
    }
    return nil
  }

  /// A step that makes a cell of which something lies already in the memory that it takes, which is then left alone. Nil
  /// for others, and if small output is asked for.
  mutating func keepingReuse(_ step: Counted.Step) -> Reuse? {
    guard !favoursSize, case .let(_, let variable, let shape, let value) = step,
      case .reuse(let span, let token, let tag, let counted, let raw) = value
    else { return nil }
    let kept = remains.kept(of: counted + raw, in: token)
    let keepsHeader = remains.holdsHeader(tag, counted.count, in: token)
    guard keepsHeader || !kept.isEmpty || renewed[token.id] != nil else { return nil }
    shapes[variable.id] = shape
    return Reuse(
      variable: variable, token: token, tag: tag, counted: counted, raw: raw, kept: kept, keepsHeader: keepsHeader,
      span: span)
  }

  /// Sets a variable to a cell in the memory that a token keeps, or in new memory, and goes on behind it. A header and
  /// fields that are those of the cell which was there are written in new memory only, as natively (Reinking, Xie, de
  /// Moura, Leijen: Perceus, PLDI 2021, section 2.5): n_body takes 0.82 of the time.
  mutating func reuse(
    _ reuse: Reuse, _ following: ArraySlice<Counted.Step>, _ end: Counted.End
  ) throws -> WasmIR.End {
    let (span, fields) = (reuse.span, reuse.counted + reuse.raw)
    try checkSize(reuse.tag, reuse.counted.count, in: reuse.variable)
    if renewed[reuse.token.id] != nil {
      var address = reuse.token
      if shapes[reuse.variable.id] != .integer {
        address = reuse.variable
        steps.append(.let(span, variable: address, ty: .i32, value: .local(span, variable: reuse.token)))
      }
      try complete(reuse, at: address)
      return try rest(following, end)
    }
    let done = fresh.make("done")
    let token = WasmIR.Expr.local(span, variable: reuse.token)
    let new = try nested(at: span) { lowering in
      let address = lowering.fresh.make("new")
      let size = WasmIR.Expr.word(8 + 8 * fields.count, at: span)
      let memory = WasmIR.Expr.call(span, function: "memory.allocate", arguments: [size])
      lowering.steps.append(.let(span, variable: address, ty: .i32, value: memory))
      if reuse.keepsHeader { lowering.writeHeader(reuse.tag, reuse.counted.count, at: address, span) }
      for slot in reuse.kept {
        let field = try lowering.reloaded(fields[slot], slot, for: reuse.token, at: span)
        lowering.run(
          .store(field, lowering.shape(of: fields[slot]), .local(span, variable: address), 8 + 8 * slot, at: span))
      }
      return .jump(span, label: done, arguments: [.local(span, variable: address)])
    }
    let address = shapes[reuse.variable.id] == .integer ? fresh.make(reuse.variable.name) : reuse.variable
    let body = try nested(at: span) { lowering in
      try lowering.complete(reuse, at: address)
      return try lowering.rest(following, end)
    }
    let parameter = WasmIR.Parameter(span, variable: address, ty: .i32)
    steps.append(.join(span, label: done, parameters: [parameter], body: body))
    let kept = WasmIR.Block(span, steps: [], end: .jump(span, label: done, arguments: [token]))
    return .if(span, condition: token, then: kept, else: new)
  }

  /// Writes what a cell's memory does not hold already.
  private mutating func complete(_ reuse: Reuse, at address: Local) throws {
    hold(reuse.variable, address, at: reuse.span)
    if !reuse.keepsHeader { writeHeader(reuse.tag, reuse.counted.count, at: address, reuse.span) }
    for (slot, field) in (reuse.counted + reuse.raw).enumerated() where !reuse.kept.contains(slot) {
      try write(field, slot, at: address, reuse.span)
    }
  }

  /// A field of a cell that has not ended: read once more where that can be done, so that nothing has to be kept in a
  /// register for this rare case.
  private mutating func reloaded(
    _ field: Counted.Atom, _ slot: Int, for token: Local, at span: Span
  ) throws -> WasmIR.Expr {
    guard let cell = remains.livingCell(of: token) else { return try atom(field) }
    return .load(shape(of: field), try address(.local(span, variable: cell)), 8 + 8 * slot, at: span)
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
    if let fields = renewed[token.id] {
      shapes[token.id] = .cell
      let size = WasmIR.Expr.word(8 + 8 * fields, at: span)
      return set(token, .call(span, function: "count.renew", arguments: [cell, size]), at: span)
    }
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
