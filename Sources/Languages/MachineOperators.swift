import Nanopass

/// What an operator of `Machine` takes and gives.
struct MachineOperator {
  /// The types of the operands.
  let operands: [Machine.Ty]
  /// The type of the result; nil for none.
  let result: Machine.Ty?

  /// The operator of that name on that many operands; nil if there is none. `firstType` tells words from bits where an
  /// operator takes either.
  static func named(_ name: Name, count: Int, firstType: Machine.Ty?) -> MachineOperator? {
    switch name {
    case "add", "sub", "mul", "div", "rem", "udiv", "urem", "shl", "lshr", "ashr":
      return MachineOperator(operands: [.word, .word], result: .word)
    case "and", "or", "xor":
      let ty = firstType == .bit ? Machine.Ty.bit : .word
      return MachineOperator(operands: [ty, ty], result: ty)
    case "eq", "ne", "slt", "sle": return MachineOperator(operands: [.word, .word], result: .bit)
    case "extend": return MachineOperator(operands: [.bit], result: .word)
    case "fadd", "fsub", "fmul", "fdiv": return MachineOperator(operands: [.float, .float], result: .float)
    case "fneg", "fsqrt": return MachineOperator(operands: [.float], result: .float)
    case "feq", "flt", "fle": return MachineOperator(operands: [.float, .float], result: .bit)
    case "dup.integer", "drop.integer":
      return MachineOperator(operands: [Machine.Ty](repeating: .word, count: max(1, count)), result: nil)
    case "dup.cell", "dup.reference", "drop.cell", "drop.reference", "take":
      return MachineOperator(operands: [.word], result: nil)
    default: return onIntegers(name)
    }
  }

  /// An operator such as `int.add`, or as `int.add!12`, which drops its operands 1 and 2.
  private static func onIntegers(_ name: Name) -> MachineOperator? {
    let parts = name.text.split(separator: "!", maxSplits: 1, omittingEmptySubsequences: false)
    guard let plain = parts.first else { return nil }
    let found: MachineOperator
    switch plain {
    case "int.add", "int.subtract", "int.multiply": found = MachineOperator(operands: [.word, .word], result: .word)
    case "int.negate", "int.toWord": found = MachineOperator(operands: [.word], result: .word)
    case "int.equal", "int.less", "int.lessEqual": found = MachineOperator(operands: [.word, .word], result: .bit)
    default: return nil
    }
    if parts.count == 2 {
      let all = found.operands.indices.map { String($0 + 1) }
      guard (all + [all.joined()]).contains(String(parts[1])) else { return nil }
    }
    return found
  }
}
