import Foundation
import Fuzzing
import Interpreters
import ProgramGenerator

/// `nanoc-fuzz NANOC [FIRST-SEED [COUNT [FOLDER]]]`: runs random programs at all levels until it is stopped or COUNT is
/// reached. A program on which two levels disagree is kept in FOLDER (`build/fuzz`), and one of each kind made smaller.
@main
struct Main {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let compiler = arguments.first else {
      print("usage: nanoc-fuzz NANOC [FIRST-SEED [COUNT [FOLDER]]]")
      exit(2)
    }
    let rest = Array(arguments.dropFirst())
    let first = rest.first.flatMap { UInt64($0) } ?? UInt64(Date().timeIntervalSince1970)
    let count = rest.dropFirst().first.flatMap { UInt64($0) } ?? .max
    let folder = rest.dropFirst(2).first ?? "build/fuzz"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var session = Session(compiler: compiler, folder: folder)
    for offset in 0..<count { session.run(seed: first &+ offset) }
    session.report()
    if session.failures > 0 { exit(1) }
  }
}

/// The programs so far.
struct Session {
  private let comparison: Comparison
  private let folder: String
  private var same = 0
  private var skipped: [String: Int] = [:]
  private(set) var failures = 0
  private var kinds: Set<String> = []

  init(compiler: String, folder: String) {
    self.folder = folder
    let scratch = folder + "/running"
    comparison = Comparison { program, optimisation in
      try Self.write(program, to: scratch)
      return try Self.run(
        compiler,
        ["run", "-O\(optimisation)", "--check-leaks", "--module-root", scratch, "\(scratch)/\(GeneratedProgram.entry)"])
    }
  }

  mutating func run(seed: UInt64) {
    let program = ProgramGenerator.program(seed: seed, functions: 2 + Int(seed % 12))
    let verdict = comparison.verdict(on: program)
    switch verdict {
    case .same: same += 1
    case .skipped(let why): skipped[why, default: 0] += 1
    case .refused(let why), .different(let why): keep(program, seed, why, verdict.kind)
    }
    let total = same + failures + skipped.values.reduce(0, +)
    if total.isMultiple(of: 100) { report() }
  }

  func report() {
    let skips = skipped.sorted { $0.value > $1.value }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    print("\(same) programs do the same at all levels, \(failures) fail; skipped: \(skips.isEmpty ? "none" : skips)")
    fflush(nil)
  }

  private mutating func keep(_ program: GeneratedProgram, _ seed: UInt64, _ why: String, _ kind: String) {
    failures += 1
    print("seed \(seed): \(why)")
    fflush(nil)
    let path = "\(folder)/seed-\(seed)"
    try? Self.write(program, to: path)
    // One small program of each kind is enough.
    guard kinds.insert(kind).inserted else { return }
    if kind == "refused" { return }
    let comparison = comparison
    var shrinker = Shrinker { comparison.verdict(on: GeneratedProgram(text: $0)).kind == kind }
    let small = shrinker.shrink(program.text)
    try? Self.write(GeneratedProgram(text: small), to: path + ".small")
    print("made smaller: \(path).small\n\(small)")
  }

  /// Writes the files of a program to a folder, which holds nothing else then.
  private static func write(_ program: GeneratedProgram, to folder: String) throws {
    try? FileManager.default.removeItem(atPath: folder)
    for file in program.files {
      let url = URL(fileURLWithPath: folder).appendingPathComponent(file.path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try file.text.write(to: url, atomically: false, encoding: .utf8)
    }
  }

  /// Runs a command and gives what it did.
  private static func run(_ command: String, _ arguments: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments = ["120", command] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    let complaints = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    // What `timeout` ends with.
    if code == 124 { throw InterpreterError.exhausted("seconds") }
    return Outcome(
      output: String(decoding: printed, as: UTF8.self), errors: String(decoding: complaints, as: UTF8.self), code: code)
  }
}
