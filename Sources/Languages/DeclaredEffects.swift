public import Nanopass

extension Services.Root {
  /// The effects that the program declares: those of the function that it starts with.
  public var declaredEffects: [Name] {
    functions.first { $0.name == entry }?.effects.effects.map(\.name) ?? []
  }
}

extension Counted.Root {
  /// The effects that the program declares: those of the function that it starts with.
  public var declaredEffects: [Name] {
    functions.first { $0.name == entry }?.effects.effects.map(\.name) ?? []
  }
}

extension WasmIR {
  /// Every import that carries out an effect carries out one that the program declares.
  @Sendable static func checkDeclaredEffects(_ root: Root) -> [Violation] {
    let declared = EffectSet(root.effects)
    return root.imports.compactMap { violation(of: $0.effect, in: $0, declared) }
  }
}

extension WasmCode {
  /// Every import that carries out an effect carries out one that the program declares.
  @Sendable static func checkDeclaredEffects(_ root: Root) -> [Violation] {
    let declared = EffectSet(root.effects)
    return root.imports.compactMap { violation(of: $0.effect, in: $0, declared) }
  }
}

private func violation(of effect: Name?, in node: some Writable, _ declared: EffectSet) -> Violation? {
  guard let effect, !declared.covers(effect) else { return nil }
  return Violation("the program does not declare the effect `\(effect)`", in: node)
}
