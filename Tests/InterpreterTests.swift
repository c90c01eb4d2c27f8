import Foundation
import Fuzzing
import Interpreters
import Languages
import Nanopass
import Passes
import ProgramGenerator
import Testing

@Suite struct InterpreterTests {
  /// Programs that compute for long: these run with smaller numbers, against what native code does with them.
  static let long: Set<String> = [
    "accumulators", "big_calculator", "big_fibonacci", "callbacks", "collatz_primes", "collections_dropped",
    "deep_calls", "deep_recursion", "factorials", "growing_texts", "json_library", "library_list", "long_loops",
    "long_maps", "map_against_list", "mini_language", "propagation", "red_black", "roman", "script_interpreter",
    "sorting", "tail_calls", "traversal", "vector_loop",
  ]

  @Test(arguments: SampleProgram.all) func programsKeepTheirMeaning(_ sample: SampleProgram) throws {
    let isLong = Self.long.contains(sample.name)
    let copy = try isLong ? Self.withSmallNumbers(sample) : nil
    let root = copy?.path ?? Repository.path(sample.folder)
    let expected =
      try copy.map { try nanoc(["run", "-O0", sample.file, "--"] + sample.arguments, in: $0.path) } ?? sample.expected
    let outcomes = try onLargeStack {
      let text = try String(contentsOfFile: root + "/" + sample.file, encoding: .utf8)
      let levels = try Levels(path: sample.file, text: text, files: FolderFiles(root: root))
      return try Level.all.map { level in
        let program = try #require(levels.program(level))
        let outcome = try Interpreter.run(
          program, arguments: sample.arguments,
          system: { .fixed(input: sample.input, environment: sample.environment) }, steps: 20_000_000)
        return (level, outcome)
      }
    }
    for (level, outcome) in outcomes {
      #expect(outcome.code == expected.code, "\(level)")
      #expect(outcome.errors == expected.errors, "\(level)")
      if outcome.output != expected.output {
        Issue.record("\(level): stdout differs at \(firstDifference(expected.output, outcome.output))")
      }
    }
  }

  /// A copy of a program with the first three digits of numbers of four digits and more, but for those that fit no
  /// machine word.
  static func withSmallNumbers(_ sample: SampleProgram) throws -> TemporaryFolder {
    let copy = try TemporaryFolder()
    let isAlone = sample.folder == "Tests/programs"
    let all = isAlone ? [sample.file] : FileManager.default.subpaths(atPath: Repository.path(sample.folder)) ?? []
    for path in all where path.hasSuffix(".av") {
      let text = try Repository.text("\(sample.folder)/\(path)")
      try copy.write(path, text.replacing(#/\b[0-9]{4,18}\b/#) { $0.output.prefix(3) })
    }
    return copy
  }

  private func outcome(_ text: String, _ level: Level, steps: Int = .max) throws -> Outcome {
    try onLargeStack {
      let levels = try Levels(path: "test.av", text: text, files: NoSourceFiles(), [level])
      return try Interpreter.run(try #require(levels.program(level)), steps: steps)
    }
  }

  @Test(arguments: Level.all) func deepRecursionAndLongLoops(_ level: Level) throws {
    let text = """
      module Deep
          effects [Console.print]

      fn sum(n: Int) -> Int
          match n
              0 -> 0
              _ -> n + sum(n - 1)

      fn even(n: Int) -> Bool
          match n
              0 -> true
              _ -> odd(n - 1)

      fn odd(n: Int) -> Bool
          match n
              0 -> false
              _ -> even(n - 1)

      fn main() -> Unit
          ! [Console.print]
          Console.print("{sum(200000)} {even(200000)}")

      """
    #expect(try outcome(text, level).output == "20000100000 true\n")
    #expect(throws: InterpreterError.exhausted("steps")) { try outcome(text, level, steps: 1000) }
  }

  @Test func recursionWithoutEndIsNoCrash() throws {
    let text = """
      module Deep

      fn sum(n: Int) -> Int
          n + sum(n + 1)

      fn main() -> Unit
          _ = sum(0)
          Unit

      """
    let level = Level(interpreter: .typed, optimisation: 0)
    #expect(throws: InterpreterError.exhausted("steps")) { try outcome(text, level, steps: 1_000_000) }
  }

  @Test(arguments: ["typed", "core", "counted"]) func fromTheCommandLine(_ name: String) throws {
    let folder = Repository.path("Tests/programs")
    let result = try nanoc(["run", "--interpret=\(name)", "echo_arguments.av", "--", "a b", "c"], in: folder)
    let native = try nanoc(["run", "echo_arguments.av", "--", "a b", "c"], in: folder)
    #expect(result.output == native.output)
    let failing = try nanoc(["run", "--interpret=\(name)", "main_error.av"], in: folder)
    #expect(failing.code == 1 && failing.errors.contains("Main returned error: "))
  }

  /// A program that keeps accounts badly is found out.
  @Test(arguments: [
    ("[(drop x.0)]", "a cell is freed twice"),
    ("[(dup x.0)]", "1 cells are never freed"),
  ])
  func wrongCountsAreFound(_ steps: String, _ message: String) throws {
    let text = """
      (program
        [(function main [] [word] (effects []) (behaviour false false false false)
          (block [(let x.0 cell (cell 0 [(integer 1)] [])) \(steps.dropFirst().dropLast()) (drop x.0)]
            (return [(word 0)]) -))]
        main)
      """
    let program = try read(Counted.self, text)
    #expect(throws: InterpreterError.broken(message)) { try Interpreter.run(program) }
  }
}

/// Random programs do the same in every interpreter, as native code at `-O0` and `-O2`, and as a module. `make fuzz` runs
/// more.
@Suite struct DifferentialTests {
  private let comparison = Comparison { program, build in
    let folder = try TemporaryFolder()
    for file in program.files { try folder.write(file.path, file.text) }
    let result = try nanoc(["run"] + build.options + [GeneratedProgram.entry], in: folder.path)
    return Outcome(output: result.output, errors: result.errors, code: result.code)
  }

  @Test(arguments: 1...8) func randomPrograms(_ seed: Int) throws {
    let builds = Build.usual + [Build.modules[seed % Build.modules.count]]
    let verdict = try onLargeStack { [comparison] in
      comparison.verdict(on: ProgramGenerator.program(seed: UInt64(seed), functions: 2), builds: builds)
    }
    if case .refused(let why) = verdict { Issue.record("seed \(seed): \(why)") }
    if case .different(let why) = verdict { Issue.record("seed \(seed): \(why)") }
  }

  /// No optimisation changes what a program does: each is left out once.
  @Test(arguments: Array(Build.partial.enumerated().map { (seed: $0 + 101, build: $1) }))
  func withoutOneOptimisation(_ seed: Int, _ build: Build) throws {
    let verdict = try onLargeStack { [comparison] in
      comparison.verdict(on: ProgramGenerator.program(seed: UInt64(seed), functions: 3), builds: [build])
    }
    if case .refused(let why) = verdict { Issue.record("seed \(seed), \(build): \(why)") }
    if case .different(let why) = verdict { Issue.record("seed \(seed), \(build): \(why)") }
  }

  /// What native code computes otherwise in the last place, modules of both kinds compute alike.
  @Test func inexactFunctionsAreComparedBetweenModules() throws {
    let text = """
      module Main

      fn main() -> Unit
          ! [Console.print]
          Console.print("{Float.sin(0.5)}")

      """
    let program = GeneratedProgram(text: text)
    func verdict(_ outputs: [Road: String]) throws -> Verdict {
      let comparison = Comparison { _, build in Outcome(output: outputs[build.road] ?? "") }
      let builds = [Build(.wasmGC, "-O2"), Build(.wasm32, "-O2")]
      return try onLargeStack { comparison.verdict(on: program, builds: builds) }
    }
    let exact = "0.479425538604203\n"
    #expect(try verdict([.wasmGC: exact, .wasm32: exact]).kind == "same")
    #expect(try verdict([.wasmGC: "0.4", .wasm32: "0.4"]).kind == "same")
    let different = try verdict([.wasmGC: exact, .wasm32: "0.4"])
    #expect(different.kind == "different wasm32 -O2 beside wasm-gc -O2")
  }

  @Test func shrinkingKeepsTheFailure() {
    let text = (1...20).map { "line(f(\($0)), x)" }.joined(separator: "\n")
    var shrinker = Shrinker { $0.contains("f(7)") }
    #expect(shrinker.shrink(text) == "f(7)")
  }
}
