import Languages
import Nanopass

extension WasmIR.Expr {
  /// The expressions that it is made of, in the order of their evaluation.
  var operands: [WasmIR.Expr] {
    var list = OperandList()
    try? list.walk(self)
    return list.operands
  }

  /// The same form of other operands, of which there are as many.
  func with(operands: [WasmIR.Expr]) throws -> WasmIR.Expr {
    var replacement = OperandReplacement()
    replacement.operands = operands[...]
    return try replacement.derive(self)
  }
}

private struct OperandList: WasmIRWalker {
  var operands: [WasmIR.Expr] = []

  mutating func visit(_ node: WasmIR.Expr) throws { operands.append(node) }
}

private struct OperandReplacement: WasmIRToWasmIR {
  static let summary = ""
  var operands: ArraySlice<WasmIR.Expr> = []

  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr { operands.popFirst() ?? node }
}
