import Diagnostics
import Explanations
import Foundation
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
    "verify-unstubbed-effect", "verify-declined", "not-yet",
  ]
  /// The slugs of examples that need parts of the language which can't be compiled yet.
  static let waiting: Set<String> = ["not-comparable", "bad-map-key"]
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

  @Test func everySlugThatIsReportedHasAPage() throws {
    let known = Set(Explanation.slugs)
    for folder in ["frontend", "names", "types"] {
      for file in Repository.entries("passes/\(folder)") {
        let text = try Repository.text("passes/\(folder)/\(file)")
        for match in text.matches(
          of: /(?:error|warning|fail|warn|checkCamel|checkPascal)\(\s*"([a-z]+(?:-[a-z0-9]+)+)"/)
        {
          #expect(known.contains(String(match.1)), "\(match.1) of \(file) has no page")
        }
      }
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
