import Nanopass

extension Services {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] {
    BlockScopes.violations(.locals, in: root.functions)
  }

  @Sendable static func checkBoundLabels(_ root: Root) -> [Violation] {
    BlockScopes.violations(.labels, in: root.functions)
  }

  @Sendable static func checkKnownServices(_ root: Root) -> [Violation] {
    let arities = EffectOperation.all.map { ($0.service, $0.parameters.count) }
    return BlockScopes.violations(
      .calls, in: root.functions, arities: Dictionary(arities) { first, _ in first }, callForms: ["service"])
  }
}
