import Diagnostics
public import Languages
public import Nanopass

/// Expands the counting of references into instructions, so that only the last reference needs a call.
///
/// A word with the low bit set is no reference. A cell whose count is negative as a signed 32-bit number is never freed;
/// one that is counted up to there stays for ever. `dup` and `drop` of integers are tests of the low bit and calls,
/// since big ones are rare; a `take` of all that the only owner of a cell finds in it frees just the cell.
///
///     (run (compute drop.reference [(local x.0)]))
///
/// becomes
///
///     (set references.4 word (load (local x.0) 0 4))
///     (set last.5 bit (compute eq [(local references.4) (word 1)]))
///     (branch (local last.5) (to last.2 []) (to more.3 []) -)
///
/// where `last.2` calls `nanoc_free`, and `more.3` stores the count less 1. At `-O0` all are calls.
///
/// Needs: dominating-definitions. Ensures: dominating-definitions; no operator that counts is left.
public struct ExpandCounts: MachineToMachine {
  public static let summary = "Expand the counting of references into instructions."

  private var isInline = true
  private var count = 0

  public init() {}

  public mutating func begin(_ input: Machine.Root, in context: PassContext) {
    isInline = context.options.optimization > 0
  }

  public mutating func end(in context: PassContext) {
    context.explain("Expanded \(count) counts \(isInline ? "in place" : "into calls").", data: [("counts", count)])
  }

  public mutating func function(_ node: Machine.Function) -> Machine.Function {
    guard node.blocks.contains(where: { $0.instructions.contains { Self.count($0) != nil } }) else { return node }
    var expansion = CountExpansion(node, isInline: isInline)
    for block in node.blocks {
      expansion.builder.begin(block.label, block.parameters, at: block.span)
      for instruction in block.instructions {
        if let (name, operands) = Self.count(instruction) {
          count += 1
          expansion.expand(name, operands, at: instruction.span)
        } else {
          expansion.builder.append(instruction)
        }
      }
      expansion.builder.end(block.end)
    }
    var function = node
    function.blocks = expansion.builder.blocks
    return function
  }

  private static func count(_ instruction: Machine.Instruction) -> (Name, [Machine.Operand])? {
    guard case .run(_, .compute(_, let name, let operands)) = instruction, !operands.isEmpty else { return nil }
    return (name, operands)
  }
}

/// Writes the instructions and blocks that count.
private struct CountExpansion {
  var builder: BlockBuilder
  private let isInline: Bool
  /// The least count, read as unsigned, of a cell that is never freed.
  private static let immortal = Machine.Operand.number(1 << 31)

  init(_ function: Machine.Function, isInline: Bool) {
    builder = BlockBuilder(FreshLocals(above: function))
    self.isInline = isInline
  }

  mutating func expand(_ name: Name, _ operands: [Machine.Operand], at span: Span) {
    guard let word = operands.first else { return }
    switch name {
    case "dup.integer": isInline ? unlessSmall("nanoc_dup", word, span) : call("nanoc_dup", word, span)
    case "drop.integer": isInline ? unlessSmall("nanoc_drop", word, span) : call("nanoc_drop", word, span)
    case "dup.cell": dup(word, isReference: false, span)
    case "dup.reference": dup(word, isReference: true, span)
    case "drop.cell": drop(word, isReference: false, span)
    case "drop.reference": drop(word, isReference: true, span)
    default: take(word, Array(operands.dropFirst()), span)
    }
  }

  private mutating func call(_ function: Name, _ word: Machine.Operand, _ span: Span) {
    builder.append(.run(span, value: .runtime(span, function: function, arguments: [word])))
  }

  private mutating func jump(to label: Local, _ span: Span) { builder.end(.jump(span, label: label, arguments: [])) }

  /// Opens a block for references; immediates go on at `done`.
  private mutating func testLowBit(_ word: Machine.Operand, _ done: Local, likely: Name?, _ span: Span) {
    let reference = builder.make("reference")
    let low = builder.compute("low", .word, "and", [word, .number(1)], at: span)
    let isReference = builder.compute("is", .bit, "eq", [low, .number(0)], at: span)
    builder.end(.branch(span, condition: isReference, then: .to(reference), else: .to(done), likely: likely))
    builder.begin(reference, at: span)
  }

  private mutating func unlessSmall(_ function: Name, _ word: Machine.Operand, _ span: Span) {
    let done = builder.make("done")
    testLowBit(word, done, likely: "else", span)
    call(function, word, span)
    jump(to: done, span)
    builder.begin(done, at: span)
  }

  private mutating func dup(_ word: Machine.Operand, isReference: Bool, _ span: Span) {
    guard isInline else { return call("nanoc_dup", word, span) }
    let done = builder.make("done")
    if !isReference { testLowBit(word, done, likely: nil, span) }
    let references = builder.set("references", .word, .load(span, address: word, offset: 0, width: 4), at: span)
    change(word, references, "add", done, span)
    builder.begin(done, at: span)
  }

  private mutating func drop(_ word: Machine.Operand, isReference: Bool, _ span: Span) {
    guard isInline else { return call("nanoc_drop", word, span) }
    let (last, more, done) = (builder.make("last"), builder.make("more"), builder.make("done"))
    if !isReference { testLowBit(word, done, likely: nil, span) }
    let references = builder.set("references", .word, .load(span, address: word, offset: 0, width: 4), at: span)
    let isLast = builder.compute("last", .bit, "eq", [references, .number(1)], at: span)
    builder.end(.branch(span, condition: isLast, then: .to(last), else: .to(more), likely: nil))
    builder.begin(last, at: span)
    call("nanoc_free", word, span)
    jump(to: done, span)
    builder.begin(more, at: span)
    change(word, references, "sub", done, span)
    builder.begin(done, at: span)
  }

  /// Ends the open block: stores the count changed by one, unless the cell is immortal, and goes to `done`.
  private mutating func change(
    _ cell: Machine.Operand, _ references: Machine.Operand, _ name: Name, _ done: Local, _ span: Span
  ) {
    let mortal = builder.make("mortal")
    let isMortal = builder.compute("mortal", .bit, "slt", [references, Self.immortal], at: span)
    builder.end(.branch(span, condition: isMortal, then: .to(mortal), else: .to(done), likely: "then"))
    builder.begin(mortal, at: span)
    let changed = builder.compute("references", .word, name, [references, .number(1)], at: span)
    builder.append(.store(span, address: cell, offset: 0, width: 4, value: changed))
    jump(to: done, span)
  }

  /// One look at the header, the tag left out, tells whether the reference is the only one and all counted fields are
  /// among the given ones.
  private mutating func take(_ cell: Machine.Operand, _ fields: [Machine.Operand], _ span: Span) {
    let (alone, shared, done) = (builder.make("alone"), builder.make("shared"), builder.make("done"))
    if isInline {
      let header = builder.set("header", .word, .load(span, address: cell, offset: 0, width: 8), at: span)
      let facts = builder.compute("facts", .word, "and", [header, .number(~(0xffff << 32))], at: span)
      let isAlone = builder.compute("alone", .bit, "eq", [facts, .number(fields.count << 48 | 1)], at: span)
      builder.end(.branch(span, condition: isAlone, then: .to(alone), else: .to(shared), likely: nil))
      builder.begin(alone, at: span)
      call("nanoc_release", cell, span)
      jump(to: done, span)
      builder.begin(shared, at: span)
    }
    for field in fields { dup(field, isReference: false, span) }
    drop(cell, isReference: true, span)
    if isInline {
      jump(to: done, span)
      builder.begin(done, at: span)
    }
  }
}
