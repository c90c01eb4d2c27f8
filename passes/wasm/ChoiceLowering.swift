import Diagnostics
import Languages
import Nanopass

// Choices among more than two, and by type.

extension FunctionLowering {
  mutating func `switch`(
    _ subject: WasmIR.Expr, _ cases: [WasmIR.Case], _ rest: WasmIR.Block, _ next: Next, at span: Span
  ) throws {
    var cases = cases.sorted { $0.value < $1.value }
    var rest = rest
    // If control never comes to the default, the last case needs no test.
    if case .unreachable = rest.end, rest.steps.isEmpty, let last = cases.popLast() { rest = last.body }
    guard let first = cases.first?.value, let last = cases.last?.value else {
      try expression(subject)
      code.append(.drop, at: span)
      return try block(rest, next: next)
    }
    if cases.count == 1 {
      let test = WasmIR.Expr.compute(
        span, operator: "i32.eq", operands: [subject, .i32(span, value: .small(first))])
      return try choose(test, cases[0].body, rest, next, at: span)
    }
    guard cases.count > 2, last - first < 4 * cases.count, last - first < 60_000 else {
      return try chain(subject, cases, rest, next, at: span)
    }
    try table(subject, cases, from: first, through: last, rest, next, at: span)
  }

  /// A table of labels: the blocks of the cases lie one in another, the first case's innermost.
  private mutating func table(
    _ subject: WasmIR.Expr, _ cases: [WasmIR.Case], from first: Int, through last: Int, _ rest: WasmIR.Block,
    _ next: Next, at span: Span
  ) throws {
    var labels: [Int: Label] = [:]
    var placed: [(label: Label, body: WasmIR.Block)] = []
    for each in cases {
      if let label = exit(each.body) {
        labels[each.value] = label
      } else {
        let label = code.label()
        labels[each.value] = label
        placed.append((label, each.body))
      }
    }
    let other = exit(rest) ?? code.label()
    if exit(rest) == nil { placed.append((other, rest)) }
    for each in placed.reversed() { code.append(.block(each.label, []), at: span) }
    try expression(subject)
    // A few numbers below the first are cheaper in the table than a subtraction.
    let base = first < 5 ? 0 : first
    if base > 0 {
      code.append(.constant(.i32(span, value: .small(base))), at: span)
      code.append(.plain("i32.sub"), at: span)
    }
    code.append(.branchTable((base...last).map { labels[$0] ?? other }, other), at: span)
    for (position, each) in placed.enumerated() {
      code.append(.end, at: span)
      try block(each.body, next: position == placed.count - 1 ? next : .nothing)
    }
  }

  /// One test for each case.
  private mutating func chain(
    _ subject: WasmIR.Expr, _ cases: [WasmIR.Case], _ rest: WasmIR.Block, _ next: Next, at span: Span
  ) throws {
    let variable: Int
    if case .local(_, let known) = subject {
      variable = try number(of: known, in: subject)
    } else {
      try expression(subject)
      variable = code.variable("subject", .i32)
      code.append(.set(variable), at: span)
    }
    for each in cases {
      code.append(.get(variable), at: each.span)
      if each.value == 0 {
        code.append(.plain("i32.eqz"), at: each.span)
      } else {
        code.append(.constant(.i32(each.span, value: .small(each.value))), at: each.span)
        code.append(.plain("i32.eq"), at: each.span)
      }
      if let label = exit(each.body) {
        code.append(.branchIf(label), at: each.span)
      } else {
        code.append(.if([]), at: each.span)
        try block(each.body, next: .nothing)
        code.append(.end, at: each.span)
      }
    }
    try block(rest, next: next)
  }

  // MARK: Casts

  /// A test of a variable's type whose success is followed by the cast.
  struct CastTest {
    var subject: Local
    var from: WasmIR.Ty
    var type: Name
    var variable: Local
    var ty: WasmIR.Ty
  }

  func castTest(_ condition: WasmIR.Expr, _ then: WasmIR.Block) -> CastTest? {
    guard case .is(_, let type, .local(_, let subject)) = condition,
      case .let(_, let variable, let ty, .cast(_, type, .local(_, let cast)))? = then.steps.first, cast == subject,
      let from = types[subject.id], let base = from.mentioned, tables.types.isKind(type, of: base)
    else { return nil }
    return CastTest(subject: subject, from: from, type: type, variable: variable, ty: ty)
  }

  /// A test and a cast in one: what is of the type leaves a block, behind which the variable is set.
  mutating func choose(
    _ test: CastTest, _ then: WasmIR.Block, _ rest: WasmIR.Block, _ next: Next, at span: Span
  ) throws {
    let to = WasmCode.Ty.ref(type: try tables.types.number(of: test.type))
    let label = code.label()
    let subject = try number(of: test.subject, in: then)
    code.append(.block(label, [to]), at: span)
    code.append(.get(subject), at: span)
    code.append(.branchOnCast("br_on_cast", label, from: try tables.types.type(test.from), to: to), at: span)
    code.append(.drop, at: span)
    try block(rest, next: .nothing)
    code.append(.end, at: span)
    code.append(.set(try bind(test.variable, test.ty)), at: span)
    try steps(then.steps.dropFirst(), then.end, next)
  }
}
