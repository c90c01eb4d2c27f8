import Nanopass

extension Resolved {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] {
    BoundLocals.violations(in: root.functions)
  }

  @Sendable static func checkKnownFunctions(_ root: Root) -> [Violation] {
    var walker = UnknownCalls(known: Set(root.functions.map(\.name)))
    walker.check(root)
    return walker.found
  }
}

/// Finds calls of functions that no module declares.
private struct UnknownCalls: ResolvedWalker {
  let known: Set<Name>
  var found: [Violation] = []

  mutating func check(_ root: Resolved.Root) {
    if let main = root.main, !known.contains(main) { found.append(Violation("`\(main)` is not declared", in: root)) }
    for function in root.functions { try? visit(function) }
  }

  mutating func visit(_ node: Resolved.Expr) throws {
    if case .call(_, let function, _) = node, !known.contains(function) {
      found.append(Violation("`\(function)` is not declared", in: node))
    }
    try walk(node)
  }
}
