import Diagnostics
import Languages
import Nanopass

// How `LowerToMachine` lowers the ends that choose between blocks.

extension LowerToMachine {
  /// A block that is still to be lowered, behind a label of its own.
  private struct Branch {
    var label: Local
    var body: Counted.Block
    /// What a register, by number, surely holds there.
    var subject: (variable: Int, holds: Subject)?
  }

  private enum Subject {
    /// An immediate or a small integer.
    case immediate
    /// A cell with a tag.
    case cell(tag: Int)
  }

  private mutating func branch(
    _ body: Counted.Block, subject: (variable: Int, holds: Subject)? = nil
  ) -> Branch {
    Branch(label: builder.make("case"), body: body, subject: subject)
  }

  private mutating func lower(_ branches: [Branch]) throws {
    for branch in branches {
      guard let (variable, held) = branch.subject else {
        try block(branch.body, behind: branch.label, at: branch.body.span)
        continue
      }
      let (isImmediate, isReference) = (immediates.contains(variable), references.contains(variable))
      let tag = remains.tags[variable]
      switch held {
      case .immediate: immediates.insert(variable)
      case .cell(let tag):
        references.insert(variable)
        remains.tags[variable] = tag
      }
      try block(branch.body, behind: branch.label, at: branch.body.span)
      if !isImmediate { immediates.remove(variable) }
      if !isReference { references.remove(variable) }
      remains.tags[variable] = tag
    }
  }

  /// Ends the open block by a choice between words; without a way for other words the last case takes them.
  private mutating func choose(
    _ subject: Machine.Operand, _ cases: [(value: Int, label: Local)], otherwise: Local?, at span: Span
  ) {
    var cases = cases
    guard let rest = otherwise ?? cases.popLast()?.label else { return builder.end(.unreachable(span)) }
    if cases.isEmpty {
      builder.end(.jump(span, label: rest, arguments: []))
    } else if cases.count == 1 {
      let isEqual = builder.compute("is", .bit, "eq", [subject, .number(cases[0].value)], at: span)
      builder.end(.branch(span, condition: isEqual, then: .to(cases[0].label), else: .to(rest), likely: nil))
    } else {
      let all = cases.map { Machine.Case(span, value: .small($0.value), target: .to($0.label)) }
      builder.end(.switch(span, subject: subject, cases: all, default: .to(rest)))
    }
  }

  // MARK: Words

  mutating func switchWord(
    _ subject: Counted.Atom, _ cases: [Counted.WordCase], _ rest: Counted.Block?, at span: Span
  ) throws {
    var branches = cases.map { branch($0.body) }
    let values = try zip(cases, branches).map { one, branch in
      guard let word = one.word.small else { throw bug("a case is no word", "matching-shapes", in: one) }
      return (value: word, label: branch.label)
    }
    let other = rest.map { branch($0) }
    let operand = operand(subject)
    if case .local(_, let variable) = operand, let bit = bits[variable.id] {
      let fallback = other?.label ?? branches.last?.label
      let yes = values.first { $0.value == 1 }?.label ?? fallback
      let no = values.first { $0.value == 0 }?.label ?? fallback
      if let yes, let no {
        builder.end(.branch(span, condition: bit, then: .to(yes), else: .to(no), likely: nil))
      }
    } else {
      choose(operand, values, otherwise: other?.label, at: span)
    }
    if let other { branches.append(other) }
    try lower(branches)
  }

  // MARK: Constructors

  /// The low bit tells immediates from cells; these have their tags at offset 4.
  mutating func switchTag(
    _ subject: Counted.Atom, _ cases: [Counted.TagCase], _ rest: Counted.Block?, at span: Span
  ) throws {
    let operand = operand(subject)
    var variable: Int?
    if case .local(_, let register) = operand { variable = register.id }
    var branches = cases.map { one in
      branch(one.body, subject: variable.map { ($0, one.immediate ? .immediate : .cell(tag: one.tag)) })
    }
    var immediates: [(value: Int, label: Local)] = []
    var cells: [(value: Int, label: Local)] = []
    for (one, branch) in zip(cases, branches) {
      if one.immediate {
        immediates.append((one.tag << 1 | 1, branch.label))
      } else {
        cells.append((one.tag, branch.label))
      }
    }
    let other = rest.map { branch($0) }
    split(operand, immediates, cells, otherwise: other?.label, at: span)
    if let other { branches.append(other) }
    try lower(branches)
  }

  private mutating func split(
    _ subject: Machine.Operand, _ immediates: [(value: Int, label: Local)], _ cells: [(value: Int, label: Local)],
    otherwise: Local?, at span: Span
  ) {
    if cells.isEmpty { return choose(subject, immediates, otherwise: otherwise, at: span) }
    if immediates.isEmpty, otherwise == nil { return chooseTag(of: subject, cells, otherwise: nil, at: span) }
    let low = builder.compute("low", .word, "and", [subject, .number(1)], at: span)
    let isImmediate = builder.compute("is", .bit, "ne", [low, .number(0)], at: span)
    let immediateLabel = single(immediates, otherwise) ?? builder.make("immediate")
    let cellLabel = single(cells, otherwise) ?? builder.make("cell")
    builder.end(
      .branch(span, condition: isImmediate, then: .to(immediateLabel), else: .to(cellLabel), likely: nil))
    if single(immediates, otherwise) == nil {
      builder.begin(immediateLabel, at: span)
      choose(subject, immediates, otherwise: otherwise, at: span)
    }
    if single(cells, otherwise) == nil {
      builder.begin(cellLabel, at: span)
      chooseTag(of: subject, cells, otherwise: otherwise, at: span)
    }
  }

  /// The only way that there is.
  private func single(_ cases: [(value: Int, label: Local)], _ otherwise: Local?) -> Local? {
    if cases.isEmpty { return otherwise }
    return cases.count == 1 && otherwise == nil ? cases[0].label : nil
  }

  private mutating func chooseTag(
    of subject: Machine.Operand, _ cells: [(value: Int, label: Local)], otherwise: Local?, at span: Span
  ) {
    if let only = single(cells, otherwise) { return builder.end(.jump(span, label: only, arguments: [])) }
    let tag = builder.set("tag", .word, .load(span, address: subject, offset: 4, width: 2), at: span)
    choose(tag, cells, otherwise: otherwise, at: span)
  }

  // MARK: Literals

  mutating func test(
    _ subject: Counted.Atom, _ cases: [Counted.LiteralCase], _ rest: Counted.Block, at span: Span
  ) throws {
    let subject = operand(subject)
    var register: Int?
    if case .local(_, let variable) = subject { register = variable.id }
    var branches: [Branch] = []
    var words: [(value: Int, label: Local)] = []
    var compared: [(literal: Counted.Literal, label: Local)] = []
    var known: Set<Int> = []
    for one in cases {
      if case .integer(_, let value) = one.literal, let word = value.taggedWord {
        guard known.insert(word).inserted else { continue }
        branches.append(branch(one.body, subject: register.map { ($0, .immediate) }))
        words.append((word, branches[branches.count - 1].label))
      } else {
        branches.append(branch(one.body))
        compared.append((one.literal, branches[branches.count - 1].label))
      }
    }
    let other = branch(rest)
    if !words.isEmpty {
      let next = compared.isEmpty ? other.label : builder.make("next")
      choose(subject, words, otherwise: next, at: span)
      if !compared.isEmpty { builder.begin(next, at: span) }
    }
    try compare(subject, compared, otherwise: other.label, at: span)
    try lower(branches + [other])
  }

  /// Compares with one literal after the other.
  private mutating func compare(
    _ subject: Machine.Operand, _ cases: [(literal: Counted.Literal, label: Local)], otherwise: Local, at span: Span
  ) throws {
    let start = cases.contains { shortText($0.literal) != nil } ? textStart(of: subject, at: span) : nil
    for (index, one) in cases.enumerated() {
      let isLast = index == cases.count - 1
      let next = isLast ? otherwise : builder.make("next")
      if let start, let text = shortText(one.literal) {
        choose(start, text, one.label, otherwise: next, at: span)
        if !isLast { builder.begin(next, at: span) }
        continue
      }
      let isEqual = try equal(subject, one.literal, at: span)
      builder.end(.branch(span, condition: isEqual, then: .to(one.label), else: .to(next), likely: nil))
      if !isLast { builder.begin(next, at: span) }
    }
  }

  private func shortText(_ literal: Counted.Literal) -> ShortText? {
    if case .string(_, let value) = literal { ShortText(value) } else { nil }
  }

  /// The first bytes are compared first, since they are seldom those of another text as short.
  private mutating func choose(
    _ start: TextStart, _ text: ShortText, _ label: Local, otherwise: Local, at span: Span
  ) {
    let isSame = builder.compute("is", .bit, "eq", [start.head, .number(text.head)], at: span)
    let same = builder.make("same")
    builder.end(.branch(span, condition: isSame, then: .to(same), else: .to(otherwise), likely: nil))
    builder.begin(same, at: span)
    let isAsLong = builder.compute("is", .bit, "eq", [start.length, .number(text.length)], at: span)
    builder.end(.branch(span, condition: isAsLong, then: .to(label), else: .to(otherwise), likely: "then"))
  }

  private mutating func equal(
    _ subject: Machine.Operand, _ literal: Counted.Literal, at span: Span
  ) throws -> Machine.Operand {
    switch literal {
    case .float(_, let value):
      return builder.compute("is", .bit, "feq", [subject, .float(span, value: value)], at: span)
    case .string(_, let value):
      return isTrue("nanoc_string_equal", [subject, pool.text(value, at: span)], at: span)
    case .integer(_, let value):
      return isTrue("nanoc_int_equal", [subject, pool.integer(value, at: span)], at: span)
    case .bool: throw bug("a boolean is a word by now", "matching-shapes", in: literal)
    }
  }

  private mutating func isTrue(_ function: Name, _ arguments: [Machine.Operand], at span: Span) -> Machine.Operand {
    let result = builder.set("equal", .word, .runtime(span, function: function, arguments: arguments), at: span)
    return builder.compute("is", .bit, "ne", [result, .number(0)], at: span)
  }
}
