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

/// What a program sees of the world: its arguments, and streams that only keep what is written.
final class World {
  private(set) var outcome = Outcome()
  private let arguments: [String]

  init(arguments: [String]) { self.arguments = arguments }

  /// Carries out an effect operation.
  func perform(_ effect: Name, _ arguments: [Value]) throws -> Value {
    switch effect {
    case "Console.print": outcome.output += try text(arguments) + "\n"
    case "Console.error": outcome.errors += try text(arguments) + "\n"
    case "Console.warn": outcome.errors += try "[warn] \(text(arguments))\n"
    case "Args.get": return .list(self.arguments.map { .string(Text($0)) })
    case "Program.fail": fail(try text(arguments))
    default: throw InterpreterError.unsupported("the effect \(effect)")
    }
    return .unit
  }

  private func text(_ arguments: [Value]) throws -> String {
    guard let text = arguments.first else { throw InterpreterError.broken("an effect has no argument") }
    return try text.string().string
  }

  /// Notes that `main` returned an error.
  func fail(_ message: String) {
    outcome.errors += "Main returned error: \(message)\n"
    outcome.code = 1
  }

  /// Notes that the program ended with a fault.
  func end(with fault: Fault) {
    outcome.errors += "runtime fault: \(fault.message)\n"
    outcome.code = 70
  }
}
