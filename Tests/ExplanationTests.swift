import Diagnostics
import Explanations
import Foundation
import Fuzzing
import Languages
import Nanopass
import Passes
import Testing

/// Files that a test holds itself.
private struct HeldFiles: SourceFiles {
  let files: [String: [UInt8]]

  func read(_ path: String, inRoot: Bool) -> SourceRead {
    files[path].map { .bytes($0, identity: path) } ?? .missing
  }
}

@Suite struct ExplanationTests {
  /// Those that the front end does not report: they come up when blocks run, on other targets, or in no short program.
  static let withoutExample: Set<String> = [
    "type-error", "target-effect-unsupported", "verify-mismatch", "verify-runtime-error", "verify-unexpected-err",
    "verify-unstubbed-effect", "verify-declined", "not-yet", "module-limit",
  ]
  /// Those that come up only for targets, as in `ServicesTests` and `WasmOutputTests`.
  static let withoutProgram: Set<String> = ["target-effect-unsupported", "module-limit"]
  /// The slugs of examples that need parts of the language which can't be compiled yet.
  static let waiting: Set<String> = ["not-comparable"]
  static let shown = Explanation.slugs.filter { !withoutExample.contains($0) }

  /// The slugs that a program is given: all those of a check, and the errors of a build.
  private func findings(_ files: [Explanation.File], _ slug: String) throws -> (all: Set<String>, errors: [String]) {
    var all: Set<String> = []
    var errors: [String] = []
    let held = Dictionary(files.map { ($0.path, $0.bytes) }) { first, _ in first }
    for isCheck in [true, false] {
      let context = PassContext(
        sources: SourceMap(),
        options: CompilerOptions(needsMain: slug == "missing-main", isCheck: isCheck), files: HeldFiles(files: held))
      var runner = PipelineRunner(stages: nativePipeline.stages)
      runner.verifies = true
      let start = try startingProgram("main.av", held["main.av"] ?? [], in: context)
      let end = nativePipeline.stages.lastIndex { $0.isAdvice } ?? 0
      _ = try runner.run(start, through: end, in: context)
      all.formUnion(context.diagnostics.map(\.slug.rawValue))
      if !isCheck {
        errors = context.diagnostics.filter { $0.severity == .error }.map {
          "\($0.slug.rawValue): \($0.summary)"
        }
      }
    }
    return (all, errors)
  }

  @Test(arguments: shown) func wrongExampleIsFoundAndMended(_ slug: String) throws {
    try checkOnLargeStack { findings in
      guard let page = Explanation(slug) else { return findings.expect(false, "there is no page") }
      findings.expect(!page.wrong.isEmpty && !page.right.isEmpty, "\(slug) needs a wrong and a right example")
      let wrong = try self.findings(page.wrong, slug)
      if Self.waiting.contains(slug), wrong.all.contains("not-yet") { return }
      findings.expect(wrong.all.contains(slug), "\(slug) is not found but \(wrong.all.sorted()) \(wrong.errors)")
      let others = wrong.errors.filter { !$0.hasPrefix(slug + ":") }
      findings.expect(others.isEmpty, "the wrong example has other errors too: \(others)")
      let right = try self.findings(page.mended, slug)
      findings.expect(!right.all.contains(slug), "\(slug) is still found in the right example")
      findings.expect(right.errors.isEmpty, "the right example has errors: \(right.errors)")
    }
  }

  /// The slugs that the passes and commands report, found in their sources.
  private func reportedSlugs() throws -> [(slug: String, file: String)] {
    var found: [(String, String)] = []
    for folder in Repository.entries("passes").map({ "passes/" + $0 }) + ["Sources/nanoc"] {
      for file in Repository.entries(folder) where file.hasSuffix(".swift") {
        let text = try Repository.text("\(folder)/\(file)")
        let calls = /(?:error|warning|fail|warn|checkCamel|checkPascal|report)\(\s*"([a-z0-9-]+)"/
        let choices = /Slug = [^\n]*\? "([a-z0-9-]+)" : "([a-z0-9-]+)"/
        found += text.matches(of: calls).map { (String($0.1), file) }
        found += text.matches(of: choices).flatMap { [(String($0.1), file), (String($0.2), file)] }
      }
    }
    return found
  }

  @Test func everySlugThatIsReportedHasAPageAndAWrongProgram() throws {
    let known = Set(Explanation.slugs)
    var shown: Set<String> = []
    for program in WrongProgram.all {
      let text = try Repository.text("Tests/diagnostics/\(program.name).txt")
      for match in text.matches(of: /(?:error|warning)\[([a-z0-9-]+)\]/) { shown.insert(String(match.1)) }
    }
    let reported = try reportedSlugs()
    #expect(reported.count > 150, "the search finds too little")
    for (slug, file) in reported {
      #expect(known.contains(slug), "\(slug) of \(file) has no page")
      #expect(
        shown.contains(slug) || Self.withoutProgram.contains(slug),
        "\(slug) of \(file) has no case in Tests/diagnostics")
    }
  }

  @Test func thePageShowsBothExamples() throws {
    let page = try #require(Explanation("int-div")).page
    #expect(
      page == """
        int-div: `/` stands between two `Int`s.

        `/` divides `Float`s. `Int.div` divides whole numbers and gives a `Result`, since the divisor may be 0; with a literal divisor that is
        not 0 it gives a plain `Int`.

        Wrong:

            fn half(n: Int) -> Int
                n / 2

        Right:

            fn half(n: Int) -> Int
                Int.div(n, 2)

        """)
  }

  @Test func theCommandListsAndSuggests() throws {
    let list = try nanoc(["explain"])
    #expect(list.code == 0)
    #expect(list.output.split(separator: "\n").count == Explanation.slugs.count)
    let misspelt = try nanoc(["explain", "typ-mismatch"])
    #expect(misspelt.code == 2)
    #expect(misspelt.errors.contains("did you mean `type-mismatch`?"))
    #expect(try nanoc(["explain", "init-order"]).output.hasPrefix("init-order: "))
  }
}
