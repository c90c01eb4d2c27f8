import ArgumentParser
import Diagnostics
import Foundation
import Nanopass
import NativePasses
import Passes

/// The options of every command that reads sources.
struct SourceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where dependencies are looked for.", valueName: "dir"))
  var moduleRoot: String = "."

  @Flag(help: "Diagnostics (or the lists asked for) as JSON on standard output.")
  var json = false

  /// The folder for dependencies.
  ///
  /// - Throws: `InvocationError` if there is none.
  func checkedModuleRoot() throws -> String {
    var status = stat()
    guard stat(moduleRoot, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw InvocationError("--module-root: there is no folder \(moduleRoot)")
    }
    return moduleRoot
  }

  @Option(help: "Colours in diagnostics: auto, always or never.")
  var color: ColorChoice = .auto
}

/// The options that look into the pipeline.
struct PassOptions: ParsableArguments {
  @Flag(help: "Check each language's invariants behind each pass.")
  var verifyIr = false

  @Flag(help: "Say what each pass decided.")
  var explainPasses = false

  @Flag(help: "Time and peak memory of each pass, on standard error.")
  var timePasses = false

  @Option(
    help: ArgumentHelp(
      "Leave out an optimisation, to see what it is worth or whether a fault is its; may be given more than once.",
      valueName: "pass"), completion: .list(PassList.optimisations))
  var without: [String] = []

  @Option(help: ArgumentHelp("Write the program behind each pass to a file in this folder.", valueName: "dir"))
  var snapshots: String?

  @Option(help: ArgumentHelp("Go on from a snapshot; no source file is read.", valueName: "snapshot"))
  var resume: String?
}

/// `-O0` to `-O3` and `-Os`.
enum OptimizationFlag: String, EnumerableFlag {
  case none, less, standard, aggressive, size

  static func name(for value: OptimizationFlag) -> NameSpecification {
    switch value {
    case .none: return .customLong("O0", withSingleDash: true)
    case .less: return .customLong("O1", withSingleDash: true)
    case .standard: return .customLong("O2", withSingleDash: true)
    case .aggressive: return .customLong("O3", withSingleDash: true)
    case .size: return .customLong("Os", withSingleDash: true)
    }
  }

  static func help(for value: OptimizationFlag) -> ArgumentHelp? {
    switch value {
    case .none: return "Compile fast; the program runs slower."
    case .less: return "Optimise a little."
    case .standard: return "Optimise (the default)."
    case .aggressive: return "Optimise at length."
    case .size: return "Optimise for small output."
    }
  }

  /// The flag behind the options of a compilation.
  init(_ options: CompilerOptions) {
    switch options.optimization {
    case ...0: self = .none
    case 1: self = .less
    case 2: self = options.favoursSize ? .size : .standard
    default: self = .aggressive
    }
  }

  /// As it is written on the command line.
  var flag: String { self == .size ? "-Os" : "-O\(level)" }

  /// The level by number, with size as 2.
  var level: Int {
    switch self {
    case .none: return 0
    case .less: return 1
    case .standard, .size: return 2
    case .aggressive: return 3
    }
  }
}

/// What is made.
enum Target: String, ExpressibleByArgument, CaseIterable {
  case native, object, assembly
  case llvmIR = "llvm-ir"
  case wasmGC = "wasm-gc"
  case wasm32

  /// Reads the option's value.
  ///
  /// - Throws: `ValidationError`.
  static func parse(_ text: String) throws -> Target {
    if let target = Target(rawValue: text) { return target }
    if PlannedParts.targets.contains(text) {
      throw ValidationError("error[not-yet]: the target `\(text)` is not there yet")
    }
    let names = allCases.map(\.rawValue)
    let hint = didYouMean(nearestNames(to: text, among: names)) ?? "there are \(names.joined(separator: ", "))"
    throw ValidationError("there is no target `\(text)`; \(hint)")
  }

  /// The suffix of the default output file.
  var suffix: String {
    switch self {
    case .native: return ""
    case .object: return ".o"
    case .assembly: return ".s"
    case .llvmIR: return ".ll"
    case .wasmGC, .wasm32: return ".wasm"
    }
  }

  /// The targets whose programs `nanoc run` runs.
  static let runnable: [Target] = [.native, .wasmGC, .wasm32]

  /// The passes that lead to it.
  var road: Road {
    switch self {
    case .wasmGC: .wasmGC
    case .wasm32: .wasm32
    case .native, .object, .assembly, .llvmIR: .native
    }
  }

  /// Itself, or the first whose passes and steps have one of that name.
  func leading(through name: String) -> Target {
    guard !road.leads(through: name) else { return self }
    switch Road.through(name) {
    case .native: return .native
    case .wasmGC: return .wasmGC
    case .wasm32: return .wasm32
    case nil: return self
    }
  }

  /// Refuses to look for leaks where the engine collects what is no longer used.
  ///
  /// - Throws: `ValidationError`.
  func allow(checkLeaks: Bool) throws {
    guard checkLeaks, self == .wasmGC else { return }
    throw ValidationError("--check-leaks is for targets that count references: native and wasm32")
  }

  /// Whether a module of WebAssembly is made.
  var isModule: Bool { self == .wasmGC || self == .wasm32 }
}
