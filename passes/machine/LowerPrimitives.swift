import Diagnostics
import Languages
import Nanopass

// How `LowerToMachine` lowers primitives.

extension LowerToMachine {
  /// The operators of primitives that are one instruction.
  private static let instructions: [Name: Name] = [
    "bool.equal": "eq", "float.add": "fadd", "float.subtract": "fsub", "float.multiply": "fmul",
    "float.divide": "fdiv", "float.negate": "fneg", "float.squareRoot": "fsqrt", "float.equal": "feq",
    "float.less": "flt",
    "float.lessEqual": "fle",
  ]

  /// The primitives on integers whose operators `expand-integer-arithmetic` takes up.
  private static let integerOperators: Set<Name> = [
    "int.add", "int.subtract", "int.multiply", "int.negate", "int.equal", "int.less", "int.lessEqual",
  ]

  mutating func primitive(
    _ primitive: Primitive, _ arguments: [Machine.Operand], to variable: Local, at span: Span
  ) throws {
    if vector(primitive, arguments, to: variable, at: span) { return }
    if text(primitive, arguments, to: variable, at: span) { return }
    if case .runtime(let function, let passing, let result) = primitive.native,
      Self.instructions[primitive.name] == nil
    {
      return call(Name(function), zip(arguments, passing), result, to: variable, at: span)
    }
    switch primitive.name {
    case "string.concatenate": concatenate(arguments, to: variable, at: span)
    case "string.less", "bytes.less", "digest.less": compare(arguments, "slt", to: variable, at: span)
    case "string.lessEqual", "bytes.lessEqual", "digest.lessEqual": compare(arguments, "sle", to: variable, at: span)
    default:
      let isOperator = Self.integerOperators.contains(primitive.name)
      guard let name = isOperator ? primitive.name : Self.instructions[primitive.name] else {
        throw bug("no instruction for `\(primitive.name)`", "known-functions", in: primitive.name)
      }
      if primitive.result == .bool { return setWord(variable, fromBit: name, arguments, at: span) }
      let type: Machine.Ty = primitive.result == .float ? .float : .word
      set(variable, type, .compute(span, operator: name, operands: arguments), at: span)
    }
  }

  /// Sets a word to 0 or 1 by a comparison, and remembers the bit for branches.
  mutating func setWord(
    _ variable: Local, fromBit name: Name, _ operands: [Machine.Operand], at span: Span
  ) {
    let bit = builder.compute("is", .bit, name, operands, at: span)
    bits[variable.id] = bit
    set(variable, .word, .compute(span, operator: "extend", operands: [bit]), at: span)
  }

  private mutating func compare(
    _ strings: [Machine.Operand], _ name: Name, to variable: Local, at span: Span
  ) {
    let call = Machine.Operation.runtime(span, function: "nanoc_string_compare", arguments: strings)
    let order = builder.set("order", .word, call, at: span)
    setWord(variable, fromBit: name, [order, .number(0)], at: span)
  }

  private mutating func concatenate(_ strings: [Machine.Operand], to variable: Local, at span: Span) {
    if strings.isEmpty {
      operands[variable.id] = pool.text("", at: span)
    } else if strings.count == 2 {
      set(variable, .word, .runtime(span, function: "nanoc_string_concat", arguments: strings), at: span)
    } else {
      let parts = builder.set("parts", .word, .array(span, elements: strings), at: span)
      let arguments = [Machine.Operand.number(strings.count), parts]
      set(variable, .word, .runtime(span, function: "nanoc_string_concat_many", arguments: arguments), at: span)
    }
  }

  // MARK: Calls of the run-time library

  private mutating func call(
    _ function: Name, _ arguments: some Sequence<(Machine.Operand, Passing)>, _ result: Passing, to variable: Local,
    at span: Span
  ) {
    let operands = arguments.map { operand, passing in passing == .index ? index(operand, at: span) : operand }
    let call = Machine.Operation.runtime(span, function: function, arguments: operands)
    guard result == .index else { return set(variable, result == .float ? .float : .word, call, at: span) }
    setInteger(variable, fromWord: builder.set("count", .word, call, at: span), at: span)
  }

  /// Sets an integer to a raw word that fits 63 bits, as lengths and positions do.
  mutating func setInteger(_ variable: Local, fromWord word: Machine.Operand, at span: Span) {
    immediates.insert(variable.id)
    let shifted = builder.compute("count", .word, "shl", [word, .number(1)], at: span)
    set(variable, .word, .compute(span, operator: "or", operands: [shifted, .number(1)]), at: span)
  }

  /// The raw word nearest to an integer.
  mutating func index(_ integer: Machine.Operand, at span: Span) -> Machine.Operand {
    if let word = integer.number { return .number(word >> 1) }
    return builder.compute("index", .word, "int.toWord", [integer], at: span)
  }
}
