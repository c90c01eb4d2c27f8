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
    let context = PassContext(
      sources: SourceMap(), options: CompilerOptions(optimization: 0, needsMain: true), files: files)
    let file = try context.sources.add(path: path, bytes: Array(text.utf8))
    let span = Span(start: file.base, length: UInt32(clamping: text.utf8.count))
    let source = AnyProgram(
      Source.self,
      Source.Root(span, files: [.text(span, path: path, module: "", isLibrary: false, content: text)]))
    // What stands before all optimisations is the same for all levels.
    let split = nativePipeline.stages.firstIndex { $0.isOptimisation } ?? nativePipeline.stages.count
    let shared = try run(source, from: 0, through: min(split - 1, Self.end(of: levels)), levels, in: context)
    for optimisation in Set(levels.map(\.optimisation)).sorted() {
      let some = levels.filter { $0.optimisation == optimisation }
      guard Self.end(of: some) >= split else { continue }
      context.options.optimization = optimisation
      _ = try run(shared, from: split, through: Self.end(of: some), some, in: context)
    }
  }

  /// The program of a level.
  public func program(_ level: Level) -> AnyProgram? { programs[level] }

  /// The position of the last pass that gives a program for one of the levels.
  private static func end(of levels: [Level]) -> Int {
    nativePipeline.stages.lastIndex { stage in levels.contains { stage.output == $0.interpreter.language } } ?? 0
  }

  /// Runs the passes from one position through another; keeps the last programs of the levels' languages.
  private mutating func run(
    _ program: AnyProgram, from start: Int, through end: Int, _ levels: [Level], in context: PassContext
  ) throws -> AnyProgram {
    var runner = PipelineRunner(stages: nativePipeline.stages)
    var found: [Level: AnyProgram] = [:]
    runner.observe = { _, stage, program in
      for level in levels where stage.output == level.interpreter.language { found[level] = program }
    }
    guard let result = try runner.run(program, from: start, through: end, in: context) else {
      let list = DiagnosticList(context.diagnostics)
      let renderer = TextRenderer(color: false, sources: context.sources, relativeTo: "/")
      throw RefusedProgram(description: renderer.render(list.sorted(by: context.sources)))
    }
    programs.merge(found) { $1 }
    return result
  }
}
