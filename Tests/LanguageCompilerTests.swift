import Foundation
import LanguageCompiler
import Testing

/// What the language compiler says of wrong definitions, and that it is deterministic.
@Suite struct LanguageCompilerTests {
  static let base = """
    /// Numbers and sums.
    /// Invariant: small. No number is large.
    language Base
    root Root

    nonterminal Root
      + root(body: Expr)

    nonterminal Expr
      + number(value: Integer)
      + add(left: Expr, right: Expr)
    """

  private func message(_ child: String, base: String = base) -> String {
    do {
      _ = try LanguageFamily(files: [("Base.lang", base), ("Child.lang", child)])
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("language Child extends Nowhere", "Child.lang:1: error: `Child` extends `Nowhere`, which no file declares"),
    ("language Child extends Child", "Child.lang:1: error: `Child` extends `Child`"),
    ("language Base\nroot Root\nnonterminal Root\n  + root", "Child.lang:1: error: `Base` is declared twice"),
    ("language Child", "Child.lang:1: error: `root NONTERMINAL` is missing"),
    ("language Child of Base", "Child.lang:1: error: write `language NAME` or `language NAME extends PARENT`"),
    ("", "a `.lang` file starts with `language NAME`"),
    ("language Child extends Base\nlanguage Other", "Child.lang:2: error: one file holds one language"),
    ("language Child extends Base\n\nroot", "Child.lang:3: error: write `root NONTERMINAL`"),
    ("language Child extends Base\nroot Nothing", "the root `Nothing` is not declared"),
    ("language Child extends Base\nwhatever", "Child.lang:2: error: expected `language`, `root`"),
    (
      "language Child extends Base\nnonterminal Expr\n  - sub",
      "Child.lang:3: error: `Expr` has no form `sub` to remove"
    ),
    (
      "language Child extends Base\nnonterminal Expr\n  + add(left: Expr)",
      "Child.lang:3: error: `Expr` has a form `add` already; remove it first"
    ),
    ("language Child extends Base\n- nonterminal Sum", "Child.lang:2: error: there is no nonterminal `Sum` to remove"),
    (
      "language Child extends Base\nnonterminal Expr\n  + neg(value: Expression)",
      "mentions `Expression`, which is not declared"
    ),
    (
      "language Child extends Base\nnonterminal Expr\n  + neg(value Expr)",
      "Child.lang:3: error: write a field as `name: Kind`"
    ),
    (
      "language Child extends Base\nnonterminal Expr\n  + neg(a: Expr, a: Expr)",
      "Child.lang:3: error: two fields of one name"
    ),
    ("language Child extends Base\nnonterminal Expr\n  + neg(value: Expr", "Child.lang"),
    ("language Child extends Base\nnonterminal Expr\n  + 1up(value: Expr)", "Child.lang:3: error: `1up` is no name"),
    ("language Child extends Base\nnonterminal Expr\n  - number", "has no finite tree"),
    ("language Child extends Base\nnonterminal Empty", "`Empty` has no form"),
    ("language Child extends Base\nnonterminal Type\n  + int", "`Type` collides with Swift's metatypes"),
    ("language Child extends Base\nnonterminal Expr\nattribute ty: Integer", "lacks its attribute `ty`"),
    ("/// Invariant: nameless\nlanguage Child extends Base", "Child.lang:2: error: write `Invariant: name. Sentence.`"),
  ]) func mistakesAreNamed(_ child: String, _ expected: String) {
    let found = message(child)
    #expect(found.contains(expected), "`\(found)` lacks `\(expected)`")
    #expect(found.contains(#/^\w+\.lang:\d+: error: /#), "`\(found)` has no place")
  }

  @Test func changesAreApplied() throws {
    let child = "language Child extends Base\nnonterminal Expr\n  - add\n  + neg(value: Expr)\n"
    let family = try LanguageFamily(files: [("Child.lang", child), ("Base.lang", Self.base)])
    #expect(family.languages.map(\.name) == ["Base", "Child"])
    let forms = family.language("Child")?.nonterminal("Expr")?.forms.map(\.name)
    #expect(forms == ["number", "neg"])
    #expect(family.language("Base")?.invariants.map(\.name) == ["small"])
  }

  @Test func unchangedNonterminalsAreShared() throws {
    let child = "language Child extends Base\nnonterminal Root\n  - root\n  + roots(bodies: Expr+)\n"
    let family = try LanguageFamily(files: [("Base.lang", Self.base), ("Child.lang", child)])
    #expect(family.language("Child")?.sharedWith == ["Expr": "Base"])
  }

  @Test func equalFilesGiveEqualText() throws {
    let files = try Repository.entries("Sources/Languages").filter { $0.hasSuffix(".lang") }
      .map { (name: $0, text: try Repository.text("Sources/Languages/\($0)")) }
    #expect(files.count >= 16)
    let first = try LanguageFamily(files: files)
    let second = try LanguageFamily(files: files.reversed())
    let texts = first.languages.map { first.swiftSource(of: $0) }
    #expect(Set(texts).count == files.count)
    for (language, text) in zip(first.languages, texts) {
      let again = try #require(second.language(language.name))
      #expect(second.swiftSource(of: again) == text)
    }
  }

  @Test func wrongFilesNeverTrap() {
    var random = SystemRandomNumberGenerator()
    let bytes = Array(Self.base.utf8)
    for _ in 0..<500 {
      var changed = bytes
      for _ in 0..<3 {
        let place = Int.random(in: 0..<changed.count, using: &random)
        if Bool.random(using: &random) {
          changed.remove(at: place)
        } else {
          changed[place] = UInt8.random(in: 10..<127)
        }
      }
      _ = message("language Child extends Base", base: String(decoding: changed, as: UTF8.self))
    }
  }

  // MARK: The library of WebAssembly

  @Test func declarationsStandForEachKind() throws {
    let text = """
      ; What stands between declarations is a comment.
      (array plain i8)
      (kinds KIND | ELEMENT | (MORE) | MORE
        bytes | i32 | |
        floats | f64 | (last f64) | last)
      (array elements.KIND (mutable ELEMENT))
      (function get.KIND [(at i32) (MORE)] [ELEMENT]
        (return (of at MORE)))
      """
    let forms = try libraryForms([("Some.wir", text)])
    #expect(
      forms == [
        "plain": "(array plain i8)",
        "elements.bytes": "(array elements.bytes (mutable i32))",
        "elements.floats": "(array elements.floats (mutable f64))",
        "get.bytes": "(function get.bytes [(at i32) ] [i32]\n  (return (of at )))",
        "get.floats": "(function get.floats [(at i32) (last f64)] [f64]\n  (return (of at last)))",
      ])
  }

  @Test(arguments: [
    ("(kinds KIND | ELEMENT\n  bytes)\n", 2), ("(array a i8)\n(array a i8)\n", 2), ("(array)\n", 1), ("(array a\n", 1),
  ]) func mistakesInTheLibraryAreNamed(_ text: String, _ line: Int) throws {
    let error = #expect(throws: DefinitionError.self) { try libraryForms([("Some.wir", text)]) }
    #expect(error?.line == line)
  }
}
