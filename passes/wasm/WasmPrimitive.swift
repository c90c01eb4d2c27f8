import Diagnostics
import Languages
import Nanopass

/// What primitives become in WebAssembly wherever values lie.
enum WasmPrimitive {
  /// The primitives that are one instruction on their operands.
  static let instructions: [Name: Name] = [
    "bool.equal": "i32.eq", "float.add": "f64.add", "float.subtract": "f64.sub", "float.multiply": "f64.mul",
    "float.divide": "f64.div", "float.negate": "f64.neg", "float.absolute": "f64.abs",
    "float.squareRoot": "f64.sqrt", "float.equal": "f64.eq", "float.less": "f64.lt", "float.lessEqual": "f64.le",
    "word.add": "i64.add", "word.subtract": "i64.sub", "word.multiply": "i64.mul", "word.equal": "i64.eq",
    "word.less": "i64.lt_s", "word.lessEqual": "i64.le_s", "word.and": "i64.and", "word.or": "i64.or",
    "word.xor": "i64.xor", "word.shiftLeft": "i64.shl", "word.shiftRight": "i64.shr_s",
  ]

  /// The comparisons of words by those of integers.
  static let comparisons: [Name: Name] = [
    "int.equal": "i64.eq", "int.less": "i64.lt_s", "int.lessEqual": "i64.le_s",
  ]

  /// The primitives that give what they get.
  static let identities: Set<Name> = ["bytes.ofText", "bytes.toText", "digest.ofBytes", "digest.toBytes"]

  /// The comparisons of strings by how their order compares with 0.
  private static let orders: [Name: Name] = [
    "string.less": "i32.lt_s", "bytes.less": "i32.lt_s", "digest.less": "i32.lt_s",
    "string.lessEqual": "i32.le_s", "bytes.lessEqual": "i32.le_s", "digest.lessEqual": "i32.le_s",
  ]

  /// A primitive on words, or one that compares strings; nil for others.
  static func lowered(_ name: Name, _ operands: [WasmIR.Expr], at span: Span) -> WasmIR.Expr? {
    if let relation = orders[name] {
      let order = WasmIR.Expr.call(span, function: "string.compare", arguments: operands)
      return .compute(span, operator: relation, operands: [order, .i32(span, value: .small(0))])
    }
    switch name {
    case "word.negate":
      return .compute(span, operator: "i64.sub", operands: [.i64(span, value: .small(0))] + operands)
    case "word.fits": return fits(operands, at: span)
    case "word.productFits":
      let biased = zip(operands, [1 << 31, 1 << 31 - 1]).map {
        WasmIR.Expr.compute(span, operator: "i64.add", operands: [$0, .i64(span, value: .small($1))])
      }
      let both = WasmIR.Expr.compute(span, operator: "i64.or", operands: biased)
      let high = WasmIR.Expr.compute(span, operator: "i64.shr_u", operands: [both, .i64(span, value: .small(32))])
      return .compute(span, operator: "i64.eqz", operands: [high])
    case "word.divide", "word.modulo", "word.quotient", "word.remainder": return divided(name, operands, at: span)
    default: return nil
    }
  }

  /// Whether 63 bits hold a word of 64: whether the two highest bits are alike.
  static func fits(_ operands: [WasmIR.Expr], at span: Span) -> WasmIR.Expr {
    let twice = WasmIR.Expr.compute(
      span, operator: "i64.shl", operands: operands.prefix(1) + [.i64(span, value: .small(1))])
    let bits = WasmIR.Expr.compute(span, operator: "i64.xor", operands: operands.prefix(1) + [twice])
    return .compute(span, operator: "i64.ge_s", operands: [bits, .i64(span, value: .small(0))])
  }

  private static let onNaturals: [Name: Name] = ["word.quotient": "i64.div_u", "word.remainder": "i64.rem_u"]

  /// A quotient or remainder, rounded down, by a positive divisor: shifts and masks round so.
  private static func divided(_ name: Name, _ operands: [WasmIR.Expr], at span: Span) -> WasmIR.Expr {
    guard operands.count == 2, case .i64(_, .small(let divisor)) = operands[1], divisor & (divisor - 1) == 0 else {
      if let instruction = onNaturals[name] { return .compute(span, operator: instruction, operands: operands) }
      return .call(span, function: name, arguments: operands)
    }
    let isRemainder = name == "word.modulo" || name == "word.remainder"
    let count = WasmIR.Expr.i64(span, value: .small(isRemainder ? divisor - 1 : divisor.trailingZeroBitCount))
    return .compute(span, operator: isRemainder ? "i64.and" : "i64.shr_s", operands: [operands[0], count])
  }
}
