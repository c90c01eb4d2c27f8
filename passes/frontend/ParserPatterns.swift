import Diagnostics
import Languages
import Nanopass

extension Parser {
  /// Parses a pattern.
  mutating func pattern() throws -> Syntax.Pattern {
    let token = cursor.current
    switch token.kind {
    case .underscore:
      cursor.advance()
      return .wildcard(token.span)
    case .integer:
      let value = cursor.integer
      cursor.advance()
      return .integer(token.span, value: value)
    case .float:
      let value = cursor.float
      cursor.advance()
      return .float(token.span, value: value)
    case .true, .false:
      cursor.advance()
      return .bool(token.span, value: token.kind == .true)
    case .stringStart: return try stringPattern()
    case .openBracket: return try listPattern()
    case .openParen: return try tuplePattern()
    case .minus: return try negativePattern()
    case .lower where cursor.ahead(1).kind != .dot && cursor.ahead(1).kind != .openParen:
      cursor.advance()
      checkDeclared(token, "a pattern", .lower)
      return .name(token.span, name: token.name)
    case .upper: return try constructorPattern()
    case .lower: return try constructorPattern()
    case .less, .greater, .lessOrEqual, .greaterOrEqual, .equal, .unequal:
      throw expected("a pattern", help: "patterns hold no comparisons: match on one, as in `match n \(token.name) 0`")
    case .star where cursor.ahead(1).kind == .lower:
      throw expected(
        "a pattern", help: Advice("the rest of a list is `..\(cursor.ahead(1).name)`", edits: [Edit(token.span, "..")]))
    default: throw expected("a pattern", help: token.kind == .openBrace ? "maps can't be taken apart" : nil)
    }
  }

  private mutating func stringPattern() throws -> Syntax.Pattern {
    let start = cursor.index
    let string = try string()
    if string.isPlain, case .string(let span, let value) = string.value { return .string(span, value: value) }
    report(
      .error(
        "interpolated-pattern", at: cursor.span(from: start), "a pattern can't be an interpolated string",
        help: "compare with `==`; a plain brace is written `{{`"))
    return .wildcard(cursor.span(from: start))
  }

  private mutating func negativePattern() throws -> Syntax.Pattern {
    let start = cursor.index
    cursor.advance()
    guard cursor.at(.integer) || cursor.at(.float) else { throw expected("a pattern") }
    let digits = cursor.at(.integer) ? cursor.integer.description : cursor.float.description
    cursor.advance()
    report(
      .error(
        "negative-pattern", at: cursor.span(from: start), "a pattern can't be a negative number",
        help: "bind the number to a name and match on a comparison: `match n == -\(digits)`"))
    return .wildcard(cursor.span(from: start))
  }

  private mutating func listPattern() throws -> Syntax.Pattern {
    try enter()
    let start = cursor.index
    let open = cursor.current
    cursor.advance()
    var elements: [Syntax.Pattern] = []
    var rest: Syntax.Rest?
    while !cursor.at(.closeBracket) {
      if isAtLineEnd { throw unclosed(.closeBracket, open) }
      if cursor.at(.range) {
        rest = try restPattern()
        guard cursor.at(.closeBracket) else {
          throw expected("`]`", help: "the rest of the list is the last part of a list pattern")
        }
        break
      }
      elements.append(try pattern())
      if cursor.at(.closeBracket) { break }
      guard cursor.take(.comma) else { throw unclosed(.closeBracket, open) }
      if cursor.at(.closeBracket) { throw expected("a pattern behind the `,`") }
    }
    cursor.advance()
    leave()
    return .list(cursor.span(from: start), elements: elements, rest: rest)
  }

  private mutating func restPattern() throws -> Syntax.Rest {
    let start = cursor.index
    cursor.advance()
    let token = cursor.current
    guard token.kind == .lower || token.kind == .upper || token.kind == .underscore else {
      let help: Advice =
        token.kind == .dot
        ? Advice("the rest has two dots", edits: [.remove(token.span)])
        : Advice("write `.._` for a rest that is not needed", edits: [.insert("_", behind: cursor.previous.span)])
      throw expected("a name behind `..`", help: help)
    }
    cursor.advance()
    if token.kind != .underscore { checkDeclared(token, "a pattern", .lower) }
    return Syntax.Rest(cursor.span(from: start), name: token.name)
  }

  /// Parentheses group one pattern and make a tuple of several.
  private mutating func tuplePattern() throws -> Syntax.Pattern {
    let start = cursor.index
    let elements = try patternArguments(of: "a pattern")
    if elements.count == 1, let only = elements.first { return only }
    return .tuple(cursor.span(from: start), elements: elements)
  }

  /// `(p, q)`, at least one pattern.
  private mutating func patternArguments(of what: String) throws -> [Syntax.Pattern] {
    try enter()
    let open = cursor.current
    cursor.advance()
    var elements: [Syntax.Pattern] = []
    repeat {
      if isAtLineEnd { throw unclosed(.closeParen, open) }
      elements.append(try pattern())
    } while cursor.take(.comma)
    guard cursor.take(.closeParen) else { throw unclosed(.closeParen, open) }
    leave()
    return elements
  }

  private mutating func constructorPattern() throws -> Syntax.Pattern {
    let start = cursor.index
    let path = try path()
    let isComplete = path.segments.count >= 2
    let last = path.segments.last
    if path.segments.first.map({ !isUpper($0) }) ?? true || isComplete && (last.map { !isUpper($0) } ?? true) {
      throw fail(
        "parse-error", at: path.span, "a pattern can't name a function or a field",
        help: "constructors are written `Type.Variant`")
    }
    if cursor.at(.openParen), cursor.ahead(1).kind == .lower, cursor.ahead(2).kind == .assign {
      throw fail(
        "parse-error", at: path.span, "a pattern can't take a record apart",
        help: "match it by a name, and read its fields from that")
    }
    if cursor.at(.openParen), cursor.ahead(1).kind == .closeParen {
      throw fail(
        "empty-constructor-call", at: cursor.current.span.union(cursor.ahead(1).span),
        "a variant without fields is matched without parentheses",
        help: Advice(
          "leave the `()` out", edits: [.remove(cursor.current.span.union(cursor.ahead(1).span))]))
    }
    let arguments = cursor.at(.openParen) ? try patternArguments(of: "a constructor") : []
    let span = cursor.span(from: start)
    return .constructor(span, path: path, arguments: arguments)
  }

  func isUpper(_ ident: Syntax.Ident) -> Bool {
    ident.name.text.unicodeScalars.first?.properties.isUppercase ?? false
  }
}
