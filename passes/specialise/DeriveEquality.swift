public import Diagnostics
public import Languages
public import Nanopass

/// Turns structural equality into primitives for scalars and calls of derived functions for data.
///
///     (equal (local a.0 (data List<Int>)) (local b.1 (data List<Int>)))
///     (call equal<List<Int>> ((local a.0 (data List<Int>)) (local b.1 (data List<Int>))) (bool))
///
/// A derived function takes both values apart and compares their fields; it is made once for each type. Scalars are
/// compared first and fields of the type itself last, so that the comparison of the last one is a tail call: lists are
/// compared in a loop. A NaN differs from itself because `float.equal` says so.
///
/// Needs: every data type is declared.
/// Ensures: derived functions have no effects and stand behind the others.
public struct DeriveEquality: FirstOrderToScalar {
  public static let summary = "Turn structural equality into primitives and derived functions"

  private var types: [Name: FirstOrder.TypeDecl] = [:]
  private var wanted: [FirstOrder.TypeDecl] = []
  private var seen: Set<Name> = []

  public init() {}

  public mutating func begin(_ input: FirstOrder.Root, in context: PassContext) {
    types = Dictionary(input.types.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(wanted.count) equality functions derived", details: wanted.map(\.name.text), data: [("derived", wanted.count)])
  }

  public mutating func root(_ node: FirstOrder.Root) throws -> Scalar.Root {
    var output = try derive(node)
    var next = 0
    while next < wanted.count {
      output.functions.append(try equality(of: wanted[next]))
      next += 1
    }
    return output
  }

  public mutating func equal(at span: Span, left: FirstOrder.Expr, right: FirstOrder.Expr) throws -> Scalar.Expr {
    try comparison(of: try expr(left), with: try expr(right), left.ty, at: span)
  }

  private mutating func comparison(
    of left: Scalar.Expr, with right: Scalar.Expr, _ ty: FirstOrder.Ty, at span: Span
  ) throws -> Scalar.Expr {
    let primitive: Name
    switch ty {
    case .int: primitive = "int.equal"
    case .float: primitive = "float.equal"
    case .bool: primitive = "bool.equal"
    case .string: primitive = "string.equal"
    case .bytes: primitive = "bytes.equal"
    case .digest: primitive = "digest.equal"
    case .unit:
      return .block(
        span, statements: [.evaluate(left.span, value: left), .evaluate(right.span, value: right)],
        result: .bool(span, value: true), ty: .bool)
    case .data(let name):
      guard let declaration = types[name] else {
        throw PassBug(Self.self, "the type `\(name)` is not declared", broke: "known-types", in: ty)
      }
      if seen.insert(name).inserted { wanted.append(declaration) }
      return .call(span, function: equalityName(of: name), arguments: [left, right], ty: .bool)
    }
    return .primitive(span, name: primitive, arguments: [left, right], ty: .bool)
  }

  private func equalityName(of type: Name) -> Name { Name("equal<\(type.text)>") }

  // MARK: Derived functions

  private mutating func equality(of type: FirstOrder.TypeDecl) throws -> Scalar.Function {
    let span = type.span
    let ty: FirstOrder.Ty = .data(name: type.name)
    var fresh = FreshLocals(from: 0)
    let (left, right) = (fresh.make("left"), fresh.make("right"))
    let arms = try type.variants.enumerated().map { index, variant in
      try arm(for: variant, at: index, of: type, against: right, &fresh)
    }
    return Scalar.Function(
      span, name: equalityName(of: type.name),
      parameters: [
        FirstOrder.Parameter(span, variable: left, ty: ty), FirstOrder.Parameter(span, variable: right, ty: ty),
      ],
      result: .bool, effects: FirstOrder.Effects(span, effects: []),
      body: .match(span, subject: .local(span, variable: left, ty: ty), arms: arms, ty: .bool))
  }

  /// The arm for a left value of one constructor: the right one must have the same, and equal fields.
  private mutating func arm(
    for variant: FirstOrder.Variant, at index: Int, of type: FirstOrder.TypeDecl, against right: Local,
    _ fresh: inout FreshLocals
  ) throws -> Scalar.Arm {
    let span = type.span
    let ty: FirstOrder.Ty = .data(name: type.name)
    var lefts: [Scalar.Pattern] = []
    var rights: [Scalar.Pattern] = []
    var pairs: [(left: Local, right: Local, ty: FirstOrder.Ty)] = []
    for field in variant.fields {
      guard field != .unit else {
        lefts.append(.wildcard(span))
        rights.append(.wildcard(span))
        continue
      }
      let pair = (left: fresh.make("a"), right: fresh.make("b"), ty: field)
      lefts.append(.bind(span, variable: pair.left, ty: field))
      rights.append(.bind(span, variable: pair.right, ty: field))
      pairs.append(pair)
    }
    let order = { (ty: FirstOrder.Ty) in if case .data(let name) = ty { name == type.name ? 2 : 1 } else { 0 } }
    let sorted = (0...2).flatMap { rank in pairs.filter { order($0.ty) == rank } }
    var arms = [
      Scalar.Arm(
        span, pattern: .constructor(span, variant: variant.name, index: index, arguments: rights),
        body: try conjunction(of: sorted, at: span))
    ]
    if type.variants.count > 1 {
      arms.append(Scalar.Arm(span, pattern: .wildcard(span), body: .bool(span, value: false)))
    }
    return Scalar.Arm(
      span, pattern: .constructor(span, variant: variant.name, index: index, arguments: lefts),
      body: .match(span, subject: .local(span, variable: right, ty: ty), arms: arms, ty: .bool))
  }

  /// Whether all pairs are equal, compared from the first to the last, which is in tail position.
  private mutating func conjunction(of pairs: [(left: Local, right: Local, ty: FirstOrder.Ty)], at span: Span) throws
    -> Scalar.Expr
  {
    let comparisons = try pairs.map { pair in
      try comparison(
        of: .local(span, variable: pair.left, ty: pair.ty), with: .local(span, variable: pair.right, ty: pair.ty),
        pair.ty, at: span)
    }
    guard let last = comparisons.last else { return .bool(span, value: true) }
    return comparisons.dropLast().reversed().reduce(last) { rest, test in
      .match(
        span, subject: test,
        arms: [
          Scalar.Arm(span, pattern: .bool(span, value: true), body: rest),
          Scalar.Arm(span, pattern: .bool(span, value: false), body: .bool(span, value: false)),
        ], ty: .bool)
    }
  }
}
