public import Nanopass

extension Name {
  /// The function whose statements are the top-level statements of all modules, in the order in which they run. A
  /// program without such statements has no such function, and no function calls it.
  public static let initialisation: Name = "$initialise"

  /// How the names of verify blocks begin; a number and the function's name follow. They stand among the functions
  /// until they are checked.
  public static let verifications = "$verify."

  /// Whether this is the name of a verify block.
  public var isVerification: Bool { text.hasPrefix(Self.verifications) }
}
