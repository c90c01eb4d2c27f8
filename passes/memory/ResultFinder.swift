import Languages
import Nanopass

/// What a function does with the values that could be spread.
struct ResultUses {
  /// The results of others that it receives, by their numbers.
  var received: [Int] = []
  /// The received variables of which only fields and constructors are asked for.
  var takenApart: NumberSet = []
  /// The variables that hold new values which are returned, and as which results of the function.
  var returned: LocalTable<[Int]> = [:]
  /// Those among them that are read nowhere else.
  var onlyReturned: NumberSet = []
}

/// Finds how functions make their results, and what they do with those of others.
struct ResultFinder: ServicesWalker {
  private(set) var table: ResultTable
  private(set) var uses: [Name: ResultUses] = [:]
  private var function: Name = ""
  /// The variables that hold new or received values; how often each is read, and how often only for a field or its
  /// constructor.
  private var tracked: NumberSet = []
  private var reads: LocalTable<Int> = [:]
  private var looks: LocalTable<Int> = [:]
  private var received: [(variable: Int, position: Int)] = []
  /// The variables that hold new values, and as which results they are returned.
  private var built: NumberSet = []
  private var returns: LocalTable<[Int]> = [:]
  private var returning: [Int] = []

  init(_ program: Services.Root) { table = ResultTable(program) }

  mutating func visit(_ node: Services.Function) throws {
    function = node.name
    (tracked, reads, looks, received, built, returns, returning) = ([], [:], [:], [], [], [:], [])
    try walk(node)
    var uses = ResultUses()
    uses.received = received.map(\.position)
    for (variable, position) in received {
      let isTakenApart = reads[variable] == looks[variable]
      if isTakenApart { uses.takenApart.insert(variable) }
      // What nobody reads is no reason.
      if reads[variable] != nil { table.note(position, takenApart: isTakenApart) }
    }
    uses.returned = returns
    for variable in returning where reads[variable] == returns[variable]?.count {
      uses.onlyReturned.insert(variable)
    }
    self.uses[function] = uses
  }

  mutating func visit(_ node: Services.Step) throws {
    switch node {
    case .let(_, let variable, let ty, .call(_, let callee, _)): receive(variable, ty, 0, of: callee)
    case .let(_, let variable, _, .construct(_, let type, _, _, _)):
      if table.layouts[type] != nil {
        built.insert(variable.id)
        tracked.insert(variable.id)
      }
    case .receive(_, let callee, _, let parameters):
      for (index, parameter) in parameters.enumerated() { receive(parameter.variable, parameter.ty, index, of: callee) }
    case .let, .join: break
    }
    try walk(node)
  }

  private mutating func receive(_ variable: Local, _ ty: Services.Ty, _ result: Int, of callee: Name) {
    guard table.layout(of: ty) != nil, let position = table.position(result, of: callee) else { return }
    received.append((variable.id, position))
    tracked.insert(variable.id)
  }

  mutating func visit(_ node: Services.Value) throws {
    if case .payload(_, .local(_, let variable), _, _, _) = node { look(at: variable) }
    try walk(node)
  }

  mutating func visit(_ node: Services.End) throws {
    switch node {
    case .return(_, let values):
      for (index, value) in values.enumerated() { give(value, index) }
    case .tailCall(_, let callee, _): table.join(function, callee)
    case .switch(_, .local(_, let variable), _, _, _): look(at: variable)
    case .switch, .jump, .loop, .test: break
    }
    try walk(node)
  }

  private mutating func look(at variable: Local) {
    if tracked.contains(variable.id) { looks[variable.id, default: 0] += 1 }
  }

  private mutating func give(_ value: Services.Atom, _ result: Int) {
    guard case .local(_, let variable) = value, let position = table.position(result, of: function),
      table.layout(of: position) != nil
    else { return }
    let isBuilt = built.contains(variable.id)
    if isBuilt {
      if returns[variable.id] == nil { returning.append(variable.id) }
      returns[variable.id, default: []].append(result)
    }
    table.note(position, isBuilt: isBuilt)
  }

  mutating func visit(_ node: Services.Atom) {
    if case .local(_, let variable) = node, tracked.contains(variable.id) { reads[variable.id, default: 0] += 1 }
  }
}
