import Languages
import Nanopass

/// Counts the expressions of a function, and looks for what may keep it from being put in place of calls.
struct WasmSize: WasmIRWalker {
  var count = 0
  var hasLabels = false
  var hasLoops = false
  var calls: Set<Name> = []

  mutating func visit(_ node: WasmIR.Expr) throws {
    if !node.isAtom { count += 1 }
    if case .call(_, let name, _) = node { calls.insert(name) }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.Step) throws {
    if case .join = node { hasLabels = true }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.End) throws {
    if case .loop = node { hasLoops = true }
    switch node {
    case .loop, .jump, .switch: hasLabels = true
    case .attempt(_, _, let name, _, _, _):
      hasLabels = true
      calls.insert(name)
    case .tailCall(_, let name, _):
      calls.insert(name)
      count += 1
    default: break
    }
    try walk(node)
  }
}
