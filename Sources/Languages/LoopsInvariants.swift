import Nanopass

extension Loops {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] {
    BlockScopes.violations(.locals, in: root.functions)
  }

  @Sendable static func checkBoundLabels(_ root: Root) -> [Violation] {
    BlockScopes.violations(.labels, in: root.functions)
  }

  @Sendable static func checkKnownFunctions(_ root: Root) -> [Violation] {
    let arities = root.functions.map { ($0.name, $0.parameters.count) }
    return FunctionTable.violations(
      arities, entry: root.entry, in: root, functions: root.functions, callForms: ["call", "tailCall"])
  }
}
