internal import CLLVM

/// Records which source lines the code of a module comes from, and which variables its values belong to, as DWARF 5.
/// Call `finish` once before the module is checked or emitted.
public final class DebugInfo {
  /// The module that is described.
  public let module: Module
  /// The file that the module was compiled from.
  public let mainFile: File
  let handle: LLVMDIBuilderRef
  private let directory: String
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
    _ = Self.leavesNamesToReaders
    self.module = module
    self.directory = directory
    mainFile = File(handle: file)
    handle = builder
    anyFunction = type
    module.setFlag("Debug Info Version", LLVMDebugMetadataVersion())
    module.setFlag("Dwarf Version", 5)
  }

  deinit {
    LLVMDisposeDIBuilder(handle)
  }

  /// Keeps LLVM from adding a table of names: it lacks the functions that are only inlined, and gdb 13 looks for names
  /// nowhere else if there is one. LLVM's C interface has no other way to say so.
  private static let leavesNamesToReaders: Void = {
    nanoc_leave_out_name_tables()
  }()

  /// A source file.
  public struct File: Hashable {
    let handle: LLVMMetadataRef
  }

  /// A piece of source that code belongs to.
  public struct Scope: Hashable {
    let handle: LLVMMetadataRef
  }

  /// A place in the source that an instruction can come from.
  public struct Location: Hashable {
    let handle: LLVMMetadataRef
  }

  /// The source file of that path, absolute or in the directory of the module.
  public func file(_ path: String) -> File {
    let made = LLVMDIBuilderCreateFile(handle, path, path.utf8.count, directory, directory.utf8.count)
    return made.map(File.init(handle:)) ?? mainFile
  }

  /// Say that a defined function is `name` in the source, starting at `line`, from 1, of a file, without one the main
  /// file. The scope is for the locations in its body. Its symbol is not mentioned: gdb would know it by that alone.
  public func describe(_ function: Function, name: String, line: Int, in file: File? = nil) -> Scope {
    let scope = subprogram(
      name, line, in: file ?? mainFile, isLocal: LLVMGetLinkage(function.handle) == LLVMInternalLinkage)
    LLVMSetSubprogram(function.handle, scope.handle)
    return scope
  }

  /// A function of the source whose code stands inside others.
  public func inlined(name: String, line: Int, in file: File) -> Scope {
    subprogram(name, line, in: file, isLocal: true)
  }

  private func subprogram(_ name: String, _ line: Int, in file: File, isLocal: Bool) -> Scope {
    let start = UInt32(clamping: line)
    let scope = LLVMDIBuilderCreateFunction(
      handle, file.handle, name, name.utf8.count, "", 0, file.handle, start, anyFunction, isLocal ? 1 : 0, 1, start,
      LLVMDIFlagZero, 0)
    return Scope(handle: scope ?? file.handle)
  }

  /// The place at a line and column, both from 1. If the scope is an inlined function, `caller` is where it is called.
  public func location(line: Int, column: Int, in scope: Scope, inlinedAt caller: Location? = nil) -> Location? {
    LLVMDIBuilderCreateDebugLocation(
      module.context.handle, UInt32(clamping: line), UInt32(clamping: column), scope.handle, caller?.handle
    ).map(Location.init(handle:))
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

  /// Let the instructions built from here on belong to a place in the source.
  public func setLocation(_ location: DebugInfo.Location) {
    LLVMSetCurrentDebugLocation2(handle, location.handle)
  }

  /// Let the instructions built from here on belong to no place in the source. Needed before building another
  /// function.
  public func clearLocation() {
    LLVMSetCurrentDebugLocation2(handle, nil)
  }
}
