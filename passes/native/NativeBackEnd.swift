public import Languages
import LLVMKit
public import Nanopass

/// A `Machine` program on its way through LLVM.
public struct NativeBackEnd {
  private let module: Module
  private let machine: TargetMachine
  private let optimisation: OptimisationLevel
  /// What each step took.
  public private(set) var measures: [StageMeasure] = []
  /// Gives the process's peak memory in bytes.
  public var peakMemory: () -> Int = { 0 }

  /// Builds and checks the LLVM module.
  ///
  /// - Parameters:
  ///   - forJIT: whether the code is for this very machine and process.
  ///   - exportsFunctions: whether each function is visible outside.
  /// - Throws: `PassBug` if LLVM refuses the module.
  public init(
    _ program: Machine.Root, optimisation: NativeOptimisation, forJIT: Bool, exportsFunctions: Bool = false
  ) throws {
    self.optimisation = Self.level(optimisation)
    let clock = ContinuousClock()
    let start = clock.now
    module = Module("aver", context: Context(discardNames: false))
    machine = try TargetMachine(processor: forJIT ? .native : .generic, optimisation: self.optimisation)
    machine.configure(module)
    var emitter = EmitLLVM(module: module, exportsFunctions: exportsFunctions)
    do {
      try emitter.emit(program)
      try module.verify()
    } catch let error as LLVMError {
      throw PassBug(NativeStep.emitLLVM.rawValue, error.message, broke: "valid-llvm")
    }
    note(.emitLLVM, clock.now - start)
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

  private mutating func note(_ step: NativeStep, _ duration: Duration) {
    measures.append(StageMeasure(pass: step.rawValue, duration: duration, peakMemory: peakMemory()))
  }

  private mutating func timed<Result>(_ step: NativeStep, _ body: () throws -> Result) rethrows -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    note(step, clock.now - start)
    return result
  }

  /// The module as text.
  public var llvmIR: String { module.text }

  /// Optimises and lays out sections, so that the linker can leave out what is not used.
  public mutating func prepare() throws {
    try timed(.optimiseLLVM) { [module, machine, optimisation] in
      try PassPipeline.run(optimisation.pipeline, on: module, for: machine)
      module.useSectionPerSymbol()
    }
  }

  /// The program as a relocatable object.
  public mutating func emitObject() throws -> [UInt8] {
    try timed(.emitObject) { [module, machine] in try machine.emit(module, .object) }
  }

  /// The program as assembly text.
  public mutating func emitAssembly() throws -> [UInt8] {
    try timed(.emitObject) { [module, machine] in try machine.emit(module, .assembly) }
  }

  /// Links an object into an executable.
  public mutating func link(_ object: [UInt8], runtime: RuntimeLibrary, to path: String) throws {
    try timed(.link) { try Linker.link(object, runtime: runtime, to: path) }
  }

  /// Loads the program into this process.
  public mutating func load(runtime: RuntimeLibrary) throws -> LoadedProgram {
    try timed(.emitObject) { [module, optimisation] in
      let jit = try JIT(processor: .native, optimisation: optimisation)
      try jit.add(module)
      try jit.addStaticLibrary(path: runtime.archive)
      try jit.addSharedLibrary(path: "libgmp.so.10")
      return LoadedProgram(jit: jit, main: try jit.lookup("main"))
    }
  }
}

/// A program that is ready to run in this process.
public struct LoadedProgram {
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
