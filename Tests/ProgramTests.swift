import Foundation
import Testing

/// A program in `Tests/programs/`: `NAME.av`, and beside it what it does: `NAME.out` (standard output), `NAME.err`,
/// `NAME.code` (exit code), `NAME.args` (one argument a line), `NAME.env` (one `NAME=VALUE` a line), `NAME.in`. What is
/// absent is empty, or 0. A program of several modules is `NAME/main.av` with `NAME/expected.out` and so on. Benchmarks,
/// `Tests/benchmarks/NAME/NAME.av`, run with the small size in `NAME.args`.
struct SampleProgram: Sendable, CustomTestStringConvertible {
  var name: String
  /// The folder to compile in, relative to the repository.
  var folder = "Tests/programs"
  var file: String
  /// The name of the files beside it, up to the dot.
  var stem: String
  var testDescription: String { name }

  static let all = programs + benchmarks

  static let benchmarks: [SampleProgram] = Repository.entries("Tests/benchmarks").map { entry in
    SampleProgram(name: entry, folder: "Tests/benchmarks/\(entry)", file: "\(entry).av", stem: entry)
  }

  private static let programs: [SampleProgram] = Repository.entries("Tests/programs").compactMap { entry in
    if entry.hasSuffix(".av") {
      let stem = String(entry.dropLast(3))
      return SampleProgram(name: stem, file: entry, stem: stem)
    }
    let folder = "Tests/programs/\(entry)"
    guard Repository.entries(folder).contains("main.av") else { return nil }
    return SampleProgram(name: entry, folder: folder, file: "main.av", stem: "expected")
  }

  private func companion(_ suffix: String) -> String {
    (try? Repository.text("\(folder)/\(stem).\(suffix)")) ?? ""
  }

  var arguments: [String] { companion("args").split(separator: "\n").map(String.init) }
  var environment: [String: String] {
    let entries = companion("env").split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1) }
    return Dictionary(entries.map { (String($0[0]), String($0.dropFirst().first ?? "")) }) { $1 }
  }
  var input: [UInt8] {
    FileManager.default.contents(atPath: Repository.path("\(folder)/\(stem).in")).map { Array($0) } ?? []
  }
  var expected: ProcessResult {
    let code = Int32(companion("code").trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    return ProcessResult(code: code, output: companion("out"), errors: companion("err"))
  }
}

@Suite struct ProgramTests {
  private func expect(
    _ actual: ProcessResult, _ program: SampleProgram, _ how: String, against other: ProcessResult? = nil
  ) {
    let expected = other ?? program.expected
    #expect(actual.code == expected.code, "\(program.name) \(how): \(actual.errors.suffix(600))")
    if actual.output != expected.output {
      Issue.record("\(program.name) \(how): stdout differs at \(firstDifference(expected.output, actual.output))")
    }
    if actual.errors != expected.errors {
      Issue.record("\(program.name) \(how): stderr differs at \(firstDifference(expected.errors, actual.errors))")
    }
  }

  /// As WebAssembly with values on the engine's heap, in Node.
  @Test(arguments: SampleProgram.all, ["-O0", "-O2"]) func inNode(_ program: SampleProgram, _ level: String) throws {
    let work = try TemporaryFolder()
    let module = work.path + "/program.wasm"
    let compiled = try nanoc(
      [program.file, "--target=wasm-gc", level, "-o", module, "--verify-ir"], in: Repository.path(program.folder))
    try #require(compiled.code == 0, "\(program.name) \(level): \(compiled.errors)")
    let complaint = try WasmTools.complaint(about: work.bytes("program.wasm") ?? [])
    #expect(complaint == nil, "\(program.name) \(level)")
    let result = try nanoc(
      ["run", module, "--"] + program.arguments, environment: program.environment, input: program.input)
    expect(result, program, "in Node at \(level)")
  }

  /// The same in wasmtime, by a host of its own.
  @Test(arguments: SampleProgram.all) func inWasmtime(_ program: SampleProgram) throws {
    let module = try EngineModule(program, target: "wasm-gc")
    let host = Repository.path("Tests/wasm/run-wasmtime.py")
    let result = try run(
      WasmTools.python, [host, module.path] + program.arguments, environment: program.environment, input: program.input)
    expect(result, program, "in wasmtime", against: module.native)
  }

  /// A program for an engine that takes minutes for much on the heap, or ten seconds to interpret it: such a program has
  /// smaller numbers, and is compared with what native code does with them.
  private struct EngineModule {
    private let work: TemporaryFolder
    /// What native code does with smaller numbers; nil if they are not.
    let native: ProcessResult?

    init(_ program: SampleProgram, target: String) throws {
      work = try TemporaryFolder()
      let copy = try program.name == "long_maps" ? InterpreterTests.withSmallNumbers(program) : nil
      let folder = copy?.path ?? Repository.path(program.folder)
      native = try copy.map { try nanoc(["run", program.file, "--"] + program.arguments, in: $0.path) }
      let compiled = try nanoc([program.file, "--target=\(target)", "-o", path], in: folder)
      try #require(compiled.code == 0, "\(program.name): \(compiled.errors)")
    }

    var path: String { work.path + "/program.wasm" }
  }

  /// As WebAssembly with values in memory, which fails if a cell is never freed.
  @Test(arguments: SampleProgram.all, ["-O0", "-O2"])
  func inMemory(_ program: SampleProgram, _ level: String) throws {
    try expectInMemory(program, [level, "--verify-ir"])
  }

  /// The same, small.
  @Test(arguments: SampleProgram.benchmarks) func smallInMemory(_ program: SampleProgram) throws {
    try expectInMemory(program, ["-Os"])
  }

  /// The same in the engines that are made for commands: wasmtime, which compiles modules, and the wasmkit that comes with
  /// Swift, if it is there, which interprets them.
  @Test(arguments: SampleProgram.all) func inOtherEngines(_ program: SampleProgram) throws {
    // WASI lets programs look at the environment only.
    if program.name == "environment_changes" { return }
    let module = try EngineModule(program, target: "wasm32")
    let host = Repository.path("Tests/wasm/run-wasi.py")
    let compiling = try run(
      WasmTools.python, [host, module.path] + program.arguments, environment: program.environment, input: program.input)
    expect(compiling, program, "in wasmtime's WASI", against: module.native)
    guard let wasmkit = WasmTools.wasmkit, Self.refused[program.name] == nil else { return }
    let environment = program.environment.sorted { $0.key < $1.key }.flatMap { ["--env", "\($0.key)=\($0.value)"] }
    let interpreting = try run(
      wasmkit, ["run", "--stack-size", "2000000000"] + environment + [module.path] + program.arguments,
      input: program.input)
    expect(interpreting, program, "in wasmkit", against: module.native)
  }

  /// What wasmkit can't run, and why.
  private static let refused = [
    "clock": "it has no `poll_oneoff`, by which programs sleep", "environment": "it refuses variables without a value",
  ]

  private func expectInMemory(_ program: SampleProgram, _ options: [String]) throws {
    let work = try TemporaryFolder()
    let module = work.path + "/program.wasm"
    let compiled = try nanoc(
      [program.file, "--target=wasm32", "--check-leaks", "-o", module] + options, in: Repository.path(program.folder))
    if program.name == "environment_changes" {
      // WASI lets programs look at the environment only.
      return #expect(compiled.code == 1 && compiled.errors.contains("error[target-effect-unsupported]"))
    }
    try #require(compiled.code == 0, "\(program.name) \(options): \(compiled.errors)")
    let complaint = try WasmTools.complaint(
      about: work.bytes("program.wasm") ?? [], features: WasmTools.memoryFeatures)
    #expect(complaint == nil, "\(program.name) \(options)")
    let result = try nanoc(
      ["run", module, "--"] + program.arguments, environment: program.environment, input: program.input)
    expect(result, program, "in memory at \(options)")
  }

  /// Compiled with the checked runtime, which fails if a cell is never freed.
  @Test(arguments: SampleProgram.all, ["-O0", "-O2"]) func compiled(_ program: SampleProgram, _ level: String) throws {
    let work = try TemporaryFolder()
    let executable = work.path + "/program"
    let compilation = try nanoc(
      [program.file, "-o", executable, level, "--check-leaks", "--verify-ir"],
      in: Repository.path(program.folder))
    try #require(compilation.code == 0, "\(program.name): \(compilation.errors)")
    let result = try run(executable, program.arguments, environment: program.environment, input: program.input)
    expect(result, program, level)
  }

  @Test(arguments: SampleProgram.all) func runInMemory(_ program: SampleProgram) throws {
    let result = try nanoc(
      ["run", program.file, "--"] + program.arguments, in: Repository.path(program.folder),
      environment: program.environment, input: program.input)
    expect(result, program, "by nanoc run")
  }

  /// Object code must be near enough to be linked, wherever the system happens to put it.
  @Test func runInMemoryAgainAndAgain() throws {
    for _ in 0..<10 {
      let result = try nanoc(["run", "red_black.av"], in: Repository.path("Tests/programs"))
      try #require(result.code == 0, "\(result.code): \(result.errors.prefix(300))")
    }
  }

  @Test func thereAreThoseThatWerePromised() {
    let names = Set(SampleProgram.all.map(\.name))
    for name in ["expressions", "red_black", "big_fibonacci", "tokenizer", "queens", "json_parser", "sieve"] {
      #expect(names.contains(name), "Tests/programs/\(name).av is missing")
    }
  }
}
