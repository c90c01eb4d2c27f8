import Diagnostics
import Languages
import Nanopass

extension Parser {
  private static let intent: Name = "intent", depends: Name = "depends", exposes: Name = "exposes"
  private static let opaque: Name = "opaque", effects: Name = "effects"
  /// The words that begin the clauses of a header.
  static let clauses: [Name] = [intent, depends, exposes, effects]

  /// Parses a whole file.
  mutating func file() -> (header: Syntax.Header?, items: [Syntax.Item]) {
    var header: Syntax.Header?
    for token in cursor.takeKeywordsAsNames() {
      report(
        .error(
          "parse-error", at: token.span, "the keyword `\(token.name)` can't be a name", help: "choose another name"))
    }
    if cursor.at(.module) { header = recovering { try $0.header() } }
    var items: [Syntax.Item] = []
    loseWrongLines()
    while !cursor.at(.end) {
      if cursor.at(.dedent) || cursor.at(.newline) {
        cursor.advance()
      } else if cursor.at(.indent) {
        if !lacksBody { reportIndent() }
        cursor.skipBlock()
        // A statement at the first column before it may have been meant as part of the item above.
        if case .statement? = items.last, let last = items.popLast() { _ = remains(of: last) }
        if let last = items.popLast(), let rest = remains(of: last) { items.append(rest) }
      } else if cursor.at(.module), header == nil, items.isEmpty {
        // What stands before it has been reported.
        header = recovering { try $0.header() }
      } else if let item = understoodItem() {
        items.append(item)
      }
    }
    return (header, items)
  }

  private mutating func header() throws -> Syntax.Header {
    let start = cursor.index
    cursor.advance()
    let name = try modulePath()
    try expectLineEnd(after: "the name of the module")
    let clauses = cursor.take(.indent) ? try block(of: "a module header") { try $0.clause() } : []
    return Syntax.Header(cursor.span(from: start), name: name, clauses: clauses)
  }

  private mutating func clause() throws -> Syntax.Clause {
    let start = cursor.index
    let word = cursor.current
    if word.kind != .module, Self.itemStarts.contains(word.kind) { throw misplacedItem() }
    guard word.kind == .lower else { throw expectedClause() }
    let clause: Syntax.Clause
    switch word.name {
    case Self.intent:
      cursor.advance()
      try expect(
        .assign, "`=` and the intent",
        help: cursor.at(.stringStart)
          ? Advice("`intent = \"...\"`", edits: [.insert("= ", before: cursor.current.span)])
          : cursor.at(.colon)
            ? Advice("`intent = \"...\"`", edits: [Edit(cursor.current.span, " =")]) : "`intent = \"...\"`")
      let text = try textClause("the intent")
      return .intent(cursor.span(from: start), text: text)
    case Self.depends:
      cursor.advance()
      let open = cursor.current
      try expect(.openBracket, "`[` and a list of modules", help: bracketHelp("`depends [A, B.C]`"))
      let modules = try list(until: .closeBracket, open) { try $0.modulePath() }
      clause = .depends(cursor.span(from: start), modules: modules)
    case Self.exposes:
      cursor.advance()
      let isOpaque = cursor.at(word: Self.opaque)
      if isOpaque { cursor.advance() }
      let names = try exposedNames()
      let span = cursor.span(from: start)
      clause = isOpaque ? .exposesOpaque(span, names: names) : .exposes(span, names: names)
    case Self.effects:
      cursor.advance()
      let names = try effectNames()
      clause = .effects(cursor.span(from: start), effects: names)
    default: throw expectedClause()
    }
    try expectLineEnd(after: "the clause")
    lacksClause = false
    return clause
  }

  /// What other languages call the clauses of a header.
  private static let foreignClauses: [Name: Advice] = {
    let (depends, exposes): (Advice, Advice) = (
      "other modules are named by `depends [A, B]`", "what others see is named by `exposes [f, T]`"
    )
    let names: [(Name, Advice)] =
      ["import", "imports", "use", "uses", "using", "require", "requires"].map { ($0, depends) }
      + ["export", "exports", "exposing", "provides", "public"].map { ($0, exposes) }
    return Dictionary(uniqueKeysWithValues: names)
  }()

  private mutating func expectedClause() -> ParseFailure {
    // Lines below one that is no clause belong to the same mistake.
    if lacksClause || isBelowKnownError { return ParseFailure() }
    lacksClause = true
    let near =
      Self.foreignClauses[cursor.current.name]
      ?? didYouMean(nearestNames(to: cursor.current.name.text, among: Self.clauses.map(\.text)))
    return expected(
      "`intent`, `depends`, `exposes` or `effects`", help: near ?? "declarations stand at the first column")
  }

  private mutating func exposedNames() throws -> [Syntax.Ident] {
    let open = cursor.current
    try expect(
      .openBracket, "`[` and a list of names",
      help: cursor.at(.star) || cursor.at(.range)
        ? "without the clause everything is exposed: leave it out"
        : bracketHelp("write brackets around the names: `exposes [f, T]`"))
    return try list(until: .closeBracket, open) { parser in
      let token = parser.cursor.current
      guard token.kind == .lower || token.kind == .upper else {
        let isAll = token.kind == .range || token.kind == .star
        throw parser.expected(
          "a name of this module",
          help: isAll
            ? "without the clause everything is exposed: leave it out"
            : token.kind == .stringStart ? "names stand without quotes" : nil)
      }
      parser.cursor.advance()
      return Syntax.Ident(token.span, name: token.name)
    }
  }

  /// Advice for a list that begins with `[`, behind a sign that does not belong there.
  func bracketHelp(_ text: String) -> Advice {
    guard [.colon, .assign, .bang].contains(cursor.current.kind), cursor.ahead(1).kind == .openBracket else {
      return Advice(text)
    }
    return Advice(
      "leave the `\(cursor.current.name)` out: \(text)",
      edits: [
        Edit(Span(start: cursor.previous.span.end, length: cursor.ahead(1).span.start &- cursor.previous.span.end), " ")
      ])
  }

  /// Words that stand before declarations in other languages.
  private static let modifiers: Set<Name> = ["pub", "public", "export", "private", "async", "static", "inline"]

  mutating func item() throws -> Syntax.Item {
    let start = cursor.index
    if Self.itemStarts.contains(cursor.current.kind) { lacksBody = false }
    if cursor.at(.lower), let above = signature {
      if cursor.current.name == above { throw ParseFailure() }
      signature = nil
    }
    switch cursor.current.kind {
    case .fn: return try function()
    case .type: return try sum()
    case .record: return try record()
    case .verify: return try verifyBlock()
    case .decision: return try decision()
    case .lower where Self.modifiers.contains(cursor.current.name) && Self.itemStarts.contains(cursor.ahead(1).kind):
      let word = cursor.current
      report(
        .error(
          "parse-error", at: word.span, "there is no keyword `\(word.name)`",
          help: foreignWordHelp(word.name).by(
            .remove(Span(start: word.span.start, length: cursor.ahead(1).span.start &- word.span.start)))))
      cursor.advance()
      return try item()
    case .lower where isHeaderWithoutKeyword:
      let name = cursor.current
      throw fail(
        "parse-error", at: name.span, "a function begins with `fn`", help: "`fn \(name.name)(...)`")
    default:
      let statement = try statement()
      return .statement(cursor.span(from: start), statement: statement)
    }
  }

  /// Whether `f(x:` or `f() ->` follows.
  private var isHeaderWithoutKeyword: Bool {
    guard cursor.ahead(1).kind == .openParen else { return false }
    return cursor.ahead(2).kind == .lower && cursor.ahead(3).kind == .colon
      || cursor.ahead(2).kind == .closeParen && cursor.ahead(3).kind == .arrow
  }

  private mutating func sum() throws -> Syntax.Item {
    let start = cursor.index
    cursor.advance()
    if cursor.at(.lower), cursor.ahead(1).kind == .upper {
      throw expected("the name of the type", help: "a type has no second name")
    }
    let name = try declaredName("a type", .upper)
    try rejectTypeParameters()
    if cursor.at(.assign) {
      throw expected(
        "the end of the line",
        help: cursor.ahead(1).kind == .openBrace
          ? "a record begins with `record`, and its fields stand on indented lines below: `name: Type`"
          : "variants stand on the lines below; a type has no second name")
    }
    try expectLineEnd(after: "the name of the type")
    let variants = try declarationBlock("a type", name, "variants, one on each line") { parser in
      let start = parser.cursor.index
      let name = try parser.declaredName("a variant", .upper)
      let fields = try parser.variantFields()
      let variant = Syntax.Variant(parser.cursor.span(from: start), name: name, fields: fields)
      try parser.expectLineEnd(after: "the variant")
      return variant
    }
    return .sum(cursor.span(from: start), name: name, variants: variants)
  }

  private mutating func variantFields() throws -> [Syntax.TypeExpr] {
    guard cursor.at(.openParen) else { return [] }
    let open = cursor.current
    cursor.advance()
    if cursor.at(.closeParen) {
      throw fail(
        "parse-error", at: open.span.union(cursor.current.span), "a variant without fields has no parentheses",
        help: Advice("leave the `()` out", edits: [.remove(open.span.union(cursor.current.span))]))
    }
    return try list(until: .closeParen, open) { parser in
      let name = parser.cursor.current
      if name.kind == .lower, parser.cursor.ahead(1).kind == .colon {
        throw parser.fail(
          "parse-error", at: name.span.union(parser.cursor.ahead(1).span), "the fields of a variant have no names",
          help: "write their types alone, or declare a record and make it the only field")
      }
      return try parser.type()
    }
  }

  private mutating func record() throws -> Syntax.Item {
    let start = cursor.index
    cursor.advance()
    let name = try declaredName("a record", .upper)
    try rejectTypeParameters()
    try expectLineEnd(after: "the name of the record")
    let fields = try declarationBlock("a record", name, "fields `name: Type`, one on each line") { parser in
      let start = parser.cursor.index
      let name = try parser.declaredName("a field", .lower)
      let sign = parser.cursor.current
      try parser.expect(
        .colon, "`:` and the type of the field",
        help: sign.kind == .question
          ? "a field that may be missing is an `Option`: `\(name.name): Option<A>`"
          : sign.kind == .assign && parser.cursor.ahead(1).kind == .upper
            ? Advice(
              "a field is written `name: Type`",
              edits: [
                .remove(Span(start: name.span.end, length: sign.span.start &- name.span.end)), Edit(sign.span, ":"),
              ])
            : "a field is written `name: Type`")
      let type = try parser.type()
      let field = Syntax.FieldType(parser.cursor.span(from: start), name: name, ty: type)
      if parser.cursor.at(.assign) {
        throw parser.expected(
          "the end of the line", help: "fields have no values of their own: each record is built with all of them")
      }
      try parser.expectLineEnd(after: "the field")
      return field
    }
    return .record(cursor.span(from: start), name: name, fields: fields)
  }

  private mutating func rejectTypeParameters() throws {
    guard cursor.at(.less) else { return }
    throw expected(
      "the end of the line", help: "types of one's own have no parameters; write one for each element type")
  }

  private mutating func declarationBlock<Element>(
    _ what: String, _ name: Syntax.Ident, _ content: String, _ line: (inout Parser) throws -> Element
  ) throws -> [Element] {
    guard cursor.take(.indent) else {
      lacksBody = true
      throw fail("parse-error", at: name.span, "\(what) needs indented lines below it", help: "add \(content)")
    }
    let known = diagnostics.count
    defer { joinRepeated(since: known) }
    return try block(of: what) { parser in
      let first = parser.cursor.current.kind
      if first != .module, Self.itemStarts.contains(first) { throw parser.misplacedItem() }
      return try line(&parser)
    }
  }

  /// Makes one error of those that ask for the same change in several lines of a declaration.
  private mutating func joinRepeated(since known: Int) {
    var joined: [Diagnostic] = []
    for error in diagnostics[known...] {
      let same = joined.firstIndex {
        $0.summary == error.summary && $0.repair.saysTheSame(as: error.repair) && $0.slug == error.slug
      }
      if let same, error.repair.primary?.hasPrefix("leave the") == true {
        joined[same].regions.append(Region(error.span, "here too"))
      } else {
        joined.append(error)
      }
    }
    diagnostics.replaceSubrange(known..., with: joined)
  }

}
