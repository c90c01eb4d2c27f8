import Languages
import Nanopass

/// Finds the changes of vectors that nothing else holds, which can be made in place.
///
/// A variable holds a vector alone if the vector is new where it comes from, and no use hands it on while the variable is
/// read later. Where it comes from is followed through calls, loops and results: all of them hand on vectors held alone
/// until one is found that is not, and what it flows to is none either (the least fixed point of what may be shared; a
/// uniqueness type as in S. Smetsers et al., Guaranteeing Safe Destructive Updates through a Type System with Uniqueness
/// Information for Graphs, 1994, but inferred).
struct UniqueVectors {
  /// A vector on its way through the program.
  private enum Place: Hashable {
    case variable(function: Int, local: Int)
    case result(function: Int, position: Int)
  }

  /// The operations that give a new vector, and only look at those that they get.
  private static let makers: Set<Name> = ["vector.new", "vector.empty", "vector.slice", "vector.concat"]
  /// The operations that give a version of the first vector.
  private static let changes: Set<Name> = ["vector.set", "vector.insert", "vector.remove"]

  private let vectors: Set<Name>
  private let functions: [Services.Function]
  private let numbers: [Name: Int]
  private var flows: [Place: [Place]] = [:]
  private var shared: Set<Place> = []
  /// The changes of vectors that are not read again: the vector and the new version, by function.
  private var candidates: [Int: [(from: Int, to: Int)]] = [:]
  /// The parameters of the labels of the function at hand.
  private var labels: LocalTable<[Services.Parameter]> = [:]
  /// The vectors that are read behind a jump to a label.
  private var readAt: LocalTable<Set<Int>> = [:]
  private var current = 0
  /// The variables of the function at hand that hold vectors.
  private var known: Set<Int> = []

  init(_ root: Services.Root) {
    vectors = Set(root.types.filter { $0.facts.contains("array") }.map(\.name))
    functions = root.functions
    numbers = Dictionary(root.functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    guard !vectors.isEmpty else { return }
    for (number, function) in functions.enumerated() {
      current = number
      labels = [:]
      readAt = [:]
      known = boundVectors(function)
      if !known.isEmpty { _ = readBefore(function.body) }
    }
    var pending = Array(shared)
    while let place = pending.popLast() {
      for next in flows[place] ?? [] where shared.insert(next).inserted { pending.append(next) }
    }
  }

  /// The variables of a function that are set to a version which takes the place of the one before.
  func inPlace(_ function: Name) -> Set<Int> {
    guard let number = numbers[function] else { return [] }
    let found = (candidates[number] ?? []).filter { !shared.contains(.variable(function: number, local: $0.from)) }
    return Set(found.map(\.to))
  }

  // MARK: Uses

  private func isVector(_ type: Services.Ty) -> Bool {
    if case .data(let name) = type { vectors.contains(name) } else { false }
  }

  private func place(_ variable: Local) -> Place { .variable(function: current, local: variable.id) }

  private func boundVectors(_ function: Services.Function) -> Set<Int> {
    var mentions = Mentions()
    try? mentions.visit(function)
    return Set(mentions.bound.filter { isVector($0.type) }.map(\.number))
  }

  /// The variables among atoms that hold vectors.
  private func variables(_ atoms: [Services.Atom]) -> [Local] {
    atoms.compactMap { if case .local(_, let variable) = $0, known.contains(variable.id) { variable } else { nil } }
  }

  /// Hands on what atoms hold to places, in order; nil for one that may be anywhere. What is read later, or handed on
  /// twice, is shared from now on.
  private mutating func handOn(_ atoms: [Services.Atom], to places: [Place?], readLater: Set<Int>) {
    let all = variables(atoms)
    for (position, atom) in atoms.enumerated() {
      let target = position < places.count ? places[position] : nil
      guard case .local(_, let variable) = atom, known.contains(variable.id) else { continue }
      if let target { flows[place(variable), default: []].append(target) }
      if readLater.contains(variable.id) || all.filter({ $0 == variable }).count > 1 { shared.insert(place(variable)) }
    }
  }

  private func parameters(of function: Name) -> [Place?] {
    guard let number = numbers[function] else { return [] }
    return functions[number].parameters.map { .variable(function: number, local: $0.variable.id) }
  }

  private func places(_ parameters: [Services.Parameter]) -> [Place?] { parameters.map { place($0.variable) } }

  // MARK: Blocks

  /// Goes through a block from its end to its start; gives the variables that are read in it or behind it.
  private mutating func readBefore(_ block: Services.Block) -> Set<Int> {
    // What is behind the join points comes first, since the rest jumps there.
    for step in block.steps {
      guard case .join(_, let label, let parameters, let body) = step else { continue }
      labels[label.id] = parameters
      readAt[label.id] = readBefore(body)
    }
    var read = readBefore(block.end)
    for step in block.steps.reversed() {
      switch step {
      case .join: break
      case .let(_, let variable, let type, let value):
        if isVector(type) { define(variable, value, readLater: read) } else { use(value, readLater: read) }
        read.formUnion(variables(value.atoms).map(\.id))
      case .receive(_, let function, let arguments, let parameters):
        handOn(arguments, to: self.parameters(of: function), readLater: read)
        for (position, parameter) in parameters.enumerated() { give(parameter.variable, function, position) }
        read.formUnion(variables(arguments).map(\.id))
      }
    }
    return read
  }

  /// Sets a variable to a result of a function.
  private mutating func give(_ variable: Local, _ function: Name, _ position: Int) {
    guard let number = numbers[function] else {
      shared.insert(place(variable))
      return
    }
    flows[.result(function: number, position: position), default: []].append(place(variable))
  }

  private mutating func define(_ variable: Local, _ value: Services.Value, readLater: Set<Int>) {
    switch value {
    case .atom(_, let atom): handOn([atom], to: [place(variable)], readLater: readLater)
    case .call(_, let function, _):
      use(value, readLater: readLater)
      give(variable, function, 0)
    case .primitive(_, let name, let arguments) where Self.changes.contains(name):
      handOn(arguments, to: [place(variable)], readLater: readLater)
      if name == "vector.set", case .local(_, let old)? = arguments.first, !readLater.contains(old.id) {
        candidates[current, default: []].append((old.id, variable.id))
      }
    case .primitive(_, let name, _) where Self.makers.contains(name): use(value, readLater: readLater)
    case .primitive, .construct, .payload, .service:
      use(value, readLater: readLater)
      shared.insert(place(variable))
    }
  }

  /// What a value does with the vectors that it mentions.
  private mutating func use(_ value: Services.Value, readLater: Set<Int>) {
    switch value {
    case .call(_, let function, let arguments):
      handOn(arguments, to: parameters(of: function), readLater: readLater)
    // A part of something else, which keeps it. Elements of a new vector are many.
    case .atom, .construct, .service: handOn(value.atoms, to: [], readLater: readLater)
    case .primitive(_, "vector.new", let arguments):
      for variable in variables(arguments) { shared.insert(place(variable)) }
    case .primitive(_, let name, _):
      if !name.text.hasPrefix("vector.") || Self.changes.contains(name) {
        handOn(value.atoms, to: [], readLater: readLater)
      }
    case .payload: break
    }
  }

  private mutating func readBefore(_ end: Services.End) -> Set<Int> {
    switch end {
    case .return(_, let values):
      handOn(values, to: values.indices.map { .result(function: current, position: $0) }, readLater: [])
      return Set(variables(values).map(\.id))
    case .tailCall(_, let function, let arguments):
      handOn(arguments, to: parameters(of: function), readLater: [])
      // What the function gives, this one gives.
      if let number = numbers[function] {
        for position in functions[current].results.indices {
          flows[.result(function: number, position: position), default: []].append(
            .result(function: current, position: position))
        }
      }
      return Set(variables(arguments).map(\.id))
    case .jump(_, let label, let arguments):
      let read = readAt[label.id] ?? []
      handOn(arguments, to: places(labels[label.id] ?? []), readLater: read)
      return read.union(variables(arguments).map(\.id))
    case .loop(_, let label, let parameters, let arguments, let body):
      labels[label.id] = parameters
      // Each round may read all that the loop mentions and does not set itself.
      var mentions = Mentions()
      try? mentions.visit(body)
      let inside = Set(mentions.bound.map(\.number) + parameters.map(\.variable.id))
      let read = mentions.read.intersection(known).subtracting(inside)
      readAt[label.id] = read
      _ = readBefore(body)
      handOn(arguments, to: places(parameters), readLater: read)
      return read.union(variables(arguments).map(\.id))
    case .switch(_, let subject, _, let cases, let rest):
      var read = Set(variables([subject]).map(\.id))
      for one in cases { read.formUnion(readBefore(one.body)) }
      if let rest { read.formUnion(readBefore(rest)) }
      return read
    case .test(_, let subject, let cases, let rest):
      var read = readBefore(rest).union(variables([subject]).map(\.id))
      for one in cases { read.formUnion(readBefore(one.body)) }
      return read
    }
  }
}

/// The variables that a part of a program reads, and those that it sets.
private struct Mentions: ServicesWalker {
  var read: Set<Int> = []
  var bound: [(number: Int, type: Services.Ty)] = []

  mutating func visit(_ node: Services.Atom) throws {
    if case .local(_, let variable) = node { read.insert(variable.id) }
  }

  mutating func visit(_ node: Services.Parameter) throws { bound.append((node.variable.id, node.ty)) }

  mutating func visit(_ node: Services.Step) throws {
    if case .let(_, let variable, let type, _) = node { bound.append((variable.id, type)) }
    try walk(node)
  }
}

extension Services.Value {
  /// The atoms in it, in order.
  fileprivate var atoms: [Services.Atom] {
    switch self {
    case .atom(_, let atom), .payload(_, let atom, _, _, _): [atom]
    case .call(_, _, let arguments), .primitive(_, _, let arguments), .service(_, _, let arguments),
      .construct(_, _, _, _, let arguments):
      arguments
    }
  }
}
