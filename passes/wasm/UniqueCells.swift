import Languages
import Nanopass

/// Finds the cells that nothing else holds any more where a new one of the same type is made, which can be written over.
///
/// A cell is held alone where it is made, and where it is read from a cell held alone whose field is not read again. What
/// is read later by another way, or comes to two places, is shared, and so is all that is reached through it; where cells
/// go is followed through calls, results, loops and the fields of each type (see `CellGraph`). A cell that is written over
/// must be known to be none of null, and be read by nothing behind that.
struct UniqueCells {
  /// A new cell in place of one that a variable holds.
  struct Reuse: Hashable {
    var function: Int
    /// The variable that is set to the new cell.
    var new: Int
    /// The variable that stands for the old cell and its copies.
    var old: Int
  }

  /// A cell to write over.
  struct OldCell {
    var variable: Local
    /// The variable that stands for the new cell: of a type in which the other constructors are, too.
    var whole: Local
    var isNullable: Bool
    /// The fields that are to be as they are.
    var kept: Set<Int>
  }

  private let functions: [WasmIR.Function]
  private let numbers: [Name: Int]
  let types: CellTypes
  private let aliases: [CellAliases]
  /// What has turned out not to be held alone.
  var rejected: Set<Reuse> = []
  /// If set, nothing else is tried.
  var allowed: Set<Reuse>?
  var rounds = 0
  /// How often cells are chosen anew, and after how many rounds all are rejected.
  static let mostRounds = (choosing: 8, rejecting: 24)
  var graph = CellGraph()
  /// The cells to write over, by the variable that is set to the new one, for each function.
  var found: [LocalTable<OldCell>] = []
  /// All of them.
  var chosen: [Reuse] = []

  // Of the function at hand:
  private(set) var current = 0
  private(set) var names: CellAliases
  private var labels: LocalTable<[WasmIR.Parameter]> = [:]
  /// What is read behind a jump to a label.
  private var readAt: LocalTable<PersistentLocalSet> = [:]
  /// The variables whose cells have been looked into here, the last one last.
  private(set) var opened: [(variable: Local, type: Name)] = []

  init?(_ root: WasmIR.Root) throws {
    guard let first = root.functions.first else { return nil }
    types = CellTypes(root)
    functions = root.functions
    numbers = Dictionary(functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let types = types
    aliases = try functions.map { try CellAliases($0, types) }
    names = try CellAliases(first, types)
    repeat {
      graph = CellGraph()
      graph.change(.elsewhere)
      found = Array(repeating: [:], count: functions.count)
      chosen = []
      for (number, function) in functions.enumerated() {
        (current, names, labels, readAt, opened) = (number, aliases[number], [:], [:], [])
        _ = try readBefore(function.body)
      }
      graph.solve()
    } while rejectShared()
  }

  // MARK: Keys

  // What is read is kept as a set of numbers, 64 for each variable: whether anything is read, whether more than a field
  // and a test, then its fields.
  static func any(_ variable: Int) -> Int { variable << 6 }
  static func whole(_ variable: Int) -> Int { variable << 6 | 1 }
  static func field(_ variable: Int, _ field: Int) -> Int { variable << 6 | min(field, 61) + 2 }

  /// Takes a variable out of what is read in front of where it is set.
  private func forget(_ variable: Local, _ read: inout PersistentLocalSet) {
    read.remove(Self.any(variable.id))
    read.remove(Self.whole(variable.id))
  }

  func place(_ variable: Int) -> CellGraph.Place { .variable(function: current, local: variable) }

  private func parameters(of function: Name) -> [CellGraph.Place] {
    guard let number = numbers[function] else { return [] }
    return functions[number].parameters.map {
      types.holdsCells($0.ty) ? .variable(function: number, local: $0.variable.id) : .elsewhere
    }
  }

  private func places(_ parameters: [WasmIR.Parameter]) -> [CellGraph.Place] {
    parameters.map { types.holdsCells($0.ty) ? place($0.variable.id) : .elsewhere }
  }

  // MARK: Expressions

  /// What a step or an end reads and hands on.
  struct Uses {
    var read = PersistentLocalSet()
    /// How often each variable is read in any way.
    var counts: LocalTable<Int> = [:]
    var moves: [(variable: Int, target: CellGraph.Place)] = []

    mutating func note(_ variable: Int, _ key: Int) {
      read.insert(UniqueCells.any(variable))
      read.insert(key)
      counts[variable, default: 0] += 1
    }
  }

  /// Goes through an expression whose value comes to a place, or is only looked at.
  private mutating func collect(
    _ node: WasmIR.Expr, to target: CellGraph.Place?, _ uses: inout Uses
  ) throws {
    switch node {
    case .local:
      guard let variable = names.whole(node)?.id else { return }
      uses.note(variable, Self.whole(variable))
      if let target { uses.moves.append((variable, target)) }
    case .cast(_, _, let subject), .notNull(_, let subject): try collect(subject, to: target, &uses)
    case .choose(_, let condition, _, let then, let other):
      try collect(condition, to: nil, &uses)
      try collect(then, to: target, &uses)
      try collect(other, to: target, &uses)
    case .get(_, let type, let field, let subject):
      if let variable = names.whole(subject)?.id {
        uses.note(variable, Self.field(variable, field))
      } else {
        try collect(subject, to: nil, &uses)
      }
      // A variable of its own would tell whether it is read again.
      guard types.holdsCells(type, field), let target else { return }
      graph.share(types.content(type, field))
      graph.share(target)
    case .isNull(_, let subject), .is(_, _, let subject):
      if let variable = names.whole(subject)?.id {
        uses.note(variable, Self.any(variable))
      } else {
        try collect(subject, to: nil, &uses)
      }
    case .new(_, let type, let fields):
      for (index, field) in fields.enumerated() { try collect(field, to: types.content(type, index), &uses) }
    case .set(_, let type, let field, let subject, let value):
      try collect(subject, to: nil, &uses)
      try collect(value, to: types.content(type, field), &uses)
    case .call(_, let function, let arguments):
      try collect(arguments, to: parameters(of: function), &uses)
      if let target { give(function, 0, to: target) }
    case .global, .element, .host:
      if let target { graph.share(target) }
      try collectParts(node, &uses)
    case .i32, .i64, .f64, .null, .address, .size: break
    default: try collectParts(node, &uses)
    }
  }

  private mutating func collect(
    _ nodes: [WasmIR.Expr], to targets: [CellGraph.Place], _ uses: inout Uses
  ) throws {
    for (index, node) in nodes.enumerated() {
      try collect(node, to: index < targets.count ? targets[index] : .elsewhere, &uses)
    }
  }

  /// Operands that go where nothing is known.
  private mutating func collectParts(_ node: WasmIR.Expr, _ uses: inout Uses) throws {
    for part in node.operands { try collect(part, to: .elsewhere, &uses) }
  }

  private mutating func give(_ function: Name, _ position: Int, to target: CellGraph.Place) {
    guard let number = numbers[function] else { return graph.share(target) }
    graph.give(.result(function: number, position: position), to: target)
  }

  /// Notes what is handed on, and whether that is read by another way as well: in the same place, or behind it.
  private mutating func settle(_ uses: Uses, readLater: inout PersistentLocalSet) {
    let later = readLater
    readLater.formUnion(uses.read)
    let all = readLater
    for move in uses.moves {
      graph.move(place(move.variable), to: move.target)
      if uses.counts[move.variable] != 1 || later.contains(Self.any(move.variable))
        || names.anyPart(of: move.variable, { all.contains(Self.any($0)) })
      {
        graph.see(place(move.variable), after: move.target)
      }
      seeOrigins(of: move.variable, after: move.target, all)
    }
  }

  // MARK: Blocks

  /// Goes through a block from its end to its start; gives what is read in it or behind it.
  private mutating func readBefore(_ block: WasmIR.Block) throws -> PersistentLocalSet {
    let outside = opened.count
    var reach: [Int] = []
    // What is behind the join points comes first, since the rest jumps there.
    for step in block.steps {
      reach.append(opened.count)
      switch step {
      case .join(_, let label, let parameters, let body):
        labels[label.id] = parameters
        var read = try readBefore(body)
        for parameter in parameters { forget(parameter.variable, &read) }
        readAt[label.id] = read
      case .let(_, _, _, .get(_, let type, _, let subject)):
        if let variable = names.variable(subject), types.isCell(type) { opened.append((variable, type)) }
      case .let, .receive, .run: break
      }
    }
    var read = try readBefore(block.end)
    for (step, reach) in zip(block.steps, reach).reversed() {
      try self.step(step, reach, &read)
      switch step {
      case .let(_, let variable, _, _): forget(variable, &read)
      case .receive(_, let parameters, _): for parameter in parameters { forget(parameter.variable, &read) }
      case .join, .run: break
      }
    }
    opened.removeSubrange(outside...)
    return read
  }

  private mutating func step(_ node: WasmIR.Step, _ reach: Int, _ read: inout PersistentLocalSet) throws {
    var uses = Uses()
    switch node {
    case .join: return
    case .let(_, let variable, let ty, let value):
      guard types.holdsCells(ty) else {
        try collect(value, to: nil, &uses)
        break
      }
      // Copies are the same variable.
      if names.variable(value) != nil { return }
      if case .get(_, let type, let field, let subject) = value,
        let owner = names.whole(subject)?.id
      {
        graph.read(place(variable.id), from: place(owner), types.content(type, field))
        uses.note(owner, Self.field(owner, field))
        break
      }
      try collect(value, to: place(variable.id), &uses)
      if case .new(_, let type, let fields) = value, fields.allSatisfy(\.isAtom) {
        reuse(variable, ty, type, fields, reach, read, &uses)
      }
    case .receive(_, let parameters, let value):
      try collect(value, to: nil, &uses)
      for (position, target) in places(parameters).enumerated() where target != .elsewhere {
        if case .call(_, let function, _) = value { give(function, position, to: target) } else { graph.share(target) }
      }
    case .run(_, let value): try collect(value, to: nil, &uses)
    }
    settle(uses, readLater: &read)
  }

  private mutating func readBefore(_ end: WasmIR.End) throws -> PersistentLocalSet {
    var uses = Uses()
    var read = PersistentLocalSet()
    switch end {
    case .return(_, let values):
      try collect(values, to: values.indices.map { .result(function: current, position: $0) }, &uses)
    case .tailCall(_, let function, let arguments):
      try collect(arguments, to: parameters(of: function), &uses)
      // What the function gives, this one gives.
      for position in functions[current].results.indices {
        give(function, position, to: .result(function: current, position: position))
      }
    case .jump(_, let label, let arguments):
      read = readAt[label.id] ?? read
      try collect(arguments, to: places(labels[label.id] ?? []), &uses)
    case .loop(_, let label, let parameters, let arguments, let body):
      labels[label.id] = parameters
      // Each round may read all that the loop mentions and does not set itself.
      var mentioned = MentionedLocals()
      try mentioned.visit(body)
      for number in mentioned.found.compactMap({ names.whole(.local(.none, variable: $0))?.id }) {
        read.insert(Self.any(number))
        read.insert(Self.whole(number))
      }
      var inside = BoundVariables()
      for parameter in parameters { try inside.visit(parameter) }
      try inside.visit(body)
      for variable in inside.found { forget(variable, &read) }
      readAt[label.id] = read
      let outside = opened
      opened = []
      var round = try readBefore(body)
      opened = outside
      for parameter in parameters { forget(parameter.variable, &round) }
      read.formUnion(round)
      try collect(arguments, to: places(parameters), &uses)
    case .if(_, let condition, let then, let other):
      read = try readBefore(then)
      read.formUnion(try readBefore(other))
      try collect(condition, to: nil, &uses)
    case .switch(_, let subject, let cases, let rest):
      read = try readBefore(rest)
      for one in cases { read.formUnion(try readBefore(one.body)) }
      try collect(subject, to: nil, &uses)
    case .attempt(_, let parameters, let function, let arguments, let then, let other):
      read = try readBefore(then)
      for parameter in parameters { forget(parameter.variable, &read) }
      read.formUnion(try readBefore(other))
      for (position, target) in places(parameters).enumerated() where target != .elsewhere {
        give(function, position, to: target)
      }
      // Behind an attempt that is abandoned the arguments are read again.
      try collect(arguments, to: self.parameters(of: function), &uses)
    case .abandon, .unreachable: break
    }
    settle(uses, readLater: &read)
    return read
  }
}

/// The variables that a part of a function sets.
private struct BoundVariables: WasmIRWalker {
  var found: [Local] = []

  mutating func visit(_ node: WasmIR.Parameter) throws { found.append(node.variable) }

  mutating func visit(_ node: WasmIR.Step) throws {
    if case .let(_, let variable, _, _) = node { found.append(variable) }
    try walk(node)
  }

  /// Expressions set no variables.
  mutating func visit(_ node: WasmIR.Expr) {}
}
