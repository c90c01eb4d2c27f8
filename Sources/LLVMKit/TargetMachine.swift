internal import CLLVM

/// A code generator for the host with its settings fixed.
public final class TargetMachine {
  let handle: LLVMTargetMachineRef

  /// The target triple of the host, such as `x86_64-pc-linux-gnu`.
  public static var hostTriple: String { takeString(LLVMGetDefaultTargetTriple()) }

  /// Make a code generator for the host. Throws if this LLVM has none.
  public init(
    processor: Processor = .generic, optimisation: OptimisationLevel = .standard,
    relocation: Relocation = .positionIndependent, codeModel: CodeModel = .standard
  ) throws {
    try NativeTarget.prepare()
    let triple = Self.hostTriple
    var target: LLVMTargetRef?
    var message: UnsafeMutablePointer<CChar>?
    let failed = LLVMGetTargetFromTriple(triple, &target, &message)
    let text = takeString(message)
    guard failed == 0, let target else { throw LLVMError(text) }
    let made = LLVMCreateTargetMachine(
      target, triple, processor.name, processor.features, optimisation.codeGeneration, relocation.code,
      codeModel.code)
    guard let made else { throw LLVMError("no code generator for \(triple)") }
    handle = made
  }

  deinit {
    LLVMDisposeTargetMachine(handle)
  }

  /// Tell the module which target it is for. Needed before optimising, so that the passes know sizes and alignments.
  public func configure(_ module: Module) {
    let layout = LLVMCreateTargetDataLayout(handle)
    defer { LLVMDisposeTargetData(layout) }
    LLVMSetModuleDataLayout(module.handle, layout)
    let triple = LLVMGetTargetMachineTriple(handle)
    defer { LLVMDisposeMessage(triple) }
    LLVMSetTarget(module.handle, triple)
  }

  /// What to emit.
  public enum Output: Hashable, Sendable {
    /// Assembly text.
    case assembly
    /// An object file.
    case object

    var code: LLVMCodeGenFileType {
      switch self {
      case .assembly: LLVMAssemblyFile
      case .object: LLVMObjectFile
      }
    }
  }

  /// Generate code for a verified module. The module itself is left in a state only fit to be emitted again or
  /// dropped, since code generation rewrites parts of it.
  public func emit(_ module: Module, _ output: Output = .object) throws -> [UInt8] {
    takeBytes(try emitBuffer(module, output))
  }

  /// Generate code for a verified module into the file at `path`, replacing it.
  public func emit(_ module: Module, _ output: Output = .object, to path: String) throws {
    configure(module)
    var message: UnsafeMutablePointer<CChar>?
    let failed = LLVMTargetMachineEmitToFile(handle, module.handle, path, output.code, &message)
    let text = takeString(message)
    let reported = module.context.diagnostics.take()
    if failed != 0 { throw LLVMError(text) }
    if let reported { throw LLVMError(reported) }
  }

  /// Generate code into a buffer that the caller disposes of.
  func emitBuffer(_ module: Module, _ output: Output) throws -> LLVMMemoryBufferRef {
    configure(module)
    var buffer: LLVMMemoryBufferRef?
    var message: UnsafeMutablePointer<CChar>?
    let failed = LLVMTargetMachineEmitToMemoryBuffer(handle, module.handle, output.code, &message, &buffer)
    let text = takeString(message)
    let reported = module.context.diagnostics.take()
    guard failed == 0, let buffer else { throw LLVMError(text) }
    if let reported {
      LLVMDisposeMemoryBuffer(buffer)
      throw LLVMError(reported)
    }
    return buffer
  }
}
