import Nanopass

extension Core {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] {
    BlockScopes.violations(.locals, in: root.functions)
  }

  @Sendable static func checkBoundLabels(_ root: Root) -> [Violation] {
    BlockScopes.violations(.labels, in: root.functions)
  }

  @Sendable static func checkKnownFunctions(_ root: Root) -> [Violation] {
    let arities = root.functions.map { ($0.name, $0.parameters.count) }
    return FunctionTable.violations(
      arities, entry: root.entry, in: root, functions: root.functions, callForms: ["call"])
  }
}

/// Checks that calls name declared functions.
enum FunctionTable {
  /// - Parameters:
  ///   - declared: the functions with the number of their parameters.
  ///   - callForms: the forms that call a function.
  static func violations(
    _ declared: [(Name, Int)], entry: Name, in root: some Node, functions: [some Node], callForms: Set<String>
  ) -> [Violation] {
    let arities = Dictionary(declared) { first, _ in first }
    var found: [Violation] = []
    if arities.count < declared.count { found.append(Violation("a function is declared twice", in: root)) }
    if arities[entry] != 0 {
      found.append(Violation("the entry `\(entry)` is no function without parameters", in: root))
    }
    return found + BlockScopes.violations(.calls, in: functions, arities: arities, callForms: callForms)
  }
}
