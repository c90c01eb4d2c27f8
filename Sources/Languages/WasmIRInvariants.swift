import Nanopass

extension WasmIR {
  /// Every local is bound before it is read, and no two binders of a function share a number.
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] {
    BlockScopes.violations(.locals, in: root.functions)
  }

  /// Every jump lies in the scope of its label and passes as many arguments as it takes.
  @Sendable static func checkBoundLabels(_ root: Root) -> [Violation] {
    BlockScopes.violations(.labels, in: root.functions)
  }
}
