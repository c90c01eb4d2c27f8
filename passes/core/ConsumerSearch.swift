import Languages
import Nanopass

/// A parameter of a function, by position, that takes something.
struct ResultConsumer: Hashable {
  var function: Name
  var position: Int
}

/// Finds the one function that each path hands a variable to, if nothing else uses it and nothing that could be seen
/// happens before.
struct ConsumerSearch {
  /// What a way through some code does with the variable.
  private enum Use {
    case none
    /// Nothing, but something may be seen of it: an effect or a fault.
    case seen
    case consumed

    /// First the one, then the other; nil if that can't be.
    func then(_ next: Use) -> Use? {
      switch (self, next) {
      case (.none, _): next
      case (_, .none), (.seen, .seen), (.consumed, .seen): self
      case (_, .consumed): nil
      }
    }

    /// Either the one or the other; nil if only one consumes.
    func or(_ other: Use) -> Use? {
      switch (self, other) {
      case (.consumed, .consumed), (.none, .none): self
      case (.consumed, _), (_, .consumed): nil
      case (.seen, _), (_, .seen): .seen
      }
    }
  }

  private let variable: Local
  private let functions: [Name: Core.Function]
  private let isTaken: (Local) -> Bool
  private var found: ResultConsumer?
  private var labels: LocalTable<Use> = [:]
  /// How often the variable is still to be met.
  private var open: Int
  /// How many steps are still looked at, so that a long block with many calls takes linear time.
  private var limit = 500

  /// - Parameters:
  ///   - uses: how often the variable is read.
  ///   - functions: the functions of the program by name.
  ///   - isTaken: whether another variable has found its consumer, which then can't be that of this one.
  init(
    of variable: Local, readBy uses: Int, in functions: [Name: Core.Function], isTaken: @escaping (Local) -> Bool
  ) {
    self.variable = variable
    open = uses
    self.functions = functions
    self.isTaken = isTaken
  }

  /// What takes the variable behind a step of a block, on every path once.
  mutating func consumer(behind index: Int, of block: Core.Block) -> ResultConsumer? {
    guard open > 0, use(in: block.steps[(index + 1)...], block.end) == .consumed else { return nil }
    return found
  }

  private mutating func use(in block: Core.Block) -> Use? { use(in: block.steps[...], block.end) }

  private mutating func use(in steps: ArraySlice<Core.Step>, _ end: Core.End) -> Use? {
    var use = Use.none
    for step in steps {
      // Nothing is left to be found.
      if use == .consumed, open == 0 { return use }
      limit -= 1
      if limit < 0 { return nil }
      switch step {
      case .let(_, _, _, let value):
        guard let next = self.use(in: value), let both = use.then(next) else { return nil }
        use = both
      case .join(_, let label, _, let body):
        guard let inside = self.use(in: body) else { return nil }
        labels[label] = inside
      }
    }
    return self.use(in: end).flatMap { use.then($0) }
  }

  private mutating func use(in end: Core.End) -> Use? {
    switch end {
    case .return(_, let value): return isIt(value) ? nil : Use.none
    case .jump(_, let label, let arguments):
      // The variable can't be read where a label leads that was not met.
      return arguments.contains { isIt($0) } ? nil : labels[label] ?? Use.none
    case .switch(_, let subject, _, let cases, let other):
      return isIt(subject) ? nil : alternatives(cases.map(\.body) + (other.map { [$0] } ?? []))
    case .test(_, let subject, let cases, let other):
      return isIt(subject) ? nil : alternatives(cases.map(\.body) + [other])
    }
  }

  private mutating func alternatives(_ blocks: [Core.Block]) -> Use? {
    var all: Use?
    for block in blocks {
      guard let use = use(in: block) else { return nil }
      guard let before = all else {
        all = use
        continue
      }
      guard let both = before.or(use) else { return nil }
      all = both
    }
    return all
  }

  private mutating func use(in value: Core.Value) -> Use? {
    switch value {
    case .atom(_, let atom): return isIt(atom) ? nil : Use.none
    case .payload(_, let subject, _, _, _): return isIt(subject) ? nil : Use.none
    case .construct(_, _, _, _, let arguments): return arguments.contains { isIt($0) } ? nil : Use.none
    case .primitive(_, let name, let arguments):
      if arguments.contains(where: { isIt($0) }) { return nil }
      return Primitive.named(name)?.mayFail == true ? .seen : Use.none
    case .perform(_, _, let arguments): return arguments.contains { isIt($0) } ? nil : .seen
    case .call(_, let name, let arguments):
      let positions = arguments.indices.filter { isIt(arguments[$0]) }
      if positions.isEmpty { return functions[name]?.isSilent == true ? Use.none : .seen }
      let consumer = ResultConsumer(function: name, position: positions[0])
      if positions.count > 1 || found != nil && found != consumer { return nil }
      if arguments.contains(where: { $0.variable.map { isTaken($0) } == true }) { return nil }
      found = consumer
      open -= 1
      return .consumed
    }
  }

  private func isIt(_ atom: Core.Atom) -> Bool { atom.variable == variable }
}

extension Core.Function {
  /// Whether nothing is seen of a call but its result, if it comes.
  var isSilent: Bool { effects.effects.isEmpty && !behaviour.mayFail && !behaviour.maySuspend }
}

/// How often each variable of a function is read.
struct ReadCounts: CoreWalker {
  private(set) var counts: LocalTable<Int> = [:]

  init(_ function: Core.Function) throws { try walk(function) }

  mutating func visit(_ node: Core.Atom) {
    if let variable = node.variable { counts[variable, default: 0] += 1 }
  }
}
