import Diagnostics
import Interpreters
import Languages
import Nanopass
import Passes
import Testing

/// Runs random programs before and behind every pass from Core to Loops: what they print and give must stay.
@Suite struct CorePassTests {
  @Test(arguments: [0, 1, 2, 3]) func programsKeepTheirMeaning(_ part: UInt64) throws {
    try onLargeStack {
      var compared = 0
      for seed in (part * 25)..<(part * 25 + 25) where try keepsItsMeaning(seed) { compared += 1 }
      #expect(compared > 10, "too few programs end")
    }
  }

  /// - Returns: whether the program ends, so that something was compared.
  private func keepsItsMeaning(_ seed: UInt64) throws -> Bool {
    let program = AnyProgram(Core.self, CoreGenerator.program(seed: seed))
    #expect(violations(Core.self, program).isEmpty, "seed \(seed) is no Core program")
    guard let expected = try? outcome(of: program, fuel: 3000) else { return false }
    let inferred = try step("infer-behaviour", program, expected, seed)
    var simplified = inferred
    for stage in nativePipeline.stages where stage.phase == "core" && stage.isOptimisation {
      _ = try step(stage.name, inferred, expected, seed)
      simplified = try step(stage.name, simplified, expected, seed)
    }
    for start in [inferred, simplified] {
      var program = start
      for stage in nativePipeline.stages where stage.phase == "loops" {
        program = try step(stage.name, program, expected, seed)
      }
    }
    return true
  }

  /// Runs one pass and then the program.
  private func step(
    _ pass: String, _ program: AnyProgram, _ expected: Outcome, _ seed: UInt64
  ) throws -> AnyProgram {
    let stage = try stage(pass)
    let output = try stage.run(program, PassContext(sources: SourceMap()))
    let broken = violations(stage.output, output).map(\.text)
    guard broken.isEmpty else { throw Problem("seed \(seed): \(pass) breaks \(broken.joined(separator: "\n"))") }
    let actual = Result { try outcome(of: output, fuel: 30_000) }
    guard case .success(expected) = actual else {
      throw Problem("seed \(seed): \(pass) makes \(expected) into \(actual) in\n\(Printer.text(of: program.root))")
    }
    return output
  }

  private func outcome(of program: AnyProgram, fuel: Int) throws -> Outcome {
    try Interpreter.run(program, steps: fuel)
  }
}
