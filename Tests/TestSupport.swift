import Diagnostics
import Foundation
import Languages
import Nanopass
import Passes
import Testing

/// Places of the repository.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// The compiler under test: `NANOC` in the environment, or the one built beside the tests.
  static let nanoc: String =
    ProcessInfo.processInfo.environment["NANOC"]
    ?? URL(fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
    .deletingLastPathComponent().appendingPathComponent("nanoc").path

  static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }

  /// The files and folders in a folder, by name.
  static func entries(_ relative: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(relative))) ?? []).sorted()
  }

  static func text(_ relative: String) throws -> String {
    try String(contentsOfFile: path(relative), encoding: .utf8)
  }
}

/// A folder that goes away with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "nanoc-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, making its folder, and gives its path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: path + "/" + name).map { [UInt8]($0) } }

  var entries: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// What a process did.
struct ProcessResult: Equatable {
  /// The exit code, 128 and more for a signal.
  var code: Int32
  var output: String
  var errors: String
}

/// Runs a program to its end, at most for `seconds`.
func run(
  _ program: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
  input: [UInt8] = [], seconds: Int = 120
) throws -> ProcessResult {
  let scratch = try TemporaryFolder()
  let inputPath = try scratch.write("in", input)
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  // Threads of tests take no signals, which processes must not inherit.
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  sigemptyset(&none)
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
  let writing = O_WRONLY | O_CREAT
  posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, scratch.path + "/out", writing, 0o600)
  posix_spawn_file_actions_addopen(&actions, 2, scratch.path + "/err", writing, 0o600)
  let place = folder.map { ["env", "-C", $0] } ?? []
  let full = ["timeout", "-k", "1", String(seconds)] + place + [program] + arguments
  let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
  var process = pid_t()
  let failure = withStrings(full) { argv in
    withStrings(variables) { envp in posix_spawnp(&process, "timeout", &actions, &attributes, argv, envp) }
  }
  guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EINVAL) }
  var status: Int32 = 0
  while waitpid(process, &status, 0) == -1, errno == EINTR {}
  let signal = status & 0x7f
  func text(_ name: String) -> String { String(decoding: scratch.bytes(name) ?? [], as: UTF8.self) }
  return ProcessResult(code: signal == 0 ? status >> 8 & 0xff : 128 + signal, output: text("out"), errors: text("err"))
}

/// Runs the compiler under test.
func nanoc(
  _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:], input: [UInt8] = []
) throws -> ProcessResult {
  let environment = ["NO_COLOR": "1", "PATH": WasmTools.searchPath].merging(environment) { $1 }
  return try run(Repository.nanoc, arguments, in: folder, environment: environment, input: input)
}

private func withStrings<Result>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
  defer { for pointer in pointers { free(pointer) } }
  pointers.append(nil)
  return pointers.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("a list with a nil at its end is not empty") }
    return body(base)
  }
}

/// Hands a result from one thread to another; a semaphore orders the accesses.
private final class ResultBox<Value>: @unchecked Sendable {
  var result: Result<Value, any Error>?
}

/// Runs `body` on a thread with the stack that passes ask for.
func onLargeStack<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
  let box = ResultBox<Value>()
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    box.result = Result { try body() }
    done.signal()
  }
  thread.stackSize = 1 << 30
  thread.start()
  done.wait()
  guard let result = box.result else { throw POSIXError(.EINVAL) }
  return try result.get()
}

/// What a check finds while it runs on another thread than its test's, where `#expect` would not know the test.
final class Findings: @unchecked Sendable {
  fileprivate var problems: [String] = []

  func expect(_ isTrue: Bool, _ problem: @autoclosure () -> String) {
    if !isTrue { problems.append(problem()) }
  }
}

/// Runs a check on a large stack and records what it finds as issues of the current test.
func checkOnLargeStack(
  sourceLocation: Testing.SourceLocation = #_sourceLocation, _ body: @escaping @Sendable (Findings) throws -> Void
) throws {
  let findings = Findings()
  let outcome = Result { try onLargeStack { try body(findings) } }
  for problem in findings.problems { Issue.record(Comment(rawValue: problem), sourceLocation: sourceLocation) }
  try outcome.get()
}

// MARK: Programs of any language

/// A failure that says all that matters.
struct Problem: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// Reads a program of a language from text.
func read<L: Language>(_ language: L.Type, _ text: String, textBase: UInt32? = nil) throws -> AnyProgram {
  var reader = SExpressionReader(Array(text.utf8))
  var nodes = NodeReader(textBase: textBase)
  return AnyProgram(language, try L.Root(reading: try reader.readWhole(), from: &nodes))
}

/// What is broken in a program, as lines of text.
func violations<L: Language>(_ language: L.Type, _ program: AnyProgram) -> [(invariant: String, text: String)] {
  guard let root = program.root as? L.Root else { return [("pipeline-order", "is a \(program.language.name)")] }
  return L.verify(root).map { ($0.invariant, "\($0.invariant): \($0.violation.message)\n\($0.violation.form)") }
}

/// A stage of the pipeline by its pass's name.
func stage(_ name: String) throws -> Stage {
  guard let stage = allStages.first(where: { $0.name == name }) else {
    throw Problem("there is no pass `\(name)`")
  }
  return stage
}

/// The first place where two texts differ, with a few lines around it.
func firstDifference(_ expected: String, _ actual: String) -> String {
  let left = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let right = actual.split(separator: "\n", omittingEmptySubsequences: false)
  var line = 0
  while line < min(left.count, right.count), left[line] == right[line] { line += 1 }
  func part(_ lines: [Substring], _ mark: String) -> String {
    lines.dropFirst(line).prefix(6).map { mark + $0 }.joined(separator: "\n")
  }
  let before = left[max(0, line - 3)..<line].map { "  " + $0 }.joined(separator: "\n")
  return "line \(line + 1):\n\(before)\n\(part(left, "- "))\n\(part(right, "+ "))"
}
