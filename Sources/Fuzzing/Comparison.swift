public import Interpreters
public import Nanopass
public import Passes
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

/// A way to make a program that runs.
public struct Build: Hashable, Sendable, CustomStringConvertible {
  /// What it is made for.
  public var road: Road
  /// Such as `-O2`.
  public var level: String
  /// The optimisation that is left out.
  public var without: String?

  /// A way to make a program.
  public init(_ road: Road, _ level: String, without: String? = nil) {
    self.road = road
    self.level = level
    self.without = without
  }

  /// Native code without optimisation, and with all.
  public static let usual = [Build(.native, "-O0"), Build(.native, "-O2")]

  /// Modules of WebAssembly, at each level.
  public static let modules = [Road.wasmGC, .wasm32].flatMap { road in
    ["-O0", "-O2", "-Os"].map { Build(road, $0) }
  }

  /// With all optimisations but one, or but a part of one, for each: native code, and modules where it is theirs.
  public static let partial = Road.allCases.flatMap { road in
    let others = road == .native ? [] : Road.native.stages.map(\.name)
    return road.stages.filter { $0.isOptimisation && !others.contains($0.name) }.flatMap { stage in
      ([stage.name] + stage.parts).map { Build(road, "-O2", without: $0) }
    }
  }

  /// The compiler's options. Where references are counted, cells that are never freed are found out.
  public var options: [String] {
    (road == .native ? [] : ["--target=\(road.rawValue)"]) + [level] + (without.map { ["--without", $0] } ?? [])
      + (road == .wasmGC ? [] : ["--check-leaks"])
  }

  /// The whole build of the other kind of module at the same level; nil for native code.
  var twin: Build? {
    switch road {
    case .native: nil
    case .wasmGC: Build(.wasm32, level)
    case .wasm32: Build(.wasmGC, level)
    }
  }

  /// Such as `native -O2 --without fold-constants`.
  public var description: String { "\(road.rawValue) \(level)" + (without.map { " --without \($0)" } ?? "") }
}

/// Compares what a program does in all interpreters, as native code and as a module.
public struct Comparison: Sendable {
  /// Compiles and runs a program.
  public typealias Execution = @Sendable (_ program: GeneratedProgram, _ build: Build) throws -> Outcome

  private let execution: Execution
  private let steps: Int

  /// - Parameters:
  ///   - steps: how many calls and jumps a program may make in an interpreter.
  ///   - execution: runs a program as it is built.
  public init(steps: Int = 100_000, execution: @escaping Execution) {
    self.steps = steps
    self.execution = execution
  }

  /// Runs a program at all levels and by the given builds.
  public func verdict(on program: GeneratedProgram, builds: [Build] = Build.usual) -> Verdict {
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
    _ expected: Outcome, _ levels: Levels, _ source: GeneratedProgram, _ builds: [Build]
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
      let outcome = try execution(source, build)
      if outcome == expected { continue }
      guard let twin = build.twin, Self.isInexact(source) else {
        return .different("\(build): \(Self.difference(expected, outcome))")
      }
      // Modules of both kinds compute such functions by the same code.
      let other = try execution(source, twin)
      if outcome != other { return .different("\(build) beside \(twin): \(Self.difference(other, outcome))") }
    }
    return nil
  }

  /// Whether a program uses functions whose results may differ in the last place between native code and modules.
  private static func isInexact(_ program: GeneratedProgram) -> Bool {
    let text = program.text
    return ["Float.pow", "Float.sin", "Float.cos", "Float.atan2"].contains { text.contains($0) }
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
