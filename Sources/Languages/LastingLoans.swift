import Nanopass

extension Counted {
  /// What a jump or tail call lends came to the function as a loan, or is static.
  ///
  /// Behind a jump or tail call nobody is left to end a reference, so only what outlives the function can be lent there.
  @Sendable static func checkLastingLoans(_ root: Root) -> [Violation] {
    var checker = LoanChecker(root)
    for function in root.functions { try? checker.visit(function) }
    return checker.violations
  }
}

/// Walks functions with the variables that outlive them.
private struct LoanChecker: CountedWalker {
  private(set) var violations: [Violation] = []
  /// Which parameters each function borrows.
  private var functions: [Name: [Bool]] = [:]
  private var labels: [Int: [Bool]] = [:]
  /// The counted variables of the function that own their reference, or came from one that does.
  private var fleeting: Set<Int> = []

  init(_ root: Counted.Root) {
    for function in root.functions { functions[function.name] = borrowing(function.parameters) }
  }

  private func borrowing(_ parameters: [Counted.Parameter]) -> [Bool] {
    parameters.map { $0.shape.isCounted && $0.passing == .borrowed }
  }

  mutating func visit(_ node: Counted.Function) throws {
    labels = [:]
    fleeting = []
    try walk(node)
  }

  mutating func visit(_ node: Counted.Parameter) {
    if node.shape.isCounted, node.passing == .owned { fleeting.insert(node.variable.id) }
  }

  mutating func visit(_ node: Counted.Step) throws {
    switch node {
    case .let(_, let variable, let shape, let value):
      guard shape.isCounted else { return }
      if case .read(_, let cell, _, _, _) = value, isLasting(cell) { return }
      if let holder = value.holder, !fleeting.contains(holder.id) { return }
      fleeting.insert(variable.id)
    case .join(_, let label, let parameters, _):
      labels[label.id] = borrowing(parameters)
      try walk(node)
    case .receive(_, _, _, let parameters): for parameter in parameters { visit(parameter) }
    case .dup, .drop, .take, .reclaim, .release, .fill: break
    }
  }

  mutating func visit(_ node: Counted.End) throws {
    switch node {
    case .jump(_, let label, let arguments): check(arguments, labels[label.id], in: node)
    case .tailCall(_, let function, let arguments): check(arguments, functions[function], in: node)
    case .loop(_, let label, let parameters, let arguments, _):
      labels[label.id] = borrowing(parameters)
      check(arguments, labels[label.id], in: node)
      try walk(node)
    case .return, .test, .switchTag, .switchWord: try walk(node)
    }
  }

  private func isLasting(_ atom: Counted.Atom) -> Bool {
    if case .local(_, let variable) = atom { return !fleeting.contains(variable.id) }
    return true
  }

  private mutating func check(_ arguments: [Counted.Atom], _ borrowing: [Bool]?, in node: Counted.End) {
    for (argument, isBorrowed) in zip(arguments, borrowing ?? []) where isBorrowed && !isLasting(argument) {
      violations.append(Violation("`\(argument)` is lent, but may end before", in: node))
    }
  }
}
