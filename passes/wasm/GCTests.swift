import Diagnostics
import Languages
import Nanopass

// How `LowerToWasmGC` lowers tests of literals.

extension LowerToWasmGC {
  /// A choice by literals: by a table if they are integers that lie close to each other.
  mutating func test(
    _ subject: Services.Atom, _ cases: [Services.LiteralCase], _ rest: Services.Block, at span: Span
  ) throws -> WasmIR.End {
    try table(subject, cases, rest, at: span) ?? chain(subject, cases[...], rest, at: span)
  }

  /// Compares with literals one after the other.
  private mutating func chain(
    _ subject: Services.Atom, _ cases: ArraySlice<Services.LiteralCase>, _ rest: Services.Block, at span: Span
  ) throws -> WasmIR.End {
    let parts = try atom(subject)
    guard let first = cases.first else { throw bug("a test has no cases", "complete-switches", in: subject) }
    let then = try block(first.body)
    let other: WasmIR.Block
    if cases.count == 1 {
      other = try block(rest)
    } else {
      other = WasmIR.Block(span, steps: [], end: try chain(subject, cases.dropFirst(), rest, at: span))
    }
    if case .bool(_, let value) = first.literal, let word = parts.first {
      return .if(span, condition: word, then: value ? then : other, else: value ? other : then)
    }
    return .if(span, condition: try equal(parts, first.literal, at: first.span), then: then, else: other)
  }

  /// A choice by a table among many integers that lie close to each other; nil for others. Beside a big integer the word
  /// is 0.
  private mutating func table(
    _ subject: Services.Atom, _ cases: [Services.LiteralCase], _ rest: Services.Block, at span: Span
  ) throws -> WasmIR.End? {
    var branches: [(value: Int, body: Services.Block)] = []
    var known: Set<Int> = []
    for one in cases {
      guard case .integer(_, .small(let value)) = one.literal else { return nil }
      // Of two cases with one literal the first counts.
      if known.insert(Int(value)).inserted { branches.append((Int(value), one.body)) }
    }
    guard let numbers = NearNumbers(branches.map(\.value)) else { return nil }
    let parts = try atom(subject)
    guard let word = parts.first else { return nil }
    var place = word
    if numbers.base != 0 {
      let least = WasmIR.Expr.i64(span, value: .small(numbers.base))
      place = bind("place", .i64, .compute(span, operator: "i64.sub", operands: [word, least]))
    }
    let bound = WasmIR.Expr.i64(span, value: .small(numbers.count))
    var isNear = WasmIR.Expr.compute(span, operator: "i64.lt_u", operands: [place, bound])
    if parts.count == 2, numbers.contains(0) {
      isNear = .compute(span, operator: "i32.and", operands: [isNear, .isNull(span, subject: parts[1])])
    }
    let index = WasmIR.Expr.choose(
      span, condition: isNear, ty: .i32, then: .compute(span, operator: "i32.wrap_i64", operands: [place]),
      else: .i32(span, value: .small(-1)))
    let choices = try branches.map { WasmIR.Case(span, value: numbers.place(of: $0.value), body: try block($0.body)) }
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
