import Diagnostics
public import Languages
public import Nanopass

/// Expands the counting of references: each operator becomes calls of the run-time library.
///
///     (run (compute drop.integer [(local x.0) (local y.1)]))
///
/// becomes
///
///     (run (runtime nanoc_drop [(local x.0)]))
///     (run (runtime nanoc_drop [(local y.1)]))
///
/// In functions that run again and again a cell gets another reference in place: by a call of a function, added to the
/// program once, that is so short that LLVM puts it in place of the call. All else measured better as calls, which keep
/// the caller's registers: programs take 0.4 % more instructions than with tests of tags in place and those for big
/// integers are a sixth shorter, which LLVM takes a third less time for.
///
/// Needs: dominating-definitions. Ensures: dominating-definitions; no operator that counts is left.
public struct ExpandCounts: MachineToMachine, FunctionPass {
  public static let summary = "Expand the counting of references into calls and instructions"

  /// The operators that are expanded in place, in the order of the first use.
  private var used: [Name] = []
  private var count = 0
  private var inPlace = 0
  private var repeated: Set<Name> = []
  private var isRepeated = false

  public init() {}

  /// The functions that `expand-integer-arithmetic` adds neither count by operators nor call what does.
  public mutating func learn(from start: SweepStart) throws -> Bool {
    guard let functions = try start.fact(RepeatedFunctions.self) else { return false }
    repeated = functions.names
    return true
  }

  public mutating func complete(_ program: inout Machine.Root) -> Bool {
    program.functions += used.map { CountFunction.of($0, at: program.span) }
    return false
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "Expanded \(count) counts, \(inPlace) of them in place.", data: [("counts", count), ("in place", inPlace)])
  }

  public mutating func function(_ node: Machine.Function) throws -> Machine.Function {
    isRepeated = repeated.contains(node.name)
    return try derive(node)
  }

  public mutating func block(_ node: Machine.Block) throws -> Machine.Block {
    guard node.instructions.contains(where: { Self.counting($0) != nil }) else { return node }
    var block = node
    block.instructions = []
    block.instructions.reserveCapacity(node.instructions.count)
    for instruction in node.instructions {
      if let (name, operands) = Self.counting(instruction) {
        block.instructions += try self.count(name, operands, instruction)
      } else {
        block.instructions.append(instruction)
      }
    }
    return block
  }

  /// The operator and the operands of an instruction that counts.
  private static func counting(_ instruction: Machine.Instruction) -> (Name, [Machine.Operand])? {
    guard case .run(_, .compute(_, let name, let operands)) = instruction else { return nil }
    return (name, operands)
  }

  private mutating func count(
    _ operator: Name, _ operands: [Machine.Operand], _ instruction: Machine.Instruction
  ) throws -> [Machine.Instruction] {
    let span = instruction.span
    count += operands.count
    if isRepeated, CountFunction.written.contains(`operator`) {
      inPlace += operands.count
      if !used.contains(`operator`) { used.append(`operator`) }
      let function = CountFunction.name(of: `operator`)
      return operands.map { .run(span, value: .call(span, function: function, arguments: [$0])) }
    }
    guard let calls = CountFunction.calls(for: `operator`, operands, at: span) else {
      throw PassBug(Self.self, "there is no operator `\(`operator`)`", broke: "known-addresses", in: instruction)
    }
    return calls
  }
}
