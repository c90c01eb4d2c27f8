public import Languages
import LLVMKit
public import Nanopass

/// A `Machine` program on its way through LLVM.
public struct NativeBackEnd {
  private let jobs: CodeJobs
  private let optimisation: OptimisationLevel
  private let passes: String
  /// The functions whose code is generated quickly.
  private let hurried: [Name]
  /// Whether it has debug information.
  private let isDescribed: Bool
  /// What each step took.
  public private(set) var measures: [StageMeasure] = []
  /// Gives the process's peak memory in bytes.
  public var peakMemory: () -> Int = { 0 }

  /// Builds and checks the LLVM module, or several for parts of the program.
  ///
  /// - Parameters:
  ///   - forJIT: whether the code is for this very machine and process.
  ///   - isDivided: whether there may be more than one module, which LLVM then works on side by side; their blocks have
  ///     no names, since nobody reads them.
  ///   - exportsFunctions: whether each function is visible outside.
  ///   - debug: what a debugger is to be told; nil for nothing.
  ///   - profiles: whether functions count; the run-time library has to be the variant for profiles.
  /// - Throws: `PassBug` if LLVM refuses the module.
  public init(
    _ program: Machine.Root, optimisation: NativeOptimisation, forJIT: Bool, isDivided: Bool = false,
    exportsFunctions: Bool = false, debug: DebugFacts? = nil, profiles: Bool = false
  ) throws {
    self.optimisation = Self.level(optimisation)
    passes = LLVMPipeline.passes(for: self.optimisation, program)
    hurried = LLVMPipeline.hurried(for: self.optimisation, program)
    isDescribed = debug != nil
    let watch = Stopwatch()
    guard program.functions.contains(where: { $0.name == program.entry }) else {
      throw PassBug(NativeStep.emitLLVM.rawValue, "the entry `\(program.entry)` is missing", broke: "known-addresses")
    }
    var units: [(module: Module, machine: TargetMachine)] = []
    for part in Division(program, isDivided: isDivided && debug == nil && !profiles).parts {
      let module = Module("aver", context: Context(discardNames: isDivided))
      let machine = try TargetMachine(processor: forJIT ? .native : .generic, optimisation: self.optimisation)
      machine.configure(module)
      do {
        let describer = try debug.map {
          try DebugEmitter(module, program, $0, isOptimised: optimisation != .none)
        }
        let counter = profiles ? try ProfileEmitter(module, program) : nil
        var emitter = EmitLLVM(module: module, exportsFunctions: exportsFunctions, debug: describer, profile: counter)
        // At -O0 LLVM's fast code generator, which knows C's convention and few others, does the work.
        emitter.keepsRegisters = optimisation != .none && TargetMachine.hostTriple.hasPrefix("x86_64")
        try emitter.emit(program, part)
        try module.verify()
      } catch let error as LLVMError {
        throw PassBug(NativeStep.emitLLVM.rawValue, error.message, broke: "valid-llvm")
      }
      units.append((module, machine))
    }
    jobs = CodeJobs(units)
    note(.emitLLVM, watch)
  }

  private static func level(_ optimisation: NativeOptimisation) -> OptimisationLevel {
    switch optimisation {
    case .none: return .none
    case .less: return .less
    case .standard: return .standard
    case .aggressive: return .aggressive
    case .size: return .size
    }
  }

  private mutating func note(_ step: NativeStep, _ watch: Stopwatch) {
    measures.append(watch.measure(step.rawValue, peakMemory: peakMemory()))
  }

  private mutating func timed<Result>(_ step: NativeStep, _ body: () throws -> Result) rethrows -> Result {
    let watch = Stopwatch()
    let result = try body()
    note(step, watch)
    return result
  }

  /// The modules as text.
  public var llvmIR: String { jobs.units.map(\.module.text).joined(separator: "\n") }

  /// Optimises and lays out sections, so that the linker can leave out what is not used.
  public mutating func prepare() throws {
    try timed(.optimiseLLVM) { [jobs, passes, hurried] in
      if !passes.isEmpty { try jobs.optimise(passes) }
      for unit in jobs.units {
        for name in hurried {
          guard let function = unit.module.function(named: EmitLLVM.symbol(name)), !function.goesBack else { continue }
          try function.add(.optnone, .noinline, in: unit.module.context)
        }
      }
      for unit in jobs.units { unit.module.useSectionPerSymbol() }
    }
  }

  /// The program as relocatable objects, one for each part.
  public mutating func emitObjects() throws -> [[UInt8]] {
    try timed(.emitObject) { [jobs] in try jobs.objects() }
  }

  /// The program as assembly text.
  public mutating func emitAssembly() throws -> [UInt8] {
    try timed(.emitObject) { [jobs] in try jobs.units.flatMap { try $0.machine.emit($0.module, .assembly) } }
  }

  /// The unfinished files that linking makes beside the executable.
  public static func objectPaths(beside path: String, count: Int) -> [String] {
    Linker.objectPaths(beside: path, count: count)
  }

  /// Links objects into an executable.
  public mutating func link(_ objects: [[UInt8]], runtime: RuntimeLibrary, to path: String) throws {
    try timed(.link) { try Linker.link(objects, runtime: runtime, to: path) }
  }

  /// Loads the program into this process; a debugger that watches it sees the debug information.
  public mutating func load(runtime: RuntimeLibrary) throws -> LoadedProgram {
    try timed(.emitObject) { [jobs, optimisation, isDescribed] in
      let jit = try JIT(processor: .native, optimisation: optimisation, tellsDebuggers: isDescribed)
      for (index, object) in try jobs.objects().enumerated() { try jit.addObject(object, name: "part \(index)") }
      try jit.addStaticLibrary(path: runtime.archive)
      try jit.addSharedLibrary(path: "libgmp.so.10")
      return LoadedProgram(jit: jit, main: try jit.lookup("main"))
    }
  }
}

/// A program that is ready to run in this process, on one thread.
public struct LoadedProgram: @unchecked Sendable {
  private let jit: JIT
  private let main: UInt

  init(jit: JIT, main: UInt) {
    self.jit = jit
    self.main = main
  }

  /// Runs the program.
  ///
  /// - Returns: its exit code; a program that fails ends the process itself.
  public func run(name: String, arguments: [String]) -> Int32 {
    typealias Main = @convention(c) (Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    guard let address = UnsafeRawPointer(bitPattern: main) else { return 2 }
    let function = unsafeBitCast(address, to: Main.self)
    let texts = [name] + arguments
    var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { text in
      let bytes = Array(text.utf8CString)
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
      copy.initialize(from: bytes, count: bytes.count)
      return copy
    }
    pointers.append(nil)
    return pointers.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { function(Int32(texts.count), $0) } ?? 2
    }
  }
}
