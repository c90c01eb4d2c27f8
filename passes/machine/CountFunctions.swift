import Diagnostics
import Languages
import Nanopass

/// Writes the functions that add a reference in place.
///
/// A word with the low bit set is no reference. A cell whose count is negative as a signed 32-bit number is never freed;
/// one that is counted up to there stays for ever.
struct CountFunction {
  /// The least count, read as unsigned, of a cell that is never freed.
  private static let immortal = Machine.Operand.number(1 << 31)

  /// The functions of the library that count references of any kind, by the operators.
  private static let callees: [Name: Name] = [
    "dup.integer": "nanoc_dup", "dup.cell": "nanoc_dup", "dup.reference": "nanoc_dup", "drop.integer": "nanoc_drop",
    "drop.cell": "nanoc_drop", "drop.reference": "nanoc_drop", "take": "nanoc_take",
  ]
  /// The operators for which there is a function here.
  static let written: Set<Name> = ["dup.cell", "dup.reference"]

  /// The operands of a counting operator, each counted by a call of the library; nil for other operators.
  static func calls(for operator: Name, _ operands: [Machine.Operand], at span: Span) -> [Machine.Instruction]? {
    callees[`operator`].map { function in
      operands.map { .run(span, value: .runtime(span, function: function, arguments: [$0])) }
    }
  }

  /// What the function behind an operator is called.
  static func name(of operator: Name) -> Name { Name("nanoc." + `operator`.text) }

  private var builder: BlockBuilder
  private let span: Span

  /// The function behind an operator, whose result means nothing.
  static func of(_ operator: Name, at span: Span) -> Machine.Function {
    let cell = Local("value", 0)
    var writer = CountFunction(builder: BlockBuilder(FreshLocals(from: 1)), span: span)
    writer.builder.begin(writer.builder.make("entry"), at: span)
    let operand = Machine.Operand.local(span, variable: cell)
    if `operator` == "dup.cell" { writer.unlessTagged(operand) { $0.dup(operand) } } else { writer.dup(operand) }
    writer.builder.end(.return(span, values: [.number(0)]))
    return Machine.Function(
      span, name: name(of: `operator`), parameters: [Machine.Parameter(span, variable: cell, ty: .word)],
      results: [.word], blocks: writer.builder.blocks)
  }

  /// Ends the open block and opens one in which `condition` holds; control comes together behind what `body` writes.
  private mutating func when(
    _ condition: Machine.Operand, likely: Name?, _ body: (inout CountFunction) -> Void
  ) {
    let (yes, done) = (builder.make("yes"), builder.make("done"))
    builder.end(.branch(span, condition: condition, then: .to(yes), else: .to(done), likely: likely))
    builder.begin(yes, at: span)
    body(&self)
    builder.end(.jump(span, label: done, arguments: []))
    builder.begin(done, at: span)
  }

  private mutating func unlessTagged(_ word: Machine.Operand, _ body: (inout CountFunction) -> Void) {
    let low = builder.compute("low", .word, "and", [word, .number(1)], at: span)
    when(builder.compute("is", .bit, "eq", [low, .number(0)], at: span), likely: nil, body)
  }

  /// Stores the count and one, unless the cell is immortal.
  private mutating func dup(_ cell: Machine.Operand) {
    let references = builder.set("references", .word, .load(span, address: cell, offset: 0, width: 4), at: span)
    let isMortal = builder.compute("mortal", .bit, "slt", [references, Self.immortal], at: span)
    when(isMortal, likely: "then") { writer in
      let more = writer.builder.compute("more", .word, "add", [references, .number(1)], at: writer.span)
      writer.builder.append(.store(writer.span, address: cell, offset: 0, width: 4, value: more))
    }
  }
}
