import Diagnostics
import Languages
import Nanopass

// How `LowerToWasmMemory` lowers the ends that choose between blocks.

extension LowerToWasmMemory {
  /// A block that is chosen by a number.
  private typealias Branch = (value: Int, body: WasmIR.Block)

  /// Lowers a block in which it is known of a variable that it holds no cell, or surely one.
  private mutating func block(
    _ node: Counted.Block, where subject: WasmIR.Expr, isImmediate: Bool
  ) throws -> WasmIR.Block {
    var isNew = false
    if case .local(_, let variable) = subject {
      isNew = isImmediate ? immediates.insert(variable.id) : references.insert(variable.id)
    }
    let block = try inner(node)
    if isNew, case .local(_, let variable) = subject {
      if isImmediate { immediates.remove(variable.id) } else { references.remove(variable.id) }
    }
    return block
  }

  /// Lowers a block behind which nothing is known that has been found out in it.
  private mutating func inner(_ node: Counted.Block) throws -> WasmIR.Block {
    let outer = (immediates, references)
    defer { (immediates, references) = outer }
    return try block(node)
  }

  /// A block that does what another does, which may stand in several places: behind a join point of its own if it is
  /// longer than a jump.
  private mutating func shared(_ body: WasmIR.Block, at span: Span) -> WasmIR.Block {
    if body.steps.isEmpty {
      switch body.end {
      case .jump, .unreachable: return body
      default: break
      }
    }
    let label = fresh.make("rest")
    steps.append(.join(span, label: label, parameters: [], body: body))
    return WasmIR.Block(span, steps: [], end: .jump(span, label: label, arguments: []))
  }

  // MARK: Words

  mutating func switchWord(
    _ subject: Counted.Atom, _ cases: [Counted.WordCase], _ rest: Counted.Block?, at span: Span
  ) throws -> WasmIR.End {
    let branches = try cases.map { one -> Branch in
      guard let word = one.word.small else { throw bug("a case is no word", "matching-shapes", in: one) }
      return (value: word, body: try inner(one.body))
    }
    let other = try rest.map { try inner($0) }
    let operand = try atom(subject)
    if case .local(_, let variable) = operand, let bit = bits[variable.id] {
      let fallback = other ?? branches.last?.body
      let yes = branches.first { $0.value == 1 }?.body ?? fallback
      let no = branches.first { $0.value == 0 }?.body ?? fallback
      if let yes, let no { return .if(span, condition: bit, then: yes, else: no) }
    }
    return choose(operand, branches, otherwise: other, at: span) { word, value in
      value == 0
        ? .compute(span, operator: "i64.eqz", operands: [word])
        : .compute(span, operator: "i64.eq", operands: [word, .i64(span, value: .small(value))])
    }
  }

  /// A choice by an `i64`, without a way for other words the last case takes them. Many numbers close to each other are
  /// told apart by a table; of numbers that count by two the number is turned, so that what lies between them is far.
  private mutating func choose(
    _ subject: WasmIR.Expr, _ cases: [Branch], otherwise: WasmIR.Block?, byTwo: Bool = false, at span: Span,
    _ equal: (WasmIR.Expr, Int) -> WasmIR.Expr
  ) -> WasmIR.End {
    var cases = cases
    guard var rest = otherwise ?? cases.popLast()?.body else { return .unreachable(span) }
    if let numbers = NearNumbers(cases.map(\.value), step: byTwo ? 2 : 1) {
      var place = subject
      if numbers.base != 0 {
        let least = WasmIR.Expr.i64(span, value: .small(numbers.base))
        place = .compute(span, operator: "i64.sub", operands: [subject, least])
      }
      if byTwo { place = .compute(span, operator: "i64.rotr", operands: [place, .i64(span, value: .small(1))]) }
      place = bind("place", .i64, place)
      if otherwise != nil { rest = shared(rest, at: span) }
      let table = WasmIR.End.switch(
        span, subject: .compute(span, operator: "i32.wrap_i64", operands: [place]),
        cases: cases.map { WasmIR.Case(span, value: numbers.place(of: $0.value), body: $0.body) }, default: rest)
      if otherwise == nil { return table }
      let bound = WasmIR.Expr.i64(span, value: .small(numbers.count))
      return .if(
        span, condition: .compute(span, operator: "i64.lt_u", operands: [place, bound]),
        then: WasmIR.Block(span, steps: [], end: table), else: rest)
    }
    var result = rest
    for one in cases.reversed() {
      let choice = WasmIR.End.if(span, condition: equal(subject, one.value), then: one.body, else: result)
      result = WasmIR.Block(span, steps: [], end: choice)
    }
    return .inline(result, &steps)
  }

  // MARK: Constructors

  /// The low bit tells immediates from cells; these have their tags at offset 4.
  mutating func switchTag(
    _ subject: Counted.Atom, _ cases: [Counted.TagCase], _ rest: Counted.Block?, at span: Span
  ) throws -> WasmIR.End {
    // Branches know the whole of it; its low half tells which one it is for.
    let whole = try atom(subject)
    let operand = shape(of: subject) == .integer ? bind("cell", .i32, try address(subject)) : whole
    var (small, large): ([Branch], [Branch]) = ([], [])
    for one in cases {
      if case .local(_, let variable) = subject { remains.tags[variable.id] = one.immediate ? nil : one.tag }
      let body = try block(one.body, where: whole, isImmediate: one.immediate)
      if one.immediate { small.append((one.tag, body)) } else { large.append((one.tag, body)) }
    }
    if case .local(_, let variable) = subject { remains.tags[variable.id] = nil }
    var other = try rest.map { try inner($0) }
    if large.isEmpty { return chooseImmediate(operand, small, otherwise: other, at: span) }
    if small.isEmpty, other == nil { return chooseTag(of: operand, large, otherwise: nil, at: span) }
    // Both kinds of values may go on at the same place.
    other = other.map { shared($0, at: span) }
    let low = WasmIR.Expr.compute(span, operator: "i32.and", operands: [operand, .word(1, at: span)])
    let immediate = nested(at: span) { $0.chooseImmediate(operand, small, otherwise: other, at: span) }
    let cell = nested(at: span) { $0.chooseTag(of: operand, large, otherwise: other, at: span) }
    return .if(span, condition: low, then: immediate, else: cell)
  }

  private mutating func chooseImmediate(
    _ subject: WasmIR.Expr, _ cases: [Branch], otherwise: WasmIR.Block?, at span: Span
  ) -> WasmIR.End {
    var cases = cases
    guard let rest = otherwise ?? cases.popLast()?.body else { return .unreachable(span) }
    if cases.isEmpty { return .inline(rest, &steps) }
    if cases.count == 1 {
      let word = WasmIR.Expr.word(cases[0].value << 1 | 1, at: span)
      let isEqual = WasmIR.Expr.compute(span, operator: "i32.eq", operands: [subject, word])
      return .if(span, condition: isEqual, then: cases[0].body, else: rest)
    }
    let tag = WasmIR.Expr.compute(span, operator: "i32.shr_u", operands: [subject, .word(1, at: span)])
    return .choice(span, tag, cases.map { WasmIR.Case(span, value: $0.value, body: $0.body) }, default: rest)
  }

  private mutating func chooseTag(
    of subject: WasmIR.Expr, _ cases: [Branch], otherwise: WasmIR.Block?, at span: Span
  ) -> WasmIR.End {
    var cases = cases
    guard let rest = otherwise ?? cases.popLast()?.body else { return .unreachable(span) }
    if cases.isEmpty { return .inline(rest, &steps) }
    let tag = WasmIR.Expr.compute(span, operator: "i32.load16_u", operands: [.place(subject, 4, at: span)])
    return .choice(
      span, bind("tag", .i32, tag), cases.map { WasmIR.Case(span, value: $0.value, body: $0.body) }, default: rest)
  }

  // MARK: Literals

  mutating func test(
    _ subject: Counted.Atom, _ cases: [Counted.LiteralCase], _ rest: Counted.Block, at span: Span
  ) throws -> WasmIR.End {
    let operand = try atom(subject)
    var words: [Branch] = []
    var compared: [(literal: Counted.Literal, body: WasmIR.Block)] = []
    for one in cases {
      if case .integer(_, let value) = one.literal, let word = value.taggedWord {
        guard !words.contains(where: { $0.value == word }) else { continue }
        words.append((word, try block(one.body, where: operand, isImmediate: true)))
      } else {
        compared.append((one.literal, try inner(one.body)))
      }
    }
    var other = try inner(rest)
    for one in compared.reversed() {
      let isEqual = try equal(operand, one.literal, at: span)
      other = WasmIR.Block(span, steps: [], end: .if(span, condition: isEqual, then: one.body, else: other))
    }
    if words.isEmpty { return .inline(other, &steps) }
    return choose(operand, words, otherwise: other, byTwo: true, at: span) { word, value in
      .compute(span, operator: "i64.eq", operands: [word, .i64(span, value: .small(value))])
    }
  }

  private mutating func equal(
    _ subject: WasmIR.Expr, _ literal: Counted.Literal, at span: Span
  ) throws -> WasmIR.Expr {
    switch literal {
    case .float(_, let value): return .compute(span, operator: "f64.eq", operands: [subject, .f64(span, value: value)])
    case .string(_, let value):
      return .call(span, function: "string.equal", arguments: [subject, literals.string(value, at: span)])
    case .integer(_, let value):
      return .call(span, function: "integer.equal.none", arguments: [subject, literals.tagged(value, at: span)])
    case .bool: throw bug("a boolean is a word by now", "matching-shapes", in: literal)
    }
  }
}
