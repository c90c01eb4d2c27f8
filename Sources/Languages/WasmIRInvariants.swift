import Nanopass

extension WasmIR {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] {
    BlockScopes.violations(.locals, in: root.functions)
  }

  @Sendable static func checkBoundLabels(_ root: Root) -> [Violation] {
    BlockScopes.violations(.labels, in: root.functions)
  }

  @Sendable static func checkKnownNames(_ root: Root) -> [Violation] { [] }

  @Sendable static func checkWellTyped(_ root: Root) -> [Violation] { [] }
}
