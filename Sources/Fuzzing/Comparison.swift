public import Interpreters
public import Nanopass
import Passes
public import ProgramGenerator

/// What came of running one program at all levels.
public enum Verdict: Sendable {
  /// All agree; this is what the program does.
  case same(Outcome)
  /// The program takes more steps than it may, or uses what the interpreters don't know.
  case skipped(String)
  /// The compiler refuses the program or fails on it.
  case refused(String)
  /// Two levels disagree; the text says which and how.
  case different(String)

  /// Whether this is the fault of the compiler, or of the generator.
  public var isFailure: Bool {
    switch self {
    case .same, .skipped: false
    case .refused, .different: true
    }
  }

  /// The kind of failure, for telling one from another while a program is made smaller.
  public var kind: String {
    switch self {
    case .same: "same"
    case .skipped: "skipped"
    case .refused: "refused"
    case .different(let text): "different \(text.prefix { $0 != ":" })"
    }
  }
}

/// A way to make native code.
public struct NativeBuild: Hashable, Sendable, CustomStringConvertible {
  /// The number in `-O0` or `-O2`.
  public var optimisation: Int
  /// The optimisation that is left out.
  public var without: String?

  /// A way to make native code.
  public init(optimisation: Int, without: String? = nil) {
    self.optimisation = optimisation
    self.without = without
  }

  /// Without optimisation, and with all.
  public static let usual = [NativeBuild(optimisation: 0), NativeBuild(optimisation: 2)]

  /// With all optimisations but one, or but a part of one, for each.
  public static let partial = nativePipeline.stages.filter(\.isOptimisation).flatMap { stage in
    ([stage.name] + stage.parts).map { NativeBuild(optimisation: 2, without: $0) }
  }

  /// The compiler's options.
  public var options: [String] { ["-O\(optimisation)"] + (without.map { ["--without", $0] } ?? []) }

  /// Such as `native at -O2 --without fold-constants`.
  public var description: String { "native at " + options.joined(separator: " ") }
}

/// Compares what a program does in all interpreters and as native code.
public struct Comparison: Sendable {
  /// Compiles and runs a program as native code.
  public typealias Native = @Sendable (_ program: GeneratedProgram, _ build: NativeBuild) throws -> Outcome

  private let native: Native
  private let steps: Int

  /// - Parameters:
  ///   - steps: how many calls and jumps a program may make in an interpreter.
  ///   - native: runs a program as native code.
  public init(steps: Int = 100_000, native: @escaping Native) {
    self.steps = steps
    self.native = native
  }

  /// Runs a program at all levels and as the given native code.
  public func verdict(on program: GeneratedProgram, builds: [NativeBuild] = NativeBuild.usual) -> Verdict {
    let levels: Levels
    do {
      levels = try Levels(path: GeneratedProgram.entry, text: program.entryText, files: program)
    } catch {
      return .refused("\(error)")
    }
    guard let reference = Level.all.first, let typed = levels.program(reference) else { return .skipped("no level") }
    do {
      let expected = try Interpreter.run(typed, steps: steps)
      return try compare(expected, levels, program, builds) ?? .same(expected)
    } catch InterpreterError.exhausted(let what) {
      return .skipped("takes too many \(what)")
    } catch InterpreterError.unsupported(let what) {
      return .skipped(what)
    } catch {
      return .different("\(reference): \(error)")
    }
  }

  private func compare(
    _ expected: Outcome, _ levels: Levels, _ source: GeneratedProgram, _ builds: [NativeBuild]
  ) throws -> Verdict? {
    for level in Level.all.dropFirst() {
      guard let program = levels.program(level) else { continue }
      do {
        // The levels differ in what they count as a step.
        let outcome = try Interpreter.run(program, steps: steps * 20)
        if outcome != expected { return .different("\(level): \(Self.difference(expected, outcome))") }
      } catch InterpreterError.unsupported(let what) {
        return .skipped(what)
      } catch {
        return .different("\(level): \(error)")
      }
    }
    for build in builds {
      let outcome = try native(source, build)
      if outcome != expected { return .different("\(build): \(Self.difference(expected, outcome))") }
    }
    return nil
  }

  /// The first place where two outcomes differ.
  private static func difference(_ expected: Outcome, _ actual: Outcome) -> String {
    if expected.code != actual.code {
      return "exit code \(actual.code), not \(expected.code)\n\(actual.errors.suffix(500))"
    }
    let isOutput = expected.output != actual.output
    let left = lines(isOutput ? expected.output : expected.errors)
    let right = lines(isOutput ? actual.output : actual.errors)
    let index = zip(left, right).prefix { $0 == $1 }.count
    func line(_ lines: [Substring]) -> String { index < lines.count ? String(lines[index]) : "(no line)" }
    return "\(isOutput ? "stdout" : "stderr"), line \(index + 1)\n- \(line(left))\n+ \(line(right))"
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }
}

extension GeneratedProgram: SourceFiles {
  public func read(_ path: String, inRoot: Bool) -> SourceRead {
    files.first { $0.path == path }.map { .bytes(Array($0.text.utf8), identity: path) } ?? .missing
  }
}
