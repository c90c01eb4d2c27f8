import Nanopass

// A shaped program is a counted one without counts, and is checked as such.
extension Shaped {
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

  private static func withoutCounts(_ root: Root) -> Counted.Root? {
    var embedding = EmbedShaped()
    return try? embedding.root(root)
  }
}

/// Takes each form over as it is.
private struct EmbedShaped: ShapedToCounted {
  static let summary = "Take shaped programs as counted ones."
}
