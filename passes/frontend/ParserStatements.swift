import Diagnostics
import Languages
import Nanopass

extension Parser {
  /// Statement keywords of other languages and what stands for them here.
  static let rejectedKeywords: [Name: Advice] = [
    "let": "a binding has no keyword: `x = 1`", "val": "a binding has no keyword: `x = 1`",
    "var": "a binding has no keyword and keeps its value: `x = 1`",
    "if": "branch with `match c`, with an arm for `true` and one for `false`",
    "else": "branch with `match c`, with an arm for `true` and one for `false`",
    "for": "loop by recursion: a function that calls itself with the rest of the list",
    "while": "loop by recursion: a function that calls itself with the next values",
    "return": "the last expression of a function is its result: leave `return` out",
  ]
  private static let elseWord: Name = "else", elifWord: Name = "elif"

  /// Parses one statement with its line end.
  mutating func statement() throws -> Syntax.Statement {
    let start = cursor.index
    try rejectOtherItems()
    if let field = try assignedField() { return field }
    if isBinding {
      let token = cursor.current
      cursor.advance()
      if token.kind != .underscore { checkDeclared(token, "a binding", .lower) }
      var annotation: Syntax.TypeExpr?
      if cursor.take(.colon) {
        if cursor.at(.assign) {
          throw expected(
            "a type",
            help: Advice(
              "`\(token.name) = ...`, or `\(token.name): Type = ...`",
              edits: cursor.at(.assign) ? [.remove(cursor.previous.span)] : []))
        }
        annotation = try type()
      }
      if cursor.at(.arrow) { signature = token.name }
      try expect(
        .assign, "`=` and the value of the binding",
        help: bindingHelp(token.name))
      let value = try lineExpression()
      return .bind(
        cursor.span(from: start), name: Syntax.Ident(token.span, name: token.name), annotation: annotation,
        value: value)
    }
    let value = try lineExpression()
    return .evaluate(value.span, value: value)
  }

  /// Advice for what stands behind a name and a type in place of a value.
  private func bindingHelp(_ name: Name) -> Advice? {
    if cursor.at(.colon), cursor.ahead(1).kind == .assign {
      return Advice(
        "write `=`", edits: [Edit(cursor.current.span.union(cursor.ahead(1).span), "=")])
    }
    if cursor.at(.arrow) { return "the types of a function stand in its header: `fn \(name)(x: A) -> B`" }
    return isAtLineEnd ? "a name is bound to its value at once: `\(name): Type = ...`" : nil
  }

  /// `value.field = ...`, which is no binding: under the name `value.field`, so that it can be reported where it is known
  /// what the value is.
  private mutating func assignedField() throws -> Syntax.Statement? {
    guard cursor.at(.lower), cursor.ahead(1).kind == .dot, cursor.ahead(2).kind == .lower,
      cursor.ahead(3).kind == .assign
    else { return nil }
    let (start, parts) = (cursor.index, [cursor.current, cursor.ahead(2)])
    for _ in 0..<3 { cursor.advance() }
    let place = cursor.span(from: start)
    cursor.advance()
    let value = try lineExpression()
    let name = Name(parts.map(\.name.text).joined(separator: "."))
    return .bind(cursor.span(from: start), name: Syntax.Ident(place, name: name), annotation: nil, value: value)
  }

  /// Whether `name =` or `name :` follows.
  private var isBinding: Bool {
    guard cursor.at(.lower) || cursor.at(.upper) || cursor.at(.underscore) else { return false }
    let next = cursor.ahead(1).kind
    return next == .assign || next == .colon
  }

  /// Reports what stands at the top level only, or in another place of a function.
  private mutating func rejectOtherItems() throws {
    let token = cursor.current
    switch token.kind {
    case .fn, .type, .record, .verify, .decision: throw misplacedItem()
    case .module: throw misplacedModule()
    case .question where isBelowKnownError, .bang where isBelowKnownError: throw ParseFailure()
    case .question where cursor.ahead(1).kind == .stringStart:
      throw fail(
        "parse-error", at: token.span, "a description is out of its place",
        help: "it is the first line of a function, before its effects")
    case .bang where cursor.ahead(1).kind == .openBracket:
      throw fail(
        "parse-error", at: token.span, "an effect list is out of its place",
        help: "it stands before the statements of a function, behind its description")
    default: return
    }
  }

  /// Reports a declaration inside a block; the lines behind it there are its own.
  mutating func misplacedItem() -> ParseFailure {
    let token = cursor.current
    let failure = fail(
      "parse-error", at: token.span, "`\(token.name)` stands at the top level only",
      help: "begin it at the first column, and indent what belongs to it by four spaces")
    unread.insert(cursor.ahead(1).name)
    let level = cursor.level
    while !cursor.at(.end), cursor.level > level || !cursor.at(.dedent) { cursor.advance() }
    return failure
  }

  /// Whether the line above has been reported: what stands below it belongs to the same mistake.
  var isBelowKnownError: Bool {
    var index = cursor.index - 1
    while index > 0, cursor.token(at: index).isLayout { index -= 1 }
    return !knownErrors.isEmpty && index >= 0 && knownErrors.cover(cursor.token(at: index).span)
  }

  /// Reports a `module` line that is not the file's first item.
  mutating func misplacedModule() -> ParseFailure {
    fail(
      "module-misplaced", at: cursor.current.span, "`module` is the first item of a file, once",
      help: "move the header to the top, or the rest to a file of its own")
  }

  /// Parses a match, or an expression with its line end.
  mutating func lineExpression() throws -> Syntax.Expr {
    if cursor.at(.match) { return try matchExpression() }
    try rejectKeyword()
    let start = cursor.index
    let value = try expression()
    try rejectFirstWord(from: start)
    try expectLineEnd(after: "the expression")
    return value
  }

  private mutating func rejectKeyword() throws {
    let token = cursor.current
    guard token.kind == .lower, let help = Self.rejectedKeywords[token.name], startsOperand(token, cursor.ahead(1))
    else { return }
    let isNoise = ["let", "val", "var", "return"].contains(token.name)
    let word = Span(start: token.span.start, length: cursor.ahead(1).span.start &- token.span.start)
    let failure = fail(
      "rejected-keyword", at: token.span, "there is no `\(token.name)` in Aver",
      help: isNoise ? Advice(help.text, edits: [.remove(word)] + wordAtLineEnd("in")) : help)
    // An `else` that follows belongs to the same mistake.
    let (start, level) = (cursor.index, cursor.level)
    cursor.skipLine(startedAt: start, level: level)
    while cursor.at(word: Self.elseWord) || cursor.at(word: Self.elifWord), continuesBranch(cursor.ahead(1)) {
      let line = cursor.index
      cursor.skipLine(startedAt: line, level: level)
    }
    throw failure
  }

  /// The change that removes a word from the end of the line.
  private func wordAtLineEnd(_ word: Name) -> [Edit] {
    var distance = 0
    while !cursor.ahead(distance).isLayout, cursor.ahead(distance).kind != .end { distance += 1 }
    let (last, before) = (cursor.ahead(distance - 1), cursor.ahead(distance - 2).span)
    guard distance > 1, last.kind == .lower, last.name == word else { return [] }
    return [.remove(Span(start: before.end, length: last.span.end &- before.end))]
  }

  private func continuesBranch(_ next: FlatToken) -> Bool {
    next.kind == .newline || next.kind == .colon || startsOperand(cursor.current, next)
  }

  /// Whether a token behind a word shows that the word is used as a keyword.
  private func startsOperand(_ word: FlatToken, _ next: FlatToken) -> Bool {
    switch next.kind {
    case .lower, .upper, .integer, .float, .stringStart, .true, .false, .match, .underscore: return true
    case .openParen, .openBracket, .openBrace: return !next.span.isNone && next.span.start > word.span.end
    case .newline: return word.name == Self.elseWord && cursor.ahead(2).kind == .indent
    default: return false
    }
  }

  /// Reports what stands behind something that was complete.
  mutating func unexpectedBehind(_ what: String) -> ParseFailure {
    let token = cursor.current
    switch token.kind {
    case .assign:
      var first = cursor.index
      while first > 0, !cursor.token(at: first - 1).isLayout { first -= 1 }
      return expected("the end of the line", help: assignmentHelp(from: first))
    case .closeParen, .closeBracket, .closeBrace:
      return fail(
        "parse-error", at: token.span, "this `\(token.name)` closes nothing",
        help: Advice("leave it out, or open it before", edits: [.remove(token.span)]))
    case .arrow: return expected("the end of the line", help: "arms stand in the lines below `match`")
    case .fatArrow:
      let help: Advice = what == "the case" ? "a case has one `=>`" : "`->` stands between a pattern and its result"
      return expected("the end of the line", help: help)
    case .bang where cursor.ahead(1).kind == .openBracket:
      return expected("the end of the line", help: "effects stand on a line of their own")
    case .upper where what == "the variant", .lower where what == "the variant" && token.name == "of",
      .openBrace where what == "the variant":
      return expected("the end of the line behind the variant", help: variantFieldsHelp)
    case .upper where what == "the field", .lower where what == "the field":
      return expected("the end of the line behind the field", help: typePartsHelp)
    case .lower where what == "the head of the block":
      return expected(
        "the end of the line behind the head of the block", help: "a law is named behind `law`: `law \(token.name)`")
    case .lower where what == "the name of the module", .openParen where what == "the name of the module":
      return expected(
        "the end of the line behind the name of the module",
        help: token.name == "exposing" || token.kind == .openParen
          ? "what others see stands on an indented line below: `exposes [f, T]`"
          : "leave it out; the clauses of the header stand on indented lines below")
    case .openParen where what == "the name of the record", .openParen where what == "the name of the type":
      let isNamed = cursor.ahead(1).kind == .lower && cursor.ahead(2).kind == .colon
      return expected(
        "the end of the line behind \(what)",
        help: what == "the name of the record"
          ? "its fields stand on indented lines below: `\(isNamed ? cursor.ahead(1).name.text : "name"): Type`"
          : "its variants stand on indented lines below")
    case .colon where what == "the expression" && cursor.ahead(1).kind == .colon:
      return expected(
        "the end of the line behind the expression",
        help: "a list with one more element before it is `List.prepend(x, xs)`")
    case .openBrace:
      return expected(
        "the end of the line",
        help: cursor.previous.kind == .closeParen
          ? "a function begins with `fn`, and its body stands on indented lines below, without braces"
          : what == "the expression"
            ? recordBracesHelp ?? "a record is built with `P(x = 1)`"
            : "what belongs to it stands on indented lines below, without braces")
    case .openBracket where Self.clauses.contains(cursor.previous.name):
      return expected("the end of the line", help: "the clauses of the header are indented below `module`")
    case .stringStart where cursor.previous.kind == .stringEnd:
      return expected(
        "the end of the line behind \(what)",
        help: cursor.ahead(1).kind == .stringEnd
          || cursor.previous.span.length == 1 && cursor.ahead(-2).kind == .stringStart
          ? "no quotes stand three in a row; a function is described behind `?`, as in `? \"...\"`"
          : "strings are joined by `+`; a quote inside a string is written `\\\"`, a line break `\\n`")
    case .comma:
      let isLast = cursor.ahead(1).isLayout || cursor.ahead(1).kind == .end
      let kind = what.split(separator: " ").last ?? "part"
      return expected(
        "the end of the line behind \(what)",
        help: isLast
          ? Advice("leave the `,` out", edits: [.remove(token.span)])
          : "each \(kind) stands on a line of its own, without a comma")
    case .colon where what == "the variant":
      return expected(
        "the end of the line behind the variant",
        help: "the types of its fields stand in brackets: `\(cursor.previous.name)(...)`")
    case .lower where cursor.previous.kind == .closeParen && operatorWordHelp == nil,
      .upper where cursor.previous.kind == .closeParen && operatorWordHelp == nil:
      return expected("the end of the line behind \(what)", help: "each statement stands on a line of its own")
    case _ where cursor.previous.kind == .question:
      return expected("the end of the line", help: "`?` passes an error on to the caller; branch with `match c`")
    default:
      return expected(
        "the end of the line behind \(what)",
        help: operatorWordHelp ?? stringPrefixHelp ?? bareCallHelp ?? (what == "the expression" ? argumentsHelp : nil))
    }
  }

  /// Advice for a `=` in a line, which begins at a token, behind what is no plain name.
  private func assignmentHelp(from first: Int) -> Advice {
    let line = (first..<cursor.index).map { cursor.token(at: $0) }
    if line.contains(where: { $0.kind == .arrow }) {
      return "`==` compares; an arm is one expression, so bind names before the `match`, or in a function of its own"
    }
    if line.first?.kind == .openParen, line.last?.kind == .closeParen {
      return "a binding begins with one plain name; take a tuple apart by `match` with the arm `(a, b) -> ...`"
    }
    return "`==` compares; a binding begins with one plain name"
  }
}
