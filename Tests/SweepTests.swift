import Diagnostics
import Foundation
import Fuzzing
import Languages
import Nanopass
import Passes
import Testing

/// Sweeps of several passes over the functions give what the passes give one by one.
@Suite struct SweepTests {
  /// All that a run of the passes shows.
  private struct Outcome: Equatable {
    var program: [UInt8]
    var reports: [String]
    /// The passes that were measured.
    var passes: [String]
  }

  private func outcome(of sample: SampleProgram, on road: Road, _ optimization: Int, sweeping: Bool) throws -> Outcome {
    let folder = Repository.path(sample.folder)
    let context = PassContext(
      sources: SourceMap(), options: CompilerOptions(optimization: optimization, platform: road.rawValue),
      files: FolderFiles(root: folder))
    let source = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + sample.file))
    var runner = PipelineRunner(stages: road.stages)
    runner.sweeps = sweeping
    let start = try startingProgram(sample.file, Array(source), in: context)
    let last = try #require(road.stages.last)
    let program = try #require(try runner.run(start, through: road.stages.count - 1, in: context))
    return Outcome(
      program: try Snapshot(of: program, after: last.name, in: context).encoded(),
      reports: runner.reports.map { stage, report in
        "\(stage.name): \(report.summary) \(report.details) \(report.data.map { "\($0.key) \($0.count)" })"
      },
      passes: runner.measures.map(\.pass))
  }

  private func compare(_ sample: SampleProgram, on road: Road, _ optimization: Int) throws {
    try onLargeStack {
      let alone = try outcome(of: sample, on: road, optimization, sweeping: false)
      let swept = try outcome(of: sample, on: road, optimization, sweeping: true)
      #expect(swept.program == alone.program, "the programs differ")
      #expect(swept.reports == alone.reports)
      #expect(swept.passes == alone.passes)
    }
  }

  @Test(arguments: SampleProgram.all) func aSweepGivesWhatThePassesGiveOneByOne(_ sample: SampleProgram) throws {
    try compare(sample, on: .native, 2)
  }

  @Test(arguments: SampleProgram.benchmarks) func soItDoesOnOtherRoads(_ sample: SampleProgram) throws {
    try compare(sample, on: .native, 0)
    try compare(sample, on: .wasmGC, 2)
    try compare(sample, on: .wasm32, 2)
  }

  /// Most passes behind the front end are swept, so that the comparison above says something.
  @Test func manyPassesAreSwept() throws {
    let swept = Set(nativePipeline.stages.filter(\.goesByFunctions).map(\.name))
    #expect(swept.isSuperset(of: ["lower-tuples", "fold-constants", "form-loops", "insert-counts", "simplify-blocks"]))
  }

  /// A pass with a bug, at the last function it sees.
  private struct LoseTheFunction: MachineToMachine, FunctionPass {
    static let summary = "Lose the function"
    func function(_ node: Machine.Function) throws -> Machine.Function {
      throw PassBug(Self.self, "it is lost", broke: "known-functions", in: node)
    }
  }

  @Test func theBugOfASweptPassIsItsOwn() throws {
    let text = "(program [] [(function main [] [word] [(block b.0 [] [] (return [(word 0)]))])] main)"
    let program = try read(Machine.self, text)
    let stages = Pipeline.starting(with: Machine.self).then(LoseTheFunction.self).stages
    var runner = PipelineRunner(stages: stages)
    runner.sweeps = true
    let bug = try #require(throws: PassBug.self) {
      try runner.run(program, through: 0, in: PassContext(sources: SourceMap()))
    }
    #expect(bug.pass == "lose-the-function")
  }
}
