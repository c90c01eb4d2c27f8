import Diagnostics
import Languages
import Nanopass

// How `LowerToMachine` lowers primitives.

extension LowerToMachine {
  /// The operators of primitives that are one instruction.
  private static let instructions: [Name: Name] = [
    "bool.equal": "eq", "float.add": "fadd", "float.subtract": "fsub", "float.multiply": "fmul",
    "float.divide": "fdiv", "float.negate": "fneg", "float.squareRoot": "fsqrt", "float.equal": "feq",
    "float.less": "flt", "float.lessEqual": "fle", "word.quotient": "udiv", "word.remainder": "urem",
    "word.add": "add", "word.subtract": "sub", "word.multiply": "mul", "word.equal": "eq", "word.less": "slt",
    "word.lessEqual": "sle", "word.and": "and", "word.or": "or", "word.xor": "xor", "word.shiftLeft": "shl",
    "word.shiftRight": "ashr",
  ]

  /// The primitives on integers whose operators `expand-integer-arithmetic` takes up.
  private static let integerOperators: Set<Name> = [
    "int.add", "int.subtract", "int.multiply", "int.negate", "int.equal", "int.less", "int.lessEqual",
  ]

  /// The operands for the arguments of a primitive, positions and counts as raw words.
  mutating func operands(
    of primitive: Primitive, _ arguments: [Counted.Atom], at span: Span
  ) -> [Machine.Operand] {
    operands(arguments, arguments.indices.map { primitive.passing(at: $0) }, at: span)
  }

  /// The operands for arguments that travel as said; indices as raw words.
  mutating func operands(_ arguments: [Counted.Atom], _ passing: [Passing?], at span: Span) -> [Machine.Operand] {
    zip(arguments, passing).map { argument, passing in
      let operand = operand(argument)
      return passing == .index && isInteger(argument) ? index(operand, at: span) : operand
    }
  }

  private func isInteger(_ atom: Counted.Atom) -> Bool {
    switch atom {
    case .integer: true
    case .local(_, let variable): integers.contains(variable.id)
    default: false
    }
  }

  mutating func primitive(
    _ primitive: Primitive, _ arguments: [Machine.Operand], to variable: Local, at span: Span
  ) throws {
    if vector(primitive, arguments, to: variable, at: span) { return }
    if text(primitive, arguments, to: variable, at: span) { return }
    if case .runtime(let function, _, let result) = primitive.native, Self.instructions[primitive.name] == nil {
      return call(Name(function), arguments, result, to: variable, at: span)
    }
    switch primitive.name {
    case "string.concatenate": concatenate(arguments, to: variable, at: span)
    case "int.fromWord", "int.fromNatural": tag(variable, arguments[0], at: span)
    case "word.fromInt": set(variable, .word, untagging(arguments[0], at: span), at: span)
    case "int.fits":
      let bit = builder.compute("bit", .word, "and", [arguments[0], .number(1)], at: span)
      setWord(variable, fromBit: "eq", [bit, .number(1)], at: span)
    case "word.fits":
      // The two highest bits are alike.
      let twice = builder.compute("twice", .word, "shl", [arguments[0], .number(1)], at: span)
      let bits = builder.compute("bits", .word, "xor", [arguments[0], twice], at: span)
      setWord(variable, fromBit: "sle", [.number(0), bits], at: span)
    case "word.productFits":
      let biased = zip(arguments, [1 << 31, 1 << 31 - 1]).map {
        builder.compute("biased", .word, "add", [$0, .number($1)], at: span)
      }
      let both = builder.compute("both", .word, "or", biased, at: span)
      let rest = builder.compute("rest", .word, "lshr", [both, .number(32)], at: span)
      setWord(variable, fromBit: "eq", [rest, .number(0)], at: span)
    case "word.negate":
      set(variable, .word, .compute(span, operator: "sub", operands: [.number(0), arguments[0]]), at: span)
    case "word.divide": divide(arguments, remainder: false, to: variable, at: span)
    case "word.modulo": divide(arguments, remainder: true, to: variable, at: span)
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
      set(variable, .word, .runtime(span, function: "nanoc_string_append", arguments: strings), at: span)
    } else {
      let parts = builder.set("parts", .word, .array(span, elements: strings), at: span)
      let arguments = [Machine.Operand.number(strings.count), parts]
      set(variable, .word, .runtime(span, function: "nanoc_string_append_many", arguments: arguments), at: span)
    }
  }

  // MARK: Calls of the run-time library

  mutating func call(
    _ function: Name, _ arguments: [Machine.Operand], _ result: Passing, to variable: Local, at span: Span
  ) {
    let call = Machine.Operation.runtime(span, function: function, arguments: arguments)
    guard result == .index else { return set(variable, result == .float ? .float : .word, call, at: span) }
    setIndex(variable, builder.set("count", .word, call, at: span), at: span)
  }

  /// Sets a variable to a position or a count, which is an integer or stays a raw word.
  mutating func setIndex(_ variable: Local, _ word: Machine.Operand, at span: Span) {
    if integers.contains(variable.id) { tag(variable, word, at: span) } else { operands[variable.id] = word }
  }

  /// Sets an integer to a raw word that fits 63 bits.
  private mutating func tag(_ variable: Local, _ word: Machine.Operand, at span: Span) {
    immediates.insert(variable.id)
    let shifted = builder.compute("count", .word, "shl", [word, .number(1)], at: span)
    set(variable, .word, .compute(span, operator: "or", operands: [shifted, .number(1)]), at: span)
  }

  /// The raw word of a small integer.
  private func untagging(_ integer: Machine.Operand, at span: Span) -> Machine.Operation {
    .compute(span, operator: "ashr", operands: [integer, .number(1)])
  }

  /// The raw word nearest to an integer.
  private mutating func index(_ integer: Machine.Operand, at span: Span) -> Machine.Operand {
    if let word = integer.number { return .number(word >> 1) }
    return builder.compute("index", .word, "int.toWord", [integer], at: span)
  }

  /// Sets a variable to the quotient or remainder, rounded down, of a division of words by a positive one: shifts and
  /// masks round so; where the machine's remainder is negative, the quotient is one less, and the divisor is added to the
  /// remainder.
  private mutating func divide(
    _ words: [Machine.Operand], remainder wantsRemainder: Bool, to variable: Local, at span: Span
  ) {
    if let divisor = words[1].number, divisor & (divisor - 1) == 0 {
      let count = wantsRemainder ? divisor - 1 : divisor.trailingZeroBitCount
      let operation = Machine.Operation.compute(
        span, operator: wantsRemainder ? "and" : "ashr", operands: [words[0], .number(count)])
      return set(variable, .word, operation, at: span)
    }
    let rest = builder.compute("rest", .word, "rem", words, at: span)
    let sign = builder.compute("sign", .word, "ashr", [rest, .number(63)], at: span)
    if wantsRemainder {
      let missing = builder.compute("missing", .word, "and", [sign, words[1]], at: span)
      set(variable, .word, .compute(span, operator: "add", operands: [rest, missing]), at: span)
    } else {
      let quotient = builder.compute("quotient", .word, "div", words, at: span)
      set(variable, .word, .compute(span, operator: "add", operands: [quotient, sign]), at: span)
    }
  }
}
