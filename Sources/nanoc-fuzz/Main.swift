import Foundation
import Fuzzing
import Interpreters
import NativePasses
import ProgramGenerator

/// `nanoc-fuzz NANOC [MODE [FIRST-SEED [COUNT [FOLDER]]]]`: goes on until it is stopped or COUNT is reached. What fails
/// is kept in FOLDER (`build/fuzz`). The modes:
/// - `programs` runs random programs at all levels. Of each kind of failure one program is made smaller.
/// - `sources` compiles damaged sources.
/// - `snapshots` goes on from damaged snapshots.
@main
struct Main {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let mode = arguments.count > 1 ? arguments[1] : "programs"
    guard let compiler = arguments.first, ["programs", "sources", "snapshots"].contains(mode),
      FileManager.default.isExecutableFile(atPath: compiler)
    else {
      print(
        """
        usage: nanoc-fuzz NANOC [programs|sources|snapshots [FIRST-SEED [COUNT [FOLDER]]]]
        NANOC is the compiler to test; it goes on until it is stopped or COUNT is reached, and keeps what fails in FOLDER.
        """)
      exit(2)
    }
    let rest = arguments.dropFirst(2)
    let first = rest.first.flatMap { UInt64($0) } ?? UInt64(Date().timeIntervalSince1970)
    let count = rest.dropFirst().first.flatMap { UInt64($0) } ?? .max
    let folder = rest.dropFirst(2).first ?? "build/fuzz"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Passes recurse over the nesting of programs.
    let thread = Thread { exit(run(mode, compiler, first, count, folder) ? 1 : 0) }
    thread.stackSize = 1 << 30
    thread.start()
    while true { sleep(1000) }
  }

  /// Gives whether anything failed.
  private static func run(
    _ mode: String, _ compiler: String, _ first: UInt64, _ count: UInt64, _ folder: String
  ) -> Bool {
    if mode == "programs" {
      var session = Session(compiler: compiler, folder: folder)
      for offset in 0..<count { session.run(seed: first &+ offset) }
      session.report()
      return session.failures > 0
    }
    var session = InputSession(folder: folder)
    for offset in 0..<count {
      if mode == "sources" { session.source(seed: first &+ offset) } else { session.snapshot(seed: first &+ offset) }
    }
    session.report()
    return session.failures > 0
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
    comparison = Comparison { program, build in
      try Self.write(program, to: scratch)
      let entry = "\(scratch)/\(GeneratedProgram.entry)"
      let arguments = ["run"] + build.options + ["--module-root", scratch, entry]
      return try Self.run(compiler, arguments, complaints: folder + "/errors")
    }
  }

  mutating func run(seed: UInt64) {
    let program = ProgramGenerator.program(seed: seed, functions: 2 + Int(seed % 12))
    // Each program also as a module, and without one of the optimisations.
    let builds =
      Build.usual + [Build.modules, Build.partial].map { $0[Int(seed % UInt64($0.count))] }
    let verdict = comparison.verdict(on: program, builds: builds)
    switch verdict {
    case .same: same += 1
    case .skipped(let why): skipped[why, default: 0] += 1
    case .refused(let why), .different(let why): keep(program, seed, why, verdict.kind, builds)
    }
    let total = same + failures + skipped.values.reduce(0, +)
    if total.isMultiple(of: 100) { report() }
  }

  func report() {
    let skips = skipped.sorted { $0.value > $1.value }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    print("\(same) programs do the same at all levels, \(failures) fail; skipped: \(skips.isEmpty ? "none" : skips)")
    fflush(nil)
  }

  private mutating func keep(
    _ program: GeneratedProgram, _ seed: UInt64, _ why: String, _ kind: String, _ builds: [Build]
  ) {
    failures += 1
    print("seed \(seed): \(why)")
    fflush(nil)
    let path = "\(folder)/seed-\(seed)"
    try? Self.write(program, to: path)
    // One small program of each kind is enough.
    guard kinds.insert(kind).inserted else { return }
    if kind == "refused" { return }
    let comparison = comparison
    var shrinker = Shrinker { comparison.verdict(on: GeneratedProgram(text: $0), builds: builds).kind == kind }
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

  /// Runs a command and gives what it did. Its complaints go through a file, since both streams may be long.
  private static func run(_ command: String, _ arguments: [String], complaints: String) throws -> Outcome {
    let errors = open(complaints, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard errors >= 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: complaints]) }
    defer { close(errors) }
    var output = try SystemPipe()
    let process = try ChildProcess(
      "/usr/bin/timeout", ["120", command] + arguments, output: output.end, errors: errors)
    output.closeWriting()
    let printed = output.readAll()
    let code: Int32 =
      switch process.wait() {
      case .exit(let code): code
      case .signal(let number): 128 + number
      }
    // What `timeout` ends with.
    if code == 124 { throw InterpreterError.exhausted("seconds") }
    let said = FileManager.default.contents(atPath: complaints) ?? Data()
    return Outcome(
      output: String(decoding: printed, as: UTF8.self), errors: String(decoding: said, as: UTF8.self), code: code)
  }
}
