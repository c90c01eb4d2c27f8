import Languages
import Nanopass

// What counting asks expressions and loops about the variables that they read.

extension WasmIR.Expr {
  /// The variable whose value it is, as another type perhaps.
  var variable: Local? {
    switch self {
    case .local(_, let variable): variable
    case .cast(_, _, let subject), .notNull(_, let subject): subject.variable
    default: nil
    }
  }

  /// The variable that is tested for null.
  var nullVariable: Local? {
    if case .isNull(_, let subject) = self { subject.variable } else { nil }
  }

  var isCall: Bool {
    if case .call = self { true } else { false }
  }

  var isGlobal: Bool {
    if case .global = self { true } else { false }
  }
}

/// The variables that own what expressions use.
struct OwnerReads: WasmIRWalker {
  let roles: ReferenceRoles
  private(set) var found: [Local] = []

  func contains(_ owner: Local) -> Bool { found.contains { $0.id == owner.id } }

  mutating func visit(_ node: WasmIR.Expr) throws {
    if case .local(_, let variable) = node, let owner = roles.sources[variable.id]?.owner, !contains(owner) {
      found.append(owner)
    }
    try walk(node)
  }
}

/// The variables from around a loop that own what it needs, or what code does that it jumps to.
struct LoopNeeds: WasmIRWalker {
  let roles: ReferenceRoles
  let captured: LocalTable<PersistentLocalSet>
  private var read = PersistentLocalSet()
  private var bound = PersistentLocalSet()
  private(set) var names: [Local] = []

  init(roles: ReferenceRoles, captured: LocalTable<PersistentLocalSet>) {
    (self.roles, self.captured) = (roles, captured)
  }

  var needed: PersistentLocalSet {
    var needed = PersistentLocalSet()
    for id in read.subtracting(bound) { needed.insert(id) }
    return needed
  }

  mutating func visit(_ node: WasmIR.Parameter) throws { bound.insert(node.variable.id) }

  mutating func visit(_ node: WasmIR.Step) throws {
    if case .let(_, let variable, _, _) = node { bound.insert(variable.id) }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.End) throws {
    if case .jump(_, let label, _) = node, let needs = captured[label.id] { read.formUnion(needs) }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.Expr) throws {
    if case .local(_, let variable) = node, let owner = roles.sources[variable.id]?.owner {
      read.insert(owner.id)
      names.append(owner)
    }
    try walk(node)
  }
}
