internal import CLLVM

/// Records which source lines the code of a module comes from, as DWARF. Call `finish` once before the module is
/// checked or emitted.
public final class DebugInfo {
  /// The module that is described.
  public let module: Module
  private let handle: LLVMDIBuilderRef
  private let file: LLVMMetadataRef
  private let anyFunction: LLVMMetadataRef

  /// Start describing a module that was compiled from the source file `name` in `directory` by the compiler called
  /// `producer`. Throws if LLVM refuses.
  public init(_ module: Module, file name: String, directory: String, producer: String, optimised: Bool) throws {
    guard let builder = LLVMCreateDIBuilder(module.handle),
      let file = LLVMDIBuilderCreateFile(builder, name, name.utf8.count, directory, directory.utf8.count),
      LLVMDIBuilderCreateCompileUnit(
        builder, LLVMDWARFSourceLanguageC, file, producer, producer.utf8.count, optimised ? 1 : 0, "", 0, 0, "", 0,
        LLVMDWARFEmissionFull, 0, 0, 0, "", 0, "", 0) != nil,
      let type = LLVMDIBuilderCreateSubroutineType(builder, file, nil, 0, LLVMDIFlagZero)
    else { throw LLVMError("no debug information for \(name)") }
    self.module = module
    self.file = file
    handle = builder
    anyFunction = type
    module.setFlag("Debug Info Version", LLVMDebugMetadataVersion())
    module.setFlag("Dwarf Version", 5)
  }

  deinit {
    LLVMDisposeDIBuilder(handle)
  }

  /// A piece of source that code belongs to.
  public struct Scope: Hashable {
    let handle: LLVMMetadataRef
  }

  /// Say that a defined function is `name` in the source, starting at `line`, from 1. The scope is for the locations
  /// in its body.
  public func describe(_ function: Function, name: String, line: Int) -> Scope {
    let symbol = function.name
    let start = UInt32(clamping: line)
    let isLocal = LLVMGetLinkage(function.handle) == LLVMInternalLinkage
    let scope = LLVMDIBuilderCreateFunction(
      handle, file, name, name.utf8.count, symbol, symbol.utf8.count, file, start, anyFunction, isLocal ? 1 : 0, 1,
      start, LLVMDIFlagZero, 0)
    LLVMSetSubprogram(function.handle, scope)
    return Scope(handle: scope ?? file)
  }

  /// Complete the description.
  public func finish() {
    LLVMDIBuilderFinalize(handle)
  }
}

extension Builder {
  /// Let the instructions built from here on belong to a line and column of the source, both from 1.
  public func setLocation(line: Int, column: Int, in scope: DebugInfo.Scope) {
    let location = LLVMDIBuilderCreateDebugLocation(
      context.handle, UInt32(clamping: line), UInt32(clamping: column), scope.handle, nil)
    LLVMSetCurrentDebugLocation2(handle, location)
  }

  /// Let the instructions built from here on belong to no place in the source. Needed before building another
  /// function.
  public func clearLocation() {
    LLVMSetCurrentDebugLocation2(handle, nil)
  }
}
