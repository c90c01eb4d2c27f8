import Diagnostics
public import Interpreters
import Languages
public import Nanopass
import Passes

/// A way to give a program meaning: an interpreter, and the optimisation of the passes before it.
public struct Level: Hashable, Sendable, CustomStringConvertible {
  /// The interpreter.
  public var interpreter: Interpreter
  /// The number in `-O0` or `-O2`.
  public var optimisation: Int
  /// Such as `core at -O2`.
  public var description: String { "\(interpreter.rawValue) at -O\(optimisation)" }

  /// A level.
  public init(interpreter: Interpreter, optimisation: Int) {
    self.interpreter = interpreter
    self.optimisation = optimisation
  }

  /// All; the reference first.
  public static let all: [Level] = [
    Level(interpreter: .typed, optimisation: 0), Level(interpreter: .core, optimisation: 0),
    Level(interpreter: .counted, optimisation: 0), Level(interpreter: .core, optimisation: 2),
    Level(interpreter: .counted, optimisation: 2),
  ]
}

/// A program that the compiler refuses.
public struct RefusedProgram: Error, CustomStringConvertible {
  /// The errors, as the compiler shows them.
  public var description: String
}

/// One program behind the last pass of every language that has an interpreter.
public struct Levels {
  private var programs: [Level: AnyProgram] = [:]

  /// Compiles a program as far as the interpreters need it, without and with optimisation.
  ///
  /// - Parameters:
  ///   - path: the file's name in errors.
  ///   - text: the text of the entry's file.
  ///   - files: where its dependencies are.
  ///   - levels: the ones that are wanted.
  /// - Throws: `RefusedProgram`, `PassBug`.
  public init(path: String, text: String, files: any SourceFiles, _ levels: [Level] = Level.all) throws {
    for optimisation in Set(levels.map(\.optimisation)).sorted() {
      let wanted = levels.filter { $0.optimisation == optimisation }
      try compile(path, text, files, wanted)
    }
  }

  /// The program of a level.
  public func program(_ level: Level) -> AnyProgram? { programs[level] }

  private mutating func compile(_ path: String, _ text: String, _ files: any SourceFiles, _ levels: [Level]) throws {
    let stages = nativePipeline.stages
    let ends = levels.map { level in
      (level: level, index: stages.lastIndex { $0.output == level.interpreter.language } ?? 0)
    }
    let context = PassContext(
      sources: SourceMap(), options: CompilerOptions(optimization: levels.first?.optimisation ?? 0, needsMain: true),
      files: files)
    let file = try context.sources.add(path: path, bytes: Array(text.utf8))
    let span = Span(start: file.base, length: UInt32(clamping: text.utf8.count))
    var program = AnyProgram(
      Source.self,
      Source.Root(span, files: [.text(span, path: path, module: "", library: false, content: text)]))
    var start = 0
    for (level, end) in ends.sorted(by: { $0.index < $1.index }) {
      var runner = PipelineRunner(stages: stages)
      guard let next = try runner.run(program, from: start, through: end, in: context) else {
        let list = DiagnosticList(context.diagnostics)
        let renderer = TextRenderer(color: false, sources: context.sources, relativeTo: "/")
        throw RefusedProgram(description: renderer.render(list.sorted(by: context.sources)))
      }
      (program, start) = (next, end + 1)
      programs[level] = program
    }
  }
}
