import Foundation
import Languages
public import Nanopass

/// The interpreters, by the language that each gives a meaning.
public enum Interpreter: String, CaseIterable, Sendable {
  case typed, core, counted

  /// The language whose programs it runs; those that leave the pipeline's last pass of that language are meant.
  public var language: any Language.Type {
    switch self {
    case .typed: Typed.self
    case .core: Core.self
    case .counted: Counted.self
    }
  }

  /// The stack of the thread that a program runs on, in bytes; it is committed only as far as it is used.
  private static let stack = 12 << 30

  /// Runs a program on a thread of its own.
  ///
  /// - Parameters:
  ///   - program: a program of `Typed`, `Core`, `Loops` or `Counted`.
  ///   - arguments: what `Args.get` gives.
  ///   - system: makes what the other effects are carried out by.
  ///   - steps: how many calls and jumps it may make.
  /// - Throws: `InterpreterError`.
  public static func run(
    _ program: AnyProgram, arguments: [String] = [], system: @escaping () -> System = { .fixed() }, steps: Int = .max
  ) throws -> Outcome {
    let work = Work { try interpret(program, World(arguments: arguments, system: system()), steps) }
    // Foundation's threads have a gigabyte of stack at most.
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stack)
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue().run() }
        return nil
      }, Unmanaged.passUnretained(work).toOpaque())
    guard failure == 0 else { throw InterpreterError.exhausted("bytes of stack") }
    pthread_join(thread, nil)
    guard let result = work.result else { throw InterpreterError.broken("the interpreter gave no result") }
    return try result.get()
  }

  private static func interpret(_ program: AnyProgram, _ world: World, _ steps: Int) throws -> Outcome {
    let budget = Budget(steps: steps, stack: UInt(stack))
    do {
      switch program.root {
      case let root as Typed.Root: try TypedInterpreter(root, in: world, budget).run()
      case let root as Core.Root: try CoreInterpreter.run(root, in: world, budget)
      case let root as Loops.Root: try CoreInterpreter.run(root, in: world, budget)
      case let root as Counted.Root: try CountedInterpreter.run(root, in: world, budget)
      default: throw InterpreterError.unsupported("programs of \(program.language.name)")
      }
    } catch let fault as Fault {
      world.end(with: fault)
    }
    return world.outcome
  }
}

/// What a thread runs, and its result for the one that waits for it.
private final class Work: @unchecked Sendable {
  private let body: () throws -> Outcome
  private(set) var result: Result<Outcome, any Error>?

  init(_ body: @escaping () throws -> Outcome) { self.body = body }

  func run() { result = Result { try body() } }
}
