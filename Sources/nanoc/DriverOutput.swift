import Foundation
import Languages
import Nanopass
import NativePasses
import Passes
import WasmPasses

/// What comes behind the passes: the back ends, and what they write.
extension Driver {
  func load(_ machine: Machine.Root, _ outcome: inout Outcome) throws -> LoadedProgram {
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

  func variant(_ context: PassContext) -> RuntimeLibrary.Variant {
    profiles ? .profile : context.options.checksLeaks ? .checked : .plain
  }

  /// The bytes of a module and its source map; nil if the program is too large for the format, which is reported.
  func module(_ code: WasmCode.Root, _ outcome: inout Outcome) throws -> WasmBackEnd.Module? {
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

  func writeStage(_ program: AnyProgram, _ stage: Stage, _ context: PassContext) throws {
    guard let output else { return Console.output(Printer.text(of: program.root)) }
    if output.hasSuffix(".zst") {
      try writeFile(try Snapshot(of: program, after: stage.name, in: context).encoded(), to: output)
    } else {
      try writeFile(Array(Printer.text(of: program.root).utf8), to: output)
    }
  }

  func nativeOptimisation(_ context: PassContext) -> NativeOptimisation {
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

  var outputPath: String { output ?? programName + (packaging.suffix ?? target.suffix) }

  func backEnd(_ machine: Machine.Root, _ outcome: inout Outcome) throws {
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

  func writeText(_ text: String) throws {
    guard let output else { return Console.output(text) }
    try writeFile(Array(text.utf8), to: output)
  }
}
