import Diagnostics
public import Languages
public import Nanopass

/// Fuses the counting of integers with the operators before it and with its like, since small integers, nearly all,
/// need none of it.
///
/// An operator behind which operands are dropped takes them over, and drops them only where it calls the run-time
/// library. Several `dup`s or `drop`s in a row become one.
///
///     (set z.2 word (compute int.add [(local x.0) (local y.1)]))
///     (run (compute drop.integer [(local y.1)]))
///     (run (compute drop.integer [(local v.3)]))
///     (run (compute drop.integer [(local w.4)]))
///
/// becomes
///
///     (set z.2 word (compute int.add!2 [(local x.0) (local y.1)]))
///     (run (compute drop.integer [(local v.3) (local w.4)]))
///
/// Needs: dominating-definitions. Ensures: dominating-definitions.
public struct FuseIntegerCounts: MachineToMachine, FunctionPass {
  public static let summary = "Fuse the counting of integers with the operators on them"

  private var before = 0
  private var after = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("Left \(after) of \(before) counts of integers.", data: [("before", before), ("after", after)])
  }

  public mutating func block(_ node: Machine.Block) -> Machine.Block {
    guard node.instructions.contains(where: { Self.count($0) != nil }) else { return node }
    var block = node
    block.instructions = []
    block.instructions.reserveCapacity(node.instructions.count)
    // The next one is the last here, so that taking some out and putting others back costs nothing.
    var rest = Array(node.instructions.reversed())
    while let instruction = rest.popLast() {
      if let (span, name, operands) = Self.count(instruction) {
        let all = operands + takeCounts(named: name, from: &rest)
        after += 1
        block.instructions.append(.run(span, value: .compute(span, operator: name, operands: all)))
      } else if case .set(let span, let variable, let type, .compute(_, let name, let operands)) = instruction,
        IntegerFunction.operators.contains(name)
      {
        let consuming = takeDrops(of: operands, name, from: &rest)
        let value = Machine.Operation.compute(span, operator: consuming, operands: operands)
        block.instructions.append(.set(span, variable: variable, ty: type, value: value))
      } else {
        block.instructions.append(instruction)
      }
    }
    return block
  }

  private static func count(_ instruction: Machine.Instruction) -> (Span, Name, [Machine.Operand])? {
    guard case .run(_, .compute(let span, let name, let operands)) = instruction,
      name == "dup.integer" || name == "drop.integer"
    else { return nil }
    return (span, name, operands)
  }

  /// Takes the counts of one kind that come next.
  private mutating func takeCounts(named name: Name, from rest: inout [Machine.Instruction]) -> [Machine.Operand] {
    before += 1
    var result: [Machine.Operand] = []
    while let next = rest.last, let (_, other, operands) = Self.count(next), other == name {
      rest.removeLast()
      before += 1
      result += operands
    }
    return result
  }

  /// Takes the drops of an operator's operands from the instructions behind it, among those of other integers.
  ///
  /// - Returns: the operator that drops them itself.
  private mutating func takeDrops(
    of operands: [Machine.Operand], _ name: Name, from rest: inout [Machine.Instruction]
  ) -> Name {
    if name == "int.equal", operands.contains(where: { $0.number != nil }) { return name }
    let registers = operands.map(Self.register)
    var skipped: [Machine.Instruction] = []
    var consumed: NumberSet = []
    while let next = rest.last, Self.isPassedOver(next) {
      if let dropped = Self.dropped(next), let position = registers.firstIndex(of: dropped),
        consumed.insert(position)
      {
        before += 1
      } else {
        skipped.append(next)
      }
      rest.removeLast()
    }
    rest += skipped.reversed()
    return IntegerFunction.consuming(name, registers.indices.filter(consumed.contains))
  }

  /// Whether an instruction only makes a word of a bit, or drops another integer.
  private static func isPassedOver(_ instruction: Machine.Instruction) -> Bool {
    switch instruction {
    case .set(_, _, _, .compute(_, "extend", _)), .run(_, .compute(_, "drop.integer", _)): return true
    default: return false
    }
  }

  private static func dropped(_ instruction: Machine.Instruction) -> Int? {
    guard case .run(_, .compute(_, "drop.integer", let operands)) = instruction else { return nil }
    return operands.first.flatMap(register)
  }

  private static func register(_ operand: Machine.Operand) -> Int? {
    if case .local(_, let variable) = operand { return variable.id }
    return nil
  }
}
