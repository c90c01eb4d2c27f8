import Diagnostics
import Languages
import Nanopass

extension Parser {
  /// What the first letter of a declared name must be.
  enum NameCase {
    /// Functions, parameters, bindings, fields, laws, givens.
    case lower
    /// Modules, types, variants, decisions.
    case upper
  }

  /// Takes the name of something declared here; `what` is its kind with an article. The wrong case is reported and
  /// accepted.
  mutating func declaredName(_ what: String, _ wanted: NameCase, help: Advice? = nil) throws -> Syntax.Ident {
    let token = cursor.current
    guard token.kind == .lower || token.kind == .upper else {
      if TokenKind.keywords[token.name] != nil {
        throw expected("the name of \(what)", help: "`\(token.name)` is a keyword; choose another name")
      }
      throw expected("the name of \(what)", help: help)
    }
    cursor.advance()
    checkDeclared(token, what, wanted)
    return Syntax.Ident(token.span, name: token.name)
  }

  /// Reports a declared name with the wrong case or a reserved one.
  mutating func checkDeclared(_ token: FlatToken, _ what: String, _ wanted: NameCase) {
    let text = token.name.text
    if text.utf8.starts(with: "__".utf8) {
      report(
        .error(
          "reserved-name", at: token.span, "names that begin with two underscores are reserved",
          help: renaming(token, to: "_\(text.drop { $0 == "_" })")))
    } else if (token.kind == .upper) != (wanted == .upper) {
      unread.insert(token.name)
      let letter = wanted == .upper ? "an upper-case" : "a lower-case"
      let letters = wanted == .upper ? text.drop { $0 == "_" } : text[...]
      let first = letters.prefix(1)
      let mended = (wanted == .upper ? first.uppercased() : first.lowercased()) + letters.dropFirst()
      // Uses may have the right case.
      unread.insert(Name(mended))
      report(
        .error(
          "bad-name-case", at: token.span, "the name of \(what) begins with \(letter) letter",
          help: mended == text || mended.isEmpty ? nil : renaming(token, to: mended)))
    }
  }

  /// How many places of a name are changed at most.
  private static let mostRenamed = 50

  /// Advice to give something another name, wherever it stands in the file.
  private func renaming(_ token: FlatToken, to name: String) -> Advice {
    // Where very much is wrong nobody renames one thing after the other.
    guard diagnostics.count < Self.mostRenamed else { return Advice("`\(name)`") }
    let tokens = (0..<cursor.count).lazy.map { cursor.token(at: $0) }
    // Where the right name is used the wrong one may mean something else.
    guard !tokens.contains(where: { $0.name == Name(name) }) else { return Advice("\(code: name)").at(token.span) }
    let places = tokens.filter { $0.name == token.name && $0.kind == token.kind }.prefix(Self.mostRenamed)
    return Advice("`\(name)`", edits: places.map { Edit($0.span, name) })
  }

  /// Takes a dotted name of any case as one; `what` is told when there is none.
  mutating func dottedName(_ what: String) throws -> Syntax.Ident {
    let start = cursor.index
    guard cursor.at(.lower) || cursor.at(.upper) else { throw expected(what) }
    let first = cursor.current.name
    cursor.advance()
    guard cursor.at(.dot) else { return Syntax.Ident(cursor.span(from: start), name: first) }
    var text = first.text
    while cursor.take(.dot) {
      guard cursor.at(.lower) || cursor.at(.upper) else { throw expected("a name behind the `.`") }
      text += "." + cursor.current.name.text
      cursor.advance()
    }
    return Syntax.Ident(cursor.span(from: start), name: Name(text))
  }

  /// Takes a dotted name whose segments all begin with upper-case letters.
  mutating func modulePath() throws -> Syntax.Ident {
    let start = cursor.index
    if cursor.at(.stringStart) { throw expected("the name of a module", help: "write it without quotes") }
    if cursor.at(.range) || cursor.at(.dot) {
      throw expected("the name of a module", help: "modules are named from the module root, as in `A.B`")
    }
    let known = diagnostics.count
    var text = try declaredName("a module", .upper).name.text
    while cursor.take(.dot) { text += "." + (try declaredName("a module", .upper)).name.text }
    // One name is one mistake.
    if diagnostics.count > known + 1 { diagnostics.removeLast(diagnostics.count - known - 1) }
    return Syntax.Ident(cursor.span(from: start), name: Name(text))
  }

  /// Takes the segments of a dotted name.
  mutating func path() throws -> Syntax.Path {
    let start = cursor.index
    var segments: [Syntax.Ident] = []
    repeat {
      let token = cursor.current
      guard token.kind == .lower || token.kind == .upper else {
        throw expected(
          segments.isEmpty ? "a name" : "a name behind the `.`",
          help: cursor.at(.integer) ? "take a tuple apart by `match` with the arm `(a, b) -> ...`" : nil)
      }
      segments.append(Syntax.Ident(token.span, name: token.name))
      cursor.advance()
    } while cursor.take(.dot)
    return Syntax.Path(cursor.span(from: start), segments: segments)
  }

  /// Takes `[A.b, C, _]`.
  mutating func effectNames() throws -> [Syntax.Ident] {
    let open = cursor.current
    try expect(
      .openBracket, "`[` and a list of effects", help: bracketHelp("write brackets around them: `[Console.print]`"))
    return try list(until: .closeBracket, open) { parser in
      if parser.cursor.at(.underscore) {
        let token = parser.cursor.current
        parser.cursor.advance()
        return Syntax.Ident(token.span, name: token.name)
      }
      return try parser.dottedName("an effect such as `Console.print`")
    }
  }
}
