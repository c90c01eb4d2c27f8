import Diagnostics
import Languages
import Nanopass

/// The kinds of token that the grammar tells apart.
enum TokenKind: UInt8 {
  case lower, upper, underscore, integer, float
  case module, fn, type, record, match, verify, decision, `true`, `false`
  case stringStart, stringText, interpolationStart, interpolationEnd, stringEnd
  case plus, minus, star, slash, equal, unequal, less, greater, lessOrEqual, greaterOrEqual
  case assign, fatArrow, arrow, bang, question, dot, range, colon, comma
  case openParen, closeParen, openBracket, closeBracket, openBrace, closeBrace
  case newline, indent, dedent, end, unknown

  /// The kind of a keyword.
  static let keywords: [Name: TokenKind] = [
    "module": .module, "fn": .fn, "type": .type, "record": .record, "match": .match, "verify": .verify,
    "decision": .decision, "true": .true, "false": .false,
  ]

  /// The kind of a sign.
  static let signs: [Name: TokenKind] = [
    "+": .plus, "-": .minus, "*": .star, "/": .slash, "==": .equal, "!=": .unequal, "<": .less, ">": .greater,
    "<=": .lessOrEqual, ">=": .greaterOrEqual, "=": .assign, "=>": .fatArrow, "->": .arrow, "!": .bang,
    "?": .question, ".": .dot, "..": .range, ":": .colon, ",": .comma, "(": .openParen, ")": .closeParen,
    "[": .openBracket, "]": .closeBracket, "{": .openBrace, "}": .closeBrace,
  ]
}

/// A token as the parser sees it: its kind, its name if it has one, its place.
struct FlatToken {
  var kind: TokenKind
  var name: Name
  var span: Span

  init(kind: TokenKind, name: Name, span: Span) {
    self.kind = kind
    self.name = name
    self.span = span
  }

  /// Whether it stands for the end of a line or the beginning or end of a block.
  var isLayout: Bool { kind == .newline || kind == .indent || kind == .dedent }

  private static let none: Name = ""
  private static let wildcard: Name = "_"

  init(_ token: Tokens.Token) {
    switch token {
    case .lower(let span, let name):
      self.init(kind: name == Self.wildcard ? .underscore : .lower, name: name, span: span)
    case .upper(let span, let name): self.init(kind: .upper, name: name, span: span)
    case .keyword(let span, let name):
      self.init(kind: TokenKind.keywords[name] ?? .unknown, name: name, span: span)
    case .sign(let span, let name): self.init(kind: TokenKind.signs[name] ?? .unknown, name: name, span: span)
    case .integer(let span, _): self.init(kind: .integer, name: Self.none, span: span)
    case .float(let span, _): self.init(kind: .float, name: Self.none, span: span)
    case .stringStart(let span): self.init(kind: .stringStart, name: Self.none, span: span)
    case .stringText(let span, _, _): self.init(kind: .stringText, name: Self.none, span: span)
    case .interpolationStart(let span): self.init(kind: .interpolationStart, name: Self.none, span: span)
    case .interpolationEnd(let span): self.init(kind: .interpolationEnd, name: Self.none, span: span)
    case .stringEnd(let span): self.init(kind: .stringEnd, name: Self.none, span: span)
    case .newline(let span): self.init(kind: .newline, name: Self.none, span: span)
    case .indent(let span): self.init(kind: .indent, name: Self.none, span: span)
    case .dedent(let span): self.init(kind: .dedent, name: Self.none, span: span)
    }
  }
}

/// A place in the tokens of one file. Beyond the last there are only `end` tokens.
struct TokenCursor {
  private let tokens: [Tokens.Token]
  private var flat: [FlatToken]
  /// Index of the current token.
  private(set) var index = 0
  /// Number of blocks around the current token.
  private(set) var level = 0
  /// What stands behind the last token.
  private let end: FlatToken

  init(_ tokens: [Tokens.Token], file: Span) {
    self.tokens = tokens
    flat = tokens.map(FlatToken.init)
    end = FlatToken(kind: .end, name: "", span: file.atEnd)
  }

  /// Turns keywords that something is named by into plain names, except where they begin an item.
  ///
  /// - Returns: the tokens that name something.
  mutating func takeKeywordsAsNames() -> [FlatToken] {
    var declared: [FlatToken] = []
    for index in flat.indices where isKeywordName(at: index) { declared.append(flat[index]) }
    let names = Set(declared.map(\.kind))
    for index in names.isEmpty ? 0..<0 : flat.indices where names.contains(flat[index].kind) {
      let next = token(at: index + 1).kind
      let isItem = (index == 0 || flat[index - 1].isLayout) && (next == .upper || next == .lower)
      if !isItem { flat[index].kind = .lower }
    }
    return declared
  }

  /// Whether a keyword stands where a function, a parameter, a field or a binding has its name.
  private func isKeywordName(at index: Int) -> Bool {
    switch flat[index].kind {
    case .module, .type, .record, .verify, .decision: break
    default: return false
    }
    let (before, next) = (token(at: index - 1).kind, token(at: index + 1).kind)
    if before == .fn { return true }
    let isFirst = index == 0 || flat[index - 1].isLayout
    return next == .colon && (isFirst || before == .openParen || before == .comma) || next == .assign && isFirst
  }

  /// The current token.
  var current: FlatToken { index < flat.count ? flat[index] : end }

  /// The number of tokens.
  var count: Int { flat.count }

  /// The token at an index.
  func token(at index: Int) -> FlatToken { index >= 0 && index < flat.count ? flat[index] : end }

  /// The token some places further on.
  func ahead(_ distance: Int) -> FlatToken {
    let place = index + distance
    return place < flat.count ? flat[place] : end
  }

  /// The last token that was taken.
  var previous: FlatToken { index > 0 && index <= flat.count ? flat[index - 1] : end }

  /// Whether the current token is of a kind.
  func at(_ kind: TokenKind) -> Bool { current.kind == kind }

  /// Whether the current token is that word, which means something special only here.
  func at(word: Name) -> Bool { current.kind == .lower && current.name == word }

  /// Goes on to the next token.
  mutating func advance() {
    guard index < flat.count else { return }
    switch flat[index].kind {
    case .indent: level += 1
    case .dedent: level -= 1
    default: break
    }
    index += 1
  }

  /// Takes the current token if it is of a kind.
  mutating func take(_ kind: TokenKind) -> Bool {
    guard at(kind), kind != .end else { return false }
    advance()
    return true
  }

  /// Splits a `>=` that ends a list of type arguments into `>`, which is taken, and `=`.
  mutating func takeGreaterOfGreaterOrEqual() {
    guard at(.greaterOrEqual) else { return }
    flat[index].kind = .assign
    flat[index].name = Signs.assign
    if flat[index].span.length > 1 {
      flat[index].span.start += 1
      flat[index].span.length -= 1
    }
  }

  /// The value of the current integer token.
  var integer: Integer {
    if index < tokens.count, case .integer(_, let value) = tokens[index] { return value }
    return .small(0)
  }

  /// The value of the current float token.
  var float: Double {
    if index < tokens.count, case .float(_, let value) = tokens[index] { return value }
    return 0
  }

  /// The value of the current piece of a string.
  var text: String {
    if index < tokens.count, case .stringText(_, let value, _) = tokens[index] { return value }
    return ""
  }

  /// The span from the token at an index up to the last that was taken.
  func span(from start: Int) -> Span {
    guard start < flat.count else { return end.span }
    guard index > start else { return flat[start].span.atStart }
    // Layout tokens at the end belong to no construct.
    var last = index - 1
    while last > start, flat[last].isLayout { last -= 1 }
    return flat[start].span.union(flat[last].span)
  }

  /// The span of the logical line that holds the current token, without its end.
  var lineSpan: Span {
    var first = min(index, flat.count - 1)
    if first > 0, flat[first].isLayout { first -= 1 }
    while first > 0, !flat[first - 1].isLayout { first -= 1 }
    guard first >= 0 else { return end.span }
    var last = first
    while last + 1 < flat.count, !flat[last + 1].isLayout { last += 1 }
    return flat[first].span.union(flat[last].span)
  }

  /// Skips to the next line of the block at `level`, or to the end of that block. Blocks inside are skipped too.
  mutating func skipLine(startedAt start: Int, level: Int) {
    while !at(.end) {
      let isBehindLine = index > start && (previous.kind == .newline || previous.kind == .dedent)
      if self.level <= level, at(.dedent) || isBehindLine && !at(.indent) { return }
      advance()
    }
  }

  /// Skips from an indent up to and including its dedent.
  mutating func skipBlock() {
    let outside = level
    advance()
    while level > outside, !at(.end) { advance() }
  }
}
