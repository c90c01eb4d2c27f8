import Nanopass

// A program without counts is checked as a counted one.
extension Owned {
  /// Every local is bound before it is read, and no two binders of a function share a number.
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] {
    withoutCounts(root).map(Counted.checkBoundLocals) ?? []
  }

  /// Every jump lies in the scope of its label and passes as many arguments as it takes.
  @Sendable static func checkBoundLabels(_ root: Root) -> [Violation] {
    withoutCounts(root).map(Counted.checkBoundLabels) ?? []
  }

  /// Variables, arguments, fields and results have the shapes that their places ask for.
  @Sendable static func checkMatchingShapes(_ root: Root) -> [Violation] {
    withoutCounts(root).map(Counted.checkMatchingShapes) ?? []
  }

  /// What a jump or tail call lends came to the function as a loan, or is static.
  @Sendable static func checkLastingLoans(_ root: Root) -> [Violation] {
    withoutCounts(root).map(Counted.checkLastingLoans) ?? []
  }

  private static func withoutCounts(_ root: Root) -> Counted.Root? {
    var embedding = EmbedOwned()
    return try? embedding.root(root)
  }
}

/// Takes each form over as it is.
private struct EmbedOwned: OwnedToCounted {
  static let summary = "Take programs without counts as counted ones"
}
