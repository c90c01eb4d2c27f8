import Diagnostics
import Languages
import Nanopass

/// Thrown when a construct can't be understood; it has been reported.
struct ParseFailure: Error {}

/// A recursive descent parser of one file. The grammar is spread over extensions by subject.
struct Parser {
  /// Levels of brackets, matches and types that may stand in one another.
  static let deepestNesting = 256
  /// Height of the tallest expression: chains of operators nest to the left.
  static let tallestExpression = 10_000

  var cursor: TokenCursor
  var diagnostics: [Diagnostic] = []
  let knownErrors: KnownErrors
  /// Levels around the current place.
  private var nesting = 0
  /// Open brackets around the current place, interpolations included.
  var brackets = 0
  /// Whether `.name(args)` may follow an expression that is no path.
  var isInVerify = false
  /// Whether the last function has no body, so that lines below may have been meant as it.
  var lacksBody = false
  /// Whether the last line of a header was no clause.
  var lacksClause = false
  /// Names of declarations that were not understood.
  var unread: Set<Name> = []
  /// Whether the header of the function that is parsed now was not understood as a whole.
  var lacksHeader = false
  /// The function whose types the line above gives, as in other languages: what follows belongs to the same mistake.
  var signature: Name?
  /// Height of the expression parsed last.
  var height = 0

  /// A parser of a file's tokens.
  init(_ tokens: [Tokens.Token], file: Span, knownErrors: KnownErrors) {
    cursor = TokenCursor(tokens, file: file)
    self.knownErrors = knownErrors
  }

  // MARK: Errors

  /// Reports an error, unless an earlier one stands on the same logical line: it would be its consequence.
  mutating func report(_ diagnostic: Diagnostic) {
    if !knownErrors.isEmpty, knownErrors.cover(cursor.lineSpan) || knownErrors.cover(diagnostic.span) { return }
    diagnostics.append(diagnostic)
  }

  /// Reports an error and gives up on the construct.
  mutating func fail(
    _ slug: Slug, at span: Span, _ summary: String, label: String? = nil, help: Advice? = nil, example: String? = nil,
    regions: [Region] = []
  ) -> ParseFailure {
    report(.error(slug, at: span, summary, label: label, help: help, example: example, regions: regions))
    return ParseFailure()
  }

  /// Reports that something else was expected at the current token, and gives up.
  mutating func expected(_ what: String, help: Advice? = nil, regions: [Region] = []) -> ParseFailure {
    fail(
      "parse-error", at: cursor.current.span, "expected \(what), found \(describe(cursor.current))",
      help: help, regions: regions)
  }

  /// A token in words.
  func describe(_ token: FlatToken) -> String {
    switch token.kind {
    case .lower, .upper: return "the name `\(token.name)`"
    case .underscore: return "`_`"
    case .integer: return "an integer"
    case .float: return "a float"
    case .module, .fn, .type, .record, .match, .verify, .decision, .true, .false:
      return "the keyword `\(token.name)`"
    case .stringStart, .stringText, .stringEnd: return "a string"
    case .interpolationStart: return "an interpolation"
    case .interpolationEnd: return "the end of the interpolation"
    case .newline: return "the end of the line"
    case .indent: return "a deeper line"
    case .dedent: return "the end of the block"
    case .end: return "the end of the file"
    default: return "`\(token.name)`"
    }
  }

  // MARK: Small steps

  /// Takes a token of a kind or fails.
  mutating func expect(_ kind: TokenKind, _ what: String, help: Advice? = nil) throws {
    guard cursor.take(kind) else { throw expected(what, help: help) }
  }

  /// Takes the end of a logical line.
  mutating func expectLineEnd(after what: String) throws {
    if cursor.take(.newline) || cursor.at(.end) || cursor.at(.dedent) { return }
    throw unexpectedBehind(what)
  }

  /// Whether no more tokens are on the logical line.
  var isAtLineEnd: Bool { cursor.at(.newline) || cursor.at(.end) || cursor.at(.dedent) || cursor.at(.indent) }

  /// Enters one more level of nesting; `leave` ends it.
  mutating func enter() throws {
    nesting += 1
    if nesting > Self.deepestNesting {
      nesting -= 1
      throw fail(
        "nesting-too-deep", at: cursor.current.span,
        "more than \(Self.deepestNesting) levels stand in one another here",
        help: "bind inner parts to names, or move them to functions")
    }
  }

  /// Leaves a level of nesting.
  mutating func leave() { nesting -= 1 }

  /// Runs a part of the grammar; if it fails, the bookkeeping is as before and the line and its block are skipped.
  mutating func recovering<Result>(_ part: (inout Parser) throws -> Result) -> Result? {
    let state = (nesting, brackets, isInVerify)
    let (start, level) = (cursor.index, cursor.level)
    do {
      return try part(&self)
    } catch {
      (nesting, brackets, isInVerify) = state
      cursor.skipLine(startedAt: start, level: level)
      return nil
    }
  }

  /// Parses the lines of a block behind an indent, up to and including its dedent.
  mutating func block<Element>(of what: String, _ line: (inout Parser) throws -> Element) throws -> [Element] {
    var elements: [Element] = []
    while !cursor.at(.dedent), !cursor.at(.end) {
      if cursor.at(.indent) {
        reportIndent()
        cursor.skipBlock()
      } else if let element = recovering(line) {
        elements.append(element)
      }
    }
    _ = cursor.take(.dedent)
    return elements
  }

  /// Reports a line that is deeper than its block.
  mutating func reportIndent() {
    report(
      .error(
        "bad-indent", at: cursor.ahead(1).span, "this line is indented deeper, but the line before it is complete",
        help: "give it the indentation of its block; an expression goes on only inside brackets"))
  }

  /// Parses elements between brackets, separated by commas, one trailing comma allowed. The opening bracket is taken.
  mutating func list<Element>(
    until close: TokenKind, _ open: FlatToken, _ element: (inout Parser) throws -> Element
  ) throws -> [Element] {
    brackets += 1
    var elements: [Element] = []
    while !cursor.at(close) {
      if isAtLineEnd { throw unclosed(close, open) }
      elements.append(try element(&self))
      if cursor.take(.comma) { continue }
      if cursor.at(close) { break }
      throw unclosed(close, open)
    }
    cursor.advance()
    brackets -= 1
    return elements
  }

  /// Reports what stands where a list should go on or end.
  mutating func unclosed(_ close: TokenKind, _ open: FlatToken) -> ParseFailure {
    let sign = close == .closeParen ? ")" : close == .closeBracket ? "]" : close == .greater ? ">" : "}"
    if close == .closeParen, cursor.at(.arrow) {
      return fail(
        "parse-error", at: open.span, "`(` is never closed",
        help: Advice("add `)` before the `->`", edits: [.insert(")", behind: cursor.previous.span)]),
        regions: [Region(cursor.current.span, "this stands behind the closed bracket")])
    }
    if isAtLineEnd || knownErrors.outdented(cursor.current.span, from: open.span) {
      var last = cursor.index - 1
      while last > 0, cursor.token(at: last).isLayout { last -= 1 }
      return fail(
        "parse-error", at: open.span, "`\(open.name)` is never closed",
        // Whether it stands before a `?` or behind it nobody knows.
        help: Advice(
          "add `\(sign)`",
          edits: cursor.token(at: last).kind == .question ? [] : [.insert(sign, behind: cursor.token(at: last).span)]))
    }
    let startsElement: [TokenKind] = [
      .lower, .upper, .integer, .float, .stringStart, .true, .false, .openParen, .openBracket, .openBrace,
    ]
    if let help = listHelp(close) {
      return expected("`,` or `\(sign)`", help: help, regions: [Region(open.span, "opened here")])
    }
    let word = operatorWordHelp ?? (cursor.at(.lower) ? Self.rejectedKeywords[cursor.current.name] : nil)
    return expected(
      "`,` or `\(sign)`",
      help: word
        ?? (startsElement.contains(cursor.current.kind)
          ? Advice("a comma stands between two", edits: [.insert(",", behind: cursor.previous.span)]) : nil),
      regions: [Region(open.span, "opened here")])
  }
}
