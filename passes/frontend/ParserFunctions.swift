import Diagnostics
import Languages
import Nanopass

extension Parser {
  /// Parses `fn ...` with its body.
  mutating func function() throws -> Syntax.Item {
    let start = cursor.index
    cursor.advance()
    let name = try declaredName("a function", .lower)
    if cursor.at(.less) {
      throw expected("`(` and the parameters", help: "functions of one's own have no type parameters")
    }
    let open = cursor.current
    try expect(
      .openParen, "`(` and the parameters",
      help: open.kind == .arrow
        ? "without parameters the brackets are empty: `fn \(name.name)()`"
        : open.kind == .lower ? "the parameters stand in brackets: `fn \(name.name)(\(open.name): Type)`" : nil)
    let parameters = try list(until: .closeParen, open) { try $0.parameter() }
    let result = cursor.take(.arrow) ? try type() : nil
    if !isAtLineEnd { throw unexpectedBehindHeader(hasResult: result != nil) }
    _ = cursor.take(.newline)
    guard cursor.take(.indent) else {
      if lostBody(of: name) { lacksBody = true } else { _ = missingBody(of: name) }
      return .function(
        cursor.span(from: start), name: name, parameters: parameters, result: result, description: nil, effects: nil,
        body: [])
    }
    let hasDescription = cursor.at(.question)
    let description = hasDescription ? recovering { try $0.description() } : nil
    let hasEffects = isAtEffectLine
    let effects = hasEffects ? recovering { try $0.effectLine() } : nil
    // A wrong line may have been meant as a statement.
    lacksHeader = hasEffects && effects == nil
    let isWrong = hasDescription && description == nil || lacksHeader
    if cursor.at(.dedent), !isWrong, !lostBody(of: name) { _ = missingBody(of: name) }
    let body = try block(of: "a function") { try $0.statement() }
    return .function(
      cursor.span(from: start), name: name, parameters: parameters, result: result, description: description,
      effects: effects, body: body)
  }

  private mutating func parameter() throws -> Syntax.Parameter {
    let start = cursor.index
    let token = cursor.current
    let name: Syntax.Ident
    if token.kind == .arrow { throw expected("a parameter or `)`", help: "close the list of parameters: `() -> ...`") }
    if cursor.take(.underscore) {
      name = Syntax.Ident(token.span, name: token.name)
    } else {
      if token.kind == .upper, cursor.ahead(1).kind != .colon {
        let next = cursor.ahead(1)
        throw expected(
          "a parameter",
          help: next.kind == .lower
            ? "a parameter is written \(code: "\(next.name): \(token.name)", at: token.span.union(next.span))"
            : "a parameter is written `name: Type`")
      }
      name = try declaredName("a parameter", .lower)
    }
    let isMutable = token.name == "mut" && cursor.at(.lower)
    try expect(
      .colon, "`:` and the type of the parameter",
      help: isMutable
        ? Advice(
          "leave `mut` out: values don't change",
          edits: [.remove(Span(start: token.span.start, length: cursor.current.span.start &- token.span.start))])
        : "every parameter has its type: `name: Type`")
    let written = try type()
    let type = try arrowType(behind: written) ?? written
    if cursor.at(.assign) {
      throw expected("`,` or `)`", help: "parameters have no default values: every call gives all arguments")
    }
    return Syntax.Parameter(cursor.span(from: start), name: name, ty: type)
  }

  private mutating func missingBody(of name: Syntax.Ident) -> ParseFailure {
    report(missingBodyError(of: name))
    lacksBody = true
    return ParseFailure()
  }

  /// Whether an error stands where the body should begin, so that its lines were not seen as such.
  private func lostBody(of name: Syntax.Ident) -> Bool {
    let token = cursor.at(.dedent) ? cursor.ahead(1) : cursor.current
    let next = token.span
    guard !next.isNone, next.start > name.span.end else { return false }
    let end = Self.itemStarts.contains(token.kind) ? next.start - 1 : next.end
    return knownErrors.cover(Span(start: name.span.end, length: end - name.span.end))
  }

  private func missingBodyError(of name: Syntax.Ident) -> Diagnostic {
    .error(
      "missing-body", at: name.span, "the function `\(name.name)` has no statements",
      help: "add them on indented lines below; the last one is the result")
  }

  private mutating func unexpectedBehindHeader(hasResult: Bool) -> ParseFailure {
    let token = cursor.current
    switch token.kind {
    case .colon:
      return expected(
        "the end of the line",
        help: hasResult || cursor.ahead(1).kind == .newline
          ? Advice("leave the `:` out", edits: [.remove(token.span)])
          : Advice("the result type stands behind `->`", edits: [Edit(token.span, " ->")])
      )
    case .fatArrow where !hasResult && cursor.ahead(1).kind == .upper:
      return expected(
        "the end of the line", help: Advice("the result type stands behind `->`", edits: [Edit(token.span, "->")]))
    case .upper where !hasResult:
      return expected(
        "`->` and the result type, or the end of the line",
        help: Advice("the result type stands behind `->`", edits: [.insert("-> ", before: token.span)]))
    case .bang: return expected("the end of the line", help: "effects stand on a line of their own below")
    case .assign, .fatArrow, .openBrace, .openParen, .openBracket, .lower, .upper, .integer, .float, .stringStart,
      .true, .false, .match, .minus:
      return fail(
        "missing-body", at: token.span, "the body of a function stands on lines of its own",
        help: Advice(
          "move it to indented lines below the header, without `=` or braces",
          edits: token.kind == .assign && cursor.ahead(1).kind == .newline
            ? [.remove(token.span)] : []))
    default: return expected("the end of the line behind the function's header")
    }
  }

  private mutating func description() throws -> String {
    cursor.advance()
    let first = try plainText("the description")
    try expectLineEnd(after: "the description")
    return try moreText("the description", after: [first])
  }

  /// Whether a list of effects follows, or the name of one whose brackets were forgotten; `!a` is a rejected operator.
  private var isAtEffectLine: Bool {
    guard cursor.at(.bang) else { return false }
    let offset = cursor.ahead(1).kind == .openParen ? 1 : 0
    let (next, dot, method) = (cursor.ahead(offset + 1), cursor.ahead(offset + 2), cursor.ahead(offset + 3))
    guard next.kind == .upper else { return next.kind == .openBracket || next.kind == .newline }
    guard let space = EffectOperation.namespaces.first(where: { $0.name == next.name.text }) else { return false }
    return dot.kind != .dot || space.methods.contains(method.name.text) && cursor.ahead(offset + 4).kind != .openParen
  }

  private mutating func effectLine() throws -> Syntax.EffectLine {
    let start = cursor.index
    cursor.advance()
    if !cursor.at(.openBracket) {
      var (distance, close) = (1, Span.none)
      while !cursor.ahead(distance).isLayout, cursor.ahead(distance).kind != .end {
        close = cursor.ahead(distance).kind == .closeParen ? cursor.ahead(distance).span : .none
        distance += 1
      }
      throw expected(
        "`[` and a list of effects",
        help: Advice(
          "`! [Console.print]`",
          edits: cursor.at(.openParen) && !close.isNone ? [Edit(cursor.current.span, "["), Edit(close, "]")] : []))
    }
    let names = try effectNames()
    let line = Syntax.EffectLine(cursor.span(from: start), effects: names)
    try expectLineEnd(after: "the effects")
    return line
  }
}
