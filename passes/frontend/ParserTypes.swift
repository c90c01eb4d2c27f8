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
    if cursor.at(.colon) { throw expected("a type", help: "one `:` stands between a name and its type") }
    if cursor.at(.fn) {
      throw expected(
        "a type",
        help: Advice("the type of a function is written `Fn(A, B) -> C`", edits: [Edit(cursor.current.span, "Fn")]))
    }
    let start = cursor.index
    if cursor.at(.openBracket) { return try bracketedType(of: nil, from: start) }
    if cursor.at(.upper), cursor.current.name == Self.functionType, cursor.ahead(1).kind == .openParen {
      return try functionType()
    }
    let name = try dottedName("a type")
    guard cursor.at(.less) else {
      if cursor.at(.openBracket), cursor.ahead(1).kind != .closeBracket {
        return try bracketedType(of: name, from: start)
      }
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

  /// `[A]` or `List[A]`, which other languages write.
  private mutating func bracketedType(of name: Syntax.Ident?, from start: Int) throws -> Syntax.TypeExpr {
    let open = cursor.current
    cursor.advance()
    if name == nil, isAtLineEnd || cursor.at(.closeBracket) {
      throw fail(
        "parse-error", at: open.span, "expected a type, found `[`", help: "the type of a list is written `List<A>`")
    }
    let known = diagnostics.count
    let parts = try list(until: .closeBracket, open) { try $0.type() }
    let span = cursor.span(from: start)
    if name?.name == "Callable", parts.count == 2, case .named(_, let list, let parameters) = parts[0],
      list.name == "List"
    {
      diagnostics.removeSubrange(known...)
      let meant = Syntax.TypeExpr.function(span, parameters: parameters, result: parts[1], effects: nil)
      report(
        .error("parse-error", at: span, "the type of a function is written with `Fn`", help: "\(code: meant.text)"))
      return meant
    }
    let written = Syntax.TypeExpr.named(span, name: name ?? Syntax.Ident(open.span, name: "List"), arguments: parts)
    let meant = written.fromPython ?? written
    let what =
      name == nil ? "the type of a list is written with its name" : "the parts of a type stand between `<` and `>`"
    report(.error("parse-error", at: span, what, help: "\(code: meant.text)"))
    return meant
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
    if cursor.at(.arrow) || cursor.at(.fatArrow) {
      let arrow = cursor.current
      throw fail(
        "paren-tuple-type", at: span, "a type is never written with parentheses",
        help: Advice(
          "the type of a function is written `Fn(A, B) -> C`",
          edits: [.insert("Fn", before: open.span)] + (arrow.kind == .fatArrow ? [Edit(arrow.span, "->")] : [])))
    }
    let help: Advice =
      parts.isEmpty
      ? "the type without a value of interest is \(code: "Unit")"
      : parts.count == 1
        ? Advice("leave the parentheses out", edits: [Edit(span, parts[0].text)])
        : "write \(code: "Tuple<\(parts.map(\.text).joined(separator: ", "))>")"
    report(.error("paren-tuple-type", at: span, "a type is never written with parentheses", help: help))
    if parts.count > 1 { return .named(span, name: Syntax.Ident(span, name: "Tuple"), arguments: parts) }
    return parts.first ?? .named(span, name: Syntax.Ident(span, name: "Unit"), arguments: [])
  }
}

extension Syntax.TypeExpr {
  /// The type whose parts have the names of Python's types; nil if one of them has another name in small letters.
  fileprivate var fromPython: Syntax.TypeExpr? {
    guard case .named(let span, let name, let arguments) = self else { return nil }
    let names: [Name: Name] = [
      "dict": "Map", "Dict": "Map", "list": "List", "tuple": "Tuple", "Optional": "Option", "str": "String",
      "int": "Int", "float": "Float", "bool": "Bool", "None": "Unit",
    ]
    guard let meant = names[name.name] ?? (name.name.text.first?.isUppercase == true ? name.name : nil) else {
      return nil
    }
    let parts = arguments.compactMap(\.fromPython)
    return parts.count == arguments.count
      ? .named(span, name: Syntax.Ident(name.span, name: meant), arguments: parts) : nil
  }

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
