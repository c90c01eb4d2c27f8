import Diagnostics
import Languages
import Nanopass

extension Parser {
  private static let given: Name = "given", when: Name = "when", holds: Name = "holds"
  private static let trace: Name = "trace", law: Name = "law"

  /// What a verify block has had so far; its lines come in this order.
  private enum Stage: Int {
    case givens, locals, cases
  }

  /// Parses `verify f ...` with its lines.
  mutating func verifyBlock() throws -> Syntax.Item {
    let start = cursor.index
    let keyword = cursor.current
    cursor.advance()
    guard cursor.at(.lower) else {
      throw expected(
        "the name of the function to verify",
        help: cursor.at(.stringStart) ? "it is written without quotes" : "the function stands in the same file")
    }
    let target = Syntax.Ident(cursor.current.span, name: cursor.current.name)
    cursor.advance()
    let trace = cursor.at(word: Self.trace)
    if trace { cursor.advance() }
    var law: Syntax.Ident?
    if cursor.at(word: Self.law) {
      cursor.advance()
      law = try declaredName("a law", .lower)
    }
    try expectLineEnd(after: "the head of the block")
    guard cursor.take(.indent) else { throw noCase(keyword) }
    let before = diagnostics.count
    isInVerify = true
    var stage = Stage.givens
    let lines = try block(of: "a verify block") { parser in
      let place = parser.cursor.current.span
      let line = try parser.verifyLine(isLaw: law != nil)
      parser.check(line, at: place, &stage)
      return line
    }
    isInVerify = false
    if diagnostics.count == before { checkContent(lines, keyword, law) }
    return .verify(cursor.span(from: start), target: target, trace: trace, law: law, lines: lines)
  }

  private mutating func noCase(_ keyword: FlatToken) -> ParseFailure {
    let (level, line) = (cursor.level, cursor.current)
    if isAtCase {
      let failure = fail(
        "parse-error", at: line.span, "the cases of a verify block are indented deeper than it",
        help: "indent them by four spaces", regions: [Region(keyword.span, "the block")])
      while isAtCase { cursor.skipLine(startedAt: cursor.index, level: level) }
      return failure
    }
    return fail("parse-error", at: keyword.span, "this verify block has no case", help: "add one: `f(1) => 2`")
  }

  /// Whether the line has an `=>`.
  private var isAtCase: Bool {
    if Self.itemStarts.contains(cursor.current.kind) { return false }
    var distance = 0
    while !cursor.ahead(distance).isLayout, cursor.ahead(distance).kind != .end {
      if cursor.ahead(distance).kind == .fatArrow { return true }
      distance += 1
    }
    return false
  }

  private mutating func checkContent(_ lines: [Syntax.VerifyLine], _ keyword: FlatToken, _ law: Syntax.Ident?) {
    let hasCase = lines.contains {
      switch $0 {
      case .case, .holds: true
      default: false
      }
    }
    let hasGiven = lines.contains { if case .given = $0 { true } else { false } }
    if !hasCase {
      _ = noCase(keyword)
    } else if let law, !hasGiven {
      report(
        .error(
          "parse-error", at: law.span, "the law `\(law.name)` has no `given`", help: "add one: `given n: Int = 1..10`"))
    }
  }

  private mutating func check(_ line: Syntax.VerifyLine, at place: Span, _ stage: inout Stage) {
    let (needed, what): (Stage, String) =
      switch line {
      case .given: (.givens, "a `given`")
      case .when: (.locals, "a `when`")
      case .local: (.locals, "a binding")
      case .case, .holds: (.cases, "a case")
      }
    if needed.rawValue < stage.rawValue {
      diagnostics.append(
        .error(
          "parse-error", at: place, "\(what) stands too late in its verify block",
          help: "the order is: every `given`, then `when`s and bindings, then the cases"))
    }
    // Lines behind one that is too late belong to the same mistake.
    stage = needed
  }

  private mutating func verifyLine(isLaw: Bool) throws -> Syntax.VerifyLine {
    if cursor.at(word: Self.given) { return try givenLine() }
    if cursor.at(word: Self.when) { return try whenLine(isLaw: isLaw) }
    let next = cursor.ahead(1).kind
    if cursor.at(.lower) || cursor.at(.upper), next == .assign || next == .colon { return try local() }
    return try caseLine()
  }

  private mutating func givenLine() throws -> Syntax.VerifyLine {
    let start = cursor.index
    cursor.advance()
    let name = try declaredName("a given", .lower)
    try expect(
      .colon, "`:` and a type or an effect",
      help: cursor.at(.assign) ? "a given has its type: `given \(name.name): Type = ...`" : nil)
    let type = try type()
    try expect(
      .assign, "`=` and the values",
      help: cursor.at(.lower) ? Advice("write `=` in place of it", edits: [Edit(cursor.current.span, "=")]) : nil)
    let domain = try domain()
    let line = Syntax.VerifyLine.given(cursor.span(from: start), name: name, ty: type, domain: domain)
    try expectLineEnd(after: "the values")
    return line
  }

  private mutating func domain() throws -> Syntax.Domain {
    let start = cursor.index
    let open = cursor.current
    if cursor.take(.openBracket) {
      let values = try expressions(until: .closeBracket, open)
      return .values(cursor.span(from: start), values: values)
    }
    let first = try bound()
    try expect(.range, "`..` and the last value")
    let last = try bound()
    return .range(cursor.span(from: start), first: first, last: last)
  }

  private mutating func bound() throws -> Integer {
    let isNegative = cursor.take(.minus)
    guard cursor.at(.integer) else {
      throw expected("a list of values or a range of integers", help: "write `[a, b]` or `1..10`")
    }
    let value = cursor.integer
    cursor.advance()
    return isNegative ? value.negated : value
  }

  private mutating func whenLine(isLaw: Bool) throws -> Syntax.VerifyLine {
    let start = cursor.index
    let word = cursor.current
    cursor.advance()
    let condition = try expression()
    if !isLaw {
      report(
        .error("parse-error", at: word.span, "`when` stands in laws only", help: "name the block: `verify f law name`"))
    }
    let line = Syntax.VerifyLine.when(cursor.span(from: start), condition: condition)
    try expectLineEnd(after: "the condition")
    return line
  }

  private mutating func local() throws -> Syntax.VerifyLine {
    let start = cursor.index
    let name = try declaredName("a binding", .lower)
    let annotation = cursor.take(.colon) ? try type() : nil
    try expect(.assign, "`=` and the value of the binding")
    let value = try expression()
    let line = Syntax.VerifyLine.local(
      cursor.span(from: start), name: name, annotation: annotation, value: value)
    try expectLineEnd(after: "the value")
    return line
  }

  /// Advice for what stands behind the left side of a case in place of `=>`.
  private func caseHelp(_ left: Syntax.Expr) -> Advice {
    switch left {
    case _ where cursor.at(.arrow):
      return Advice("write `=>` in place of `->`", edits: [Edit(cursor.current.span, "=>")])
    case _ where cursor.at(.assign):
      return Advice("write `=>` in place of `=`", edits: [Edit(cursor.current.span, "=>")])
    case .binary(_, let sign, _, _) where sign.name == "==" && isAtLineEnd:
      return Advice("write `=>` in place of `==`, or `holds` behind the condition", edits: [Edit(sign.span, "=>")])
    case .path(_, let path) where path.segments.count == 1 && !isAtLineEnd:
      let word = path.segments[0].name
      if word == "forall" || word == "for" {
        return Advice("values are named by `given x: Type = [...]`", edits: [Edit(path.span, "given")])
      }
      if cursor.at(.lower), cursor.ahead(1).kind == .openParen {
        return "leave `\(word)` out: a case is `call => value`"
      }
      return "a call has parentheses: `\(word)(...)`"
    default: return "a case is `call => value`, or `condition holds`"
    }
  }

  /// A case may break its line once, before or behind `=>`, with the second line deeper.
  private mutating func caseLine() throws -> Syntax.VerifyLine {
    let start = cursor.index
    let left = try expression()
    if cursor.at(word: Self.holds) {
      cursor.advance()
      let line = Syntax.VerifyLine.holds(cursor.span(from: start), claim: left)
      try expectLineEnd(after: "the case")
      return line
    }
    var isBroken = false
    if cursor.at(.newline), cursor.ahead(1).kind == .indent, cursor.ahead(2).kind == .fatArrow {
      cursor.advance()
      cursor.advance()
      isBroken = true
    }
    try expect(
      .fatArrow, "`=>` and the value, or `holds`",
      help: caseHelp(left))
    if !isBroken, cursor.at(.newline), cursor.ahead(1).kind == .indent {
      cursor.advance()
      cursor.advance()
      isBroken = true
    }
    let right = try expression()
    let line = Syntax.VerifyLine.case(cursor.span(from: start), left: left, right: right)
    try expectLineEnd(after: "the case")
    if isBroken, !cursor.take(.dedent) {
      if cursor.at(.indent) {
        reportIndent()
        throw ParseFailure()
      }
      throw fail(
        "bad-indent", at: cursor.current.span, "the next case has the indentation of the block",
        help: "move this line to the left")
    }
    return line
  }
}
