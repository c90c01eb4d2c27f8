import Diagnostics
import Languages
import Nanopass

extension Parser {
  private static let update: Name = "update"

  /// Parses an expression without operators around it.
  mutating func primary() throws -> Syntax.Expr {
    let token = cursor.current
    height = 1
    switch token.kind {
    case .lower, .upper:
      if token.kind == .lower { try rejectForeignOperand() }
      return try nameExpression()
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
    case .stringStart: return try string().value
    case .openParen: return try parentheses()
    case .openBracket:
      let start = cursor.index
      cursor.advance()
      let elements = try expressions(until: .closeBracket, token) { try $0.rejectSpread(from: start) }
      return .list(cursor.span(from: start), elements: elements)
    case .openBrace: return try map()
    default: throw noExpression(token)
    }
  }

  private mutating func noExpression(_ token: FlatToken) -> ParseFailure {
    switch token.kind {
    case .match where brackets > 0:
      return fail(
        "match-in-brackets", at: token.span, "`match` needs lines of its own and can't stand in brackets",
        help: "bind its value to a name first, or move it to a function")
    case .match:
      return fail(
        "parse-error", at: token.span, "`match` can't be part of a larger expression",
        help: "bind its value to a name first, or move it to a function")
    case .fn:
      return fail(
        "lambda", at: token.span, "functions have names and stand at the top level",
        help: "declare a function and pass its name")
    case .bang:
      return fail("rejected-operator", at: token.span, "there is no operator `!`", help: "use `Bool.not(a)`")
    case .underscore: return expected("an expression", help: "`_` has no value; give it a name to read it")
    case .newline, .end, .dedent:
      return expected("an expression", help: "an expression goes on in the next line only inside brackets")
    case .slash where cursor.ahead(1).kind == .star:
      return fail(
        "parse-error", at: token.span.union(cursor.ahead(1).span), "there is no `/*`",
        help: "each line of a comment begins with `//`")
    case .dot where cursor.ahead(1).kind == .integer:
      return expected(
        "an expression",
        help: Advice(
          "a float has digits before its point, too: `0.5`", edits: [.insert("0", before: token.span)]))
    case .assign where cursor.previous.kind == .equal:
      return expected("an expression", help: Advice("to compare, write `==`", edits: [.remove(token.span)]))
    case .greater where cursor.previous.kind == .less && cursor.previous.span.end == token.span.start:
      return expected(
        "an expression",
        help: Advice("values differ by `!=`", edits: [Edit(cursor.previous.span.union(token.span), "!=")]))
    case .star where cursor.previous.kind == .star:
      return expected("an expression", help: "there is no power operator: multiply, or use `Float.pow(a, b)`")
    case .plus, .star, .slash, .equal, .unequal, .less, .greater, .lessOrEqual, .greaterOrEqual:
      return expected("an expression", help: continuationHelp)
    default: return expected("an expression")
    }
  }

  private mutating func nameExpression() throws -> Syntax.Expr {
    let start = cursor.index
    let path = try path()
    guard cursor.at(.openParen) else { return .path(path.span, path: path) }
    let open = cursor.current
    cursor.advance()
    if isNamedArgument { return try build(path, open, from: start) }
    var fields: [Syntax.FieldValue] = []
    var tallest = 0
    let arguments = try nested { parser in
      try parser.list(until: .closeParen, open) { parser -> Syntax.Expr? in
        defer { tallest = max(tallest, parser.height) }
        if parser.isNamedArgument {
          fields.append(try parser.fieldValue())
          return nil
        }
        if !fields.isEmpty { throw parser.expectedField() }
        try parser.rejectColon()
        let argument = try parser.expression()
        try parser.rejectArrow()
        return argument
      }
    }.compactMap { $0 }
    height = tallest + 1
    let span = cursor.span(from: start)
    if fields.isEmpty { return .call(span, callee: path, arguments: arguments) }
    if let last = path.segments.last, !isUpper(last), last.name != Self.update { throw namedArguments(of: path) }
    guard let base = arguments.first, arguments.count == 1, path.segments.last?.name == Self.update else {
      throw fail(
        "parse-error", at: fields.first?.span ?? span, "an argument with a name stands behind one without",
        help: "name all fields to build a record; `P.update(p, x = 1)` changes some")
    }
    return .update(span, callee: path, base: base, fields: fields)
  }

  /// Whether `name =` follows.
  private var isNamedArgument: Bool {
    (cursor.at(.lower) || cursor.at(.upper)) && cursor.ahead(1).kind == .assign
  }

  /// `P(x = 1)`, behind the bracket.
  private mutating func build(_ path: Syntax.Path, _ open: FlatToken, from start: Int) throws -> Syntax.Expr {
    var tallest = 0
    let fields = try nested { parser in
      try parser.list(until: .closeParen, open) { parser in
        guard parser.isNamedArgument else { throw parser.expectedField(of: path) }
        let field = try parser.fieldValue()
        tallest = max(tallest, parser.height)
        return field
      }
    }
    height = tallest + 1
    return .build(cursor.span(from: start), callee: path, fields: fields)
  }

  private mutating func expectedField(of callee: Syntax.Path? = nil) -> ParseFailure {
    if cursor.at(.lower), cursor.ahead(1).kind == .colon { return colonOfField() }
    if cursor.at(.lower), [.comma, .closeParen].contains(cursor.ahead(1).kind),
      callee == nil || callee?.segments.last.map(isUpper) == true
    {
      let name = cursor.current
      return expected(
        "a field such as `x = 1`",
        help: Advice(
          "each field is given a value: `\(name.name) = \(name.name)`",
          edits: [.insert("\(name.name) = ", before: name.span)]))
    }
    guard let callee, let last = callee.segments.last, !isUpper(last), last.name != Self.update else {
      return expected("a field such as `x = 1`", help: Self.assignmentHelp)
    }
    return namedArguments(of: callee)
  }

  private static let assignmentHelp: Advice = "`=` gives a value to the field of a record; `==` compares"

  /// Reports `f(1, x = 2)`.
  private mutating func namedArguments(of callee: Syntax.Path) -> ParseFailure {
    let name = callee.segments.map(\.name.text).joined(separator: ".")
    return fail(
      "constructor-form", at: callee.span, "the function `\(name)` takes its arguments by position",
      help: Self.assignmentHelp)
  }

  /// Reports `P(x: 1)`.
  private mutating func rejectColon() throws {
    let (name, colon) = (cursor.current, cursor.ahead(1))
    guard name.kind == .lower, colon.kind == .colon else { return }
    throw colonOfField()
  }

  /// Reports the `:` behind the name at hand.
  private mutating func colonOfField() -> ParseFailure {
    let (name, colon) = (cursor.current, cursor.ahead(1))
    return fail(
      "parse-error", at: colon.span, "`=` stands between a field and its value",
      help: Advice("`\(name.name) = ...`", edits: [Edit(colon.span, " =")]))
  }

  private mutating func fieldValue() throws -> Syntax.FieldValue {
    let start = cursor.index
    let name = Syntax.Ident(cursor.current.span, name: cursor.current.name)
    cursor.advance()
    cursor.advance()
    let value = try expression()
    return Syntax.FieldValue(cursor.span(from: start), name: name, value: value)
  }

  /// Parentheses group one expression and make a tuple of several.
  private mutating func parentheses() throws -> Syntax.Expr {
    let start = cursor.index
    let open = cursor.current
    cursor.advance()
    if cursor.at(.closeParen) {
      throw fail(
        "parse-error", at: open.span.union(cursor.current.span), "there is no empty tuple",
        help: "the value of type `Unit` is written \(code: "Unit")")
    }
    let elements = try expressions(until: .closeParen, open)
    let hasComma = cursor.ahead(-2).kind == .comma
    guard elements.count == 1, let only = elements.first else {
      return .tuple(cursor.span(from: start), elements: elements)
    }
    if hasComma {
      throw fail(
        "parse-error", at: cursor.span(from: start), "a tuple has at least two elements", help: "leave the `,` out")
    }
    return only
  }

  /// Advice for what stands behind the key of a map in place of `=>`.
  private func entryHelp(_ key: Syntax.Expr) -> Advice? {
    if cursor.at(.colon) {
      guard case .path(_, let path) = key, path.segments.count == 1 else {
        return Advice("write `=>` in place of `:`", edits: [Edit(cursor.current.span, " =>")])
      }
      return "a map is written `{\"key\" => value}`; a record is built by its name: `P(\(path.segments[0].name) = ...)`"
    }
    if case .call = key {
      return "steps that follow one another stand on lines of their own in a function, without braces"
    }
    return nil
  }

  /// `{k => v}`
  private mutating func map() throws -> Syntax.Expr {
    let start = cursor.index
    let open = cursor.current
    cursor.advance()
    var tallest = 0
    let entries = try nested { parser in
      try parser.list(until: .closeBrace, open) { parser in
        let start = parser.cursor.index
        if parser.cursor.at(.range) {
          throw parser.expected("a key", help: "a copy of a record with other fields is written `P.update(p, x = ...)`")
        }
        if parser.isNamedArgument {
          parser.cursor.advance()
          throw parser.expected(
            "`=>` and the value of this key",
            help: "a record is built by its name: `P(\(parser.cursor.previous.name) = ...)`")
        }
        let key = try parser.expression()
        tallest = max(tallest, parser.height)
        let help = parser.entryHelp(key)
        try parser.expect(.fatArrow, "`=>` and the value of this key", help: help)
        let value = try parser.expression()
        tallest = max(tallest, parser.height)
        return Syntax.Entry(parser.cursor.span(from: start), key: key, value: value)
      }
    }
    height = tallest + 1
    return .map(cursor.span(from: start), entries: entries)
  }
}
