import Languages
import Nanopass

/// The names that the language itself has.
enum Vocabulary {
  /// The built-in types that can be compiled, with the numbers of their arguments; nil for two or more.
  static let types: [Name: Int?] = [
    "Int": 0, "Float": 0, "Bool": 0, "Unit": 0, "String": 0, "Bytes": 0, "Digest32": 0, "Crypto.Digest32": 0,
    "List": 1, "Vector": 1, "Map": 2, "Option": 1, "Result": 2, "Tuple": nil,
  ]

  /// The functions of the namespaces without effects, whether they can be compiled yet or not.
  static let functions = LibraryFunctions.byNamespace

  /// The methods of the effectful namespaces.
  static let effects = Dictionary(
    uniqueKeysWithValues: EffectOperation.namespaces.map { (Name($0.name), $0.methods) })

  /// All built-in namespaces.
  static let namespaces: Set<Name> = Set(Array(functions.keys) + Array(effects.keys))

  /// The names of all built-in types.
  static let allTypes: Set<Name> = Set(Array(types.keys) + Array(NotYet.types.keys))

  /// What no user's type or module may be called.
  static let reserved: Set<Name> = namespaces.union(allTypes)

  /// The sum types whose constructors programs may name.
  static func variants(of type: Name) -> [(name: Name, arity: Int)]? {
    type == "Option" || type == "Result" ? BuiltinData.variants(of: type) : nil
  }
}
