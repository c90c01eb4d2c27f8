import Diagnostics
import Languages
import Nanopass

/// A set of effects: methods, and namespaces that stand for all their methods.
struct EffectSet {
  private var names: Set<Name> = []

  init() {}

  init(_ effects: Resolved.Effects) { names = Set(effects.effects.map(\.name)) }

  mutating func formUnion(_ more: [Name]) { names.formUnion(more) }

  /// Whether the set allows an effect.
  func covers(_ effect: Name) -> Bool {
    if names.contains(effect) { return true }
    if let dot = effect.text.lastIndex(of: ".") { return names.contains(Name(String(effect.text[..<dot]))) }
    guard let methods = Self.methods[effect] else { return false }
    return methods.allSatisfy(names.contains)
  }

  private static let methods = Dictionary(
    uniqueKeysWithValues: EffectOperation.namespaces.map { space in
      (Name(space.name), space.methods.map { Name(space.name + "." + $0) })
    })
}

/// A call that asks its caller for effects.
struct EffectfulCall {
  let callee: Name
  /// Whether the callee is an effect operation itself.
  let isOperation: Bool
  let effects: [Name]
  let span: Span
}

/// Gathers the calls of a body that need effects, in order.
struct EffectfulCalls: ResolvedWalker {
  let functions: [Name: Resolved.Function]
  var found: [EffectfulCall] = []

  mutating func visit(_ node: Resolved.Expr) throws {
    switch node {
    case .perform(let span, let effect, _):
      found.append(EffectfulCall(callee: effect, isOperation: true, effects: [effect], span: span))
    case .call(let span, let name, _):
      guard let callee = functions[name], !callee.library else { break }
      let effects = callee.effects.effects.map(\.name).filter { $0 != "_" }
      if !effects.isEmpty {
        found.append(EffectfulCall(callee: name, isOperation: false, effects: effects, span: span))
      }
    default: break
    }
    try walk(node)
  }
}

/// Gathers the functions that a body calls, each once.
struct Callees: ResolvedWalker {
  private var seen: Set<Name> = []
  private(set) var found: [Name] = []

  mutating func visit(_ node: Resolved.Expr) throws {
    if case .call(_, let name, _) = node, seen.insert(name).inserted { found.append(name) }
    try walk(node)
  }
}
