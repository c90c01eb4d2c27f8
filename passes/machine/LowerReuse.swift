import Diagnostics
import Languages
import Nanopass

// How `LowerToMachine` lowers the reuse of cells. A token is the address of the memory that it keeps, or 0.

extension LowerToMachine {
  /// Takes one reference away from a cell. `takes` says that there is one more to each of its `counted` fields.
  mutating func reclaim(_ token: Local, _ cell: Machine.Operand, _ counted: Int, takes: Bool, at span: Span) {
    let references = builder.set("references", .word, .load(span, address: cell, offset: 0, width: 4), at: span)
    let isLast = builder.compute("last", .bit, "eq", [references, .number(1)], at: span)
    let (last, shared, done) = (builder.make("last"), builder.make("shared"), builder.make("done"))
    builder.end(.branch(span, condition: isLast, then: .to(last), else: .to(shared), likely: "then"))
    builder.begin(last, at: span)
    if !takes, counted > 0 { run("nanoc_drop_fields", [cell], at: span) }
    builder.end(.jump(span, label: done, arguments: [cell]))
    builder.begin(shared, at: span)
    run(takes ? "nanoc_take" : "nanoc_drop", [cell], at: span)
    builder.end(.jump(span, label: done, arguments: [.number(0)]))
    builder.begin(done, [Machine.Parameter(span, variable: token, ty: .word)], at: span)
  }

  /// Frees what a token keeps.
  mutating func release(_ token: Local, at span: Span) {
    let memory = Machine.Operand.local(span, variable: token)
    let (some, done) = (builder.make("some"), builder.make("done"))
    branch(isEmpty: memory, to: done, else: some, at: span)
    builder.begin(some, at: span)
    run("nanoc_release", [memory], at: span)
    builder.end(.jump(span, label: done, arguments: []))
    builder.begin(done, at: span)
  }

  /// Sets a variable to the memory that a token keeps, or to new memory.
  mutating func memory(of token: Local, for variable: Local, size: Int, at span: Span) {
    let memory = Machine.Operand.local(span, variable: token)
    let (none, some, done) = (builder.make("none"), builder.make("some"), builder.make("done"))
    branch(isEmpty: memory, to: none, else: some, at: span)
    builder.begin(none, at: span)
    let new = builder.set("new", .word, .allocate(span, size: size), at: span)
    builder.end(.jump(span, label: done, arguments: [new]))
    builder.begin(some, at: span)
    builder.end(.jump(span, label: done, arguments: [memory]))
    builder.begin(done, [Machine.Parameter(span, variable: variable, ty: .word)], at: span)
  }

  private mutating func branch(isEmpty token: Machine.Operand, to empty: Local, else kept: Local, at span: Span) {
    let isEmpty = builder.compute("empty", .bit, "eq", [token, .number(0)], at: span)
    builder.end(.branch(span, condition: isEmpty, then: .to(empty), else: .to(kept), likely: "else"))
  }

  private mutating func run(_ function: Name, _ arguments: [Machine.Operand], at span: Span) {
    builder.append(.run(span, value: .runtime(span, function: function, arguments: arguments)))
  }
}
