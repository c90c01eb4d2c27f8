import Diagnostics
import Languages
import Nanopass

extension Parser {
  private static let fieldNames: [Name] = ["date", "author", "reason", "chosen", "rejected", "impacts"]
  private static let reason: Name = "reason", date: Name = "date", author: Name = "author"
  private static let chosen: Name = "chosen", rejected: Name = "rejected"

  /// Parses `decision D` with its fields.
  mutating func decision() throws -> Syntax.Item {
    let start = cursor.index
    cursor.advance()
    let name = try declaredName("a decision", .upper)
    try expectLineEnd(after: "the name of the decision")
    guard cursor.take(.indent) else {
      throw fail(
        "parse-error", at: name.span, "a decision needs indented lines below it", help: "add `reason = \"...\"`")
    }
    var seen: [Name: Span] = [:]
    let fields = try block(of: "a decision") { parser in
      let word = parser.cursor.current
      let field = try parser.decisionField()
      if let first = seen.updateValue(word.span, forKey: word.name) {
        parser.diagnostics.append(
          .error(
            "duplicate-clause", at: word.span, "`\(word.name)` is given twice", help: "join both",
            regions: [Region(first, "given here first")]))
      }
      return field
    }
    return .decision(cursor.span(from: start), name: name, fields: fields)
  }

  private mutating func decisionField() throws -> Syntax.DecisionField {
    let start = cursor.index
    let word = cursor.current
    guard word.kind == .lower, Self.fieldNames.contains(word.name) else {
      throw expected("`date`, `author`, `reason`, `chosen`, `rejected` or `impacts`")
    }
    cursor.advance()
    try expect(
      .assign, "`=` and the value",
      help: cursor.at(.colon) ? Advice("write `=` in place of `:`", edits: [Edit(cursor.current.span, "=")]) : nil)
    if word.name == Self.reason {
      let text = try textClause("the reason")
      return .reason(cursor.span(from: start), text: text)
    }
    let field: Syntax.DecisionField
    if word.name == Self.date || word.name == Self.author {
      let text = try plainText("the \(word.name)")
      let span = cursor.span(from: start)
      field = word.name == Self.date ? .date(span, text: text) : .author(span, text: text)
    } else if word.name == Self.chosen {
      let reference = try reference()
      field = .chosen(cursor.span(from: start), reference: reference)
    } else {
      let open = cursor.current
      try expect(.openBracket, "`[` and a list", help: "write brackets around it, also around a single one")
      let references = try list(until: .closeBracket, open) { try $0.reference() }
      let span = cursor.span(from: start)
      field =
        word.name == Self.rejected
        ? .rejected(span, references: references) : .impacts(span, references: references)
    }
    try expectLineEnd(after: "the value")
    return field
  }

  private mutating func reference() throws -> Syntax.Reference {
    let start = cursor.index
    if cursor.at(.stringStart) {
      let text = try plainText("a reference")
      return .text(cursor.span(from: start), text: text)
    }
    let path = try path()
    return .path(path.span, path: path)
  }
}
