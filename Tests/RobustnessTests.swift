import Diagnostics
import Foundation
import Fuzzing
import Languages
import Nanopass
import Passes
import Testing

/// No bytes, as source or as snapshot, bring the compiler down.
@Suite struct RobustnessTests {
  private static func fails(_ bytes: [UInt8], _ error: any Error) -> Problem {
    Problem("\(error)\nfor this source:\n\(String(decoding: bytes, as: UTF8.self))")
  }

  private static let sources: [[UInt8]] = GoldenProgram.all.filter { $0.name != "modules" }
    .compactMap { try? $0.bytes("\($0.name).av") }

  @Test(arguments: UInt64(0)..<12) func mutatedSources(_ seed: UInt64) throws {
    try onLargeStack {
      var random = RandomSource(seed: seed)
      for _ in 0..<12 {
        let bytes = mutate(random.pick(Self.sources), &random)
        do { try HostileInput.compile(bytes) } catch { throw Self.fails(bytes, error) }
      }
    }
  }

  @Test(arguments: UInt64(0)..<4) func randomBytes(_ seed: UInt64) throws {
    try onLargeStack {
      var random = RandomSource(seed: seed)
      for _ in 0..<60 {
        let bytes = (0..<random.below(200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        do { try HostileInput.compile(bytes) } catch { throw Self.fails(bytes, error) }
      }
    }
  }

  /// Words of the language in any order come further into the parser than bytes do.
  @Test(arguments: UInt64(0)..<6) func randomWords(_ seed: UInt64) throws {
    let words = [
      "fn ", "main", "(", ")", " -> ", "Unit", "Int", "\n", "\n    ", "\n        ", "match ", "x", " = ", "[", "]",
      ", ",
      "..", "\"a{", "}\"", "\"", "type ", "record ", "T", ".", "?", "!", "Option.Some(", "_", "1", "2.5", "+", "-",
      "true",
      "{", "}", " => ", ": ", "List<", ">", "module ", "depends ", "effects ", "verify ", "// c", "Console.print(",
    ]
    try onLargeStack {
      var random = RandomSource(seed: seed)
      for _ in 0..<50 {
        let bytes = Array((0..<random.below(60)).map { _ in random.pick(words) }.joined().utf8)
        do { try HostileInput.compile(bytes) } catch { throw Self.fails(bytes, error) }
      }
    }
  }

  @Test(arguments: ["(", "[", "{", "-", "\"{", "match x\n _ -> ", "List<", "a.", "Option.Some("])
  func deepNesting(_ opener: String) throws {
    try checkOnLargeStack { findings in
      let nested = String(repeating: opener, count: 20_000)
      for text in ["x = \(nested)", "fn f(p: \(nested)", "fn main() -> Unit\n    x = \(nested)1"] {
        let accepted = try HostileInput.compile(Array(text.utf8))
        findings.expect(!accepted, "accepted: \(text.prefix(80))")
      }
    }
  }

  /// Sixty-four levels, which the language promises to accept.
  @Test func allowedNesting() throws {
    let expression = String(repeating: "(", count: 64) + "1" + String(repeating: ")", count: 64)
    let list = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    let text = "fn main() -> Unit\n    a = \(expression)\n    b = List.len(\(list))\n    Unit\n"
    let accepted = try onLargeStack { try HostileInput.compile(Array(text.utf8)) }
    #expect(accepted)
  }

  /// A program of an intermediate language with random changes is refused by its reader or its verifier, or every later
  /// pass handles it; a bug that a pass notices is reported as such.
  @Test(arguments: GoldenProgram.all) func mutatedPrograms(_ golden: GoldenProgram) throws {
    let indices = nativePipeline.stages.indices
    try onLargeStack {
      var random = RandomSource(seed: StableHash.hex(golden.name).utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
      for index in indices {
        let stage = nativePipeline.stages[index]
        // A snapshot that is missing is what the golden tests report.
        guard let snapshot = try? golden.snapshot(index, stage) else { continue }
        let text = Array(snapshot.text.utf8)
        for _ in 0..<3 {
          let changed = String(decoding: mutate(text, &random), as: UTF8.self)
          guard let program = try? read(stage.output, changed), stage.verify(program).isEmpty else { continue }
          let context = PassContext(sources: SourceMap())
          var runner = PipelineRunner(stages: nativePipeline.stages)
          do {
            _ = try runner.run(program, from: index + 1, through: indices.count - 1, in: context)
          } catch is PassBug {
          }
        }
      }
    }
  }
}
