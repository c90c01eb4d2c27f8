import Languages
import Nanopass

/// Walks a program and makes the graph of the ranges of its integers, in whose nodes all that holds an integer is known:
/// variables, parameters, results, fields.
struct RangeFinder {
  /// A loop, or a function that calls itself.
  struct Cycle {
    /// The headers of its integer parameters, and -1 for others.
    var headers: [Int32]
    /// Whether each of its other parameters gets, each time, a part of what it was.
    var descends: [Bool]
    /// How many jumps or calls lead back.
    var backs = 0
  }

  /// Where an integer is used or set, and how often, roughly, each time that the function runs.
  struct Use {
    var node: Int32
    var weight: Int
    var function: Int
  }

  /// A position or a count, by the variable of the primitive's result and the place among its arguments.
  struct CheckedIndex {
    var variable: Int
    var place: Int
    var node: Int32
  }

  /// What a variable stands for, as far as conditions tell of its operands by it.
  struct Definition {
    var rule: RangeRule
    var operands: [Services.Atom]
  }

  /// What a jump to a label sets.
  private struct Label {
    var parameters: [Services.Parameter]
    var nodes: [Int32]
    var cycle: Int?
  }

  var graph = RangeGraph()
  /// The functions by their names; for each the nodes of its parameters and results, and -1 for those of other types.
  let functions: [Name: Int]
  private(set) var parameters: [[Int32]] = []
  private(set) var results: [[Int32]] = []
  /// The nodes of fields, by constructor and position, and -1 for those of other types.
  private(set) var fields: [Name: [[Int32]]] = [:]
  /// The types whose values the run-time library makes or reads.
  var foreign: Set<Name> = []
  /// The type of vectors of integers, if the program has one.
  private(set) var vectorOfIntegers: Name?
  /// The nodes of the variables of each function.
  private(set) var variables: [LocalTable<Int32>] = []
  private(set) var cycles: [Cycle] = []
  /// The results of functions that tail-call others, with those of the others.
  private(set) var handedOn: [(own: Int32, other: Int32)] = []
  /// The nodes that hold integers.
  private(set) var holders: [Use] = []
  /// The comparisons.
  var comparisons: [Use] = []
  /// Where integers of a cell's kind are read or set, and where raw words are.
  var integerUses: [Use] = []
  var wordUses: [Use] = []
  /// By function, the positions and counts that primitives take of which conditions tell more.
  private(set) var indices: [[CheckedIndex]] = []
  /// How often each function runs, roughly.
  private(set) var frequencies: [Int] = []

  private let program: Services.Root
  private(set) var acyclic: Set<Name> = []
  private var literals: LocalTable<Int32> = [:]
  private(set) var function = 0
  /// The nodes that variables have where control is, and those that they had before.
  var current: LocalTable<Int32> = [:]
  var earlier: [(variable: Int, node: Int32)] = []
  var definitions: LocalTable<Definition> = [:]
  /// Those of the function at hand.
  var checked: [CheckedIndex] = []
  private var labels: LocalTable<Label> = [:]
  /// The variables of which others are parts.
  var wholes: LocalTable<Int> = [:]
  var thresholds: [Int] = []
  private(set) var weight = 1
  private(set) var calls: [(caller: Int, callee: Int, weight: Int)] = []
  /// The types with integers in fields of which functions make values.
  var made: [(function: Int, type: Name)] = []

  /// How much more often than the code around it the body of a loop is thought to run, and the most of all.
  private static let loopWeight = 4
  private static let greatestWeight = 64
  /// How far calls are followed to see how often functions run, and how often they are thought to run at most.
  private static let callDepth = 4
  private static let greatestFrequency = 4096
  /// How many integers most functions have at most: tables that are made large enough need not grow.
  private static let usualVariables = 12
  private static let usualDefinitions = 6
  /// The literals that all functions may be limited by.
  private static let commonThresholds = [-1, 0, 1, 0xFF, 0x10FFFF, KnownRanges.mostBytes]

  init(_ program: Services.Root) throws {
    self.program = program
    functions = Dictionary(program.functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    // Cycles of functions ask for it.
    acyclic = Set(program.types.filter { $0.facts.contains("acyclic") }.map(\.name))
    for index in program.functions.indices {
      let function = program.functions[index]
      self.function = index
      parameters.append(function.parameters.map { $0.ty == .int ? header(of: index) : -1 })
      results.append(function.results.map { $0 == .int ? header(of: index) : -1 })
      addCycle(function.parameters, parameters[index])
    }
    function = program.functions.count
    for type in program.types {
      if type.facts.contains("array"), type.variants.first?.fields.first == .int { vectorOfIntegers = type.name }
      guard type.variants.contains(where: { $0.fields.contains(.int) }) else { continue }
      fields[type.name] = type.variants.map { variant in
        variant.fields.map { $0 == .int ? header(of: function) : -1 }
      }
      for (place, range) in KnownRanges.fields(of: type) {
        if let field = fields[type.name]?[place.variant][place.field], field >= 0 { graph.restrict(field, to: range) }
      }
    }
    for index in program.functions.indices { try visit(program.functions[index], index) }
    graph.declare(thresholds: Self.commonThresholds)
    frequencies = [Int](repeating: 1, count: program.functions.count + 1)
    for _ in 0..<Self.callDepth {
      for call in calls {
        let often = min(frequencies[call.caller] * call.weight, Self.greatestFrequency)
        frequencies[call.callee] = max(frequencies[call.callee], often)
      }
    }
  }

  // MARK: Nodes

  mutating func hold(_ node: Int32) -> Int32 {
    holders.append(Use(node: node, weight: weight, function: function))
    return node
  }

  private mutating func header(of function: Int) -> Int32 { hold(graph.header(of: function)) }

  mutating func literal(_ value: Int) -> Int32 {
    if let known = literals[value] { return known }
    let node = graph.given(Interval(value))
    literals[value] = node
    return node
  }

  /// The node of an atom where control is; nil if it is no integer.
  mutating func node(_ atom: Services.Atom) -> Int32? {
    switch atom {
    case .local(_, let variable): return current[variable.id]
    case .integer(_, .small(let value)): return literal(value)
    case .integer: return graph.given(.all)
    case .absent(_, .int): return graph.given(.none)
    case .float, .string, .bool, .unit, .absent, .word: return nil
    }
  }

  mutating func bind(_ variable: Local, _ node: Int32) {
    current[variable.id] = node
  }

  /// The node of the elements of vectors of integers; -1 if there are none.
  var element: Int32 { vectorOfIntegers.flatMap { fields[$0]?.first?.first } ?? -1 }

  // MARK: Functions

  private mutating func visit(_ node: Services.Function, _ index: Int) throws {
    function = index
    // The nodes of the last function are kept; the tables of few values are used again.
    current = LocalTable(minimumCapacity: Self.usualVariables)
    definitions = LocalTable(minimumCapacity: Self.usualDefinitions)
    checked = []
    labels.removeAll(keepingCapacity: true)
    wholes.removeAll(keepingCapacity: true)
    earlier.removeAll(keepingCapacity: true)
    thresholds.removeAll(keepingCapacity: true)
    weight = 1
    for (parameter, node) in zip(node.parameters, parameters[index]) where node >= 0 { bind(parameter.variable, node) }
    try visit(node.body)
    graph.declare(
      thresholds: thresholds.isEmpty ? Self.commonThresholds : (Self.commonThresholds + thresholds).sorted())
    // Behind the function all variables have the nodes that they were bound to.
    variables.append(current)
    indices.append(checked)
  }

  private mutating func addCycle(_ parameters: [Services.Parameter], _ nodes: [Int32]) {
    var descends: [Bool] = []
    descends.reserveCapacity(parameters.count)
    for parameter in parameters {
      if case .data(let name) = parameter.ty { descends.append(acyclic.contains(name)) } else { descends.append(false) }
    }
    cycles.append(Cycle(headers: nodes, descends: descends))
  }

  // MARK: Blocks

  mutating func visit(_ node: Services.Block) throws {
    for step in node.steps {
      switch step {
      case .let(_, let variable, let ty, let value): visit(variable, ty, value)
      case .receive(_, let function, let arguments, let parameters):
        call(function, arguments)
        for (index, parameter) in parameters.enumerated() where parameter.ty == .int {
          bind(parameter.variable, hold(graph.add(.copy, result(index, of: function))))
        }
      case .join(_, let label, let parameters, let body):
        let nodes = parameters.map { $0.ty == .int ? hold(graph.add(.merge)) : -1 }
        define(label, parameters, nodes, cycle: nil)
        try visit(body)
      }
    }
    try visit(node.end)
  }

  private mutating func define(
    _ label: Local, _ parameters: [Services.Parameter], _ nodes: [Int32], cycle: Int?
  ) {
    for (parameter, node) in zip(parameters, nodes) where node >= 0 { bind(parameter.variable, node) }
    labels[label.id] = Label(parameters: parameters, nodes: nodes, cycle: cycle)
  }

  private mutating func visit(_ node: Services.End) throws {
    switch node {
    case .return(_, let values): connect(values, to: results[function])
    case .tailCall(_, let callee, let arguments):
      call(callee, arguments)
      for (index, own) in results[function].enumerated() where own >= 0 {
        let other = result(index, of: callee)
        graph.connect(other, to: own)
        handedOn.append((own, other))
      }
    case .jump(_, let label, let arguments):
      guard let target = labels[label.id] else { return }
      connect(arguments, to: target.nodes)
      if let cycle = target.cycle { goBack(cycle, arguments, target.parameters) }
    case .loop(_, let label, let parameters, let arguments, let body):
      let nodes = parameters.map { $0.ty == .int ? header(of: function) : -1 }
      connect(arguments, to: nodes)
      addCycle(parameters, nodes)
      define(label, parameters, nodes, cycle: cycles.count - 1)
      let outer = weight
      weight = min(weight * Self.loopWeight, Self.greatestWeight)
      try visit(body)
      weight = outer
    case .switch(_, _, _, let cases, let rest):
      for one in cases { try visit(one.body) }
      if let rest { try visit(rest) }
    case .test(_, let subject, let cases, let rest): try test(subject, cases, rest)
    }
  }

  mutating func connect(_ atoms: [Services.Atom], to nodes: [Int32]) {
    for (atom, target) in zip(atoms, nodes) where target >= 0 {
      if let source = node(atom) { graph.connect(source, to: target) }
    }
  }

  mutating func call(_ callee: Name, _ arguments: [Services.Atom]) {
    guard let index = functions[callee] else { return }
    connect(arguments, to: parameters[index])
    calls.append((function, index, weight))
    if index == function { goBack(index, arguments, program.functions[index].parameters) }
  }

  private mutating func goBack(_ cycle: Int, _ arguments: [Services.Atom], _ parameters: [Services.Parameter]) {
    cycles[cycle].backs += 1
    for (index, (argument, parameter)) in zip(arguments, parameters).enumerated() {
      guard case .local(_, let variable) = argument, wholes[variable.id] == parameter.variable.id else {
        cycles[cycle].descends[index] = false
        continue
      }
    }
  }

  mutating func result(_ index: Int, of callee: Name) -> Int32 {
    guard let position = functions[callee], results[position].indices.contains(index), results[position][index] >= 0
    else { return graph.given(.all) }
    return results[position][index]
  }
}
