import Foundation
import Fuzzing
import Nanopass
import ProgramGenerator

/// Runs the compiler on damaged sources or snapshots. The input is kept in a file while it runs, so that one that ends
/// the process or takes more than a minute of the processor's time is found there.
struct InputSession {
  private let corpus: [[UInt8]]
  private let folder: String
  private var accepted = 0
  private var refused = 0
  private(set) var failures = 0

  init(folder: String) {
    self.folder = folder
    let roots = ["golden", "Tests/programs", "Tests/diagnostics", "Sources/Prelude"]
    let paths = roots.flatMap { root in (FileManager.default.subpaths(atPath: root) ?? []).map { "\(root)/\($0)" } }
    corpus = paths.sorted().filter { $0.hasSuffix(".av") }
      .compactMap { FileManager.default.contents(atPath: $0).map { [UInt8]($0) } }
      .filter { $0.count < 20_000 }
    // What grows without end is ended.
    var limit = rlimit(rlim_cur: 8 << 30, rlim_max: 8 << 30)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  }

  /// One damaged source: a file of this repository, or the entry of a random program of several modules.
  mutating func source(seed: UInt64) {
    var random = RandomSource(seed: seed)
    let isRandom = corpus.isEmpty || random.below(3) == 0
    let program = isRandom ? ProgramGenerator.program(seed: seed, functions: random.below(4)) : nil
    let bytes = mutate(program.map { Array($0.entryText.utf8) } ?? random.pick(corpus), &random)
    let optimization = random.below(4)
    attempt(seed, bytes, "av") {
      try HostileInput.compile(bytes, optimization: optimization, files: program ?? GeneratedProgram(text: ""))
    }
  }

  /// One damaged snapshot, of any pass: its file, or the text in it.
  mutating func snapshot(seed: UInt64) {
    var random = RandomSource(seed: seed)
    let index = random.below(HostileInput.passes)
    let program = ProgramGenerator.program(seed: seed, functions: random.below(3))
    let source = corpus.isEmpty || program.files.count == 1 ? Array(program.entryText.utf8) : random.pick(corpus)
    guard let snapshot = try? HostileInput.snapshot(of: source, behind: index) else { return }
    if random.below(4) == 0, let whole = try? snapshot.encoded() {
      let file = mutate(whole, &random)
      attempt(seed, file, "zst") { try HostileInput.resume(file, behind: index) }
    } else {
      let bytes = mutate(Array(snapshot.text.utf8), &random)
      attempt(seed, bytes, "\(index).txt") {
        try HostileInput.resume(text: String(decoding: bytes, as: UTF8.self), behind: index)
      }
    }
  }

  private mutating func attempt(_ seed: UInt64, _ input: [UInt8], _ suffix: String, _ body: () throws -> Bool) {
    let running = "\(folder)/running.\(suffix)"
    _ = FileManager.default.createFile(atPath: running, contents: Data(input))
    allow(seconds: 60)
    do {
      if try body() { accepted += 1 } else { refused += 1 }
    } catch {
      failures += 1
      print("seed \(seed): \(error)")
      try? Data(input).write(to: URL(fileURLWithPath: "\(folder)/seed-\(seed).\(suffix)"))
    }
    allow(seconds: 0)
    try? FileManager.default.removeItem(atPath: running)
    if (accepted + refused + failures).isMultiple(of: 1000) { report() }
  }

  /// Ends the process after so much of the processor's time; 0 for never.
  private func allow(seconds: Int) {
    var timer = itimerval()
    timer.it_value.tv_sec = seconds
    setitimer(__itimer_which_t(ITIMER_VIRTUAL.rawValue), &timer, nil)
  }

  func report() {
    print("\(accepted) inputs were accepted, \(refused) refused, \(failures) fail")
    fflush(nil)
  }
}
