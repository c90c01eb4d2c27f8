import ArgumentParser
import Foundation

/// The two streams that people see.
enum Console {
  /// Writes a line to standard error.
  static func error(_ text: String) { errorText(text + "\n") }

  /// Writes text to standard error as it is. Where that is closed or full nobody can be told, so nothing happens.
  static func errorText(_ text: String) { _ = try? write(Array(text.utf8), to: 2) }

  /// Writes text to standard output as it is; ends the program if it takes no more.
  static func output(_ text: String) {
    do {
      try output(Array(text.utf8))
    } catch {
      self.error("error: \(error)")
      TemporaryFiles.removeAll()
      exit(2)
    }
  }

  /// Writes bytes to standard output.
  ///
  /// - Throws: `InvocationError` if it is closed or full.
  static func output(_ bytes: [UInt8]) throws {
    do {
      try write(bytes, to: 1)
    } catch {
      throw InvocationError("can't write to the standard output: \(error)")
    }
  }
}

/// What the system says of a failure.
struct SystemFailure: Error, CustomStringConvertible {
  /// In the system's words.
  let description: String

  /// The last failure of this thread.
  init() { description = systemMessage() }
}

/// Writes all bytes to an open file.
///
/// - Throws: `SystemFailure`.
func write(_ bytes: [UInt8], to descriptor: Int32) throws {
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written < 0, errno == EINTR { continue }
    guard written > 0 else { throw SystemFailure() }
    rest = rest.dropFirst(written)
  }
}

/// Where colours are used.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// Whether text on standard error is coloured.
  var isOn: Bool {
    switch self {
    case .always: return true
    case .never: return false
    case .auto: return isatty(2) != 0 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }
  }
}
