/// Carries the functions of a program through several passes, some at a time.
///
/// The list of functions is used up: a function is freed as soon as the first pass has translated it, so that those that
/// come of it take its memory, which is in the caches still.
struct Sweep {
  /// How many functions go through a pass before the next pass has its turn. One would do for the caches of data; with
  /// some a pass's code is read from memory less often, and the clocks, too.
  private static let functionsAtOnce = 16

  /// The passes in order, with their stages.
  private(set) var passes: [(stage: Stage, pass: any SweptPass)] = []

  /// Takes in a pass, unless it has to begin a sweep by itself.
  ///
  /// - Parameter start: what the sweep starts with.
  /// - Returns: whether it is taken in.
  mutating func add(_ stage: Stage, from start: SweepStart) throws -> Bool {
    guard let pass = stage.makeSweptPass?() else { return false }
    var clock = Stopwatch()
    guard try pass.learn(from: start) else { return false }
    clock.lap(&pass.measure)
    passes.append((stage, pass))
    return true
  }

  /// Chooses where memory is taken from.
  private let choose: (MemoryUse) -> Void

  init(choosing choose: @escaping (MemoryUse) -> Void = { _ in }) { self.choose = choose }

  /// Runs the passes. What they took and say is found with them then.
  ///
  /// - Parameter program: the program, which is used up.
  func run(_ program: inout AnyProgram, in context: PassContext) throws {
    guard let first = passes.first?.pass, let last = passes.last?.pass else { return }
    defer { choose(.sweepEnds) }
    var clock = Stopwatch()
    let functions = try first.takeFunctions(of: &program)
    for (_, pass) in passes {
      context.report = nil
      try pass.begin(&program, in: context)
      pass.report = context.report
      clock.lap(&pass.measure)
    }
    while let some = functions.next(Self.functionsAtOnce) {
      try last.collect(translated(some, by: passes[...], &clock))
      clock.lap(&last.measure)
    }
    var changed: AnyProgram?
    for (index, (_, pass)) in passes.enumerated() {
      let added = try pass.complete(declarations: &changed)
      clock.lap(&pass.measure)
      try last.collect(translated(added, by: passes[(index + 1)...], &clock))
      clock.lap(&last.measure)
    }
    for (_, pass) in passes {
      context.report = pass.report
      try pass.end(in: context)
      pass.report = context.report
      clock.lap(&pass.measure)
    }
    program = try last.takeProgram()
  }

  private func translated(
    _ functions: Any, by passes: ArraySlice<(stage: Stage, pass: any SweptPass)>, _ clock: inout Stopwatch
  ) throws -> Any {
    var functions = functions
    if passes.count > 1 { choose(.passing) }
    for (index, (_, pass)) in zip(passes.indices, passes) {
      if index == passes.endIndex - 1 { choose(.lasting) }
      try pass.translate(&functions)
      clock.lap(&pass.measure)
    }
    return functions
  }
}

/// What memory is taken for while a sweep runs.
public enum MemoryUse: Sendable {
  /// For what the next pass of the sweep uses up.
  case passing
  /// For what stays.
  case lasting
  /// Nothing is passed on any more.
  case sweepEnds
}

/// A list of functions of any language, used up from its start.
protocol FunctionQueue {
  /// The next functions, at most so many, as an array of the language's functions; nil if there are no more.
  func next(_ count: Int) -> Any?
}

/// A pass that takes part in a sweep, for code that handles all passes alike. Functions come as an array of those of the
/// pass's language.
protocol SweptPass: AnyObject {
  /// What it took so far.
  var measure: StageMeasure { get set }
  /// What it has said of its decisions so far.
  var report: PassReport? { get set }
  func learn(from start: SweepStart) throws -> Bool
  func takeFunctions(of program: inout AnyProgram) throws -> any FunctionQueue
  /// Begins, and translates a program that has no functions.
  func begin(_ declarations: inout AnyProgram, in context: PassContext) throws
  /// Translates functions.
  func translate(_ functions: inout Any) throws
  /// Completes the pass's output.
  ///
  /// - Parameter declarations: those that the pass before has changed meanwhile, if it has; then the same for this pass.
  /// - Returns: the functions that are added.
  func complete(declarations: inout AnyProgram?) throws -> Any
  func end(in context: PassContext) throws
  /// Puts functions of the output language behind those of the translated program.
  func collect(_ functions: Any) throws
  /// Gives the translated program.
  func takeProgram() throws -> AnyProgram
}

/// A pass of some type in a sweep.
final class RunningPass<P: FunctionPass>: SweptPass {
  private var pass = P()
  private var output: P.Output.Root?
  private var collected: [P.Output.Root.Function] = []
  var measure = StageMeasure(pass: P.name, duration: .zero, processor: .zero, peakMemory: 0)
  var report: PassReport?

  init() {}

  func learn(from start: SweepStart) throws -> Bool { try pass.learn(from: start) }

  func takeFunctions(of program: inout AnyProgram) throws -> any FunctionQueue {
    var root = try own(program)
    var functions = root.functions
    root.functions = []
    // Nothing else holds the list then, so that it can be used up in place.
    program = AnyProgram(P.Input.self, root)
    functions.reverse()
    return ReversedFunctions(functions)
  }

  func begin(_ declarations: inout AnyProgram, in context: PassContext) throws {
    let input = try own(declarations)
    try pass.begin(input, in: context)
    let translated = try pass.root(input)
    output = translated
    declarations = AnyProgram(P.Output.self, translated)
  }

  func translate(_ functions: inout Any) throws {
    guard let nodes = functions as? [P.Input.Root.Function] else { throw Self.mismatch }
    functions = try pass.functions(nodes)
  }

  func complete(declarations: inout AnyProgram?) throws -> Any {
    var isChanged = declarations != nil
    guard var program = try declarations.map({ try pass.root(try own($0)) }) ?? output else { throw Self.mismatch }
    if try pass.complete(&program) { isChanged = true }
    let added = program.functions
    program.functions = []
    output = program
    declarations = isChanged ? AnyProgram(P.Output.self, program) : nil
    return added
  }

  func end(in context: PassContext) throws { try pass.end(in: context) }

  func collect(_ functions: Any) throws {
    guard let nodes = functions as? [P.Output.Root.Function] else { throw Self.mismatch }
    collected += nodes
  }

  func takeProgram() throws -> AnyProgram {
    guard var program = output else { throw Self.mismatch }
    swap(&program.functions, &collected)
    output = nil
    return AnyProgram(P.Output.self, program)
  }

  private func own(_ program: AnyProgram) throws -> P.Input.Root {
    guard let root = program.root as? P.Input.Root else {
      throw PassBug(P.name, "was given \(program.language.name)", broke: "pipeline-order")
    }
    return root
  }

  private static var mismatch: PassBug {
    PassBug(P.name, "was given functions of another language", broke: "pipeline-order")
  }
}

/// Functions of one language, the first of them last.
private final class ReversedFunctions<Function>: FunctionQueue {
  private var functions: [Function]

  init(_ functions: [Function]) { self.functions = functions }

  func next(_ count: Int) -> Any? {
    if functions.isEmpty { return nil }
    var taken: [Function] = []
    taken.reserveCapacity(min(count, functions.count))
    while taken.count < count, let function = functions.popLast() { taken.append(function) }
    return taken
  }
}
