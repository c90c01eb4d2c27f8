import Diagnostics
import Languages
import Nanopass

/// Turns one file into words and signs, in one pass over its bytes. Errors are gathered and skipped, so that one file
/// can show many.
struct Lexer {
  /// What the block at hand means for strings: in some places braces are plain characters.
  enum Block {
    case code
    /// The module header or a decision: all strings are plain text.
    case text
  }

  /// An interpolation whose end is still to come.
  struct OpenInterpolation {
    /// Offset of the string's opening quote.
    var quote: Int
    /// Offset of the opening brace.
    var brace: Int
    /// Number of `{` open inside it.
    var braces: Int
  }

  /// The file's bytes and two zeros behind them, so that looking ahead needs no checks.
  let bytes: [UInt8]
  /// Number of bytes.
  let end: Int
  /// Global position of the first byte.
  let base: UInt32
  /// Whether only the module header is wanted.
  let headerOnly: Bool

  var position = 0
  var tokens: [Lexemes.Token] = []
  var diagnostics: [Diagnostic] = []
  var names = NameTable()
  /// The interpolations around the current place, outermost first.
  var interpolations: [OpenInterpolation] = []
  /// Column of the line that no token has been found in yet; -1 behind its first token.
  private(set) var lineColumn = 0
  /// Offset of the first word or sign of the line.
  private(set) var lineContent = 0
  /// Column of that.
  private(set) var lineContentColumn = 0
  /// Number of brackets open outside strings.
  var depth = 0
  private var block = Block.code
  /// Offset of the first token of the item at hand; -1 before the first one.
  private(set) var itemStart = -1
  /// The item whose lines begin with `|`, and the error that says so.
  var firstBar: (item: Int, index: Int)?
  /// Column of the `?` whose text lines may follow; -1 if there is none.
  private var textColumn = -1
  private var tabReported = false
  /// Offset behind the last character or operator that there is not.
  var badCharacterEnd = -1
  private var hasCarriageReturn = false
  /// What begins the line of the last error, and how many errors it has.
  private var errorLine = -1
  private var errorsInLine = 0
  /// A line with more is no text; the rest of its errors are not told.
  private static let mostErrorsInLine = 100

  init(_ content: String, base: UInt32, headerOnly: Bool = false) {
    var bytes = Array(content.utf8)
    end = bytes.count
    bytes.append(0)
    bytes.append(0)
    self.bytes = bytes
    self.base = base
    self.headerOnly = headerOnly
  }

  /// Lexes the whole file, or its header.
  mutating func run() {
    if !headerOnly { tokens.reserveCapacity(end / 4) }
    if end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
    startLine()
    while position < end { step() }
    if !interpolations.isEmpty { reportBreak("the end of the file", at: end) }
  }

  /// The span of the bytes from one offset to another.
  func span(_ start: Int, _ end: Int) -> Span {
    Span(start: base &+ UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: end - start))
  }

  /// Reads one token, blank, comment or line end.
  private mutating func step() {
    let byte = bytes[position]
    switch byte {
    case 0x20: position += 1
    case 0x0A: endLine(1)
    case 0x0D where bytes[position + 1] == 0x0A: endLine(2)
    case 0x22:
      startString()
    case 0x61...0x7A, 0x41...0x5A, 0x5F: word()
    case 0x30...0x39: number()
    case 0x80...: scalar()
    case 0x2F where bytes[position + 1] == 0x2F: comment()
    default: sign(byte)
    }
  }

  private mutating func endLine(_ length: Int) {
    let start = position
    if !interpolations.isEmpty { reportBreak("a line break", at: position) }
    guard position == start else { return }
    position += length
    startLine()
  }

  /// Measures a line's indentation.
  private mutating func startLine() {
    var column = 0
    let start = position
    while bytes[position] == 0x20 || bytes[position] == 0x09, position < end {
      if bytes[position] == 0x09 {
        reportTab()
        column = (column / 4 + 1) * 4
      } else {
        column += 1
      }
      position += 1
    }
    lineColumn = column
    lineContent = position
    lineContentColumn = column
    if position == start, headerOnly, depth == 0, isItemBehindHeader() { position = end }
  }

  /// Whether a line at column 0 that isn't blank begins something else than the module header.
  private func isItemBehindHeader() -> Bool {
    switch bytes[position] {
    case 0x0A, 0x0D, 0: return false
    case 0x2F where bytes[position + 1] == 0x2F: return false
    default: return !tokens.isEmpty || !bytes[position...].starts(with: Array("module".utf8))
    }
  }

  private mutating func reportTab() {
    if tabReported { return }
    tabReported = true
    error(
      "tab-indent", position, position + 1, "a tab indents this line", label: "tab",
      help: "indent with spaces, four for each level; `nanoc fmt` replaces the tabs of a file")
  }

  private mutating func comment() {
    if !interpolations.isEmpty {
      error("parse-error", position, position + 2, "a comment stands inside an interpolation", label: "comment")
      return abandonStrings()
    }
    while position < end, bytes[position] != 0x0A {
      if bytes[position] == 0x0D, bytes[position + 1] != 0x0A { reportBadCharacter(1) }
      position += 1
    }
    if position > 0, position < end, bytes[position - 1] == 0x0D { position -= 1 }
  }

  /// Whether no token of the line has been found yet.
  var isAtLineStart: Bool { lineColumn >= 0 }

  /// Adds a token, and the start of its line before it if it is the first there.
  mutating func add(_ token: Lexemes.Token) {
    if lineColumn >= 0 { addLineStart(before: token) }
    tokens.append(token)
  }

  private mutating func addLineStart(before token: Lexemes.Token) {
    let column = lineColumn
    lineColumn = -1
    tokens.append(.lineStart(token.span.atStart, column: column))
    if column == 0 { itemStart = Int(token.span.start - base) }
    if column == 0, case .keyword(_, let keyword) = token, Keywords.itemStarts.contains(keyword) {
      // No keyword of this kind stands inside brackets, so an open one was forgotten.
      depth = 0
      block = keyword == Keywords.module || keyword == Keywords.decision ? .text : .code
    } else if column == 0, depth == 0 {
      block = .code
    }
    guard depth == 0 else { return }
    if case .sign(_, let text) = token, text == Signs.question {
      textColumn = column
    } else if textColumn >= 0, column > textColumn, case .stringStart = token {
      return
    } else {
      textColumn = -1
    }
  }

  /// Whether a string that starts here is a text, in which braces are plain.
  var isTextPosition: Bool {
    guard interpolations.isEmpty else { return false }
    if block == .text { return true }
    return textColumn >= 0 && depth == 0
  }
}

extension Lexer {
  /// Reports an error at the bytes from `start` to `end`.
  mutating func error(
    _ slug: Slug, _ start: Int, _ end: Int, _ summary: String, label: String? = nil, help: Advice? = nil,
    note: String? = nil, regions: [Region] = []
  ) {
    if errorLine != lineContent { (errorLine, errorsInLine) = (lineContent, 0) }
    errorsInLine += 1
    if errorsInLine > Self.mostErrorsInLine { return }
    diagnostics.append(
      .error(slug, at: span(start, end), summary, label: label, help: help, note: note, regions: regions))
  }

  /// Reports the character at the current place, of `length` bytes, unless the one before it was bad too.
  mutating func reportBadCharacter(_ length: Int) {
    let previousEnd = badCharacterEnd
    badCharacterEnd = position + length
    if previousEnd == position { return }
    if bytes[position] == 0x0d {
      // Lines that end so do so all over the file.
      if hasCarriageReturn { return }
      hasCarriageReturn = true
    }
    let text = String(decoding: bytes[position..<min(position + length, end)], as: UTF8.self)
    error(
      "bad-character", position, position + length, "\(describe(text)) starts no word and no sign",
      help: help(for: text))
  }

  private func help(for text: String) -> Advice? {
    switch text {
    case "\t": "separate words with spaces"
    case "\\": "functions have names: declare one and pass its name"
    case "\r": "lines end with a line feed, or with a carriage return and a line feed"
    case "#": "a comment begins with \(code: "//")"
    case "\u{A0}", "\u{2003}", "\u{2009}", "\u{3000}": "separate words with plain spaces"
    default: Self.quotes[text].map(rewritten) ?? Self.lookalikes[text].map { "write \(code: $0)" }
    }
  }

  /// Signs that word processors and mathematicians use in place of those of the language.
  private static let lookalikes: [String: String] = [
    "–": "-", "—": "-", "−": "-", "×": "*", "·": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "⇒": "=>",
    "…": "..", "＝": "=", "（": "(", "）": ")", "，": ",", "：": ":",
  ]

  private func describe(_ text: String) -> String {
    guard let scalar = text.unicodeScalars.first else { return "this character" }
    switch scalar {
    case "\t": return "a tab"
    case "`": return "a backquote"
    case "\r": return "a carriage return without a line feed behind it"
    default:
      let code = String(scalar.value, radix: 16, uppercase: true)
      let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
      // What can't be seen, or turns the direction of the text around, is told by its number.
      let unseen: Set<Unicode.GeneralCategory> = [
        .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator,
        .nonspacingMark, .enclosingMark,
      ]
      let isVisible = !unseen.contains(scalar.properties.generalCategory)
      return isVisible ? "the character `\(scalar)`" : "the character U+\(padded)"
    }
  }
}
