import Languages
import Nanopass

extension Parser {
  /// Parses a string; `isPlain` says that it has no interpolation.
  mutating func string() throws -> (value: Syntax.Expr, isPlain: Bool) {
    let start = cursor.index
    cursor.advance()
    var parts: [Syntax.Part] = []
    var isPlain = true
    var tallest = 0
    while !cursor.at(.stringEnd) {
      let token = cursor.current
      if token.kind == .stringText {
        parts.append(.text(token.span, value: cursor.text))
        cursor.advance()
      } else if token.kind == .interpolationStart {
        isPlain = false
        if let value = try interpolation() { parts.append(value) }
        tallest = max(tallest, height)
      } else {
        throw expected("the end of the string")
      }
    }
    cursor.advance()
    height = tallest + 1
    let span = cursor.span(from: start)
    let texts = parts.compactMap { part -> String? in
      if case .text(_, let value) = part { return value }
      return nil
    }
    let onlyTexts = texts.count == parts.count
    return (onlyTexts ? .string(span, value: texts.joined()) : .interpolated(span, parts: parts), isPlain)
  }

  /// `{ expr }` in a string; nil if there is nothing between the braces.
  private mutating func interpolation() throws -> Syntax.Part? {
    let start = cursor.index
    cursor.advance()
    if cursor.take(.interpolationEnd) {
      height = 0
      return nil
    }
    brackets += 1
    let value = try nested { try $0.expression() }
    brackets -= 1
    guard cursor.take(.interpolationEnd) else {
      throw expected(
        "`}` and the end of the interpolation",
        help: operatorWordHelp
          ?? (cursor.at(.colon) && [.integer, .float, .dot, .less, .greater].contains(cursor.ahead(1).kind)
            ? "values have no format behind a `:`: round or cut the text before"
            : "an interpolation holds one expression; a plain brace is written `{{`"))
    }
    return .value(cursor.span(from: start), value: value)
  }

  /// Runs a part one level deeper.
  mutating func nested<Result>(_ part: (inout Parser) throws -> Result) throws -> Result {
    try enter()
    let result = try part(&self)
    leave()
    return result
  }

  /// Takes a string in which nothing is evaluated, such as a description.
  mutating func plainText(_ what: String) throws -> String {
    guard cursor.at(.stringStart) else { throw expected("a string with \(what)", help: "write it between `\"`") }
    let (value, _) = try string()
    if case .string(_, let text) = value { return text }
    throw fail("parse-error", at: value.span, "nothing is evaluated in \(what)", help: "write the text itself")
  }

  /// Takes strings on lines of their own in a deeper block, and joins all to `first` with spaces.
  mutating func moreText(_ what: String, after first: [String]) throws -> String {
    var texts = first
    if cursor.at(.indent) {
      if !first.isEmpty, cursor.ahead(1).kind != .stringStart {
        reportIndent()
        cursor.skipBlock()
        throw ParseFailure()
      }
      cursor.advance()
      texts += try block(of: what) { parser in
        let text = try parser.plainText(what)
        try parser.expectLineEnd(after: "the text")
        return text
      }
    }
    return texts.joined(separator: " ")
  }

  /// `text = STRING NL | NL INDENT STRING NL { STRING NL } DEDENT`, behind the `=`.
  mutating func textClause(_ what: String) throws -> String {
    if cursor.at(.newline), cursor.ahead(1).kind == .indent {
      cursor.advance()
      return try moreText(what, after: [])
    }
    let text = try plainText(what)
    try expectLineEnd(after: "the text")
    return text
  }
}
