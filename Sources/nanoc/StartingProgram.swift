import Diagnostics
import Languages
import Nanopass

/// The program that a file alone makes; its modules are loaded by the first pass.
func startingProgram(_ path: String, _ context: PassContext) throws -> AnyProgram {
  let bytes = try readFile(path)
  let added = try context.sources.add(path: path, bytes: bytes)
  let span = Span(start: added.base, length: UInt32(clamping: bytes.count))
  let entry: Source.File
  if let text = String(validating: bytes, as: UTF8.self) {
    entry = .text(span, path: path, module: "", isLibrary: false, content: text)
  } else {
    entry = .malformed(span, path: path, module: "", offset: firstInvalidByte(bytes))
  }
  return AnyProgram(Source.self, Source.Root(span, files: [entry]))
}

/// The offset of the first byte that is not UTF-8.
private func firstInvalidByte(_ bytes: [UInt8]) -> Int {
  var decoder = Unicode.UTF8.ForwardParser()
  var iterator = bytes.makeIterator()
  var offset = 0
  while true {
    switch decoder.parseScalar(from: &iterator) {
    case .valid(let scalar): offset += scalar.count
    case .emptyInput, .error: return offset
    }
  }
}
