import Diagnostics
import Languages
import Nanopass

/// Writes the functions that count references.
///
/// A word with the low bit set is no reference. A cell whose count is negative as a signed 32-bit number is never freed;
/// one that is counted up to there stays for ever. Of integers only the tag is tested in place, since big ones are rare,
/// and of what is dropped, since that is often the last reference.
struct CountFunction {
  /// The least count, read as unsigned, of a cell that is never freed.
  private static let immortal = Machine.Operand.number(1 << 31)

  /// What the function behind an operator is called.
  static func name(of operator: Name, operands: Int) -> Name {
    Name("nanoc." + `operator`.text + (operands > 1 ? ".\(operands)" : ""))
  }

  private var builder: BlockBuilder
  private let operands: [Machine.Operand]
  private let span: Span

  private init(_ parameters: [Machine.Parameter], at span: Span) {
    operands = parameters.map { .local(span, variable: $0.variable) }
    self.span = span
    builder = BlockBuilder(FreshLocals(from: parameters.count))
    builder.begin(builder.make("entry"), at: span)
  }

  /// The function behind an operator, whose result means nothing.
  static func of(_ operator: Name, operands count: Int, at span: Span) -> Machine.Function {
    let parameters = (0..<count).map { index in
      Machine.Parameter(span, variable: Local("value", index), ty: .word)
    }
    var writer = CountFunction(parameters, at: span)
    writer.write(`operator`)
    writer.finish()
    return Machine.Function(
      span, name: name(of: `operator`, operands: count), parameters: parameters, results: [.word],
      blocks: writer.builder.blocks)
  }

  private mutating func write(_ operator: Name) {
    switch `operator` {
    case "dup.integer": integers("nanoc_dup")
    case "drop.integer": integers("nanoc_drop")
    case "dup.cell": unlessTagged(operands[0], likely: nil) { $0.dup($0.operands[0]) }
    case "drop.cell": unlessTagged(operands[0], likely: nil) { $0.call("nanoc_drop", $0.operands[0]) }
    default: dup(operands[0])
    }
  }

  private mutating func finish() { builder.end(.return(span, values: [.number(0)])) }

  private mutating func call(_ function: Name, _ word: Machine.Operand) {
    builder.append(.run(span, value: .runtime(span, function: function, arguments: [word])))
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

  private mutating func unlessTagged(
    _ word: Machine.Operand, likely: Name?, _ body: (inout CountFunction) -> Void
  ) {
    let low = builder.compute("low", .word, "and", [word, .number(1)], at: span)
    when(builder.compute("is", .bit, "eq", [low, .number(0)], at: span), likely: likely, body)
  }

  /// One test for all; the library tests each for itself.
  private mutating func integers(_ function: Name) {
    let tags = operands.dropFirst().reduce(operands[0]) { tags, operand in
      builder.compute("tags", .word, "and", [tags, operand], at: span)
    }
    unlessTagged(tags, likely: "else") { writer in
      for operand in writer.operands { writer.call(function, operand) }
    }
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
