import Languages
import Nanopass

/// Finds the counted variables of a function that own references, those from around that each loop uses, and the labels
/// that control can reach.
struct LoopUses: OwnedWalker {
  /// What a block needs of its surroundings: counted variables, and loops that it jumps back to.
  private struct Uses {
    var variables = PersistentLocalSet()
    var loops = PersistentLocalSet()

    mutating func formUnion(_ other: Uses) {
      variables.formUnion(other.variables)
      loops.formUnion(other.loops)
    }
  }

  /// The counted variables that own references, by number.
  private(set) var counted: LocalTable<Local> = [:]
  /// The borrowed parameters and what is read from them: these live as long as the function.
  private(set) var borrowed: NumberSet = []
  /// What the walk has met since the innermost loop or join point began.
  private var used = Uses()
  private var ofJoins: LocalTable<Uses> = [:]
  /// The loops, outer ones behind those that they hold.
  private var loops: [(label: Int, uses: Uses)] = []
  /// The counted variables bound since that loop or join point began.
  private var bound: [Int] = []
  /// The join point around the current place, by number, and where each may jump to; -1 stands for the function.
  private var around = -1
  private var jumps: LocalTable<[Int]> = [:]

  /// The labels that control can reach.
  var reachedLabels: NumberSet {
    var reached: NumberSet = []
    var waiting = jumps[-1] ?? []
    while let label = waiting.popLast() {
      if reached.insert(label) { waiting += jumps[label] ?? [] }
    }
    return reached
  }

  /// The variables from around that each loop uses. One that jumps back to a loop around it needs all that this does.
  var usedByLoops: LocalTable<PersistentLocalSet> {
    var result: LocalTable<PersistentLocalSet> = [:]
    for (label, uses) in loops.reversed() {
      var variables = uses.variables
      for outer in uses.loops.elements { variables.formUnion(result[outer] ?? PersistentLocalSet()) }
      result[label] = variables
    }
    return result
  }

  private mutating func bind(_ variable: Local) {
    counted[variable.id] = variable
    bound.append(variable.id)
  }

  mutating func visit(_ node: Owned.Parameter) {
    guard node.shape.isCounted else { return }
    if node.passing == .borrowed { borrowed.insert(node.variable.id) } else { bind(node.variable) }
  }

  mutating func visit(_ node: Owned.Step) throws {
    switch node {
    case .let(_, let variable, let shape, let value):
      try visit(value)
      guard shape.isCounted else { return }
      if let holder = value.holder, borrowed.contains(holder.id) {
        borrowed.insert(variable.id)
      } else {
        bind(variable)
      }
    case .fill, .receive: try walk(node)
    case .join(_, let label, let parameters, let body):
      let outer = around
      around = label.id
      ofJoins[label.id] = try uses(in: body, parameters)
      around = outer
    }
  }

  mutating func visit(_ node: Owned.End) throws {
    switch node {
    case .jump(_, let label, let arguments):
      for argument in arguments { visit(argument) }
      jumps[around, default: []].append(label.id)
      if let uses = ofJoins[label.id] { used.formUnion(uses) } else { used.loops.insert(label.id) }
    case .loop(_, let label, let parameters, let arguments, let body):
      for argument in arguments { visit(argument) }
      var inner = try uses(in: body, parameters)
      inner.loops.remove(label.id)
      loops.append((label.id, inner))
      used.formUnion(inner)
    default: try walk(node)
    }
  }

  mutating func visit(_ node: Owned.Atom) {
    if case .local(_, let variable) = node, counted[variable.id] != nil { used.variables.insert(variable.id) }
  }

  /// What a block uses of its surroundings.
  private mutating func uses(in body: Owned.Block, _ parameters: [Owned.Parameter]) throws -> Uses {
    let outside = used
    defer { used = outside }
    used = Uses()
    let start = bound.count
    for parameter in parameters { visit(parameter) }
    try visit(body)
    for id in bound[start...] { used.variables.remove(id) }
    bound.removeSubrange(start...)
    return used
  }
}
