internal import CLLVM

/// Runs code in this process: links object code in memory and gives out the addresses of its symbols. What is not
/// defined by what was added is taken from the process itself. Thread-local variables and static constructors of the
/// added code are not supported. The code is unloaded with the JIT, so no address may be used after that.
public final class JIT {
  private let handle: LLVMOrcLLJITRef
  private let library: LLVMOrcJITDylibRef
  private let machine: TargetMachine
  private let diagnostics = Diagnostics()

  /// Make an empty JIT whose modules are compiled for the given processor and level. Throws if this LLVM cannot run
  /// code here.
  ///
  /// - Parameter tellsDebuggers: whether a debugger that watches this process is given the debug information of what is
  ///   added, by the interface that gdb and lldb share.
  public init(
    processor: Processor = .native, optimisation: OptimisationLevel = .standard, tellsDebuggers: Bool = false
  ) throws {
    machine = try TargetMachine(processor: processor, optimisation: optimisation)
    var made: LLVMOrcLLJITRef?
    try check(LLVMOrcCreateLLJIT(&made, nil))
    guard let made, let main = LLVMOrcLLJITGetMainJITDylib(made) else { throw LLVMError("no JIT was made") }
    handle = made
    library = main
    LLVMOrcExecutionSessionSetErrorReporter(
      LLVMOrcLLJITGetExecutionSession(handle), recordSessionError,
      Unmanaged.passUnretained(diagnostics).toOpaque())
    if tellsDebuggers { try check(LLVMOrcLLJITEnableDebugSupport(handle)) }
  }

  deinit {
    // Nobody is left to tell about an error here, and the handle is gone whether there was one or not.
    _ = takeMessage(of: LLVMOrcDisposeLLJIT(handle))
  }

  /// Compile a verified module and add its symbols. The module is not needed any more afterwards. Throws for a symbol
  /// that is already defined.
  public func add(_ module: Module) throws {
    try add(buffer: machine.emitBuffer(module, .object))
  }

  /// Add the symbols of an object file given as bytes; `name` stands for it in messages.
  public func addObject(_ bytes: some Collection<UInt8>, name: String = "object") throws {
    try add(buffer: makeBuffer(bytes, name: name))
  }

  /// Add the symbols of the object file at `path`.
  public func addObject(path: String) throws {
    try add(buffer: readBuffer(path: path))
  }

  private func add(buffer: LLVMMemoryBufferRef) throws {
    try check(LLVMOrcLLJITAddObjectFile(handle, library, buffer))
  }

  /// Search the static library at `path` for symbols that are needed and not defined yet. Members are linked only when
  /// used. Libraries are searched in the order they are added.
  public func addStaticLibrary(path: String) throws {
    let source = ArchiveSource(try Archive(path: path), jit: handle)
    let generator = LLVMOrcCreateCustomCAPIDefinitionGenerator(
      generateFromArchive, Unmanaged.passRetained(source).toOpaque(), releaseArchive)
    LLVMOrcJITDylibAddGenerator(library, generator)
  }

  /// Load a shared library such as `libgmp.so.10`, found as the system's loader finds it, and search it for symbols
  /// that are needed and not defined yet.
  public func addSharedLibrary(path: String) throws {
    var generator: LLVMOrcDefinitionGeneratorRef?
    let prefix = LLVMOrcLLJITGetGlobalPrefix(handle)
    try check(LLVMOrcCreateDynamicLibrarySearchGeneratorForPath(&generator, path, prefix, nil, nil))
    LLVMOrcJITDylibAddGenerator(library, generator)
  }

  /// Define symbols as the given addresses. Throws for a symbol that is already defined.
  public func define(_ symbols: [String: UInt]) throws {
    let flags = UInt8(LLVMJITSymbolGenericFlagsExported.rawValue | LLVMJITSymbolGenericFlagsCallable.rawValue)
    var pairs = symbols.map { name, address in
      LLVMOrcCSymbolMapPair(
        Name: LLVMOrcLLJITMangleAndIntern(handle, name),
        Sym: LLVMJITEvaluatedSymbol(
          Address: LLVMOrcExecutorAddress(address), Flags: LLVMJITSymbolFlags(GenericFlags: flags, TargetFlags: 0)))
    }
    let unit = pairs.withUnsafeMutableBufferPointer { LLVMOrcAbsoluteSymbols($0.baseAddress, $0.count) }
    if let message = takeMessage(of: LLVMOrcJITDylibDefine(library, unit)) {
      LLVMOrcDisposeMaterializationUnit(unit)
      throw LLVMError(message)
    }
  }

  /// The address of a symbol, linking what it needs. Throws if it, or something it needs, is not defined.
  public func lookup(_ symbol: String) throws -> UInt {
    var address: LLVMOrcExecutorAddress = 0
    let failure = takeMessage(of: LLVMOrcLLJITLookup(handle, &address, symbol))
    let reported = diagnostics.take()
    guard let failure else { return UInt(address) }
    throw LLVMError([failure, reported].compactMap { $0 }.joined(separator: "\n"))
  }
}

/// Keeps what the JIT would otherwise print: why something could not be linked.
private func recordSessionError(_ box: UnsafeMutableRawPointer?, _ error: LLVMErrorRef?) {
  guard let message = takeMessage(of: error), let box else { return }
  Unmanaged<Diagnostics>.fromOpaque(box).takeUnretainedValue().record(message)
}

/// A static library that a JIT searches. LLVM's own generator for these is declared by some versions of its C headers
/// with parameters that the library does not have, so it cannot be linked to.
private final class ArchiveSource {
  let archive: Archive
  let jit: LLVMOrcLLJITRef

  init(_ archive: Archive, jit: LLVMOrcLLJITRef) {
    self.archive = archive
    self.jit = jit
  }

  /// Add the object file that defines `symbol`, if the library has one.
  func provide(_ symbol: String, to library: LLVMOrcJITDylibRef?) throws {
    guard let object = try archive.take(defining: symbol) else { return }
    try check(LLVMOrcLLJITAddObjectFile(jit, library, makeBuffer(object, name: symbol)))
  }
}

/// The callback by which the JIT asks a static library for symbols that are not defined yet.
private func generateFromArchive(
  _ generator: LLVMOrcDefinitionGeneratorRef?, _ context: UnsafeMutableRawPointer?,
  _ state: UnsafeMutablePointer<LLVMOrcLookupStateRef?>?, _ kind: LLVMOrcLookupKind, _ library: LLVMOrcJITDylibRef?,
  _ flags: LLVMOrcJITDylibLookupFlags, _ symbols: LLVMOrcCLookupSet?, _ count: Int
) -> LLVMErrorRef? {
  guard let context else { return nil }
  let source = Unmanaged<ArchiveSource>.fromOpaque(context).takeUnretainedValue()
  do {
    for symbol in UnsafeBufferPointer(start: symbols, count: count) {
      guard let name = LLVMOrcSymbolStringPoolEntryStr(symbol.Name) else { continue }
      try source.provide(String(cString: name), to: library)
    }
    return nil
  } catch {
    return LLVMCreateStringError("\(error)")
  }
}

private func releaseArchive(_ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<ArchiveSource>.fromOpaque(context).release()
}
