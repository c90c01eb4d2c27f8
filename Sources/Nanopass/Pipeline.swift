import Diagnostics

/// A program of some language, for code that handles all languages alike.
public struct AnyProgram: Sendable {
  /// The language.
  public let language: any Language.Type
  /// The program.
  public let root: any Node

  public init<L: Language>(_ language: L.Type, _ root: L.Root) {
    self.language = language
    self.root = root
  }
}

/// What an optimisation is for.
public enum OptimisationGoal: Sendable {
  /// It runs whenever programs are optimised.
  case speedAndSize
  /// It makes programs larger, so it is left out where small ones are asked for.
  case speed

  /// Whether it is wanted under the options.
  func suits(_ options: CompilerOptions) -> Bool {
    switch self {
    case _ where options.optimization == 0: false
    case .speedAndSize: true
    case .speed: !options.favoursSize
    }
  }
}

/// One entry of a pipeline.
public struct Stage: Sendable {
  /// The pass's name.
  public let name: String
  /// The phase that it belongs to.
  public let phase: String
  /// The pass's one-line summary.
  public let summary: String
  /// The language that it takes.
  public let input: any Language.Type
  /// The language that it gives.
  public let output: any Language.Type
  /// Whether it runs on programs with errors.
  public let toleratesErrors: Bool
  /// What it touches beside the program.
  public let effects: Set<PassEffect>
  /// The names of parts of it that can be left out alone.
  public let parts: [String]
  /// What it is for, if it only runs when optimising.
  public let goal: OptimisationGoal?
  /// Whether it only runs when optimising.
  public var isOptimisation: Bool { goal != nil }
  /// Whether it only runs when checking.
  public let isAdvice: Bool
  /// Makes the pass for a sweep; nil if it does not go function by function.
  let makeSweptPass: (@Sendable () -> any SweptPass)?
  /// Whether the pass goes function by function, and may be one of several in a sweep.
  public var goesByFunctions: Bool { makeSweptPass != nil }
  /// Runs the pass.
  public let run: @Sendable (AnyProgram, PassContext) throws -> AnyProgram
  /// Reads a program of the output language.
  public let read: @Sendable (SExpression, inout NodeReader) throws -> AnyProgram
  /// Verifies a program of the output language.
  public let verify: @Sendable (AnyProgram) -> [(invariant: String, violation: Violation)]
}

/// A chain of passes; `Last` is the language that it ends with, so a pass in the wrong place does not compile.
public struct Pipeline<Last: Language>: Sendable {
  /// The passes in order.
  public let stages: [Stage]
  private let phaseName: String

  private init(stages: [Stage], phase: String) {
    self.stages = stages
    phaseName = phase
  }

  /// An empty pipeline that starts with programs of a language.
  public static func starting(with language: Last.Type) -> Pipeline { Pipeline(stages: [], phase: "") }

  /// Names the phase of the passes that follow.
  public func phase(_ name: String) -> Pipeline { Pipeline(stages: stages, phase: name) }

  /// Adds a pass.
  public func then<P: Pass>(_ pass: P.Type) -> Pipeline<P.Output> where P.Input == Last {
    Pipeline<P.Output>(appending: pass, to: stages, phase: phaseName, goal: nil, isAdvice: false)
  }

  /// Adds a pass that is left out at `-O0`.
  public func whenOptimising<P: Pass>(_ pass: P.Type) -> Pipeline where P.Input == Last, P.Output == Last {
    Pipeline(appending: pass, to: stages, phase: phaseName, goal: .speedAndSize, isAdvice: false)
  }

  /// Adds a pass that is left out at `-O0` and where small output is asked for.
  public func whenFavouringSpeed<P: Pass>(_ pass: P.Type) -> Pipeline where P.Input == Last, P.Output == Last {
    Pipeline(appending: pass, to: stages, phase: phaseName, goal: .speed, isAdvice: false)
  }

  /// Adds a pass that only runs when checking, or when it is the last that is asked for, not when building.
  public func whenChecking<P: Pass>(_ pass: P.Type) -> Pipeline where P.Input == Last, P.Output == Last {
    Pipeline(appending: pass, to: stages, phase: phaseName, goal: nil, isAdvice: true)
  }

  private init<P: Pass>(
    appending pass: P.Type, to stages: [Stage], phase: String, goal: OptimisationGoal?, isAdvice: Bool
  )
  where P.Output == Last {
    let stage = Stage(
      name: P.name, phase: phase, summary: P.summary, input: P.Input.self, output: P.Output.self,
      toleratesErrors: P.toleratesErrors, effects: P.effects, parts: P.parts,
      goal: goal, isAdvice: isAdvice,
      makeSweptPass: (P.self as? any FunctionPass.Type).map { sweptPassMaker($0) },
      run: { program, context in
        guard let root = program.root as? P.Input.Root else {
          throw PassBug(P.name, "was given \(program.language.name)", broke: "pipeline-order")
        }
        var pass = P()
        return AnyProgram(P.Output.self, try pass.run(root, in: context))
      },
      read: { text, reader in AnyProgram(P.Output.self, try P.Output.Root(reading: text, from: &reader)) },
      verify: { program in (program.root as? P.Output.Root).map(P.Output.verify) ?? [] })
    self.init(stages: stages + [stage], phase: phase)
  }
}

/// A function that makes passes of a type for sweeps.
private func sweptPassMaker<P: FunctionPass>(_ type: P.Type) -> @Sendable () -> any SweptPass { { RunningPass<P>() } }

/// What one pass took.
public struct StageMeasure: Sendable {
  /// The pass's name.
  public var pass: String
  /// Wall-clock time.
  public var duration: Duration
  /// Time on processors, of all threads together: on a busy machine the fairer measure.
  public var processor: Duration
  /// The process's peak memory behind the pass, in bytes; 0 if unknown.
  public var peakMemory: Int

  /// A measure of one pass or step.
  public init(pass: String, duration: Duration, processor: Duration, peakMemory: Int) {
    self.pass = pass
    self.duration = duration
    self.processor = processor
    self.peakMemory = peakMemory
  }
}

/// Runs stages and gathers what is asked for on the way.
public struct PipelineRunner {
  /// The passes in order.
  public var stages: [Stage]
  /// Whether invariants are checked behind each pass.
  public var verifies = false
  /// Whether consecutive passes that go function by function are carried out in one sweep. It is faster; but no program
  /// between them is verified or observed, and the program given is used up.
  public var sweeps = false
  /// The names of optimisations, and of parts of passes, that are left out.
  public var leftOut: Set<String> = []
  /// Called behind each pass, or the last of a sweep, with its position.
  public var observe: ((Int, Stage, AnyProgram) throws -> Void)?
  /// Measures so far.
  public private(set) var measures: [StageMeasure] = []
  /// What the passes said of their decisions so far.
  public private(set) var reports: [(stage: Stage, report: PassReport)] = []
  /// Gives the process's peak memory in bytes.
  public var peakMemory: () -> Int = { 0 }
  /// Called in sweeps before memory is taken for another use, which the allocator may keep apart.
  public var chooseMemory: (MemoryUse) -> Void = { _ in }

  public init(stages: [Stage]) { self.stages = stages }

  /// Runs the stages from `start` up to and including `end`.
  ///
  /// - Returns: the last program; nil if errors were reported that the next pass does not tolerate.
  /// - Throws: `PassBug`.
  public mutating func run(
    _ input: consuming AnyProgram, from start: Int = 0, through end: Int, in context: PassContext
  ) throws -> AnyProgram? {
    var program = input
    context.leftOut = leftOut
    let chosen = stages.indices.filter { index in
      let stage = stages[index]
      guard index >= start, index <= end else { return false }
      if stage.isAdvice, !context.options.isCheck, index != end { return false }
      guard let goal = stage.goal else { return true }
      return goal.suits(context.options) && !leftOut.contains(stage.name)
    }
    var next = 0
    while next < chosen.count {
      var index = chosen[next]
      if context.hasErrors, !stages[index].toleratesErrors { return nil }
      let sweep = sweeps ? try sweep(chosen[next...], from: program) : Sweep()
      if sweep.passes.isEmpty {
        try run(stages[index], on: &program, in: context)
        next += 1
      } else {
        try run(sweep, on: &program, in: context)
        next += sweep.passes.count
        index = chosen[next - 1]
      }
      if verifies, !context.hasErrors { try verify(program, stages[index]) }
      try observe?(index, stages[index], program)
    }
    return context.hasErrors ? nil : program
  }

  /// The passes that the next sweep consists of.
  private func sweep(_ chosen: ArraySlice<Int>, from program: AnyProgram) throws -> Sweep {
    let start = SweepStart(program)
    var sweep = Sweep(choosing: chooseMemory)
    for index in chosen { if !(try sweep.add(stages[index], from: start)) { break } }
    return sweep
  }

  private mutating func run(_ stage: Stage, on program: inout AnyProgram, in context: PassContext) throws {
    context.report = nil
    let watch = Stopwatch()
    let known = context.diagnostics.count
    program = try stage.run(program, context)
    // What advice refuses, only a check refuses.
    if stage.isAdvice, !context.options.isCheck { context.demoteErrors(from: known) }
    measures.append(watch.measure(stage.name, peakMemory: peakMemory()))
    if let report = context.report { reports.append((stage, report)) }
  }

  private mutating func run(_ sweep: Sweep, on program: inout AnyProgram, in context: PassContext) throws {
    try sweep.run(&program, in: context)
    for (stage, pass) in sweep.passes {
      pass.measure.peakMemory = peakMemory()
      measures.append(pass.measure)
      if let report = pass.report { reports.append((stage, report)) }
    }
  }

  private func verify(_ program: AnyProgram, _ stage: Stage) throws {
    guard let first = stage.verify(program).first else { return }
    throw PassBug(
      stage.name, first.violation.message, broke: first.invariant, form: first.violation.form)
  }
}
