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

  /// Sets a variable to a cell in the memory that a token keeps, or in new memory. A header and fields that are those
  /// of the cell which was there are written in new memory only (Reinking, Xie, de Moura, Leijen, Perceus, PLDI 2021, section 2.5):
  /// `n_body` takes a third less time, since a processor holds few stores that wait for what they write.
  mutating func reuse(
    _ token: Local, for variable: Local, _ tag: Int, _ counted: [Counted.Atom], _ raw: [Counted.Atom], at span: Span
  ) {
    let fields = counted + raw
    let memory = Machine.Operand.local(span, variable: token)
    let (none, some, done) = (builder.make("none"), builder.make("some"), builder.make("done"))
    let kept = remains.kept(of: fields, in: token)
    let keepsHeader = remains.holdsHeader(tag, counted.count, in: token)
    let values = fields.map { operand($0) }
    branch(isEmpty: memory, to: none, else: some, at: span)
    builder.begin(none, at: span)
    let new = builder.set("new", .word, .allocate(span, size: 8 + 8 * fields.count), at: span)
    if keepsHeader { storeHeader(tag, counted.count, in: new, at: span) }
    store(kept.map { ($0, reloaded($0, values[$0], for: token, at: span)) }, in: new, at: span)
    builder.end(.jump(span, label: done, arguments: [new]))
    builder.begin(some, at: span)
    builder.end(.jump(span, label: done, arguments: [memory]))
    builder.begin(done, [Machine.Parameter(span, variable: variable, ty: .word)], at: span)
    references.insert(variable.id)
    let cell = Machine.Operand.local(span, variable: variable)
    if !keepsHeader { storeHeader(tag, counted.count, in: cell, at: span) }
    store(values.enumerated().filter { !kept.contains($0.offset) }, in: cell, at: span)
  }

  /// A field of a cell that has not ended: read once more where that can be done, so that nothing has to be kept in a
  /// register for this rare case.
  private mutating func reloaded(
    _ slot: Int, _ value: Machine.Operand, for token: Local, at span: Span
  ) -> Machine.Operand {
    guard let cell = remains.livingCell(of: token), case .local(_, let variable) = value else { return value }
    let type: Machine.Ty = remains.isFloat(variable) ? .float : .word
    let load = Machine.Operation.load(
      span, address: operand(of: cell, at: span), offset: 8 + 8 * slot, width: 8)
    return builder.set("kept", type, load, at: span)
  }

  private mutating func branch(isEmpty token: Machine.Operand, to empty: Local, else kept: Local, at span: Span) {
    let isEmpty = builder.compute("empty", .bit, "eq", [token, .number(0)], at: span)
    builder.end(.branch(span, condition: isEmpty, then: .to(empty), else: .to(kept), likely: "else"))
  }

  private mutating func run(_ function: Name, _ arguments: [Machine.Operand], at span: Span) {
    builder.append(.run(span, value: .runtime(span, function: function, arguments: arguments)))
  }
}
