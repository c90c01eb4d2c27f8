import Diagnostics
import Languages
import Nanopass

extension Parser {
  private static let functionType: Name = "Fn"

  /// Parses a type.
  mutating func type() throws -> Syntax.TypeExpr {
    try enter()
    defer { leave() }
    if cursor.at(.openParen) { return try parenthesisedType() }
    if cursor.at(.openBracket) { throw expected("a type", help: "the type of a list is written `List<A>`") }
    let start = cursor.index
    if cursor.at(.upper), cursor.current.name == Self.functionType, cursor.ahead(1).kind == .openParen {
      return try functionType()
    }
    let name = try dottedName("a type")
    guard cursor.at(.less) else {
      try rejectTypeSign()
      return .named(name.span, name: name, arguments: [])
    }
    let open = cursor.current
    cursor.advance()
    var arguments: [Syntax.TypeExpr] = []
    repeat {
      if !arguments.isEmpty, cursor.at(.greater) || cursor.at(.greaterOrEqual) { break }
      arguments.append(try type())
    } while cursor.take(.comma)
    if cursor.at(.greaterOrEqual) {
      let end = cursor.current.span
      cursor.takeGreaterOfGreaterOrEqual()
      var span = cursor.span(from: start)
      if end.length > 1 { span = span.union(Span(start: end.start, length: 1)) }
      return .named(span, name: name, arguments: arguments)
    }
    guard cursor.take(.greater) else { throw unclosed(.greater, open) }
    try rejectTypeSign()
    return .named(cursor.span(from: start), name: name, arguments: arguments)
  }

  /// `Fn(A, B) -> C ! [e]`
  private mutating func functionType() throws -> Syntax.TypeExpr {
    let start = cursor.index
    cursor.advance()
    let open = cursor.current
    cursor.advance()
    let parameters = try list(until: .closeParen, open) { try $0.type() }
    try expect(.arrow, "`->` and the result of the function type")
    let result = try type()
    var effects: Syntax.EffectLine?
    if cursor.at(.bang) {
      let line = cursor.index
      cursor.advance()
      let names = try effectNames()
      effects = Syntax.EffectLine(cursor.span(from: line), effects: names)
    }
    return .function(cursor.span(from: start), parameters: parameters, result: result, effects: effects)
  }

  /// Types are never written with parentheses; the likely meaning is told.
  private mutating func parenthesisedType() throws -> Syntax.TypeExpr {
    let start = cursor.index
    let open = cursor.current
    cursor.advance()
    let parts = try list(until: .closeParen, open) { try $0.type() }
    let span = cursor.span(from: start)
    if cursor.at(.arrow) {
      throw fail(
        "paren-tuple-type", at: span, "a type is never written with parentheses",
        help: "the type of a function is written `Fn(A, B) -> C`")
    }
    let help =
      parts.isEmpty
      ? "the type without a value of interest is `Unit`"
      : parts.count == 1
        ? "leave the parentheses out" : "write `Tuple<\(parts.map(\.text).joined(separator: ", "))>`"
    report(.error("paren-tuple-type", at: span, "a type is never written with parentheses", help: help))
    if parts.count > 1 { return .named(span, name: Syntax.Ident(span, name: "Tuple"), arguments: parts) }
    return parts.first ?? .named(span, name: Syntax.Ident(span, name: "Unit"), arguments: [])
  }
}

extension Syntax.TypeExpr {
  /// The type as it is written.
  var text: String {
    switch self {
    case .named(_, let name, let arguments):
      let parts = arguments.map(\.text).joined(separator: ", ")
      return name.name.text + (parts.isEmpty ? "" : "<\(parts)>")
    case .function(_, let parameters, let result, _):
      return "Fn(\(parameters.map(\.text).joined(separator: ", "))) -> \(result.text)"
    }
  }
}
