import Languages
import Nanopass

/// The counted parameters of a program's functions and labels, and which own their references because others do.
struct OwnershipGraph {
  /// Those whose ownership forces that of others.
  private var forced: [[Int]] = []
  private var owned: [Bool] = []
  private var waiting: [Int] = []
  /// Those for which a loan saves counting, and those that these lend to.
  private var wanted: [Bool] = []
  private var lending: [[Int]] = []
  private var wanting: [Int] = []
  /// The parameters of each function by position; -1 where it holds no counted reference.
  private var functions: [Name: [Int]] = [:]
  private var roots: [Name: FunctionRoots] = [:]

  /// Adds a parameter.
  mutating func add() -> Int {
    forced.append([])
    owned.append(false)
    wanted.append(false)
    lending.append([])
    return owned.count - 1
  }

  /// Adds the parameters of a function.
  mutating func declare(_ function: Name, _ parameters: [Shaped.Parameter]) {
    functions[function] = parameters.map { $0.shape.isCounted ? add() : -1 }
  }

  /// The counted parameter at a position.
  func parameter(_ index: Int, of function: Name) -> Int? {
    guard let parameters = functions[function], parameters.indices.contains(index), parameters[index] >= 0 else {
      return nil
    }
    return parameters[index]
  }

  /// Keeps what was found about the variables of a function.
  mutating func keep(_ roots: FunctionRoots, of function: Name) { self.roots[function] = roots }

  func roots(of function: Name) -> FunctionRoots { roots[function] ?? FunctionRoots() }

  /// A parameter owns its reference.
  mutating func own(_ parameter: Int) {
    if owned[parameter] { return }
    owned[parameter] = true
    waiting.append(parameter)
  }

  /// If `cause` owns its reference, so does `effect`.
  mutating func force(_ effect: Int, by cause: Int) {
    if owned[cause] { own(effect) } else { forced[cause].append(effect) }
  }

  /// A loan would save counting: who passes the reference needs it afterwards.
  mutating func want(_ parameter: Int) {
    if wanted[parameter] { return }
    wanted[parameter] = true
    wanting.append(parameter)
  }

  /// If `lender` is a loan, only a loan to `borrower` saves counting.
  mutating func lend(_ borrower: Int, from lender: Int) {
    if wanted[lender] { want(borrower) } else { lending[lender].append(borrower) }
  }

  /// Decides on all parameters: those for which a loan saves nothing own their references, and so do all that others
  /// force to.
  mutating func decide() {
    while let parameter = wanting.popLast() { for borrower in lending[parameter] { want(borrower) } }
    for parameter in wanted.indices where !wanted[parameter] { own(parameter) }
    while let parameter = waiting.popLast() { for effect in forced[parameter] { own(effect) } }
  }

  /// Whether a parameter owns its reference; what is not counted does.
  func isOwned(_ parameter: Int?) -> Bool {
    guard let parameter else { return true }
    return owned[parameter]
  }
}

/// Where the counted variables of one function come from.
struct FunctionRoots {
  struct Root {
    /// The parameter that keeps the variable's reference alive.
    var parameter: Int
    /// Whether the variable is that parameter, not something read from it.
    var isParameter: Bool
  }

  private var roots: LocalTable<Root> = [:]

  mutating func bind(_ variable: Local, to parameter: Int) {
    roots[variable.id] = Root(parameter: parameter, isParameter: true)
  }

  /// `field` is read from the cell that `owner` refers to.
  mutating func read(_ field: Local, from owner: Local) {
    guard let root = roots[owner.id] else { return }
    roots[field.id] = Root(parameter: root.parameter, isParameter: false)
  }

  func root(of variable: Local) -> Root? { roots[variable.id] }

  /// The parameter that a variable is.
  func parameter(_ variable: Local) -> Int? {
    guard let root = roots[variable.id], root.isParameter else { return nil }
    return root.parameter
  }
}

/// Finds which parameters of a function and its labels use their references up.
struct OwnershipFinder: ShapedWalker {
  private(set) var graph: OwnershipGraph
  private var function: Name = ""
  private let component: [Name: Int]
  private var roots = FunctionRoots()
  /// The parameters of the labels met so far; -1 where one holds no counted reference.
  private var labels: LocalTable<[Int]> = [:]
  /// How many loops are around the current place, and around the binder of each variable.
  private var depth = 0
  private var depths: LocalTable<Int> = [:]
  /// The number of uses met so far, and the last one of each variable.
  private var position = 0
  private var lastUse: LocalTable<Int> = [:]
  /// What the blocks use behind the labels that the current block may jump to.
  private var usedByJumps = PersistentLocalSet()
  /// What the block and those in it use so far, and what each join point uses.
  private var used = PersistentLocalSet()
  private var usedByJoins: LocalTable<PersistentLocalSet> = [:]
  /// The variables that calls pass, from the blocks around the current place.
  private var passed: [(variable: Int, position: Int, parameter: Int)] = []
  /// The parameters whose cells the current place has looked into, and how many fields these have.
  private var opened: [(parameter: Int, fields: Int)] = []

  init(_ graph: OwnershipGraph, _ component: [Name: Int]) {
    self.graph = graph
    self.component = component
  }

  mutating func visit(_ node: Shaped.Function) throws {
    function = node.name
    roots = FunctionRoots()
    labels = [:]
    depths = [:]
    lastUse = [:]
    usedByJoins = [:]
    for (index, parameter) in node.parameters.enumerated() {
      guard let number = graph.parameter(index, of: node.name) else { continue }
      roots.bind(parameter.variable, to: number)
      depths[parameter.variable.id] = depth
    }
    try visit(node.body)
    graph.keep(roots, of: node.name)
  }

  mutating func visit(_ node: Shaped.Block) throws {
    let (openedOutside, passedOutside, jumpsOutside) = (opened.count, passed.count, usedByJumps)
    usedByJumps = PersistentLocalSet()
    try walk(node)
    opened.removeSubrange(openedOutside...)
    for call in passed[passedOutside...] {
      let isUsedLater = (lastUse[call.variable] ?? 0) > call.position || usedByJumps.contains(call.variable)
      if isUsedLater || depths[call.variable] != depth { graph.want(call.parameter) }
    }
    passed.removeSubrange(passedOutside...)
    usedByJumps.formUnion(jumpsOutside)
  }

  mutating func visit(_ node: Shaped.Atom) {
    guard case .local(_, let variable) = node, depths[variable.id] != nil else { return }
    position += 1
    lastUse[variable.id] = position
    used.insert(variable.id)
  }

  mutating func visit(_ node: Shaped.Step) throws {
    switch node {
    case .let(_, let variable, let shape, let value):
      try visit(value)
      self.let(variable, shape, value)
      if shape.isCounted { depths[variable.id] = depth }
    case .fill(_, _, let value):
      try walk(node)
      useUp([value])
    case .receive(_, let function, let arguments, let parameters):
      for argument in arguments { visit(argument) }
      call(function, arguments)
      for parameter in parameters where parameter.shape.isCounted { depths[parameter.variable.id] = depth }
    case .join(_, let label, let parameters, let body):
      bind(label, parameters)
      let outside = used
      used = PersistentLocalSet()
      try visit(body)
      usedByJoins[label.id] = used
      used.formUnion(outside)
    }
  }

  private mutating func bind(_ label: Local, _ parameters: [Shaped.Parameter]) {
    labels[label.id] = parameters.map { parameter in
      guard parameter.shape.isCounted else { return -1 }
      let number = graph.add()
      roots.bind(parameter.variable, to: number)
      depths[parameter.variable.id] = depth
      return number
    }
  }

  private mutating func `let`(_ variable: Local, _ shape: Shaped.Shape, _ value: Shaped.Value) {
    switch value {
    case .atom(_, let atom): useUp([atom])
    case .primitive(_, let name, let arguments):
      if Primitive.ownsArguments(name) { useUp(arguments) }
      if let holder = value.holder { roots.read(variable, from: holder) }
    case .service, .hole: break
    case .call(_, let function, let arguments): call(function, arguments)
    case .cell(_, _, let counted, let raw):
      useUp(counted)
      for (parameter, fields) in opened where fields == counted.count + raw.count { graph.own(parameter) }
    case .read(_, .local(_, let cell), _, _, let fields):
      if shape.isCounted { roots.read(variable, from: cell) }
      if let parameter = roots.parameter(cell) { opened.append((parameter, fields)) }
    case .read: break
    }
  }

  mutating func visit(_ node: Shaped.End) throws {
    switch node {
    case .return(_, let values):
      for value in values { visit(value) }
      useUp(values)
    case .tailCall(_, let function, let arguments):
      for argument in arguments { visit(argument) }
      if component[function] == component[self.function] {
        pass(arguments) { graph, index in graph.parameter(index, of: function) }
      } else {
        call(function, arguments)
      }
    case .jump(_, let label, let arguments):
      for argument in arguments { visit(argument) }
      jump(label, arguments)
      if let uses = usedByJoins[label.id] {
        used.formUnion(uses)
        usedByJumps.formUnion(uses)
      }
    case .loop(_, let label, let parameters, let arguments, let body):
      for argument in arguments { visit(argument) }
      depth += 1
      defer { depth -= 1 }
      bind(label, parameters)
      jump(label, arguments)
      try visit(body)
    case .test, .switchTag, .switchWord: try walk(node)
    }
  }

  private mutating func useUp(_ atoms: [Shaped.Atom]) {
    for case .local(_, let variable) in atoms {
      if let parameter = roots.parameter(variable) { graph.own(parameter) }
    }
  }

  /// Who calls can end what it lends.
  private mutating func call(_ function: Name, _ arguments: [Shaped.Atom]) {
    for (index, argument) in arguments.enumerated() {
      guard case .local(_, let variable) = argument, let theirs = graph.parameter(index, of: function) else { continue }
      passed.append((variable.id, position, theirs))
      guard let root = roots.root(of: variable) else { continue }
      graph.lend(theirs, from: root.parameter)
      if root.isParameter { graph.force(root.parameter, by: theirs) }
    }
  }

  private mutating func jump(_ label: Local, _ arguments: [Shaped.Atom]) {
    let parameters = labels[label.id] ?? []
    pass(arguments) { _, index in
      parameters.indices.contains(index) && parameters[index] >= 0 ? parameters[index] : nil
    }
  }

  /// Who jumps can end nothing afterwards.
  private mutating func pass(_ arguments: [Shaped.Atom], to parameter: (OwnershipGraph, Int) -> Int?) {
    for (index, argument) in arguments.enumerated() {
      guard case .local(_, let variable) = argument, let theirs = parameter(graph, index) else { continue }
      guard let root = roots.root(of: variable) else {
        graph.own(theirs)
        continue
      }
      graph.lend(theirs, from: root.parameter)
      graph.force(theirs, by: root.parameter)
      if root.isParameter { graph.force(root.parameter, by: theirs) }
    }
  }
}
