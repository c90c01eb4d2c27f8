import Diagnostics
public import Languages
public import Nanopass

/// Expands operators on integers: small ones are added, multiplied and compared in place as tagged words, big ones and
/// overflows by the run-time library.
///
/// A small integer `n` is the word `2n + 1`; the low bit of a big one is 0.
///
///     (set z.2 word (compute int.add [(local x.0) (local y.1)]))
///
/// becomes
///
///     (set raw.5 word (compute sub [(local y.1) (word 1)]))
///     (checked sum.6 overflow.7 add (local x.0) (local raw.5))
///     …
///     (branch (local slow.10) (to big.3 []) (to done.4 [(local sum.6)]) else)
///
/// where `big.3` calls `nanoc_int_add` and jumps to `done.4`, which takes `z.2` and goes on. At `-O0` the library is
/// called at once.
///
/// Needs: dominating-definitions. Ensures: dominating-definitions; no operator `int.…` is left.
public struct ExpandIntegerArithmetic: MachineToMachine {
  public static let summary = "Expand integer operators into fast paths on small and calls for big integers."

  private var isInline = true
  private var count = 0

  public init() {}

  public mutating func begin(_ input: Machine.Root, in context: PassContext) {
    isInline = context.options.optimization > 0
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "Expanded \(count) integer operators \(isInline ? "in place" : "into calls").", data: [("operators", count)])
  }

  public mutating func function(_ node: Machine.Function) throws -> Machine.Function {
    guard node.blocks.contains(where: { $0.instructions.contains(where: Self.isOperator) }) else { return node }
    var expansion = IntegerExpansion(node, isInline: isInline)
    for block in node.blocks {
      expansion.builder.begin(block.label, block.parameters, at: block.span)
      for instruction in block.instructions {
        guard case .set(let span, let variable, _, .compute(_, let name, let operands)) = instruction,
          name.text.hasPrefix("int.")
        else {
          expansion.builder.append(instruction)
          continue
        }
        count += 1
        guard expansion.expand(name, operands, to: variable, at: span) else {
          throw PassBug(Self.self, "there is no operator `\(name)`", broke: "matching-shapes", in: instruction)
        }
      }
      expansion.builder.end(block.end)
    }
    var function = node
    function.blocks = expansion.builder.blocks
    return function
  }

  private static func isOperator(_ instruction: Machine.Instruction) -> Bool {
    guard case .set(_, _, _, .compute(_, let name, _)) = instruction else { return false }
    return name.text.hasPrefix("int.")
  }
}

/// Writes the instructions and blocks that carry integer operators out.
struct IntegerExpansion {
  var builder: BlockBuilder
  private let isInline: Bool

  init(_ function: Machine.Function, isInline: Bool) {
    builder = BlockBuilder(FreshLocals(above: function))
    self.isInline = isInline
  }

  /// Expands one operator; false if there is none of that name.
  mutating func expand(_ name: Name, _ operands: [Machine.Operand], to variable: Local, at span: Span) -> Bool {
    let one = Machine.Operand.number(1)
    switch name {
    case "int.add":
      checked(operands, "nanoc_int_add", variable, span) { builder in
        ("add", operands[0], builder.compute("raw", .word, "sub", [operands[1], one], at: span))
      }
    case "int.subtract":
      checked(operands, "nanoc_int_sub", variable, span) { builder in
        ("sub", operands[0], builder.compute("raw", .word, "sub", [operands[1], one], at: span))
      }
    case "int.multiply":
      checked(operands, "nanoc_int_mul", variable, span) { builder in
        let raw = builder.compute("raw", .word, "sub", [operands[0], one], at: span)
        return ("mul", raw, builder.compute("factor", .word, "ashr", [operands[1], one], at: span))
      }
    case "int.negate":
      checked(operands, "nanoc_int_neg", variable, span) { _ in ("sub", .number(2), operands[0]) }
    case "int.toWord": toWord(operands[0], variable, span)
    case "int.equal": equal(operands, variable, span)
    case "int.less": compare(operands, "slt", variable, span)
    case "int.lessEqual": compare(operands, "sle", variable, span)
    default: return false
    }
    return true
  }

  // MARK: Arithmetic

  /// Computes in place, and goes to the library if an operand is big or the result does not fit.
  private mutating func checked(
    _ operands: [Machine.Operand], _ function: Name, _ variable: Local, _ span: Span,
    _ prepare: (inout BlockBuilder) -> (operator: Name, left: Machine.Operand, right: Machine.Operand)
  ) {
    let call = Machine.Operation.runtime(span, function: function, arguments: operands)
    guard isInline else { return builder.append(.set(span, variable: variable, ty: .word, value: call)) }
    let (name, left, right) = prepare(&builder)
    let (result, overflow) = (builder.make("result"), builder.make("overflow"))
    builder.append(
      .checked(span, variable: result, overflow: overflow, operator: name, left: left, right: right))
    var value = Machine.Operand.local(span, variable: result)
    if name == "mul" { value = builder.compute("result", .word, "or", [value, .number(1)], at: span) }
    let big = isSmall(operands, "eq", span)
    let slow = builder.compute("slow", .bit, "or", [big, .local(span, variable: overflow)], at: span)
    finish(slow, fast: value, call, (variable, .word), span)
  }

  /// A bit that says whether all operands are small (`ne`), or whether one is big (`eq`).
  private mutating func isSmall(_ operands: [Machine.Operand], _ relation: Name, _ span: Span) -> Machine.Operand {
    var tags: Machine.Operand?
    for operand in operands where operand.number == nil {
      tags = tags.map { builder.compute("tags", .word, "and", [$0, operand], at: span) } ?? operand
    }
    guard let tags else { return .bit(span, value: relation == "ne") }
    let low = builder.compute("low", .word, "and", [tags, .number(1)], at: span)
    return builder.compute("small", .bit, relation, [low, .number(0)], at: span)
  }

  /// Branches to a call if `slow`, and goes on with the fast value or the result of the call.
  private mutating func finish(
    _ slow: Machine.Operand, fast: Machine.Operand, _ call: Machine.Operation, relation: Name? = nil,
    _ result: (variable: Local, type: Machine.Ty), _ span: Span
  ) {
    let (big, done) = (builder.make("big"), builder.make("done"))
    builder.end(
      .branch(
        span, condition: slow, then: .to(big), else: Machine.Target(span, label: done, arguments: [fast]),
        likely: "else"))
    builder.begin(big, at: span)
    var value = builder.set("big", .word, call, at: span)
    if let relation { value = builder.compute("is", .bit, relation, [value, .number(0)], at: span) }
    builder.end(.jump(span, label: done, arguments: [value]))
    builder.begin(done, [Machine.Parameter(span, variable: result.variable, ty: result.type)], at: span)
  }

  private mutating func toWord(_ operand: Machine.Operand, _ variable: Local, _ span: Span) {
    let call = Machine.Operation.runtime(span, function: "nanoc_int_to_word_saturating", arguments: [operand])
    guard isInline else { return builder.append(.set(span, variable: variable, ty: .word, value: call)) }
    let value = builder.compute("raw", .word, "ashr", [operand, .number(1)], at: span)
    let big = isSmall([operand], "eq", span)
    finish(big, fast: value, call, (variable, .word), span)
  }

  // MARK: Comparisons

  /// Tagged words are ordered as their values are.
  private mutating func compare(_ operands: [Machine.Operand], _ relation: Name, _ variable: Local, _ span: Span) {
    let call = Machine.Operation.runtime(span, function: "nanoc_int_compare", arguments: operands)
    guard isInline else { return callAndTest(call, relation, variable, span) }
    let fast = builder.compute("is", .bit, relation, operands, at: span)
    let big = isSmall(operands, "eq", span)
    finish(big, fast: fast, call, relation: relation, (variable, .bit), span)
  }

  /// Small integers are equal exactly if their words are, and never equal to big ones.
  private mutating func equal(_ operands: [Machine.Operand], _ variable: Local, _ span: Span) {
    if operands.contains(where: { $0.number != nil }) {
      let value = Machine.Operation.compute(span, operator: "eq", operands: operands)
      return builder.append(.set(span, variable: variable, ty: .bit, value: value))
    }
    let call = Machine.Operation.runtime(span, function: "nanoc_int_equal", arguments: operands)
    guard isInline else { return callAndTest(call, "ne", variable, span) }
    let same = builder.compute("same", .bit, "eq", operands, at: span)
    let tags = builder.compute("tags", .word, "or", operands, at: span)
    let low = builder.compute("low", .word, "and", [tags, .number(1)], at: span)
    let big = builder.compute("big", .bit, "eq", [low, .number(0)], at: span)
    finish(big, fast: same, call, relation: "ne", (variable, .bit), span)
  }

  private mutating func callAndTest(_ call: Machine.Operation, _ relation: Name, _ variable: Local, _ span: Span) {
    let value = builder.set("order", .word, call, at: span)
    let test = Machine.Operation.compute(span, operator: relation, operands: [value, .number(0)])
    builder.append(.set(span, variable: variable, ty: .bit, value: test))
  }
}
