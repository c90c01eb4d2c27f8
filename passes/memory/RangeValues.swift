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
    let operands = arguments.compactMap { node($0) }
    if let rule = KnownRanges.operators[name], operands.count == Primitive.named(name)?.parameters.count,
      let one = operands.first
    {
      bind(variable, hold(graph.add(rule, one, operands.dropFirst().first ?? -1)))
      definitions[variable.id] = Definition(rule: rule, operands: arguments)
      return
    }
    if let rule = KnownRanges.comparisons[name], arguments.count == 2, let one = node(arguments[0]),
      let two = node(arguments[1])
    {
      let node = graph.add(rule, one, two)
      bind(variable, node)
      comparisons.append(Use(node: node, weight: weight, function: function))
      definitions[variable.id] = Definition(rule: rule, operands: arguments)
      for case .integer(_, .small(let value)) in arguments { compare(with: value) }
      return
    }
    guard let primitive = Primitive.named(name) else { return }
    elements(variable, ty, name, arguments)
    for (position, argument) in arguments.enumerated() {
      guard let node = node(argument), KnownRanges.element(of: name) != position else { continue }
      let use = Use(node: node, weight: weight, function: function)
      if KnownRanges.takesIndex(primitive, position) { wordUses.append(use) } else { integerUses.append(use) }
    }
    if primitive.parameters.contains(.list(element: .int)) { foreign.insert("List<Int>") }
    if let vector = vectorOfIntegers, primitive.parameters.contains(.vector(element: .int)) { foreign.insert(vector) }
    if name == "vector.get", ty == .int, let vector = vectorOfIntegers {
      bind(variable, hold(graph.add(.copy, field(0, 0, of: vector))))
    } else if !KnownRanges.keepsElements(name) {
      let range = KnownRanges.result(of: name, arguments)
      give(variable, ty, range, isWord: primitive.resultPassing == .index)
    }
  }

  /// What is put into a vector of integers.
  private mutating func elements(_ variable: Local, _ ty: Services.Ty, _ name: Name, _ arguments: [Services.Atom]) {
    guard let vector = vectorOfIntegers, ty == .data(name: vector), let last = arguments.last else { return }
    if KnownRanges.element(of: name) != nil {
      connect([last], to: [field(0, 0, of: vector)])
      made.append((function, vector))
    }
  }
}
