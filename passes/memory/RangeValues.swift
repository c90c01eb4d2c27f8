import Languages
import Nanopass

// What is known of the values that variables are bound to.

extension RangeFinder {
  mutating func visit(_ variable: Local, _ ty: Services.Ty, _ value: Services.Value) {
    switch value {
    case .atom(_, let atom):
      if ty == .int, let node = node(atom) {
        bind(variable, hold(graph.add(.copy, node)))
        definitions[variable.id] = Definition(rule: .copy, operands: [atom])
      } else if case .local(_, let other) = atom {
        definitions[variable.id] = definitions[other.id]
        wholes[variable.id] = wholes[other.id]
      }
    case .call(_, let callee, let arguments):
      call(callee, arguments)
      if ty == .int { bind(variable, hold(graph.add(.copy, result(0, of: callee)))) }
    case .construct(_, let type, _, let index, let arguments):
      if let nodes = fields[type], nodes.indices.contains(index) {
        connect(arguments, to: nodes[index])
        made.append((function, type))
      }
    case .payload(_, let subject, let type, let variant, let index):
      if ty == .int { bind(variable, hold(graph.add(.copy, field(index, variant, of: type)))) }
      if case .local(_, let whole) = subject, acyclic.contains(type) {
        wholes[variable.id] = wholes[whole.id] ?? whole.id
      }
    case .service(_, _, let arguments):
      use(arguments)
      give(variable, ty, .all, isWord: false)
    case .primitive(_, let name, let arguments): primitive(variable, ty, name, arguments)
    }
  }

  private mutating func field(_ index: Int, _ variant: Int, of type: Name) -> Int32 {
    guard let nodes = fields[type], nodes.indices.contains(variant), nodes[variant].indices.contains(index),
      nodes[variant][index] >= 0
    else { return graph.given(.all) }
    return nodes[variant][index]
  }

  /// Atoms are read as integers of a cell's kind.
  private mutating func use(_ atoms: some Sequence<Services.Atom>) {
    for atom in atoms {
      if let node = node(atom) { integerUses.append(Use(node: node, weight: weight, function: function)) }
    }
  }

  /// The library makes a value of which no more is known.
  private mutating func give(_ variable: Local, _ ty: Services.Ty, _ range: Interval, isWord: Bool) {
    switch ty {
    case .int:
      let node = hold(graph.given(range))
      bind(variable, node)
      let use = Use(node: node, weight: weight, function: function)
      if isWord { wordUses.append(use) } else { integerUses.append(use) }
    case .data(let name): make(name)
    default: break
    }
  }

  /// The library makes and reads values of a type.
  private mutating func make(_ type: Name) {
    foreign.insert(type)
    guard let nodes = fields[type] else { return }
    let any = graph.given(.all)
    for node in nodes.joined() where node >= 0 { graph.connect(any, to: node) }
  }

  private mutating func primitive(
    _ variable: Local, _ ty: Services.Ty, _ name: Name, _ arguments: [Services.Atom]
  ) {
    guard let facts = KnownRanges.facts(of: name) else { return }
    if let rule = facts.rule, arguments.count == facts.count, let first = arguments.first, let one = node(first) {
      let second = arguments.count > 1 ? node(arguments[1]) : nil
      if second != nil || arguments.count == 1 {
        return `operator`(variable, rule, one, second ?? -1, arguments)
      }
    }
    elements(variable, ty, facts, arguments)
    for (position, argument) in arguments.enumerated() {
      guard let node = node(argument), facts.element != position else { continue }
      let use = Use(node: node, weight: weight, function: function)
      if !facts.takesIndex(position) {
        integerUses.append(use)
      } else {
        wordUses.append(use)
        if graph.rules[Int(node)].isCondition {
          checked.append(CheckedIndex(variable: variable.id, place: position, node: node))
        }
      }
    }
    if facts.readsLists { foreign.insert("List<Int>") }
    guard let vector = vectorOfIntegers else { return give(variable, ty, facts, arguments) }
    if facts.readsVectors { foreign.insert(vector) }
    if facts.getsElement, ty == .int {
      bind(variable, hold(graph.add(.copy, field(0, 0, of: vector))))
    } else {
      give(variable, ty, facts, arguments)
    }
  }

  private mutating func give(
    _ variable: Local, _ ty: Services.Ty, _ facts: PrimitiveFacts, _ arguments: [Services.Atom]
  ) {
    if !facts.keepsElements { give(variable, ty, facts.result(arguments), isWord: facts.givesIndex) }
  }

  private mutating func `operator`(
    _ variable: Local, _ rule: RangeRule, _ one: Int32, _ two: Int32, _ arguments: [Services.Atom]
  ) {
    let node = graph.add(rule, one, two)
    definitions[variable.id] = Definition(rule: rule, operands: arguments)
    if rule.isComparison {
      bind(variable, node)
      comparisons.append(Use(node: node, weight: weight, function: function))
      for case .integer(_, .small(let value)) in arguments { compare(with: value) }
    } else {
      bind(variable, hold(node))
    }
  }

  /// What is put into a vector of integers.
  private mutating func elements(
    _ variable: Local, _ ty: Services.Ty, _ facts: PrimitiveFacts, _ arguments: [Services.Atom]
  ) {
    guard facts.element != nil, let vector = vectorOfIntegers, ty == .data(name: vector), let last = arguments.last
    else { return }
    connect([last], to: [field(0, 0, of: vector)])
    made.append((function, vector))
  }
}
