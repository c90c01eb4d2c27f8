import Diagnostics
import Foundation
import Languages
import Nanopass
import Testing

@testable import Passes
@testable import nanoc

/// What happens when a pass breaks its promise.
@Suite struct BugReportTests {
  /// A pass with a bug: it gives the entry a name that no function has.
  private struct LoseTheEntry: MachineToMachine {
    static let summary = "Lose the entry"
    mutating func root(_ node: Machine.Root) -> Machine.Root {
      var root = node
      root.entry = "lost"
      return root
    }
  }

  @Test func aBrokenInvariantNamesThePassAndKeepsTheProgramBeforeIt() throws {
    let work = try TemporaryFolder()
    let stage = try #require(nativePipeline.stages.last { $0.output == Machine.self })
    let program = try read(
      stage.output, "(program [] [(function main [] [word] [(block b.0 [] [] (return [(word 0)]))])] main)")
    let context = PassContext(sources: SourceMap())
    var runner = PipelineRunner(stages: Pipeline.starting(with: Machine.self).then(LoseTheEntry.self).stages)
    runner.verifies = true
    let bug = try #require(throws: PassBug.self) { try runner.run(program, through: 0, in: context) }
    #expect(bug.pass == "lose-the-entry")
    #expect(!bug.invariant.isEmpty && bug.form.contains("lost"), "\(bug) \(bug.form)")

    let report = BugReport(bug, program, behind: stage, in: context)
    #expect(report.report(to: work.path) == 71)
    let kept = try Snapshot(decoding: try #require(work.bytes(BugReport.file)))
    #expect(try kept.program(by: stage, sources: SourceMap()).root as? Machine.Root == program.root as? Machine.Root)
  }
}
