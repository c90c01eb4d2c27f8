public import Diagnostics
public import Languages
public import Nanopass

/// Builds and matches tuples by the constructor `Tuple.Tuple`.
///
///     (tuple ((integer 1) (unit)) (tuple ((int) (unit))))
///     (construct Tuple Tuple ((integer 1) (unit)) (tuple ((int) (unit))))
///
/// Needs: nothing.
/// Ensures: nothing beyond the output language.
public struct LowerTuples: ConsedToUniform, FunctionPass {
  public static let summary = "Build and match tuples by the constructor Tuple"

  private var count = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(count) tuples and tuple patterns lowered", data: [("tuples", count)])
  }

  public mutating func tuple(at span: Span, elements: [Consed.Expr], ty: Consed.Ty) throws -> Uniform.Expr {
    count += 1
    return .construct(span, type: "Tuple", variant: "Tuple", arguments: try elements.map { try expr($0) }, ty: ty)
  }

  public mutating func tuple(at span: Span, elements: [Consed.Pattern]) throws -> Uniform.Pattern {
    count += 1
    return .constructor(span, type: "Tuple", variant: "Tuple", arguments: try elements.map { try pattern($0) })
  }
}
