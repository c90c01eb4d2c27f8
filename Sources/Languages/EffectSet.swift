public import Nanopass

/// A set of effects: methods, and namespaces that stand for all their methods.
public struct EffectSet: Sendable {
  private var names: Set<Name> = []

  /// The empty set.
  public init() {}

  /// What a function declares.
  public init(_ effects: Resolved.Effects) { self.init(effects.effects.map(\.name)) }

  /// The effects of these names.
  public init(_ names: [Name]) { self.names = Set(names) }

  /// Adds effects.
  public mutating func formUnion(_ more: [Name]) { names.formUnion(more) }

  /// Whether the set allows an effect.
  public func covers(_ effect: Name) -> Bool {
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
