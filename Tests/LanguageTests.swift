import Diagnostics
import Foundation
import Fuzzing
import Languages
import Nanopass
import Passes
import Testing

/// What is derived from a language's definition, tried on random programs of every language.
@Suite struct LanguageTests {
  /// The languages of the pipeline in order.
  static let languages: [any Language.Type] = allStages.flatMap { [$0.input, $0.output] }
    .reduce(into: []) { list, language in
      if !list.contains(where: { $0.name == language.name }) { list.append(language) }
    }
  static let names = languages.map { $0.name }

  private func language(_ name: String) throws -> any Language.Type {
    guard let found = Self.languages.first(where: { $0.name == name }) else { throw Problem("no language \(name)") }
    return found
  }

  /// Calls `body` with random programs.
  private func forEachProgram(of name: String, count: UInt64, _ body: @escaping @Sendable (AnyProgram) throws -> Void)
    throws
  {
    @Sendable func programs<L: Language>(_ language: L.Type) throws {
      for seed in 0..<count {
        var source = RandomSource(seed: seed &* 7919, depthLimit: 4 + Int(seed % 3))
        try body(AnyProgram(language, L.Root.random(&source)))
      }
    }
    let found = try language(name)
    try onLargeStack { try programs(found) }
  }

  @Test func thereAreAllThatTheArchitectureNames() {
    for name in [
      "Tokens", "Syntax", "Program", "Resolved", "Typed", "Kernel", "Mono", "Switch", "Core", "Loops", "Services",
      "Shaped", "Counted", "Machine",
    ] { #expect(Self.names.contains(name)) }
  }

  @Test(arguments: names) func whatIsPrintedIsReadBack(_ name: String) throws {
    try forEachProgram(of: name, count: 60) { program in
      let text = Printer.text(of: program.root)
      let again = try read(program.language, text)
      try expectEqual(program, again)
      guard Printer.text(of: again.root) == text else {
        throw Problem("\(program.language.name): \(firstDifference(text, Printer.text(of: again.root)))")
      }
    }
  }

  @Test(arguments: names) func equalityAndHashIgnorePlaces(_ name: String) throws {
    try forEachProgram(of: name, count: 20) { program in
      let placed = try read(program.language, Printer.text(of: program.root), textBase: 1000)
      try expectEqual(program, placed)
    }
  }

  @Test(arguments: names) func differentProgramsDiffer(_ name: String) throws {
    @Sendable func compare<L: Language>(_ language: L.Type) throws {
      var programs: [(root: L.Root, text: String)] = []
      for seed in 0..<12 {
        var source = RandomSource(seed: UInt64(seed), depthLimit: 3)
        let root = L.Root.random(&source)
        programs.append((root, Printer.text(of: root)))
      }
      for left in programs {
        for right in programs where (left.root == right.root) != (left.text == right.text) {
          throw Problem("equality and text disagree:\n\(left.text)\(right.text)")
        }
      }
    }
    let found = try language(name)
    try onLargeStack { try compare(found) }
  }

  @Test(arguments: names) func randomProgramsHaveTheRightStructure(_ name: String) throws {
    try forEachProgram(of: name, count: 30) { program in
      let broken = violations(program.language, program).filter { $0.invariant == "structure" }
      guard broken.isEmpty else { throw Problem(broken.map(\.text).joined()) }
    }
  }

  /// Any change to a text gives an error with a place in it, or a program that prints and reads back.
  @Test(arguments: names) func damagedTextIsRefusedOrRead(_ name: String) throws {
    try forEachProgram(of: name, count: 25) { program in
      let bytes = Array(Printer.text(of: program.root).utf8)
      var random = RandomSource(seed: UInt64(bytes.count))
      for _ in 0..<8 {
        let text = String(decoding: mutate(bytes, &random), as: UTF8.self)
        do {
          let changed = try read(program.language, text)
          try expectEqual(changed, try read(program.language, Printer.text(of: changed.root)))
        } catch let error as ReadError {
          guard (0...text.utf8.count).contains(error.offset) else {
            throw Problem("an error beyond the text: \(error)")
          }
        }
      }
    }
  }

  @Test(arguments: names) func everyInvariantHasASentence(_ name: String) throws {
    func check<L: Language>(_ language: L.Type) {
      #expect(!L.invariants.isEmpty, "\(L.name) states no invariant")
      for invariant in L.invariants { #expect(invariant.statement.hasSuffix(".")) }
      #expect(!L.summary.isEmpty)
    }
    check(try language(name))
  }

  @Test func definitionsHaveDistinctHashes() {
    #expect(Set(Self.languages.map { $0.definitionHash }).count == Self.languages.count)
  }

  @Test func aMisspeltFormIsExplained() throws {
    #expect {
      _ = try read(Machine.self, "(program [] [(function f [] [word] [(block b.0 [] [] (retrun [(word 1)]))])] f)")
    } throws: { error in
      "\(error)".contains("return")
    }
  }

  @Test(arguments: [
    "", "(", ")", "()", "[]", "(program", "\"", "|", "(program [] [] f))", "(program [] [] f) x", "\u{0}",
    "(program [)",
    "(program \"\\u{110000}\" [] f)", "; only a comment",
  ]) func malformedTextHasAPlace(_ text: String) {
    #expect(throws: ReadError.self) { _ = try read(Machine.self, text) }
  }

  @Test func deepNestingIsReadOrRefused() throws {
    let deep = String(repeating: "(", count: 200_000)
    #expect(throws: ReadError.self) { _ = try read(Machine.self, deep) }
  }
}

/// Throws unless two programs of one language are equal and hash alike.
func expectEqual(_ left: AnyProgram, _ right: AnyProgram) throws {
  func compare<N: Node>(_ node: N) -> Bool {
    guard let other = right.root as? N else { return false }
    return node == other && node.hashValue == other.hashValue && node.stableHash == other.stableHash
  }
  guard compare(left.root) else {
    throw Problem("not equal: \(firstDifference(Printer.text(of: left.root), Printer.text(of: right.root)))")
  }
}
