import Nanopass

extension WasmCode {
  @Sendable static func checkKnownIndices(_ root: Root) -> [Violation] { [] }

  @Sendable static func checkKnownInstructions(_ root: Root) -> [Violation] { [] }
}
