internal import CLLVM

/// A failure reported by LLVM, or a request that LLVM would not survive.
public struct LLVMError: Error, Equatable, CustomStringConvertible, Sendable {
  /// What went wrong, in LLVM's words where LLVM found it.
  public let message: String

  /// Make an error with the given message.
  public init(_ message: String) {
    self.message = message
  }

  /// The message.
  public var description: String { message }
}

/// Throw `error` as an `LLVMError` unless it is the success value. The handle is consumed either way.
func check(_ error: LLVMErrorRef?) throws {
  if let message = takeMessage(of: error) { throw LLVMError(message) }
}

/// The text of an LLVM error, or nil for success. The handle is consumed.
func takeMessage(of error: LLVMErrorRef?) -> String? {
  guard let error else { return nil }
  guard let text = LLVMGetErrorMessage(error) else { return "unknown LLVM error" }
  defer { LLVMDisposeErrorMessage(text) }
  return String(cString: text)
}

/// Copy a string that LLVM handed over, and dispose of the original. A null pointer gives the empty string.
func takeString(_ text: UnsafeMutablePointer<CChar>?) -> String {
  guard let text else { return "" }
  defer { LLVMDisposeMessage(text) }
  return String(cString: text)
}

/// Copy the bytes of a memory buffer, and dispose of the buffer.
func takeBytes(_ buffer: LLVMMemoryBufferRef) -> [UInt8] {
  defer { LLVMDisposeMemoryBuffer(buffer) }
  guard let start = LLVMGetBufferStart(buffer) else { return [] }
  return Array(UnsafeRawBufferPointer(start: start, count: LLVMGetBufferSize(buffer)))
}

/// A memory buffer with a copy of `bytes`; `name` is what LLVM's messages call it.
func makeBuffer(_ bytes: some Collection<UInt8>, name: String) throws -> LLVMMemoryBufferRef {
  let copy = ContiguousArray(bytes)
  let buffer = copy.withUnsafeBytes { raw in
    LLVMCreateMemoryBufferWithMemoryRangeCopy(raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count, name)
  }
  guard let buffer else { throw LLVMError("no memory for \(name)") }
  return buffer
}

/// Call `body` with the elements as the mutable array of handles that the C API asks for.
func withHandles<R>(
  _ handles: [OpaquePointer?], _ body: (UnsafeMutablePointer<OpaquePointer?>?, UInt32) -> R
) -> R {
  var handles = handles
  return handles.withUnsafeMutableBufferPointer { body($0.baseAddress, UInt32(clamping: $0.count)) }
}
