public import Diagnostics
public import Languages
public import Nanopass

/// Builds maps from lists of pairs.
///
///     (map ((entry (integer 1) (string "a"))) (map (int) (string)))
///     (call Map.fromList ((int) (string))
///       ((list ((tuple ((integer 1) (string "a")) (tuple ((int) (string))))) (list (tuple ((int) (string))))))
///       (map (int) (string)))
///
/// The empty map is the constructor `Map.Empty`. That `Map.fromList` keeps the last of equal keys is the rule for
/// literals too.
///
/// Needs: nothing.
/// Ensures: keys and values are evaluated from left to right.
public struct LowerMaps: PositionalToGathered, FunctionPass {
  public static let summary = "Build maps from lists of pairs"

  private var literals = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(literals) map literals lowered", data: [("literals", literals)])
  }

  public mutating func map(at span: Span, entries: [Positional.Entry], ty: Positional.Ty) throws -> Gathered.Expr {
    literals += 1
    guard !entries.isEmpty else {
      return .construct(span, type: "Map", variant: "Empty", arguments: [], ty: ty)
    }
    guard case .map(let key, let value) = ty else {
      throw PassBug(Self.self, "a map literal is of another type", broke: "well-typed", in: ty)
    }
    let pair: Gathered.Ty = .tuple(elements: [key, value])
    let pairs = try entries.map { entry in
      let first = try expr(entry.key)
      return Gathered.Expr.tuple(entry.span, elements: [first, try expr(entry.value)], ty: pair)
    }
    let list: Gathered.Expr = .list(span, elements: pairs, ty: .list(element: pair))
    return .call(span, function: "Map.fromList", types: [key, value], arguments: [list], ty: ty)
  }
}
