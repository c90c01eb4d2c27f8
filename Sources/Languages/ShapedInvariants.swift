import Diagnostics
import Nanopass

// A shaped program is one that lends nothing, and is checked as such.
extension Shaped {
  /// Every local is bound before it is read, and no two binders of a function share a number.
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] {
    withOwners(root).map(Owned.checkBoundLocals) ?? []
  }

  /// Every jump lies in the scope of its label and passes as many arguments as it takes.
  @Sendable static func checkBoundLabels(_ root: Root) -> [Violation] {
    withOwners(root).map(Owned.checkBoundLabels) ?? []
  }

  /// Variables, arguments, fields and results have the shapes that their places ask for.
  @Sendable static func checkMatchingShapes(_ root: Root) -> [Violation] {
    withOwners(root).map(Owned.checkMatchingShapes) ?? []
  }

  private static func withOwners(_ root: Root) -> Owned.Root? {
    var embedding = EmbedShaped()
    return try? embedding.root(root)
  }
}

/// Takes each form over as it is, and parameters as owned.
private struct EmbedShaped: ShapedToOwned {
  static let summary = "Take shaped programs as ones whose parameters are all owned"

  func parameter(at span: Span, variable: Local, shape: Shaped.Shape) -> Owned.Parameter {
    Owned.Parameter(span, variable: variable, shape: shape, passing: .owned)
  }
}
