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
  struct Outcome {
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

  /// Whether what is made is a module with a source map.
  var hasSourceMap: Bool { target.isModule && stopAfter == nil && (describes || mapsSource) }

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

  // MARK: Reports

  func finish(_ outcome: inout Outcome, code: Int32) -> Int32 {
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
