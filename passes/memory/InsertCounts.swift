import Diagnostics
public import Languages
public import Nanopass

/// Inserts the counting of references: a `dup` for every reference that is kept, a `drop` for every one that ends.
///
/// New cells and returns consume what they are given, so do primitives that own their arguments, and calls and jumps
/// where the parameter is owned; all others only look at it. A label owns what its block uses of the variables around
/// it: a jump hands these over beside the arguments. A reference ends behind its last use, or at the start of a branch
/// that has no use for it. What is borrowed lives as long as the function, so that only a `dup` makes it ours.
///
///     (let h.2 cell (read (local xs.1) 0 2))
///     (let n.3 integer (call f [(local h.2)]))        -- xs.1 is not used below
///
/// becomes
///
///     (let h.2 cell (read (local xs.1) 0 2))
///     (dup h.2)
///     (drop xs.1)
///     (let n.3 integer (call f [(local h.2)]))
///
/// One walk from the end of each function to its start; a walk before finds what loops use. Perceus: Reinking, Xie,
/// de Moura, Leijen, PLDI 2021.
///
/// Needs: bound-locals, bound-labels. Ensures: balanced-counts.
public struct InsertCounts: OwnedToCounted, FunctionPass {
  public static let summary = "Insert the counting of references"

  /// The counted variables of the function, by number.
  private var counted: LocalTable<Local> = [:]
  /// What is needed at the current place and owned therefore.
  private var live = PersistentLocalSet()
  /// What the blocks behind the labels in scope use of the variables around them.
  private var captured: LocalTable<PersistentLocalSet> = [:]
  /// The same for loops, found before.
  private var usedInLoops: LocalTable<PersistentLocalSet> = [:]
  /// Which parameters each label in scope owns.
  private var labels: LocalTable<[Bool]> = [:]
  /// The join points that control can reach; others are left out.
  private var reached: NumberSet = []
  /// The variables that hold what is borrowed.
  private var borrowed: NumberSet = []
  private var passing = Passing()
  private var dups = 0
  private var drops = 0

  public init() {}

  public mutating func learn(from start: SweepStart) throws -> Bool {
    guard let passing = try start.fact(Passing.self) else { return false }
    self.passing = passing
    return true
  }

  public mutating func end(in context: PassContext) {
    context.explain("Inserted \(dups) dups and \(drops) drops.", data: [("dups", dups), ("drops", drops)])
  }

  public mutating func function(_ node: Owned.Function) throws -> Counted.Function {
    var finder = LoopUses()
    counted = [:]
    captured = [:]
    live = PersistentLocalSet()
    try finder.visit(node)
    counted = finder.counted
    borrowed = finder.borrowed
    usedInLoops = finder.usedByLoops
    reached = finder.reachedLabels
    let body = try block(node.body)
    return Counted.Function(
      node.span, name: node.name, parameters: node.parameters, results: node.results, effects: node.effects,
      behaviour: node.behaviour, body: dropping(unused(node.parameters), at: node.body, in: body))
  }

  // MARK: Blocks

  /// Counts in a block. `live` is what it needs at its start.
  public mutating func block(_ node: Owned.Block) throws -> Counted.Block {
    if node.failure != nil {
      throw PassBug(Self.self, "failing steps are not counted", broke: "balanced-counts", in: node)
    }
    var joins: [Counted.Step] = []
    for case .join(let span, let label, let parameters, let body) in node.steps where reached.contains(label.id) {
      let inner = try owned(body, parameters)
      captured[label.id] = live
      labels[label.id] = parameters.map { $0.passing == .owned }
      joins.append(.join(span, label: label, parameters: parameters, body: inner))
    }
    // Steps are found last to first.
    var steps: [Counted.Step] = []
    steps.reserveCapacity(2 * node.steps.count)
    let end = try self.end(node.end, &steps)
    for step in node.steps.reversed() {
      switch step {
      case .join(_, let label, _, _):
        if reached.contains(label.id), let join = joins.popLast() { steps.append(join) }
      case .let(let span, let variable, let shape, let value): try self.let(variable, shape, value, step: span, &steps)
      case .receive(let span, let function, let arguments, let parameters):
        for variable in unused(parameters) { drop(variable, span, &steps) }
        for parameter in parameters { live.remove(parameter.variable.id) }
        look(at: passing.lent(arguments, to: function), span, &steps)
        steps.append(try derive(step))
        consume(passing.given(arguments, to: function), span, &steps)
      case .fill(let span, _, let value):
        steps.append(try derive(step))
        consume([value], span, &steps)
      }
    }
    return Counted.Block(node.span, steps: steps.reversed(), end: end, failure: nil)
  }

  /// Counts in a block that owns parameters. `live` is what it needs of the variables around.
  private mutating func owned(_ body: Owned.Block, _ parameters: [Owned.Parameter]) throws -> Counted.Block {
    let block = try self.block(body)
    let unused = unused(parameters)
    for parameter in parameters { live.remove(parameter.variable.id) }
    return dropping(unused, at: body, in: block)
  }

  private func unused(_ parameters: [Owned.Parameter]) -> [Local] {
    parameters.filter { counted[$0.variable.id] != nil && !live.contains($0.variable.id) }.map(\.variable)
  }

  private mutating func dropping(_ variables: [Local], at place: Owned.Block, in block: Counted.Block)
    -> Counted.Block
  {
    guard !variables.isEmpty else { return block }
    drops += variables.count
    var block = block
    block.steps = variables.map { .drop(place.span, variable: $0) } + block.steps
    return block
  }

  // MARK: Steps

  private mutating func `let`(
    _ variable: Local, _ shape: Owned.Shape, _ value: Owned.Value, step span: Span, _ steps: inout [Counted.Step]
  ) throws {
    let isNeeded = live.contains(variable.id)
    live.remove(variable.id)
    if let looked = Self.looked(by: value) {
      let isOwned = counted[variable.id] != nil
      if isOwned, !isNeeded { return }
      look(at: looked, span, &steps)
      if isOwned { dup(variable, span, &steps) }
      steps.append(.let(span, variable: variable, shape: shape, value: try self.value(value)))
      return
    }
    if shape.isCounted, !isNeeded { drop(variable, span, &steps) }
    switch value {
    case .primitive(_, let name, let arguments):
      if !Primitive.ownsArguments(name) { look(at: arguments, span, &steps) }
    case .service(_, _, let arguments): look(at: arguments, span, &steps)
    case .hole(_, let cell, _): look(at: [cell], span, &steps)
    case .call(_, let function, let arguments): look(at: passing.lent(arguments, to: function), span, &steps)
    default: break
    }
    steps.append(.let(span, variable: variable, shape: shape, value: try self.value(value)))
    switch value {
    case .primitive(_, let name, let arguments):
      if Primitive.ownsArguments(name) { consume(arguments, span, &steps) }
    case .atom(_, let atom): consume([atom], span, &steps)
    case .call(_, let function, let arguments): consume(passing.given(arguments, to: function), span, &steps)
    case .cell(_, _, let fields, _): consume(fields, span, &steps)
    case .service, .read, .hole: break
    }
  }

  /// What a value looks at that is read out of a cell; nil for one with a reference of its own.
  private static func looked(by value: Owned.Value) -> [Owned.Atom]? {
    switch value {
    case .read(_, let cell, _, _, _): [cell]
    case .primitive(_, let name, let arguments) where Primitive.lendsElement(name): arguments
    default: nil
    }
  }

  private mutating func end(_ node: Owned.End, _ steps: inout [Counted.Step]) throws -> Counted.End {
    live = PersistentLocalSet()
    switch node {
    case .return(_, let values): consume(values, node.span, &steps)
    case .tailCall(_, let function, let arguments): consume(passing.given(arguments, to: function), node.span, &steps)
    case .jump(_, let label, let arguments):
      live = captured[label.id] ?? PersistentLocalSet()
      consume(Passing.given(arguments, labels[label.id]), node.span, &steps)
    case .loop(let span, let label, let parameters, let arguments, let body):
      captured[label.id] = usedInLoops[label.id]
      labels[label.id] = parameters.map { $0.passing == .owned }
      let inner = try owned(body, parameters)
      consume(Passing.given(arguments, labels[label.id]), span, &steps)
      return .loop(span, label: label, parameters: parameters, arguments: arguments, body: inner)
    case .test(let span, let subject, let cases, let rest):
      let blocks = try branches(cases.map(\.body) + [rest], on: subject)
      guard let last = blocks.last else { break }
      return .test(
        span, subject: subject,
        cases: zip(cases, blocks).map { Counted.LiteralCase($0.span, literal: $0.literal, body: $1) }, default: last)
    case .switchTag(let span, let subject, let cases, let rest):
      let blocks = try branches(cases.map(\.body) + (rest.map { [$0] } ?? []), on: subject)
      return .switchTag(
        span, subject: subject,
        cases: zip(cases, blocks).map { Counted.TagCase($0.span, tag: $0.tag, immediate: $0.immediate, body: $1) },
        default: rest == nil ? nil : blocks.last)
    case .switchWord(let span, let subject, let cases, let rest):
      let blocks = try branches(cases.map(\.body) + (rest.map { [$0] } ?? []), on: subject)
      return .switchWord(
        span, subject: subject, cases: zip(cases, blocks).map { Counted.WordCase($0.span, word: $0.word, body: $1) },
        default: rest == nil ? nil : blocks.last)
    }
    return try derive(node)
  }

  /// Counts in the branches of a choice; each drops at its start what only others need.
  private mutating func branches(_ bodies: [Owned.Block], on subject: Owned.Atom) throws -> [Counted.Block] {
    let results = try bodies.map { (block: try block($0), live: live) }
    var union = PersistentLocalSet()
    for (_, needed) in results { union.formUnion(needed) }
    if case .local(_, let variable) = subject, counted[variable.id] != nil { union.insert(variable.id) }
    live = union
    return zip(results, bodies).map { result, body in
      let dead = union.subtracting(result.live).compactMap { counted[$0] }
      return dropping(dead, at: body, in: result.block)
    }
  }

  // MARK: Uses

  /// What is looked at for the last time is dropped behind.
  private mutating func look(at atoms: [Owned.Atom], _ span: Span, _ steps: inout [Counted.Step]) {
    for case .local(_, let variable) in atoms where counted[variable.id] != nil && !live.contains(variable.id) {
      live.insert(variable.id)
      drop(variable, span, &steps)
    }
  }

  /// What is consumed and needed again, or only borrowed, is duplicated before.
  private mutating func consume(_ atoms: [Owned.Atom], _ span: Span, _ steps: inout [Counted.Step]) {
    for case .local(_, let variable) in atoms {
      if borrowed.contains(variable.id) {
        dup(variable, span, &steps)
      } else if counted[variable.id] != nil {
        if live.contains(variable.id) { dup(variable, span, &steps) }
        live.insert(variable.id)
      }
    }
  }

  private mutating func dup(_ variable: Local, _ span: Span, _ steps: inout [Counted.Step]) {
    dups += 1
    steps.append(.dup(span, variable: variable))
  }

  private mutating func drop(_ variable: Local, _ span: Span, _ steps: inout [Counted.Step]) {
    drops += 1
    steps.append(.drop(span, variable: variable))
  }
}
