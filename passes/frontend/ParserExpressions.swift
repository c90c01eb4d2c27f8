import Diagnostics
import Languages
import Nanopass

extension Parser {
  /// Parses an expression that is no `match`.
  mutating func expression() throws -> Syntax.Expr {
    let start = cursor.index
    var left = try additive()
    while let sign = comparison() {
      if sign.kind == .greater { try rejectShift() }
      cursor.advance()
      left = try binary(sign, left, from: start) { try $0.additive() }
    }
    if cursor.at(.assign), brackets > 0 { throw assignmentInExpression() }
    return left
  }

  /// Reports `=` in the middle of an expression, where only a comparison can be meant.
  mutating func assignmentInExpression() -> ParseFailure {
    fail(
      "parse-error", at: cursor.current.span, "`=` binds a name, and can't stand inside an expression",
      help: "to compare, write \(code: "==")")
  }

  private func comparison() -> FlatToken? {
    switch cursor.current.kind {
    case .equal, .unequal, .less, .greater, .lessOrEqual, .greaterOrEqual: return cursor.current
    default: return nil
    }
  }

  private mutating func additive() throws -> Syntax.Expr {
    let start = cursor.index
    var left = try term()
    while cursor.at(.plus) || cursor.at(.minus) {
      let sign = cursor.current
      cursor.advance()
      left = try binary(sign, left, from: start) { try $0.term() }
    }
    return left
  }

  private mutating func term() throws -> Syntax.Expr {
    let start = cursor.index
    var left = try unary()
    while cursor.at(.star) || cursor.at(.slash) {
      let sign = cursor.current
      cursor.advance()
      left = try binary(sign, left, from: start) { try $0.unary() }
    }
    return left
  }

  private mutating func binary(
    _ sign: FlatToken, _ left: Syntax.Expr, from start: Int, _ operand: (inout Parser) throws -> Syntax.Expr
  ) throws -> Syntax.Expr {
    let leftHeight = height
    let right = try operand(&self)
    try grow(max(leftHeight, height), at: sign)
    return .binary(
      cursor.span(from: start), operator: Syntax.Ident(sign.span, name: sign.name), left: left, right: right)
  }

  /// Notes that an expression is one higher than its parts.
  mutating func grow(_ parts: Int, at token: FlatToken) throws {
    height = parts + 1
    if height > Self.tallestExpression {
      throw fail(
        "nesting-too-deep", at: token.span, "this expression has more than \(Self.tallestExpression) steps",
        help: "bind parts of it to names")
    }
  }

  /// `>>` is two signs to the lexer, since it may end types.
  private mutating func rejectShift() throws {
    let (first, second) = (cursor.current, cursor.ahead(1))
    guard second.kind == .greater || second.kind == .greaterOrEqual, second.span.start == first.span.end else { return }
    throw fail(
      "rejected-operator", at: first.span.union(second.span), "there is no operator `>>`",
      help: "use `Bits.shiftRight(a, n)`")
  }

  private mutating func unary() throws -> Syntax.Expr {
    guard cursor.at(.minus) else { return try postfix() }
    let start = cursor.index
    let sign = cursor.current
    cursor.advance()
    let value = try nested { try $0.unary() }
    try grow(height, at: sign)
    return .negate(cursor.span(from: start), value: value)
  }

  private mutating func postfix() throws -> Syntax.Expr {
    let start = cursor.index
    var value = try primary()
    while true {
      let sign = cursor.current
      switch sign.kind {
      case .dot: value = try member(of: value, from: start)
      case .question where cursor.ahead(1).kind == .bang:
        cursor.advance()
        cursor.advance()
        value = try product(value, from: start, propagates: true, sign: sign.span.union(cursor.previous.span))
      case .question:
        cursor.advance()
        value = .propagate(cursor.span(from: start), value: value)
      case .bang:
        cursor.advance()
        value = try product(value, from: start, propagates: false, sign: sign.span)
      case .openParen: throw badCallee(value, from: start)
      case .openBracket:
        try rejectIndex()
        return value
      default: return value
      }
      try grow(height, at: sign)
    }
  }

  private mutating func product(
    _ value: Syntax.Expr, from start: Int, propagates: Bool, sign: Span
  ) throws -> Syntax.Expr {
    guard case .tuple(_, let elements) = value else {
      throw fail(
        "product-form", at: sign, "`\(propagates ? "?!" : "!")` stands behind a tuple only",
        help: macroHelp(value)
          ?? (propagates
            ? "write the independent parts as a tuple: `(a, b)?!`"
            : "write the independent parts as a tuple: `(a, b)!`; `?` passes a failure on to the caller"))
    }
    return .product(cursor.span(from: start), elements: elements, propagates: propagates)
  }

  private mutating func badCallee(_ value: Syntax.Expr, from start: Int) -> ParseFailure {
    let help: Advice
    switch value {
    case .path(_, let path):
      help = "leave the parentheses out: `\(path.segments.map { $0.name.text }.joined(separator: "."))(...)`"
    case .call, .build, .update, .field, .propagate:
      help = "no function gives a function: call one by its name, with all its arguments at once"
    default: help = "call a function by its name"
    }
    return fail("bad-callee", at: cursor.span(from: start), "only a name can be called", help: help)
  }

  /// `.name` behind something that is no path, or `.name(args)`, which is right in verify blocks only.
  private mutating func member(of base: Syntax.Expr, from start: Int) throws -> Syntax.Expr {
    cursor.advance()
    guard cursor.at(.lower) else { throw expected("the name of a field behind the `.`") }
    let name = Syntax.Ident(cursor.current.span, name: cursor.current.name)
    cursor.advance()
    guard cursor.at(.openParen) else { return .field(cursor.span(from: start), base: base, name: name) }
    let baseHeight = height
    let arguments = try positionalArguments()
    height = max(height, baseHeight)
    return .project(cursor.span(from: start), base: base, name: name, arguments: arguments)
  }

  /// `(a, b)`, at the bracket.
  private mutating func positionalArguments() throws -> [Syntax.Expr] {
    let open = cursor.current
    cursor.advance()
    return try expressions(until: .closeParen, open)
  }

  /// Parses expressions up to the closing bracket; `height` is that of the tallest afterwards.
  ///
  /// - Parameter refuse: fails at what can't begin an expression.
  mutating func expressions(
    until close: TokenKind, _ open: FlatToken, refuse: (inout Parser) throws -> Void = { _ in }
  ) throws -> [Syntax.Expr] {
    var tallest = 0
    let elements = try nested { parser in
      try parser.list(until: close, open) { parser in
        try refuse(&parser)
        let element = try parser.expression()
        tallest = max(tallest, parser.height)
        return element
      }
    }
    height = tallest + 1
    return elements
  }
}
