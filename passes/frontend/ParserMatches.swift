import Diagnostics
import Languages
import Nanopass

extension Parser {
  /// Parses a `match` with its arms, from its keyword on.
  mutating func matchExpression() throws -> Syntax.Expr {
    let start = cursor.index
    let keyword = cursor.current
    try enter()
    cursor.advance()
    let first = cursor.index
    let subject = try expression()
    let subjectHeight = height
    guard cursor.at(.newline) else {
      if cursor.at(.assign) { throw assignmentInExpression() }
      let help =
        cursor.at(.colon)
        ? Advice("leave the `:` out", edits: [.remove(cursor.current.span)])
        : cursor.at(.fatArrow) && cursor.ahead(1).kind != .newline
          ? Advice("to compare, write `>=`", edits: [Edit(cursor.current.span, ">=")])
          : operatorWordHelp ?? tupleHelp(from: first) ?? "arms stand on the lines below"
      throw expected("the end of the line behind the subject of `match`", help: help)
    }
    cursor.advance()
    guard cursor.take(.indent) else { throw missingArms(of: keyword) }
    var tallest = subjectHeight
    let arms = try block(of: "a match") { parser in
      let arm = try parser.arm()
      tallest = max(tallest, parser.height)
      return arm
    }
    leave()
    height = tallest + 1
    return .match(cursor.span(from: start), subject: subject, arms: arms)
  }

  /// Advice to put brackets around values between commas that begin at a token; nil if no other one follows on the line.
  private func tupleHelp(from first: Int) -> Advice? {
    guard cursor.at(.comma), !cursor.ahead(1).isLayout else { return nil }
    var last = 1
    while !cursor.ahead(last + 1).isLayout, cursor.ahead(last + 1).kind != .end, cursor.ahead(last + 1).kind != .arrow {
      last += 1
    }
    return Advice(
      "a tuple stands between brackets: `(a, b)`",
      edits: [
        .insert("(", before: cursor.token(at: first).span), .insert(")", behind: cursor.ahead(last).span),
      ])
  }

  /// Reports a `match` without a block; arms that stand no deeper belong to the mistake.
  private mutating func missingArms(of keyword: FlatToken) -> ParseFailure {
    let level = cursor.level
    guard isAtArm else {
      return fail(
        "parse-error", at: keyword.span, "this `match` has no arms", help: "add indented lines `pattern -> result`")
    }
    let failure = fail(
      "parse-error", at: cursor.current.span, "the arms of a `match` are indented deeper than it",
      help: "indent them by four more spaces", regions: [Region(keyword.span, "the match")])
    while isAtArm { cursor.skipLine(startedAt: cursor.index, level: level) }
    return failure
  }

  /// Whether the line has an `->`.
  private var isAtArm: Bool {
    var distance = 0
    while true {
      switch cursor.ahead(distance).kind {
      case .arrow: return true
      case .newline, .indent, .dedent, .end, .fn: return false
      default: distance += 1
      }
    }
  }

  private mutating func arm() throws -> Syntax.Arm {
    let start = cursor.index
    let pattern = try pattern()
    let arrow = cursor.current
    guard cursor.take(.arrow) else {
      throw expected(
        "`->` and the result of this arm", help: cursor.at(.comma) ? tupleHelp(from: start) ?? guardHelp : guardHelp)
    }
    if cursor.at(.newline) {
      throw fail(
        "arm-body-line", at: arrow.span, "the body of an arm begins on the line of its `->`",
        help: Advice("move it up; several steps go into a function or a nested `match`", edits: bodyMovedUp(to: arrow)))
    }
    let body = try lineExpression()
    return Syntax.Arm(cursor.span(from: start), pattern: pattern, body: body)
  }

  /// The change that moves the body of an arm to the line of its arrow; none if it has several lines.
  private func bodyMovedUp(to arrow: FlatToken) -> [Edit] {
    guard cursor.ahead(1).kind == .indent, cursor.ahead(2).kind != .match else { return [] }
    var distance = 2
    while !cursor.ahead(distance).isLayout, cursor.ahead(distance).kind != .end { distance += 1 }
    guard cursor.ahead(distance).kind == .newline, cursor.ahead(distance + 1).kind == .dedent else { return [] }
    let body = cursor.ahead(2).span.start
    return body > arrow.span.end ? [Edit(Span(start: arrow.span.end, length: body - arrow.span.end), " ")] : []
  }

  private var guardHelp: Advice? {
    switch cursor.current.kind {
    case .colon where cursor.ahead(1).kind == .colon && cursor.previous.kind == .upper:
      let signs = cursor.current.span.union(cursor.ahead(1).span)
      return Advice(
        "a constructor stands behind its type and a dot: `\(cursor.previous.name).\(cursor.ahead(2).name)`",
        edits: [Edit(signs, ".")])
    case .colon where cursor.ahead(1).kind == .colon: return "a list is taken apart by `[first, ..rest]`"
    case _ where cursor.previous.kind == .lower && cursor.previous.name == "case":
      let word = cursor.previous.span
      return Advice(
        "an arm begins with its pattern: leave `case` out",
        edits: [.remove(Span(start: word.start, length: cursor.current.span.start &- word.start))])
    case .colon: return "write \(code: "->")"
    case .lower where cursor.previous.kind == .upper:
      return patternFieldsHelp
    case .lower: return "patterns have no guards: match again in the arm"
    case .fatArrow: return "write \(code: "->"); `=>` belongs to maps and verify cases"
    case .comma: return "a tuple is taken apart between brackets: `(a, b) -> ...`"
    case .range: return "patterns have no ranges: match on a comparison, as in `match n < 5`"
    default: return nil
    }
  }
}
