import CAllocator
import Diagnostics
import Foundation
import Interpreters
import Languages
import Nanopass
import NativePasses
import Passes
import WasmPasses

/// One compilation: the sources or a snapshot through the pipeline, and what comes out of it.
struct Driver: @unchecked Sendable {
  let file: String?
  let source: SourceOptions
  let passes: PassOptions
  /// As asked for; nil for the default, or what the snapshot says.
  let optimization: OptimizationFlag?
  var stopAfter: String?
  var target = Target.native
  /// What a module comes as.
  var packaging = ModulePackaging.module
  var output: String?
  var checksLeaks = false
  /// Whether the program reports where time and allocations went.
  var profiles = false
  /// Whether debuggers are told of the program.
  var describes = false
  /// Whether a module gets a source map, if debuggers are not told of the program anyway.
  var mapsSource = false

  init(file: String?, source: SourceOptions, passes: PassOptions, optimization: OptimizationFlag?) throws {
    if let file, passes.resume != nil {
      throw Usage.error("--resume goes on from a snapshot; leave \(file) out, since no source is read")
    }
    for name in passes.without { try PassList.validateOptimisation(name) }
    self.file = file
    self.source = source
    self.passes = passes
    self.optimization = optimization
  }

  /// What the front part of the pipeline gave.
  private struct Outcome {
    var context: PassContext
    var program: AnyProgram?
    var lastStage: Stage?
    var measures: [StageMeasure] = []
    var reports: [(pass: String, phase: String, report: PassReport)] = []
    var debug: DebugFacts?
    var heading: PageHeading?
  }

  // MARK: Commands

  /// Compiles, prints or writes what was asked for, and gives the exit code.
  func compile() -> Int32 {
    guarded {
      try refuseToOverwriteInput()
      var outcome = try runPipeline()
      guard let program = outcome.program else { return finish(&outcome, code: 1) }
      if let stopAfter, let stage = outcome.lastStage, !isStep(stopAfter) {
        try writeStage(program, stage, outcome.context)
        return finish(&outcome, code: 0)
      }
      do {
        if let machine = program.root as? Machine.Root { try backEnd(machine, &outcome) }
        if let code = program.root as? WasmCode.Root {
          let heading = outcome.heading ?? PageHeading(title: programName)
          guard let module = try module(code, &outcome) else { return finish(&outcome, code: 1) }
          if stopAfter != nil, output?.hasSuffix(target.suffix) != true {
            try writeText(try WasmBackEnd.text(of: code))
          } else {
            try packaging.write(module, to: outputPath, under: heading)
          }
        }
      } catch let bug as PassBug {
        throw BugReport(bug, program, behind: outcome.lastStage, in: outcome.context)
      }
      return finish(&outcome, code: 0)
    }
  }

  /// Compiles in memory; gives the program, or none and the exit code.
  func loadProgram() -> (program: LoadedProgram?, code: Int32) {
    var loaded: LoadedProgram?
    let code = guarded {
      var outcome = try runPipeline()
      guard let program = outcome.program, let machine = program.root as? Machine.Root else {
        return finish(&outcome, code: 1)
      }
      do {
        loaded = try load(machine, &outcome)
      } catch let bug as PassBug {
        throw BugReport(bug, program, behind: outcome.lastStage, in: outcome.context)
      }
      return finish(&outcome, code: 0) == 0 ? 0 : 1
    }
    return (code == 0 ? loaded : nil, code)
  }

  /// Compiles to a module and runs it by an engine; gives its exit code.
  func runModule(_ arguments: [String]) -> Int32 {
    guarded {
      var outcome = try runPipeline()
      guard let program = outcome.program, let code = program.root as? WasmCode.Root else {
        return finish(&outcome, code: 1)
      }
      guard let module = try module(code, &outcome) else { return finish(&outcome, code: 1) }
      guard finish(&outcome, code: 0) == 0 else { return 1 }
      return try WasmEngine.run(module.bytes, called: "the module", arguments: arguments)
    }
  }

  /// Runs a module that has been compiled before.
  func runModule(at path: String, _ arguments: [String]) -> Int32 {
    guarded { try WasmEngine.run(try readFile(path), called: path, arguments: arguments) }
  }

  /// The bytes of a module and its source map; nil if the program is too large for the format, which is reported.
  private func module(_ code: WasmCode.Root, _ outcome: inout Outcome) throws -> WasmBackEnd.Module? {
    let watch = Stopwatch()
    let names = describes || outcome.context.options.optimization == 0
    let place = SourceMapPlace(of: outputPath, packaging)
    let root = try source.checkedModuleRoot()
    let map = ModuleSourceMap(outcome.context.sources, url: place.url) { [file] path in
      // Dependencies are named from the module root on.
      place.name(ofSource: path == file || root == "." || path.hasPrefix("<library>") ? path : root + "/" + path)
    }
    let module = try WasmBackEnd.module(of: code, names: names, map: hasSourceMap ? map : nil, in: outcome.context)
    outcome.measures.append(watch.measure(WasmStep.encodeModule.name, peakMemory: peakMemory()))
    if let module, passes.explainPasses {
      let report = try WasmBackEnd.report(on: module.bytes)
      outcome.reports.append((WasmStep.encodeModule.name, WasmStep.phase, report))
    }
    return module
  }

  /// Whether what is made is a module with a source map.
  private var hasSourceMap: Bool { target.isModule && stopAfter == nil && (describes || mapsSource) }

  /// Runs the program by an interpreter; gives its exit code.
  func interpret(by interpreter: Interpreter, _ arguments: [String]) -> Int32 {
    var driver = self
    driver.stopAfter = nativePipeline.stages.last { $0.output == interpreter.language && !$0.isAdvice }?.name
    let prepared = driver
    return prepared.guarded {
      var outcome = try prepared.runPipeline()
      guard let program = outcome.program else { return prepared.finish(&outcome, code: 1) }
      guard prepared.finish(&outcome, code: 0) == 0 else { return 1 }
      let result = try Interpreter.run(program, arguments: arguments, system: { .real })
      Console.output(result.output)
      Console.errorText(result.errors)
      return result.code
    }
  }

  private func load(_ machine: Machine.Root, _ outcome: inout Outcome) throws -> LoadedProgram {
    let context = outcome.context
    var backEnd = try NativeBackEnd(
      machine, optimisation: nativeOptimisation(context), forJIT: true, isDivided: true, debug: outcome.debug,
      profiles: profiles)
    backEnd.peakMemory = peakMemory
    try backEnd.prepare()
    let program = try backEnd.load(runtime: try RuntimeLibrary.locate(variant(context)))
    outcome.measures += backEnd.measures
    return program
  }

  private func variant(_ context: PassContext) -> RuntimeLibrary.Variant {
    profiles ? .profile : context.options.checksLeaks ? .checked : .plain
  }

  private func refuseToOverwriteInput() throws {
    guard let input = file ?? passes.resume, output != nil || stopAfter == nil else { return }
    if try packaging.files(for: outputPath, mapped: hasSourceMap).contains(where: { isSameFile($0, input) }) {
      throw InvocationError("the output would overwrite \(input); name another file with -o")
    }
  }

  private func guarded(_ body: () throws -> Int32) -> Int32 {
    do {
      return try body()
    } catch let bug as BugReport {
      return bug.report()
    } catch let failure as SnapshotFailure {
      failure.report(json: source.json)
      return 1
    } catch let error as InvocationError where source.json && error.unreadable != nil {
      Reports.unreadable(error.unreadable ?? "", "read-failed", error.description)
      return 2
    } catch {
      Console.error("error: \(error)")
      return 2
    }
  }

  // MARK: Pipeline

  private func isStep(_ name: String) -> Bool { allSteps.contains { $0.name == name } }

  private func runPipeline() throws -> Outcome {
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

  private func writeStage(_ program: AnyProgram, _ stage: Stage, _ context: PassContext) throws {
    guard let output else { return Console.output(Printer.text(of: program.root)) }
    if output.hasSuffix(".zst") {
      try writeFile(try Snapshot(of: program, after: stage.name, in: context).encoded(), to: output)
    } else {
      try writeFile(Array(Printer.text(of: program.root).utf8), to: output)
    }
  }

  // MARK: Back end

  private func nativeOptimisation(_ context: PassContext) -> NativeOptimisation {
    switch OptimizationFlag(context.options) {
    case .none: return .none
    case .less: return .less
    case .standard: return .standard
    case .aggressive: return .aggressive
    case .size: return .size
    }
  }

  /// The name of the source without its folder and its ending.
  var programName: String {
    let path = file ?? passes.resume ?? "program"
    return URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  }

  private var outputPath: String { output ?? programName + (packaging.suffix ?? target.suffix) }

  private func backEnd(_ machine: Machine.Root, _ outcome: inout Outcome) throws {
    let context = outcome.context
    var backEnd = try NativeBackEnd(
      machine, optimisation: nativeOptimisation(context), forJIT: false,
      isDivided: target == .native && stopAfter == nil, debug: outcome.debug)
    backEnd.peakMemory = peakMemory
    defer { outcome.measures += backEnd.measures }
    if stopAfter == NativeStep.emitLLVM.rawValue { return try writeText(backEnd.llvmIR) }
    try backEnd.prepare()
    if stopAfter == NativeStep.optimiseLLVM.rawValue { return try writeText(backEnd.llvmIR) }
    let path = outputPath
    if target == .native, stopAfter == nil, isStandardOutput(path) {
      throw InvocationError("an executable can't go to the standard output; name a file")
    }
    switch target {
    case .wasmGC, .wasm32: break
    case .llvmIR: try writeFile(Array(backEnd.llvmIR.utf8), to: path)
    case .assembly: try writeFile(try backEnd.emitAssembly(), to: path)
    case .object: try writeFile(Array(try backEnd.emitObjects().joined()), to: path)
    case .native:
      let objects = try backEnd.emitObjects()
      if stopAfter == NativeStep.emitObject.rawValue { return try writeFile(Array(objects.joined()), to: path) }
      let runtime = try RuntimeLibrary.locate(variant(context))
      try withTemporaryFile(beside: path) { temporary in
        do {
          try TemporaryFiles.using(NativeBackEnd.objectPaths(beside: temporary, count: objects.count)) {
            try backEnd.link(objects, runtime: runtime, to: temporary)
          }
        } catch let failure as UnwritableFile {
          throw InvocationError("can't write \(path): \(failure.reason)")
        }
      }
    }
  }

  private func writeText(_ text: String) throws {
    guard let output else { return Console.output(text) }
    try writeFile(Array(text.utf8), to: output)
  }

  // MARK: Reports

  private func finish(_ outcome: inout Outcome, code: Int32) -> Int32 {
    let context = outcome.context
    let list = DiagnosticList(context.diagnostics)
    if source.json, !passes.explainPasses {
      let renderer = JSONRenderer(sources: context.sources, relativeTo: FileManager.default.currentDirectoryPath)
      if stopAfter == nil || list.hasErrors {
        let files = context.sources.reportOrder.filter { !$0.path.hasPrefix("<library>") }
        Console.output(renderer.render(list, files: files))
      }
    } else if !list.isEmpty {
      let renderer = TextRenderer(
        color: source.color.isOn, sources: context.sources, relativeTo: FileManager.default.currentDirectoryPath)
      Console.errorText(renderer.render(list.sorted(by: context.sources), most: TextRenderer.mostShown))
    }
    if passes.explainPasses { Reports.explain(outcome.reports, json: source.json) }
    if passes.timePasses { Reports.times(outcome.measures, json: source.json) }
    guard list.hasErrors else { return code }
    // A program that only lacks what nanoc can't do yet is not at fault.
    let errors = context.diagnostics.filter { $0.severity == .error }
    return errors.allSatisfy { $0.slug == "not-yet" } ? 2 : 1
  }
}

/// A snapshot that can't be read: the fault of the input.
struct SnapshotFailure: Error {
  var path: String
  var error: SnapshotError
  /// The program's text, if the file is not the snapshot itself.
  var text: String?
}

/// Errors in the call.
enum Usage {
  static func error(_ message: String) -> InvocationError { InvocationError(message) }
}

/// The process's peak memory in bytes.
func peakMemory() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}

/// Makes a folder and those above it.
func makeDirectory(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw InvocationError("can't make the folder \(path)")
  }
}
