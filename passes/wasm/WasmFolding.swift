import Diagnostics
import Languages
import Nanopass

/// Computes with literals as the instructions of WebAssembly do.
enum WasmFolding {
  /// A simpler expression, in which nothing is left out but literals and what is not evaluated; nil if there is none.
  static func simplified(_ node: WasmIR.Expr) -> WasmIR.Expr? {
    switch node {
    case .isNull(let span, .null): return .i32(span, value: .small(1))
    case .choose(_, .i32(_, let value), _, let then, let other): return value == .small(0) ? other : then
    case .compute(_, "i32.and", let operands) where operands.count == 2:
      if case .i32(_, .small(1)) = operands[0], operands[1].isBit { return operands[1] }
      if case .i32(_, .small(1)) = operands[1], operands[0].isBit { return operands[0] }
    case .compute(_, "i32.eq", let operands) where operands.count == 2:
      if case .i32(_, .small(1)) = operands[1], operands[0].isBit { return operands[0] }
    default: break
    }
    guard case .compute(let span, let name, let operands) = node else { return nil }
    return folded(name, operands, at: span)
  }

  /// The combination of bits with 0, which leaves out what the bits are made from.
  static func withoutBits(_ node: WasmIR.Expr) -> WasmIR.Expr? {
    guard case .compute(let span, "i32.and", let operands) = node, operands.allSatisfy(\.isBit),
      operands.contains(where: isZero)
    else { return nil }
    return .i32(span, value: .small(0))
  }

  /// What an instruction gives for two literals, or what is simpler for one; nil if it is not one of those known here.
  static func folded(_ name: Name, _ operands: [WasmIR.Expr], at span: Span) -> WasmIR.Expr? {
    guard operands.count == 2 else { return nil }
    switch (operands[0], operands[1]) {
    case (.i64(_, .small(let left)), .i64(_, .small(let right))):
      if let holds = relation(name, left, right) { return .i32(span, value: .small(holds ? 1 : 0)) }
      return word(name, left, right).map { .i64(span, value: .small($0)) }
    case (.i32(_, .small(let left)), .i32(_, .small(let right))):
      return half(name, UInt32(truncatingIfNeeded: left), UInt32(truncatingIfNeeded: right)).map {
        .i32(span, value: .small(Int(Int32(bitPattern: $0))))
      }
    default: return identity(name, operands[0], operands[1], at: span)
    }
  }

  /// An instruction with an operand that makes it another, or none.
  private static func identity(
    _ name: Name, _ left: WasmIR.Expr, _ right: WasmIR.Expr, at span: Span
  ) -> WasmIR.Expr? {
    switch (name, isZero(left), isZero(right)) {
    case ("i32.add", true, _), ("i64.add", true, _), ("i32.or", true, _), ("i64.or", true, _): right
    case ("i32.add", _, true), ("i64.add", _, true), ("i32.or", _, true), ("i64.or", _, true), ("i32.sub", _, true),
      ("i64.sub", _, true), ("i32.shl", _, true), ("i64.shl", _, true):
      left
    case ("i32.eq", true, _): .compute(span, operator: "i32.eqz", operands: [right])
    case ("i32.eq", _, true): .compute(span, operator: "i32.eqz", operands: [left])
    case ("i64.eq", true, _): .compute(span, operator: "i64.eqz", operands: [right])
    case ("i64.eq", _, true): .compute(span, operator: "i64.eqz", operands: [left])
    default: nil
    }
  }

  private static func isZero(_ operand: WasmIR.Expr) -> Bool {
    switch operand {
    case .i32(_, .small(0)), .i64(_, .small(0)): true
    default: false
    }
  }

  private static func relation(_ name: Name, _ left: Int, _ right: Int) -> Bool? {
    switch name {
    case "i64.eq": left == right
    case "i64.ne": left != right
    case "i64.lt_s": left < right
    case "i64.le_s": left <= right
    case "i64.gt_s": left > right
    case "i64.ge_s": left >= right
    default: nil
    }
  }

  private static func word(_ name: Name, _ left: Int, _ right: Int) -> Int? {
    switch name {
    case "i64.add": left &+ right
    case "i64.sub": left &- right
    case "i64.mul": left &* right
    case "i64.and": left & right
    case "i64.or": left | right
    case "i64.xor": left ^ right
    case "i64.shl": left &<< right
    case "i64.shr_s": left &>> right
    default: nil
    }
  }

  private static func half(_ name: Name, _ left: UInt32, _ right: UInt32) -> UInt32? {
    switch name {
    case "i32.add": left &+ right
    case "i32.sub": left &- right
    case "i32.and": left & right
    case "i32.or": left | right
    case "i32.xor": left ^ right
    case "i32.shl": left &<< right
    case "i32.shr_u": left &>> right
    case "i32.lt_u": left < right ? 1 : 0
    case "i32.gt_u": left > right ? 1 : 0
    default: nil
    }
  }
}
