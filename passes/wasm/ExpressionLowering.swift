import Diagnostics
import Languages
import Nanopass

// The expressions of a function: operands in order, then the instruction.

extension FunctionLowering {
  /// Leaves the value of an expression on the stack; nothing if it has none.
  mutating func expression(_ node: WasmIR.Expr) throws {
    switch node {
    case .local(let span, let variable): code.append(.get(try number(of: variable, in: node)), at: span)
    case .i32(let span, let value): code.append(.constant(.i32(span, value: value)), at: span)
    case .i64(let span, let value): code.append(.constant(.i64(span, value: value)), at: span)
    case .f64(let span, let value): code.append(.constant(.f64(span, value: value)), at: span)
    case .null(let span, let type):
      code.append(.constant(.null(span, type: try tables.types.number(of: type))), at: span)
    case .global(let span, let name):
      code.append(.leaf(.indexed(span, name: "global.get", index: try tables.find(name, in: tables.globals))), at: span)
    case .setGlobal(let span, let name, let value):
      try expression(value)
      code.append(.leaf(.indexed(span, name: "global.set", index: try tables.find(name, in: tables.globals))), at: span)
    case .compute(let span, let name, let operands): try compute(name, operands, at: span, node)
    case .choose(let span, let condition, let type, let then, let rest):
      try choose(condition, type, then, rest, at: span)
    case .call(let span, let name, let arguments):
      try call(try tables.find(name, in: tables.functions), arguments, at: span)
    case .host(let span, let name, let arguments):
      try call(try tables.find(name, in: tables.imports), arguments, at: span)
    case .address(let span, let datum):
      code.append(.constant(.i32(span, value: .small(try place(of: datum, in: node).address ?? 0))), at: span)
    case .size(let span, let datum):
      code.append(.constant(.i32(span, value: .small(try place(of: datum, in: node).bytes.count))), at: span)
    case .isNull(let span, let subject): try plain("ref.is_null", [subject], at: span)
    case .notNull(let span, let subject): try plain("ref.as_non_null", [subject], at: span)
    case .same(let span, let left, let right): try plain("ref.eq", [left, right], at: span)
    case .is(let span, let type, let subject): try typed("ref.test", type, subject, at: span)
    case .cast(let span, let type, let subject): try typed("ref.cast", type, subject, at: span)
    case .length(let span, let array): try plain("array.len", [array], at: span)
    default: try heap(node)
    }
  }

  private mutating func heap(_ node: WasmIR.Expr) throws {
    switch node {
    case .new(let span, let type, let fields): try indexed("struct.new", type, fields, at: span)
    case .get(let span, let type, let field, let subject):
      try expression(subject)
      let name: Name = try isPacked(type, field) ? "struct.get_u" : "struct.get"
      let number = try tables.types.number(of: type)
      code.append(.leaf(.indexed2(span, name: name, first: number, second: field)), at: span)
    case .set(let span, let type, let field, let subject, let value):
      try expression(subject)
      try expression(value)
      let number = try tables.types.number(of: type)
      code.append(.leaf(.indexed2(span, name: "struct.set", first: number, second: field)), at: span)
    case .newArray(let span, let type, let element, let length):
      try indexed("array.new", type, [element, length], at: span)
    case .newZeroed(let span, let type, let length): try indexed("array.new_default", type, [length], at: span)
    case .newFixed(let span, let type, let elements):
      for element in elements { try expression(element) }
      try fixed(type, elements.count, at: span)
    case .newFromDatum(let span, let type, let datum): try array(type, from: datum, node, at: span)
    case .element(let span, let type, let array, let index):
      try indexed(try isPacked(type) ? "array.get_u" : "array.get", type, [array, index], at: span)
    case .setElement(let span, let type, let array, let index, let value):
      try indexed("array.set", type, [array, index, value], at: span)
    case .copy(let span, let type, let to, let start, let from, let first, let count):
      for operand in [to, start, from, first, count] { try expression(operand) }
      let number = try tables.types.number(of: type)
      code.append(.leaf(.indexed2(span, name: "array.copy", first: number, second: number)), at: span)
    case .fill(let span, let type, let array, let start, let element, let count):
      try indexed("array.fill", type, [array, start, element, count], at: span)
    default: throw bug("there is no instruction for this", "well-typed", in: node)
    }
  }

  // MARK: Instructions

  private mutating func plain(_ name: Name, _ operands: [WasmIR.Expr], at span: Span) throws {
    for operand in operands { try expression(operand) }
    code.append(.plain(name), at: span)
  }

  private mutating func indexed(_ name: Name, _ type: Name, _ operands: [WasmIR.Expr], at span: Span) throws {
    for operand in operands { try expression(operand) }
    code.append(.leaf(.indexed(span, name: name, index: try tables.types.number(of: type))), at: span)
  }

  private mutating func typed(_ name: Name, _ type: Name, _ subject: WasmIR.Expr, at span: Span) throws {
    try expression(subject)
    let number = try tables.types.number(of: type)
    code.append(.leaf(.typed(span, name: name, ty: .ref(type: number))), at: span)
  }

  private mutating func call(_ number: Int, _ arguments: [WasmIR.Expr], at span: Span) throws {
    for argument in arguments { try expression(argument) }
    code.append(.leaf(.indexed(span, name: "call", index: number)), at: span)
  }

  private mutating func fixed(_ type: Name, _ count: Int, at span: Span) throws {
    let number = try tables.types.number(of: type)
    code.append(.leaf(.indexed2(span, name: "array.new_fixed", first: number, second: count)), at: span)
  }

  /// Whether a field is read without a sign.
  private func isPacked(_ type: Name, _ field: Int = 0) throws -> Bool {
    switch try tables.storage(of: type, field: field) {
    case .i8, .i16: true
    case .whole: false
    }
  }

  private mutating func compute(_ name: Name, _ operands: [WasmIR.Expr], at span: Span, _ node: WasmIR.Expr) throws {
    guard let known = WasmOperator.named(name) else {
      throw bug("there is no operator `\(name)`", "well-typed", in: node)
    }
    guard known.width > 0, let address = operands.first else {
      // A place behind the start of a datum is known now that data have their addresses.
      if name == "i32.add", operands.count == 2, case .address(_, let datum) = operands[0],
        case .i32(_, .small(let offset)) = operands[1], let start = try place(of: datum, in: node).address
      {
        return code.append(.constant(.i32(span, value: .small(start + offset))), at: span)
      }
      for operand in operands { try expression(operand) }
      return code.append(.plain(name), at: span)
    }
    let (base, offset) = address.withoutOffset
    try expression(base)
    for operand in operands.dropFirst() { try expression(operand) }
    let alignment = known.width.trailingZeroBitCount
    code.append(.leaf(.memory(span, name: name, alignment: alignment, offset: offset)), at: span)
  }

  // MARK: Data

  private func place(of datum: Name, in node: WasmIR.Expr) throws -> DataLayout.Place {
    guard let place = tables.data.places[datum] else {
      throw bug("there is no datum `\(datum)`", "known-names", in: node)
    }
    return place
  }

  private mutating func array(_ type: Name, from datum: Name, _ node: WasmIR.Expr, at span: Span) throws {
    let place = try place(of: datum, in: node)
    let storage = try tables.storage(of: type)
    guard let width = ShortArrays.width(of: storage) else {
      throw bug("an array of references has no bytes", "well-typed", in: node)
    }
    if let number = place.number, !ShortArrays.isShort(bytes: place.bytes.count, of: storage) {
      code.append(.constant(.i32(span, value: .small(0))), at: span)
      code.append(.constant(.i32(span, value: .small(place.bytes.count / width))), at: span)
      let type = try tables.types.number(of: type)
      return code.append(.leaf(.indexed2(span, name: "array.new_data", first: type, second: number)), at: span)
    }
    for start in stride(from: 0, to: place.bytes.count, by: width) {
      // The lowest byte stands first.
      let value = place.bytes[start..<start + width].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let signed = width == 4 ? Int(Int32(bitPattern: value)) : Int(value)
      code.append(.constant(.i32(span, value: .small(signed))), at: span)
    }
    try fixed(type, place.bytes.count / width, at: span)
  }

  // MARK: Conditions

  /// Leaves an `i32` that is 0 exactly if the condition is, or exactly if it is not.
  mutating func condition(_ node: WasmIR.Expr, negated: Bool) throws {
    if case .compute(let span, let name, let operands) = node, let first = operands.first {
      switch name {
      case "i32.eqz": return try condition(first, negated: !negated)
      case "i32.ne" where operands.last?.isZero == true: return try condition(first, negated: negated)
      case "i32.eq" where operands.last?.isZero == true: return try condition(first, negated: !negated)
      case "i64.eq" where operands.last?.isZero == true:
        return try condition(.compute(span, operator: "i64.eqz", operands: [first]), negated: negated)
      case "i64.ne" where operands.last?.isZero == true:
        return try condition(.compute(span, operator: "i64.eqz", operands: [first]), negated: !negated)
      default: break
      }
      if negated, let opposite = Self.opposites[name] {
        return try compute(opposite, operands, at: span, node)
      }
    }
    try expression(node)
    if negated { code.append(.plain("i32.eqz"), at: node.span) }
  }

  /// The comparisons that hold exactly if others do not. Of floats only equality has one, since NaN is in no order.
  private static let opposites: [Name: Name] = {
    var table: [Name: Name] = ["f64.eq": "f64.ne", "f64.ne": "f64.eq"]
    for (one, other) in [("eq", "ne"), ("lt_s", "ge_s"), ("lt_u", "ge_u"), ("gt_s", "le_s"), ("gt_u", "le_u")] {
      for type in ["i32", "i64"] {
        table[Name("\(type).\(one)")] = Name("\(type).\(other)")
        table[Name("\(type).\(other)")] = Name("\(type).\(one)")
      }
    }
    return table
  }()

  private mutating func choose(
    _ condition: WasmIR.Expr, _ type: WasmIR.Ty, _ then: WasmIR.Expr, _ rest: WasmIR.Expr, at span: Span
  ) throws {
    let isNumber = type.mentioned == nil
    if isNumber, then.isShort, rest.isShort {
      // All three stand on the stack, so the condition must be one that comes last as well.
      try expression(then)
      try expression(rest)
      try self.condition(condition, negated: false)
      return code.append(.plain("select"), at: span)
    }
    try self.condition(condition, negated: false)
    code.append(.if([try tables.types.type(type)]), at: span)
    try expression(then)
    code.append(.else, at: span)
    try expression(rest)
    code.append(.end, at: span)
  }
}

extension WasmIR.Expr {
  /// Whether it is the `i32` or `i64` 0.
  var isZero: Bool {
    switch self {
    case .i32(_, .small(0)), .i64(_, .small(0)): true
    default: false
    }
  }
}

extension WasmIR.Expr {
  /// Whether it costs no more than a jump: a value, or one instruction on values that can't fail.
  fileprivate var isShort: Bool {
    guard case .compute(_, let name, let operands) = self else { return isAtom }
    return Self.shortOperators.contains(name) && operands.allSatisfy(\.isAtom)
  }

  private static let shortOperators: Set<Name> = Set(
    ["i32", "i64"].flatMap { type in ["add", "sub", "and", "or", "xor"].map { Name("\(type).\($0)") } })

  /// An address without the constant that is added to it, which an access to memory adds as well.
  fileprivate var withoutOffset: (base: WasmIR.Expr, offset: Int) {
    guard case .compute(_, "i32.add", let operands) = self, operands.count == 2,
      case .i32(_, .small(let offset)) = operands[1], 0...0xffff ~= offset
    else { return (self, 0) }
    return (operands[0], offset)
  }
}
