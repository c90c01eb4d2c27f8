import Diagnostics
import Languages
import Nanopass

extension Lexer {
  /// Reads a string from its opening quote on, up to its end or its first interpolation.
  mutating func startString() {
    let quote = position
    add(.stringStart(span(quote, quote + 1)))
    position += 1
    isTextPosition ? plainText(from: quote) : stringPieces(from: quote)
  }

  /// Reads pieces of a string up to its end or the next interpolation.
  private mutating func stringPieces(from quote: Int) {
    var piece = Piece(start: position)
    while position < end {
      let byte = bytes[position]
      switch byte {
      case 0x22: return endString(piece)
      case 0x0A: return unterminated(quote, piece)
      case 0x0D where bytes[position + 1] == 0x0A: return unterminated(quote, piece)
      case 0x5C: escape(&piece)
      case 0x7B where bytes[position + 1] == 0x7B: double(&piece)
      case 0x7D where bytes[position + 1] == 0x7D: double(&piece)
      case 0x7B: return startInterpolation(quote, piece)
      default: plain(&piece)
      }
    }
    unterminated(quote, piece)
  }

  /// Reads a string in which braces mean nothing.
  private mutating func plainText(from quote: Int) {
    var piece = Piece(start: position)
    while position < end {
      switch bytes[position] {
      case 0x22: return endString(piece)
      case 0x0A: return unterminated(quote, piece)
      case 0x0D where bytes[position + 1] == 0x0A: return unterminated(quote, piece)
      case 0x5C: escape(&piece)
      default: plain(&piece)
      }
    }
    unterminated(quote, piece)
  }

  /// A stretch of a string without interpolation.
  private struct Piece {
    /// Offset of its first byte.
    var start: Int
    /// The value of what stands before `rest`.
    var value: [UInt8] = []
    /// Offset from which on the value is the source itself.
    var rest: Int

    init(start: Int) {
      self.start = start
      rest = start
    }
  }

  private mutating func plain(_ piece: inout Piece) {
    if bytes[position] == 0x0D { reportBadCharacter(1) }
    position += 1
  }

  /// `{{` or `}}`: the second brace is dropped.
  private mutating func double(_ piece: inout Piece) {
    piece.value += bytes[piece.rest...position]
    position += 2
    piece.rest = position
  }

  private mutating func escape(_ piece: inout Piece) {
    piece.value += bytes[piece.rest..<position]
    let next = bytes[position + 1]
    let start = position
    position += 1
    switch next {
    case 0x6E: piece.value.append(0x0A)
    case 0x74: piece.value.append(0x09)
    case 0x72: piece.value.append(0x0D)
    case 0x22, 0x5C, 0x7B, 0x7D: piece.value.append(next)
    default:
      // The scalar itself is read as a plain character, unless the line ends here.
      piece.rest = position
      if position >= end || next == 0x0A || next == 0x0D { return }
      let (scalar, length) = decode(at: position)
      position += length
      diagnostics.append(
        .warning(
          "unknown-escape", at: span(start, position), "`\\\(scalar)` is no escape and means `\(scalar)` itself",
          help: "write \(scalar) alone, or \\\\\(scalar) for a backslash before it"))
      return
    }
    position += 1
    piece.rest = position
  }

  private mutating func addText(_ piece: Piece) {
    guard position > piece.start else { return }
    let source = text(piece.start, position)
    let value =
      piece.rest == piece.start
      ? source : String(decoding: piece.value + bytes[piece.rest..<position], as: UTF8.self)
    add(.stringText(span(piece.start, position), value: value, source: source))
  }

  private mutating func endString(_ piece: Piece) {
    addText(piece)
    add(.stringEnd(span(position, position + 1)))
    position += 1
  }

  private mutating func startInterpolation(_ quote: Int, _ piece: Piece) {
    addText(piece)
    add(.interpolationStart(span(position, position + 1)))
    interpolations.append(OpenInterpolation(quote: quote, brace: position, braces: 0))
    position += 1
  }

  /// Ends the innermost interpolation at its `}` and reads on in its string.
  mutating func endInterpolation() {
    guard let inner = interpolations.popLast() else { return }
    add(.interpolationEnd(span(position, position + 1)))
    position += 1
    stringPieces(from: inner.quote)
  }

  private mutating func unterminated(_ quote: Int, _ piece: Piece) {
    addText(piece)
    // A quote that is missing turns the strings of its line inside out: all else is its consequence.
    let line = bytes[..<quote].lastIndex(of: UInt8(ascii: "\n")) ?? 0
    while let last = diagnostics.last, last.span.start >= span(line, line).start, last.slug != "tab-indent" {
      diagnostics.removeLast()
    }
    // A quote at the end of a line ends the string that the line above was to begin.
    if position == quote + 1, interpolations.isEmpty, let last = diagnostics.last, last.slug == "unterminated-string",
      Int(last.span.end - base) <= line, !bytes[Int(last.span.end - base)..<line].contains(UInt8(ascii: "\n"))
    {
      diagnostics[diagnostics.count - 1].span.length = base + UInt32(position) - last.span.start
      diagnostics[diagnostics.count - 1].repair.primary =
        "join the lines; a line break inside a string is written `\\n`"
      add(.stringEnd(span(position, position)))
      closeStrings()
      return
    }
    var regions: [Region] = []
    if let inner = interpolations.last {
      regions = [Region(span(inner.brace, inner.brace + 1), "an interpolation begins here and is not closed")]
    }
    error(
      "unterminated-string", quote, position, "this string has no closing quote on its line", label: "begins here",
      help: interpolations.isEmpty
        ? "close it with `\"`; write a line break inside a string as `\\n`"
        : "close the interpolation with `}`, or write a plain brace as `{{`", regions: regions)
    add(.stringEnd(span(position, position)))
    closeStrings()
  }

  /// Reports that an interpolation is cut off by something, and ends all open strings.
  mutating func reportBreak(_ what: String, at place: Int) {
    if let inner = interpolations.last, let word = spreadMatch(behind: inner.brace) {
      error(
        "match-in-brackets", word, word + "match".utf8.count,
        "`match` needs lines of its own and can't stand in brackets",
        help: Advice(
          "bind its value to a name first, as in `part = match ...`, and write `{part}`",
          edits: editsToBind(from: word, in: inner)))
    } else if let inner = interpolations.last {
      error(
        "parse-error", inner.brace, inner.brace + 1, "\(what) stands inside this interpolation",
        label: "not closed on its line", help: "close it with `}`; write a plain brace as `{{`")
    }
    skipSpreadString()
    closeStrings()
  }

  /// Goes behind the quote that ends a string whose interpolation was spread over lines, so that the quote begins no
  /// string: the first one in the lines below, if a `}` stands before it on its line.
  private mutating func skipSpreadString() {
    if let close = spreadInterpolationEnd, let quote = quote(behind: close) {
      position = quote + 1
      return
    }
    var place = position
    var lines = 0
    var isClosed = false
    while place < end, lines <= 20 {
      switch bytes[place] {
      case 0x0A: (lines, isClosed) = (lines + 1, false)
      case 0x7D: isClosed = true
      case 0x22:
        if isClosed, lines > 0 { position = place + 1 }
        return
      default: break
      }
      place += 1
    }
  }

  /// Offset of the `}` in the lines below that closes the interpolation at hand; nil if an item begins before one.
  private var spreadInterpolationEnd: Int? {
    var (place, depth) = (position, 1 + (interpolations.last?.braces ?? 0))
    var isInString = false
    while place < end, place - position < 4000 {
      switch bytes[place] {
      case 0x0A:
        isInString = false
        if place + 1 < end, ![0x20, 0x0A, 0x0D, 0x7D].contains(bytes[place + 1]) { return nil }
      case 0x22: isInString.toggle()
      case 0x5C: place += 1
      case 0x7B where !isInString: depth += 1
      case 0x7D where !isInString:
        depth -= 1
        if depth == 0 { return place }
      default: break
      }
      place += 1
    }
    return nil
  }

  /// Offset of the quote that ends the string behind an offset on the same line.
  private func quote(behind offset: Int) -> Int? {
    var place = offset
    while place < end, bytes[place] != 0x0A {
      if bytes[place] == 0x22 { return place }
      place += bytes[place] == 0x5C ? 2 : 1
    }
    return nil
  }

  /// Offset of the keyword `match` with which an interpolation begins; nil if it begins with something else.
  private func spreadMatch(behind brace: Int) -> Int? {
    var place = brace + 1
    while place < end, bytes[place] == 0x20 { place += 1 }
    return bytes[place...].starts(with: "match ".utf8) ? place : nil
  }

  /// The changes that bind the value of a `match` in an interpolation to a name in the line above; none if its string
  /// stands in brackets or behind an arrow, or the interpolation is not closed.
  private func editsToBind(from word: Int, in inner: OpenInterpolation) -> [Edit] {
    let before = text(lineContent, inner.quote)
    guard interpolations.count == 1, depth == 0, diagnostics.count < 20, !before.contains("->"),
      !before.contains("match"),
      let close = spreadInterpolationEnd
    else { return [] }
    var contentEnd = close
    while contentEnd > word, [0x20, 0x0A, 0x0D].contains(bytes[contentEnd - 1]) { contentEnd -= 1 }
    let name = ["part", "piece", "inner"].first { !text(0, end).contains($0) } ?? "partOfText"
    let blanks = String(repeating: " ", count: lineContentColumn)
    return [
      .insert("\(name) = \(text(word, contentEnd))\n\(blanks)", before: span(lineContent, lineContent)),
      Edit(span(word, close), name),
    ]
  }

  /// Gives up on the strings around: the rest of the line means nothing.
  mutating func abandonStrings() {
    while position < end, bytes[position] != 0x0A { position += 1 }
    if position > 0, position < end, bytes[position - 1] == 0x0D { position -= 1 }
    skipSpreadString()
    closeStrings()
  }

  /// Ends all open strings here, so that those of the tokens are balanced.
  private mutating func closeStrings() {
    while interpolations.popLast() != nil {
      add(.interpolationEnd(span(position, position)))
      add(.stringEnd(span(position, position)))
    }
  }

  /// Reports a backslash between the braces of an interpolation and skips to the quote that seems to end the string.
  mutating func backslashInInterpolation() {
    error(
      "parse-error", position, position + 1, "a backslash stands inside an interpolation",
      help: "write strings inside the braces with plain quotes, and a brace that is no interpolation as `{{`")
    while position < end, bytes[position] != 0x0A {
      if bytes[position] == 0x5C, bytes[position + 1] != 0x0A {
        position = min(end, position + 2)
      } else if bytes[position] == 0x22 {
        position += 1
        break
      } else {
        position += 1
      }
    }
    closeStrings()
  }

  // MARK: Foreign quotes

  /// Quotes that begin strings elsewhere, with those that end them.
  static let quotes = ["'": "'", "`": "`", "\u{2018}": "\u{2019}", "\u{201C}": "\u{201D}", "\u{201D}": "\u{201D}"]

  /// Reports a character that starts no token, of `length` bytes. Behind a quote of another kind, what it quotes is
  /// skipped and stands as an empty string, unless its end is missing.
  mutating func badCharacter(_ length: Int) {
    let start = position
    reportBadCharacter(length)
    position += length
    guard let close = Self.quotes[text(start, position)], let end = quotedEnd(Array(close.utf8), from: position) else {
      return
    }
    add(.stringStart(span(start, position)))
    add(.stringEnd(span(position, end)))
    position = end
    badCharacterEnd = end
  }

  /// Says how the string is written that a foreign quote at the current place begins and `close` ends.
  func rewritten(_ close: String) -> Advice {
    let start = position + (bytes[position] < 0x80 ? 1 : 3)
    let content = quotedEnd(Array(close.utf8), from: start).map { text(start, $0 - close.utf8.count) }
    // What other languages show in such strings stands between braces here.
    let shown = content?.replacing("${", with: "{")
    guard let content, let shown, content.utf8.count <= 40, !content.contains("\"") else {
      return "strings stand between `\"`"
    }
    let whole = span(position, start + content.utf8.count + close.utf8.count)
    return "strings stand between `\"`: \(code: "\"\(shown)\"", at: whole)"
  }

  /// The offset behind the next `close` on this line.
  private func quotedEnd(_ close: [UInt8], from start: Int) -> Int? {
    var place = start
    while place < end, bytes[place] != 0x0A {
      if bytes[place...].starts(with: close) { return place + close.count }
      if bytes[place] == 0x22, !interpolations.isEmpty { return nil }
      place += bytes[place] == 0x5C && bytes[place + 1] != 0x0A ? 2 : 1
    }
    return nil
  }
}
