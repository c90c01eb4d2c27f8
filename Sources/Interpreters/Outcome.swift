import Languages
import Nanopass

/// What a program did.
public struct Outcome: Equatable, Sendable {
  /// What it wrote to its standard output.
  public var output = ""
  /// What it wrote to its standard error.
  public var errors = ""
  /// Its exit code.
  public var code: Int32 = 0

  /// What a program did.
  public init(output: String = "", errors: String = "", code: Int32 = 0) {
    self.output = output
    self.errors = errors
    self.code = code
  }
}

/// Why there is no outcome.
public enum InterpreterError: Error, Equatable, CustomStringConvertible {
  /// The program uses something that the interpreters don't know.
  case unsupported(String)
  /// The program breaks a rule of its language: a bug of the compiler.
  case broken(String)
  /// The program takes more steps or more nested calls than it may.
  case exhausted(String)

  public var description: String {
    switch self {
    case .unsupported(let what): "not supported by the interpreters: \(what)"
    case .broken(let what): "the program is broken: \(what)"
    case .exhausted(let what): "the program takes too many \(what)"
    }
  }
}

/// Ends the program with a message, as the library says for some arguments.
struct Fault: Error {
  var message: String
}
