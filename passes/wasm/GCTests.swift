import Diagnostics
import Languages
import Nanopass

// How `LowerToWasmGC` lowers tests of literals.

extension LowerToWasmGC {
  /// Compares with literals one after the other.
  mutating func test(
    _ subject: Services.Atom, _ cases: ArraySlice<Services.LiteralCase>, _ rest: Services.Block, at span: Span
  ) throws -> WasmIR.End {
    if let table = try table(subject, cases, rest, at: span) { return table }
    let parts = try atom(subject)
    guard let first = cases.first else { throw bug("a test has no cases", "complete-switches", in: subject) }
    let then = try block(first.body)
    let other: WasmIR.Block
    if cases.count == 1 {
      other = try block(rest)
    } else {
      other = WasmIR.Block(span, steps: [], end: try test(subject, cases.dropFirst(), rest, at: span))
    }
    if case .bool(_, let value) = first.literal, let word = parts.first {
      return .if(span, condition: word, then: value ? then : other, else: value ? other : then)
    }
    return .if(span, condition: try equal(parts, first.literal, at: first.span), then: then, else: other)
  }

  /// A choice by a table among many integers that lie close to each other; nil for others. Beside a big integer the word
  /// is 0.
  private mutating func table(
    _ subject: Services.Atom, _ cases: ArraySlice<Services.LiteralCase>, _ rest: Services.Block, at span: Span
  ) throws -> WasmIR.End? {
    var branches: [(value: Int, body: Services.Block)] = []
    for one in cases {
      guard case .integer(_, .small(let value)) = one.literal else { return nil }
      // Of two cases with one literal the first counts.
      if !branches.contains(where: { $0.value == value }) { branches.append((Int(value), one.body)) }
    }
    let parts = try atom(subject)
    guard branches.count > 2, let first = branches.map(\.value).min(), let last = branches.map(\.value).max(),
      case (let range, false) = last.subtractingReportingOverflow(first), range < 4 * branches.count,
      let word = parts.first
    else { return nil }
    // A few numbers below the first are cheaper in the table than a subtraction.
    let base = 0..<5 ~= first ? 0 : first
    let least = WasmIR.Expr.i64(span, value: .small(base))
    let place =
      base == 0 ? word : bind("place", .i64, .compute(span, operator: "i64.sub", operands: [word, least]))
    let bound = WasmIR.Expr.i64(span, value: .small(last - base + 1))
    var isNear = WasmIR.Expr.compute(span, operator: "i64.lt_u", operands: [place, bound])
    if parts.count == 2, base...last ~= 0 {
      isNear = .compute(span, operator: "i32.and", operands: [isNear, .isNull(span, subject: parts[1])])
    }
    let index = WasmIR.Expr.choose(
      span, condition: isNear, ty: .i32, then: .compute(span, operator: "i32.wrap_i64", operands: [place]),
      else: .i32(span, value: .small(-1)))
    let choices = try branches.map { WasmIR.Case(span, value: $0.value - base, body: try block($0.body)) }
    return .switch(span, subject: index, cases: choices, default: try block(rest))
  }

  private mutating func equal(
    _ parts: [WasmIR.Expr], _ literal: Services.Literal, at span: Span
  ) throws -> WasmIR.Expr {
    switch literal {
    case .integer(_, let value) where parts.count == 1:
      return .compute(span, operator: "i64.eq", operands: parts + [.i64(span, value: value)])
    case .integer(_, let value): return compared("int.equal", parts + literals.integer(value, at: span), at: span)
    case .float(_, let value): return .compute(span, operator: "f64.eq", operands: parts + [.f64(span, value: value)])
    case .string(_, let value):
      return .call(span, function: "string.equal", arguments: parts + [literals.string(value, at: span)])
    case .bool: throw bug("a boolean is compared with something else", "well-typed", in: literal)
    }
  }
}
