import Nanopass

extension Counted {
  /// On every path each owned reference is consumed exactly once.
  ///
  /// The check runs each function on the references that its variables hold. Owned parameters and results hold one, a field
  /// that was read holds none but may be looked at as long as its cell may. At a jump all that is still held goes over
  /// to the label, so all jumps to a label must hold the same; the block behind it is checked with what the first one
  /// brings. Time is linear in the program and in what the branches differ by.
  @Sendable static func checkBalancedCounts(_ root: Root) -> [Violation] {
    var violations: [Violation] = []
    let passing = root.functions.map { ($0.name, $0.parameters.map { $0.passing == .owned }) }
    let owns = Dictionary(passing) { first, _ in first }
    for function in root.functions {
      var checker = OwnershipChecker(owns)
      checker.check(function)
      violations += checker.violations
    }
    return violations
  }
}

/// The references held at one point of a function, on the way through it.
private struct OwnershipChecker {
  /// A label in scope: the references that its variables hold when control comes there, known from the first jump.
  private struct Arrival {
    var owns: [Bool]
    var held: LocalCounts?
  }

  var violations: [Violation] = []
  /// The references held now.
  private var held = LocalCounts()
  /// The variables that hold references, by number.
  private var variables: [Int: Local] = [:]
  /// The cell and the slot that a field was read from, and how many counted fields the cell has.
  private var owners: [Int: (cell: Int, slot: Int, counted: Int)] = [:]
  private var arrivals: [Int: Arrival] = [:]
  /// Borrowed parameters, which may always be looked at.
  private var borrowed: Set<Int> = []
  /// Which parameters each function owns.
  private let owns: [Name: [Bool]]

  init(_ owns: [Name: [Bool]]) { self.owns = owns }

  mutating func check(_ function: Counted.Function) {
    bind(function.parameters)
    block(function.body)
  }

  private mutating func bind(_ parameters: [Counted.Parameter]) {
    for parameter in parameters {
      bind(parameter.variable, parameter.shape, holds: parameter.passing == .owned ? 1 : 0)
      if parameter.passing == .borrowed { borrowed.insert(parameter.variable.id) }
    }
  }

  private mutating func bind(_ variable: Local, _ shape: Counted.Shape, holds count: Int) {
    guard shape.isCounted else { return }
    variables[variable.id] = variable
    held[variable.id] = count
  }

  private mutating func report(_ message: String, _ node: some Writable) {
    violations.append(Violation(message, in: node))
  }

  // MARK: Blocks

  private mutating func block(_ block: Counted.Block) {
    var joins: [(label: Local, parameters: [Counted.Parameter], body: Counted.Block)] = []
    for step in block.steps {
      if case .join(_, let label, let parameters, let body) = step {
        joins.append((label, parameters, body))
        arrivals[label.id] = Arrival(owns: owning(parameters))
      } else {
        self.step(step)
      }
    }
    end(block.end)
    // Jumps to a join point come from behind it only, so the last one has met all of its own by now.
    for join in joins.reversed() { arrive(join.label, join.parameters, join.body) }
  }

  /// Checks the block behind a label, unless nothing jumps there.
  private mutating func arrive(_ label: Local, _ parameters: [Counted.Parameter], _ body: Counted.Block) {
    guard let held = arrivals[label.id]?.held else { return }
    self.held = held
    bind(parameters)
    block(body)
  }

  private mutating func step(_ step: Counted.Step) {
    switch step {
    case .join: break
    case .let(_, let variable, let shape, let value): self.let(variable, shape, value, in: step)
    case .receive(_, let function, let arguments, let parameters):
      give(arguments, owns[function], in: step)
      bind(parameters)
    case .dup(_, let variable):
      look(at: variable, in: step)
      held[variable.id] += 1
    case .drop(_, let variable): consume(variable, in: step)
    case .take(_, let cell, let fields):
      take(fields, from: cell, in: step)
      consume(cell, in: step)
    case .reclaim(_, let token, let cell, _, let fields):
      take(fields, from: cell, in: step)
      consume(cell, in: step)
      variables[token.id] = token
      held[token.id] = 1
    case .release(_, let token): consume(token, in: step)
    case .fill(_, _, let value): consume([value], in: step)
    }
  }

  private mutating func take(_ fields: [Local], from cell: Local, in step: Counted.Step) {
    var slots: Set<Int> = []
    for field in fields {
      look(at: field, in: step)
      held[field.id] += 1
      let owner = owners[field.id]
      if owner?.cell == cell.id, owner?.counted == fields.count, slots.insert(owner?.slot ?? 0).inserted { continue }
      report("`\(field)` is not one of the \(fields.count) counted fields of `\(cell)`", step)
    }
  }

  private mutating func `let`(
    _ variable: Local, _ shape: Counted.Shape, _ value: Counted.Value, in step: Counted.Step
  ) {
    switch value {
    case .atom(_, let atom): consume([atom], in: step)
    case .call(_, let function, let arguments): give(arguments, owns[function], in: step)
    case .cell(_, _, let counted, _): consume(counted, in: step)
    case .reuse(_, let token, _, let counted, _):
      consume(token, in: step)
      consume(counted, in: step)
    case .primitive(_, let name, let arguments) where Primitive.ownsArguments(name): consume(arguments, in: step)
    case .primitive(_, let name, let arguments) where Primitive.lendsElement(name):
      look(at: arguments, in: step)
      // An element is in no slot that could be taken over.
      if let vector = value.holder { owners[variable.id] = (vector.id, -1, -1) }
      return bind(variable, shape, holds: 0)
    case .primitive(_, _, let arguments), .service(_, _, let arguments): look(at: arguments, in: step)
    case .hole(_, let cell, _): look(at: [cell], in: step)
    case .read(_, let cell, let slot, let counted, _):
      look(at: [cell], in: step)
      if case .local(_, let owner) = cell { owners[variable.id] = (owner.id, slot, counted) }
      return bind(variable, shape, holds: 0)
    }
    bind(variable, shape, holds: 1)
  }

  private mutating func end(_ end: Counted.End) {
    switch end {
    case .return(_, let values):
      consume(values, in: end)
      leave(end)
    case .tailCall(_, let function, let arguments):
      give(arguments, owns[function], in: end)
      leave(end)
    case .jump(_, let label, let arguments):
      give(arguments, arrivals[label.id]?.owns, in: end)
      jump(to: label, in: end)
    case .loop(_, let label, let parameters, let arguments, let body):
      give(arguments, owning(parameters), in: end)
      arrivals[label.id] = Arrival(owns: owning(parameters), held: held)
      arrive(label, parameters, body)
    case .test(_, let subject, let cases, let rest):
      branch(on: subject, cases.map(\.body), rest, in: end)
    case .switchTag(_, let subject, let cases, let rest):
      branch(on: subject, cases.map(\.body), rest, in: end)
    case .switchWord(_, let subject, let cases, let rest):
      branch(on: subject, cases.map(\.body), rest, in: end)
    }
  }

  private mutating func branch(
    on subject: Counted.Atom, _ bodies: [Counted.Block], _ rest: Counted.Block?, in end: Counted.End
  ) {
    look(at: [subject], in: end)
    let before = held
    for body in bodies + (rest.map { [$0] } ?? []) {
      held = before
      block(body)
    }
  }

  /// Nothing may be held where control leaves the function.
  private mutating func leave(_ end: Counted.End) {
    for id in held.ids { report("`\(name(id))` is never consumed", end) }
  }

  private mutating func jump(to label: Local, in end: Counted.End) {
    guard let expected = arrivals[label.id]?.held else {
      arrivals[label.id]?.held = held
      return
    }
    var differing: [(id: Int, held: Int, expected: Int)] = []
    LocalCounts.forEachDifference(held, expected) { differing.append(($0, $1, $2)) }
    for (id, held, expected) in differing {
      report("`\(name(id))` holds \(held) references here, but \(expected) at another jump to `\(label)`", end)
    }
  }

  // MARK: Variables

  private func name(_ id: Int) -> String { variables[id]?.description ?? "\(id)" }

  private func owning(_ parameters: [Counted.Parameter]) -> [Bool] { parameters.map { $0.passing == .owned } }

  /// Passes arguments to parameters that own or borrow them.
  private mutating func give(_ arguments: [Counted.Atom], _ owns: [Bool]?, in node: some Writable) {
    for (argument, isOwned) in zip(arguments, owns ?? []) where isOwned { consume([argument], in: node) }
    for (argument, isOwned) in zip(arguments, owns ?? []) where !isOwned { look(at: [argument], in: node) }
  }

  private mutating func consume(_ atoms: [Counted.Atom], in node: some Writable) {
    for case .local(_, let variable) in atoms where variables[variable.id] != nil { consume(variable, in: node) }
  }

  private mutating func consume(_ variable: Local, in node: some Writable) {
    guard held[variable.id] > 0 else { return report("`\(variable)` is consumed, but holds no reference", node) }
    held[variable.id] -= 1
  }

  private mutating func look(at atoms: [Counted.Atom], in node: some Writable) {
    for case .local(_, let variable) in atoms where variables[variable.id] != nil { look(at: variable, in: node) }
  }

  private mutating func look(at variable: Local, in node: some Writable) {
    var current: Int? = variable.id
    while let id = current {
      if held[id] > 0 || borrowed.contains(id) { return }
      current = owners[id]?.cell
    }
    report("`\(variable)` is used, but may be freed already", node)
  }
}

extension Shaped.Value {
  /// The variable of the cell that the value is read out of; nil for a value with a reference of its own.
  public var holder: Local? {
    switch self {
    case .read(_, .local(_, let cell), _, _, _): cell
    case .primitive(_, let name, let arguments): Primitive.holder(name, arguments.first?.variable)
    default: nil
    }
  }
}

extension Counted.Value {
  /// The variable of the cell that the value is read out of; nil for a value with a reference of its own.
  public var holder: Local? {
    switch self {
    case .read(_, .local(_, let cell), _, _, _): cell
    case .primitive(_, let name, let arguments): Primitive.holder(name, arguments.first?.variable)
    default: nil
    }
  }
}

extension Shaped.Atom {
  fileprivate var variable: Local? { if case .local(_, let variable) = self { variable } else { nil } }
}

extension Shaped.Shape {
  /// Whether values of this shape may be references, which are counted.
  public var isCounted: Bool { self == .integer || self == .cell }
}
