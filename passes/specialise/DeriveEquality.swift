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
/// compared in a loop. A NaN differs from itself because `float.equal` says so. Vectors are compared from the first
/// element to the last, and maps by a function of the library, since one map may have trees of several shapes.
///
/// Needs: every data type is declared.
/// Ensures: derived functions have no effects and stand behind the others.
public struct DeriveEquality: FirstOrderToScalar {
  public static let summary = "Turn structural equality into primitives and derived functions"

  /// How many fields of both values are read before they are compared: few, since those behind a difference are read in
  /// vain, but of a constructor with many a share, since each match has a pattern for every field.
  private static func readTogether(of fields: Int) -> Int { max(4, fields / 16) }

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
      let type = wanted[next]
      output.functions += type.facts.contains("array") ? try equalityOfVectors(type) : [try equality(of: type)]
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
      if name.text.hasPrefix("Map<") {
        let function = Name("Map._equal" + name.text.dropFirst("Map".count))
        return .call(span, function: function, arguments: [left, right], ty: .bool)
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
      try arm(for: variant, at: index, of: type, left, right, &fresh)
    }
    return Scalar.Function(
      span, name: equalityName(of: type.name),
      parameters: [
        FirstOrder.Parameter(span, variable: left, ty: ty), FirstOrder.Parameter(span, variable: right, ty: ty),
      ],
      result: .bool, effects: FirstOrder.Effects(span, effects: []),
      body: match(left, arms, of: type))
  }

  /// A function that compares the lengths, and one that compares the elements from an index on.
  private mutating func equalityOfVectors(_ type: FirstOrder.TypeDecl) throws -> [Scalar.Function] {
    let span = type.span
    let ty: FirstOrder.Ty = .data(name: type.name)
    let element = type.variants.first?.fields.first ?? .unit
    let (left, right, index) = (Local("left", 0), Local("right", 1), Local("index", 2))
    let vectors = [left, right].map { Scalar.Expr.local(span, variable: $0, ty: ty) }
    let lengths = vectors.map { Scalar.Expr.primitive(span, name: "vector.length", arguments: [$0], ty: .int) }
    let here: Scalar.Expr = .local(span, variable: index, ty: .int)
    let elements = vectors.map { vector in
      Scalar.Expr.primitive(span, name: "vector.get", arguments: [vector, here], ty: element)
    }
    let rest = Name("equal.from<\(type.name.text)>")
    let next: Scalar.Expr = .primitive(
      span, name: "int.add", arguments: [here, .integer(span, value: .small(1))], ty: .int)
    let loop: Scalar.Expr = .call(span, function: rest, arguments: vectors + [next], ty: .bool)
    let isInside: Scalar.Expr = .primitive(span, name: "int.less", arguments: [here, lengths[0]], ty: .bool)
    let areEqual = try comparison(of: elements[0], with: elements[1], element, at: span)
    let start: Scalar.Expr = .call(
      span, function: rest, arguments: vectors + [.integer(span, value: .small(0))], ty: .bool)
    let isAsLong: Scalar.Expr = .primitive(span, name: "int.equal", arguments: lengths, ty: .bool)
    let parameters = [left, right].map { FirstOrder.Parameter(span, variable: $0, ty: ty) }
    let effects = FirstOrder.Effects(span, effects: [])
    return [
      Scalar.Function(
        span, name: equalityName(of: type.name), parameters: parameters, result: .bool, effects: effects,
        body: choice(isAsLong, start, false, at: span)),
      Scalar.Function(
        span, name: rest, parameters: parameters + [FirstOrder.Parameter(span, variable: index, ty: .int)],
        result: .bool,
        effects: effects, body: choice(isInside, choice(areEqual, loop, false, at: span), true, at: span)),
    ]
  }

  private func choice(_ test: Scalar.Expr, _ yes: Scalar.Expr, _ no: Bool, at span: Span) -> Scalar.Expr {
    .match(
      span, subject: test,
      arms: [
        Scalar.Arm(span, pattern: .bool(span, value: true), body: yes),
        Scalar.Arm(span, pattern: .bool(span, value: false), body: .bool(span, value: no)),
      ], ty: .bool)
  }

  /// The arm for a left value of one constructor: the right one must have the same, and equal fields.
  private mutating func arm(
    for variant: FirstOrder.Variant, at index: Int, of type: FirstOrder.TypeDecl, _ left: Local, _ right: Local,
    _ fresh: inout FreshLocals
  ) throws -> Scalar.Arm {
    let order = { (ty: FirstOrder.Ty) in if case .data(let name) = ty { name == type.name ? 2 : 1 } else { 0 } }
    let pairs = variant.fields.enumerated().filter { $0.element != .unit }.map { position, field in
      Pair(position: position, left: fresh.make("a"), right: fresh.make("b"), ty: field)
    }
    let sorted = (0...2).flatMap { rank in pairs.filter { order($0.ty) == rank } }
    return try arm(variant, index, of: type, left, right, comparing: sorted[...])
  }

  /// The arm that compares some fields. They are read a few at a time: those that have been read before a difference is
  /// found were read in vain.
  private mutating func arm(
    _ variant: FirstOrder.Variant, _ index: Int, of type: FirstOrder.TypeDecl, _ left: Local, _ right: Local,
    comparing pairs: ArraySlice<Pair>
  ) throws -> Scalar.Arm {
    let size = Self.readTogether(of: variant.fields.count)
    let group = pairs.prefix(size)
    let others = pairs.dropFirst(size)
    let next =
      others.isEmpty ? nil : match(left, [try arm(variant, index, of: type, left, right, comparing: others)], of: type)
    let same = try conjunction(of: group, and: next, at: type.span)
    let inner = arm(variant, index, group.map { ($0.position, $0.right, $0.ty) }, same, at: type.span)
    return arm(
      variant, index, group.map { ($0.position, $0.left, $0.ty) }, match(right, [inner], of: type), at: type.span)
  }

  /// A field of both values.
  private struct Pair {
    let position: Int
    let left: Local
    let right: Local
    let ty: FirstOrder.Ty
  }

  /// An arm for values of a constructor that binds some fields.
  private func arm(
    _ variant: FirstOrder.Variant, _ index: Int, _ bound: [(position: Int, variable: Local, ty: FirstOrder.Ty)],
    _ body: Scalar.Expr, at span: Span
  ) -> Scalar.Arm {
    var patterns = variant.fields.map { _ in Scalar.Pattern.wildcard(span) }
    for field in bound { patterns[field.position] = .bind(span, variable: field.variable, ty: field.ty) }
    return Scalar.Arm(
      span, pattern: .constructor(span, variant: variant.name, index: index, arguments: patterns), body: body)
  }

  /// A match in which values of other constructors differ.
  private func match(_ subject: Local, _ arms: [Scalar.Arm], of type: FirstOrder.TypeDecl) -> Scalar.Expr {
    let span = type.span
    var arms = arms
    if arms.count < type.variants.count {
      arms.append(Scalar.Arm(span, pattern: .wildcard(span), body: .bool(span, value: false)))
    }
    return .match(span, subject: .local(span, variable: subject, ty: .data(name: type.name)), arms: arms, ty: .bool)
  }

  /// Whether all pairs are equal, compared from the first to the last, and what follows is true. The last comparison is
  /// in tail position.
  private mutating func conjunction(of pairs: ArraySlice<Pair>, and next: Scalar.Expr?, at span: Span) throws
    -> Scalar.Expr
  {
    let comparisons = try pairs.map { pair in
      try comparison(
        of: .local(span, variable: pair.left, ty: pair.ty), with: .local(span, variable: pair.right, ty: pair.ty),
        pair.ty, at: span)
    }
    guard let last = next ?? comparisons.last else { return .bool(span, value: true) }
    return (next == nil ? comparisons.dropLast() : comparisons[...]).reversed().reduce(last) { rest, test in
      choice(test, rest, false, at: span)
    }
  }
}
