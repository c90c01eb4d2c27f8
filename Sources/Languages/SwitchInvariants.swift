import Nanopass

extension Switch {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] {
    var scopes = SwitchScopes()
    try? scopes.visit(root)
    return scopes.localProblems
  }

  @Sendable static func checkBoundLabels(_ root: Root) -> [Violation] {
    var scopes = SwitchScopes()
    try? scopes.visit(root)
    return scopes.labelProblems
  }

  @Sendable static func checkCompleteSwitches(_ root: Root) -> [Violation] {
    var walker = SwitchCases(
      counts: Dictionary(root.types.map { ($0.name, $0.variants.count) }, uniquingKeysWith: { first, _ in first }))
    try? walker.visit(root)
    return walker.found
  }
}

/// Finds locals and labels that are not in scope where they are used, and jumps that are not in tail position.
private struct SwitchScopes: SwitchWalker {
  var localProblems: [Violation] = []
  var labelProblems: [Violation] = []
  private var visible: Set<Local> = []
  private var numbers: Set<Int> = []
  /// The labels that may be jumped to: none where the value is used by something else.
  private var reachable: [Local: Int] = [:]

  mutating func visit(_ node: Switch.Function) throws {
    (visible, numbers, reachable) = ([], [], [:])
    for parameter in node.parameters { bind(parameter.variable, in: parameter) }
    try visit(node.body)
  }

  mutating func visit(_ node: Switch.Statement) throws {
    switch node {
    case .evaluate(_, let value): try operand(value)
    case .bind(_, let variable, let value):
      try operand(value)
      bind(variable, in: node)
    }
  }

  mutating func visit(_ node: Switch.Expr) throws {
    let outer = visible
    defer { visible = outer }
    switch node {
    case .local(_, let variable, _): read(variable, in: node)
    case .payload(_, let subject, _, _, _, _): read(subject, in: node)
    case .block(_, let statements, let result, _):
      for statement in statements { try visit(statement) }
      try visit(result)
    case .switch(_, let subject, _, let cases, let rest, _):
      read(subject, in: node)
      for branch in cases { try visit(branch.body) }
      if let rest { try visit(rest) }
    case .test(_, let subject, let cases, let rest, _):
      read(subject, in: node)
      for branch in cases { try visit(branch.body) }
      try visit(rest)
    case .join(_, let label, let parameters, let body, let rest, _):
      try join(label, parameters, body, rest, in: node)
    case .jump(_, let label, let arguments, _):
      jump(label, arguments.count, in: node)
      for argument in arguments { try operand(argument) }
    case .leave(_, let value, _): try operand(value)
    default: try operands(of: node)
    }
  }

  private mutating func join(
    _ label: Local, _ parameters: [Switch.Parameter], _ body: Switch.Expr, _ rest: Switch.Expr, in node: Switch.Expr
  ) throws {
    let outer = visible
    number(label, in: node)
    for parameter in parameters { bind(parameter.variable, in: parameter) }
    try visit(body)
    visible = outer
    let before = reachable[label]
    reachable[label] = parameters.count
    try visit(rest)
    reachable[label] = before
  }

  private mutating func operands(of node: Switch.Expr) throws {
    let outer = reachable
    reachable = [:]
    try walk(node)
    reachable = outer
  }

  private mutating func operand(_ node: Switch.Expr) throws {
    let outer = reachable
    reachable = [:]
    try visit(node)
    reachable = outer
  }

  private mutating func bind(_ local: Local, in node: some Writable) {
    number(local, in: node)
    visible.insert(local)
  }

  private mutating func number(_ local: Local, in node: some Writable) {
    if !numbers.insert(local.id).inserted {
      localProblems.append(Violation("two binders have the number of `\(local)`", in: node))
    }
  }

  private mutating func read(_ local: Local, in node: Switch.Expr) {
    if !visible.contains(local) { localProblems.append(Violation("`\(local)` is not bound here", in: node)) }
  }

  private mutating func jump(_ label: Local, _ arguments: Int, in node: Switch.Expr) {
    guard let count = reachable[label] else {
      labelProblems.append(Violation("`\(label)` can't be jumped to from here", in: node))
      return
    }
    if count != arguments {
      labelProblems.append(Violation("`\(label)` takes \(count) arguments, not \(arguments)", in: node))
    }
  }
}

/// Finds switches that lack a case or have one twice.
private struct SwitchCases: SwitchWalker {
  let counts: [Name: Int]
  var found: [Violation] = []

  mutating func visit(_ node: Switch.Expr) throws {
    if case .switch(_, _, let type, let cases, let rest, _) = node {
      let count = counts[type] ?? 0
      let indices = Set(cases.map(\.index))
      if indices.count < cases.count { found.append(Violation("a constructor has two cases", in: node)) }
      if indices.contains(where: { $0 >= count }) {
        found.append(Violation("a case is for no constructor of `\(type)`", in: node))
      }
      if rest == nil, indices.count < count { found.append(Violation("a constructor has no case", in: node)) }
    }
    try walk(node)
  }
}
