import Nanopass

/// Names that the interpreters look for at every step.
enum KnownNames {
  static let list: Name = "List"
  static let empty: Name = "Nil"
  static let cons: Name = "Cons"
  static let ok: Name = "Ok"
  static let tuple: Name = "Tuple"
  static let map: Name = "Map"
  static let leaf: Name = "Leaf"
  static let inner: Name = "Inner"
}
