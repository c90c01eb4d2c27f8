internal import CLLVM

/// Owns the types, constants and metadata that modules share. Everything made from a context is valid only while the
/// context lives; modules and builders keep theirs alive. Not to be used from two threads at once.
public final class Context {
  let handle: LLVMContextRef
  let diagnostics = Diagnostics()
  var memoryEffects: [String: UInt64] = [:]

  /// Make an empty context. With `discardNames` the names given to instructions and blocks are dropped, which makes
  /// building faster and the printed text harder to read.
  public init(discardNames: Bool = false) {
    handle = LLVMContextCreate()
    LLVMContextSetDiscardValueNames(handle, discardNames ? 1 : 0)
    // Without a handler, LLVM ends the process when the code generator finds an error in its input.
    LLVMContextSetDiagnosticHandler(handle, collectDiagnostic, Unmanaged.passUnretained(diagnostics).toOpaque())
  }

  deinit {
    LLVMContextDispose(handle)
  }

  /// The metadata kind number of a name such as `prof`.
  func metadataKind(_ name: String) -> UInt32 {
    LLVMGetMDKindIDInContext(handle, name, UInt32(clamping: name.utf8.count))
  }
}

/// The errors that LLVM reported to a context and nobody has thrown yet.
final class Diagnostics {
  private var errors: [String] = []

  func record(_ message: String) {
    errors.append(message)
  }

  /// The errors so far, which are forgotten here, or nil if there are none.
  func take() -> String? {
    defer { errors.removeAll() }
    return errors.isEmpty ? nil : errors.joined(separator: "\n")
  }

  /// Throw the errors so far, if any.
  func throwErrors() throws {
    if let message = take() { throw LLVMError(message) }
  }
}

/// The callback behind `Context.diagnostics`: keeps errors, drops warnings and remarks.
private func collectDiagnostic(_ info: LLVMDiagnosticInfoRef?, _ box: UnsafeMutableRawPointer?) {
  guard let info, let box, LLVMGetDiagInfoSeverity(info) == LLVMDSError else { return }
  let message = takeString(LLVMGetDiagInfoDescription(info))
  Unmanaged<Diagnostics>.fromOpaque(box).takeUnretainedValue().record(message)
}
