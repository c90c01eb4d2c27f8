import CAllocator
import Diagnostics
import Languages
import Nanopass
import NativePasses
import Passes

/// The passes of a compilation: from the sources or a snapshot to where it ends.
extension Driver {
  func isStep(_ name: String) -> Bool { allSteps.contains { $0.name == name } }

  func runPipeline() throws -> Outcome {
    // Debug facts and snapshots are of the programs between the passes.
    let looksBetween = describes || passes.snapshots != nil || passes.verifyIr
    if !looksBetween {
      do { return try runPipeline(sweeping: true) } catch is PassBug {}
      // A sweep uses its program up, so the one for the report is made again.
    }
    return try runPipeline(sweeping: false)
  }

  /// - Throws: `PassBug` if sweeping, else `BugReport`.
  private func runPipeline(sweeping: Bool) throws -> Outcome {
    let stages = target.road.stages
    let end = stages.firstIndex { $0.name == stopAfter } ?? stages.count - 1
    let context = PassContext(
      sources: SourceMap(),
      options: CompilerOptions(
        optimization: optimization?.level ?? 2, favoursSize: optimization == .size, needsMain: true,
        checksLeaks: checksLeaks, platform: target.road.rawValue),
      files: DiskFiles(root: try source.checkedModuleRoot()))
    let (program, start) =
      try passes.resume.map { try resume($0, stages, context) } ?? (try startingProgram(file ?? "", context), 0)
    guard start <= end + 1 else {
      throw InvocationError("the snapshot stands behind `\(stages[end].name)` already")
    }
    var runner = PipelineRunner(stages: stages)
    runner.verifies = passes.verifyIr
    runner.sweeps = sweeping
    runner.chooseMemory = { use in
      switch use {
      case .passing: nanoc_take_passing_memory()
      case .lasting: nanoc_take_lasting_memory()
      case .sweepEnds: nanoc_end_passing_memory()
      }
    }
    // For a profile the library counts all allocations.
    runner.leftOut = Set(passes.without + (profiles ? ["expand-allocations"] : []))
    runner.peakMemory = peakMemory
    if let directory = passes.snapshots { try makeDirectory(directory) }
    var outcome = Outcome(context: context)
    var debug = describes ? DebugFacts(sources: context.sources) : nil
    try debug?.look(at: program.root)
    var heading = (program.root as? Program.Root).flatMap(PageHeading.init)
    var last: Stage? = start > 0 ? stages[start - 1] : nil
    var lastProgram = sweeping ? nil : program
    runner.observe = { index, stage, program in
      last = stage
      if !sweeping { lastProgram = program }
      try debug?.look(at: program.root)
      if let root = program.root as? Program.Root { heading = PageHeading(root) ?? heading }
      if let directory = passes.snapshots { try keep(program, stage, directory, context) }
    }
    do {
      outcome.program = try runner.run(program, from: start, through: end, in: context)
    } catch let bug as PassBug {
      guard let lastProgram else { throw bug }
      throw BugReport(bug, lastProgram, behind: last, in: context)
    }
    outcome.lastStage = last
    outcome.debug = debug
    outcome.heading = heading
    outcome.measures = runner.measures
    outcome.reports = runner.reports.map { ($0.stage.name, $0.stage.phase, $0.report) }
    return outcome
  }

  private func resume(_ path: String, _ stages: [Stage], _ context: PassContext) throws -> (AnyProgram, Int) {
    do {
      let snapshot = try Snapshot(decoding: try readFile(path))
      guard let stage = allStages.first(where: { $0.name == snapshot.pass }) else {
        throw SnapshotError("it stands behind the pass `\(snapshot.pass)`, which this nanoc does not have")
      }
      guard let index = stages.firstIndex(where: { $0.name == snapshot.pass }) else {
        let end = stopAfter.map { "`\($0)`" } ?? target.rawValue
        let targets = Road.allCases.filter { $0.leads(through: snapshot.pass) }.map { "--target=\($0.rawValue)" }
        throw InvocationError(
          "\(path) stands behind `\(snapshot.pass)`, which is not on the way to \(end); add "
            + targets.joined(separator: " or "))
      }
      let program = try snapshot.program(by: stage, sources: context.sources)
      if let made = Road.chosen(in: program), made != target.road {
        throw InvocationError(
          "\(path) has a program that is lowered for \(made.rawValue); add --target=\(made.rawValue)")
      }
      if let (invariant, violation) = stage.verify(program).first {
        throw SnapshotError("its program breaks the invariant `\(invariant)`: \(violation.message)")
      }
      if let optimization, optimization != OptimizationFlag(snapshot.options) {
        throw InvocationError(
          "the program in \(path) has gone through passes at \(OptimizationFlag(snapshot.options).flag) already; "
            + "leave \(optimization.flag) out")
      }
      context.options = snapshot.options
      context.options.checksLeaks = snapshot.options.checksLeaks || checksLeaks
      return (program, index + 1)
    } catch let error as SnapshotError {
      throw SnapshotFailure(path: path, error: error)
    }
  }

  private func keep(
    _ program: AnyProgram, _ stage: Stage, _ directory: String, _ context: PassContext
  ) throws {
    let number = String((allStages.firstIndex { $0.name == stage.name } ?? 0) + 1)
    let name = String(repeating: "0", count: max(0, 2 - number.count)) + number + "-" + stage.name + ".zst"
    try writeFile(try Snapshot(of: program, after: stage.name, in: context).encoded(), to: directory + "/" + name)
  }
}
