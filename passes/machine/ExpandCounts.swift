import Diagnostics
public import Languages
public import Nanopass

/// Expands `nanoc_dup` and `nanoc_drop` into the counting itself, so that only the last reference needs a call.
///
/// A word with the low bit set is no reference, and a cell whose count is negative as a signed 32-bit number is never
/// freed; one that is counted up to there stays for ever.
///
///     (run (runtime nanoc_drop [(local x.0)]))
///
/// becomes a test of the low bit, a load of the count, and
///
///     (set last.6 bit (compute eq [(local references.5) (word 1)]))
///     (branch (local last.6) (to last.3 []) (to more.4 []) -)
///
/// where `last.3` calls `nanoc_free` and `more.4` stores the count less 1. At `-O0` the calls stay.
///
/// Needs: dominating-definitions. Ensures: dominating-definitions.
public struct ExpandCounts: MachineToMachine {
  public static let summary = "Expand counting into instructions."

  /// The least count, read as unsigned, of a cell that is never freed.
  private static let immortal = Machine.Operand.number(1 << 31)

  private var builder = BlockBuilder(FreshLocals(from: 0))
  private var isInline = true
  private var count = 0

  public init() {}

  public mutating func begin(_ input: Machine.Root, in context: PassContext) {
    isInline = context.options.optimization > 0
  }

  public mutating func end(in context: PassContext) {
    context.explain("Expanded \(count) dups and drops in place.", data: [("counts", count)])
  }

  public mutating func function(_ node: Machine.Function) -> Machine.Function {
    guard isInline, node.blocks.contains(where: { $0.instructions.contains { Self.counted($0) != nil } }) else {
      return node
    }
    builder = BlockBuilder(FreshLocals(above: node))
    for block in node.blocks {
      builder.begin(block.label, block.parameters, at: block.span)
      for instruction in block.instructions {
        if let (word, isDup) = Self.counted(instruction) {
          count += 1
          expand(word, isDup: isDup, at: instruction.span)
        } else {
          builder.append(instruction)
        }
      }
      builder.end(block.end)
    }
    var function = node
    function.blocks = builder.blocks
    return function
  }

  /// The word that an instruction counts, and whether up.
  private static func counted(_ instruction: Machine.Instruction) -> (word: Machine.Operand, isDup: Bool)? {
    guard case .run(_, .runtime(_, let function, let arguments)) = instruction, let word = arguments.first else {
      return nil
    }
    return function == "nanoc_dup" ? (word, true) : function == "nanoc_drop" ? (word, false) : nil
  }

  private mutating func expand(_ word: Machine.Operand, isDup: Bool, at span: Span) {
    let (reference, change, done) = (builder.make("reference"), builder.make("change"), builder.make("done"))
    let low = builder.compute("low", .word, "and", [word, .number(1)], at: span)
    let isReference = builder.compute("is", .bit, "eq", [low, .number(0)], at: span)
    builder.end(.branch(span, condition: isReference, then: .to(reference), else: .to(done), likely: nil))
    builder.begin(reference, at: span)
    let references = builder.set("references", .word, .load(span, address: word, offset: 0, width: 4), at: span)
    if !isDup { free(word, ifLast: references, done, at: span) }
    let isMortal = builder.compute("mortal", .bit, "slt", [references, Self.immortal], at: span)
    builder.end(.branch(span, condition: isMortal, then: .to(change), else: .to(done), likely: "then"))
    builder.begin(change, at: span)
    let changed = builder.compute("references", .word, isDup ? "add" : "sub", [references, .number(1)], at: span)
    builder.append(.store(span, address: word, offset: 0, width: 4, value: changed))
    builder.end(.jump(span, label: done, arguments: []))
    builder.begin(done, at: span)
  }

  private mutating func free(
    _ word: Machine.Operand, ifLast references: Machine.Operand, _ done: Local, at span: Span
  ) {
    let (last, more) = (builder.make("last"), builder.make("more"))
    let isLast = builder.compute("last", .bit, "eq", [references, .number(1)], at: span)
    builder.end(.branch(span, condition: isLast, then: .to(last), else: .to(more), likely: nil))
    builder.begin(last, at: span)
    builder.append(.run(span, value: .runtime(span, function: "nanoc_free", arguments: [word])))
    builder.end(.jump(span, label: done, arguments: []))
    builder.begin(more, at: span)
  }
}
