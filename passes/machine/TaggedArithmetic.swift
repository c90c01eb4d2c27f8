import Diagnostics
import Languages
import Nanopass

// Arithmetic on small integers in place. A small integer `n` is the word `2n + 1`, and the low bit of a big one is 0. So
// the sum of two small ones is the sum of their words less 1, and tagged words are ordered as their values are.

extension BlockBuilder {
  /// A bit that says whether an operand is big, or with `or` whether all are.
  mutating func isBig(_ operands: [Machine.Operand], _ join: Name = "and", at span: Span) -> Machine.Operand {
    let tags = operands.dropFirst().reduce(operands.first ?? .number(1)) { tags, operand in
      compute("tags", .word, join, [tags, operand], at: span)
    }
    let low = compute("low", .word, "and", [tags, .number(1)], at: span)
    return compute("big", .bit, "eq", [low, .number(0)], at: span)
  }

  /// The value of a small integer.
  mutating func untagged(_ operand: Machine.Operand, at span: Span) -> Machine.Operand {
    if let number = operand.number { return .number(number >> 1) }
    return compute("value", .word, "ashr", [operand, .number(1)], at: span)
  }

  /// The word of a small integer without its tag.
  private mutating func less(_ operand: Machine.Operand, at span: Span) -> Machine.Operand {
    if let number = operand.number { return .number(number - 1) }
    return compute("raw", .word, "sub", [operand, .number(1)], at: span)
  }

  /// Sets a variable to what an operator such as `int.add` gives for small integers.
  ///
  /// - Returns: the bit that says whether the result is wrong.
  mutating func arithmetic(
    _ operator: Name, _ operands: [Machine.Operand], to variable: Local, at span: Span
  ) -> Machine.Operand {
    let (left, right): (Machine.Operand, Machine.Operand)
    var (name, result): (Name, Local) = ("sub", variable)
    switch `operator` {
    case "int.negate": (left, right) = (.number(2), operands[0])
    case "int.multiply":
      (left, right) = (less(operands[0], at: span), untagged(operands[1], at: span))
      (name, result) = ("mul", make("product"))
    default:
      (left, right) = (operands[0], less(operands[1], at: span))
      if `operator` == "int.add" { name = "add" }
    }
    let overflow = make("overflow")
    append(.checked(span, variable: result, overflow: overflow, operator: name, left: left, right: right))
    if name == "mul" {
      let product = [Machine.Operand.local(span, variable: result), .number(1)]
      append(.set(span, variable: variable, ty: .word, value: .compute(span, operator: "or", operands: product)))
    }
    return .local(span, variable: overflow)
  }

  /// Sets a variable to the quotient or remainder, rounded down, of a small integer by a positive literal: where the
  /// machine's remainder is negative, the divisor is added to it.
  mutating func divide(
    _ operand: Machine.Operand, by divisor: Int, remainder wantsRemainder: Bool, to variable: Local, at span: Span
  ) {
    let value = untagged(operand, at: span)
    let rest = compute("rest", .word, "rem", [value, .number(divisor)], at: span)
    let sign = compute("sign", .word, "ashr", [rest, .number(63)], at: span)
    var result: Machine.Operand
    if wantsRemainder {
      let missing = compute("missing", .word, "and", [sign, .number(divisor)], at: span)
      result = compute("rest", .word, "add", [rest, missing], at: span)
    } else {
      let quotient = compute("quotient", .word, "div", [value, .number(divisor)], at: span)
      result = compute("quotient", .word, "add", [quotient, sign], at: span)
    }
    result = compute("count", .word, "shl", [result, .number(1)], at: span)
    let tagged = Machine.Operation.compute(span, operator: "or", operands: [result, .number(1)])
    append(.set(span, variable: variable, ty: .word, value: tagged))
  }
}
