public import Diagnostics
public import Languages
public import Nanopass

/// Builds and matches lists by the constructors `List.Cons` and `List.Nil`.
///
///     (list ((integer 1) (integer 2)) (list (int)))
///     (construct List Cons
///       ((integer 1) (construct List Cons ((integer 2) (construct List Nil () (list (int)))) (list (int))))
///       (list (int)))
///
/// The patterns `[a, b]` and `[a, ..rest]` become `Cons(a, Cons(b, Nil))` and `Cons(a, rest)`.
///
/// Needs: nothing.
/// Ensures: elements are evaluated from left to right.
public struct LowerLists: GatheredToConsed, FunctionPass {
  public static let summary = "Build and match lists by the constructors Cons and Nil"

  private var literals = 0
  private var patterns = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(literals) list literals and \(patterns) list patterns lowered",
      data: [("literals", literals), ("patterns", patterns)])
  }

  public mutating func list(at span: Span, elements: [Gathered.Expr], ty: Gathered.Ty) throws -> Consed.Expr {
    literals += 1
    let heads = try elements.map { try expr($0) }
    let empty: Consed.Expr = .construct(span, type: "List", variant: "Nil", arguments: [], ty: ty)
    return heads.reversed().reduce(empty) { tail, head in
      .construct(head.span, type: "List", variant: "Cons", arguments: [head, tail], ty: ty)
    }
  }

  public mutating func list(at span: Span, elements: [Gathered.Pattern], rest: Gathered.Pattern?) throws
    -> Consed.Pattern
  {
    patterns += 1
    let heads = try elements.map { try pattern($0) }
    let last =
      try rest.map { try pattern($0) } ?? .constructor(span, type: "List", variant: "Nil", arguments: [])
    return heads.reversed().reduce(last) { tail, head in
      .constructor(head.span, type: "List", variant: "Cons", arguments: [head, tail])
    }
  }
}
