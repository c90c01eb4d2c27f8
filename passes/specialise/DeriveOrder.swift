import Diagnostics
public import Languages
public import Nanopass

/// Turns the key order of maps into primitives and calls of derived functions, one for each type.
///
///     (primitive key.order ((local a.0 (data List<Int>)) (local b.1 (data List<Int>))) (int))
///     (call order<List<Int>> ((local a.0 (data List<Int>)) (local b.1 (data List<Int>))) (int))
///
/// Fields are compared from the first to the last, in a tail call, so that lists are compared in a loop; those of
/// records stand in the order of their names already. Constructors are compared by their names; a list that ends comes
/// before one that goes on.
///
/// Needs: every data type is declared, and what is compared holds no floats, vectors or maps.
/// Ensures: `key.order` is gone; derived functions have no effects and stand behind the others.
public struct DeriveOrder: MonoToMono {
  public static let summary = "Turn the key order of maps into primitives and derived functions"

  private var types: [Name: Mono.TypeDecl] = [:]
  private var wanted: [Mono.Ty] = []
  private var seen: Set<Mono.Ty> = []

  public init() {}

  public mutating func begin(_ input: Mono.Root, in context: PassContext) {
    types = Dictionary(input.types.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(wanted.count) order functions derived", details: wanted.map(\.instanceText), data: [("derived", wanted.count)])
  }

  public mutating func root(_ node: Mono.Root) throws -> Mono.Root {
    var output = try derive(node)
    var next = 0
    while next < wanted.count {
      output.functions += try functions(for: wanted[next])
      next += 1
    }
    return output
  }

  /// The searches among keys for which there are primitives.
  private static let searches: [Name: Name] = [
    "Map._search<Int>": "int.search", "Map._search<String>": "string.search",
  ]

  public mutating func expr(_ node: Mono.Expr) throws -> Mono.Expr {
    if case .call(let span, let function, let arguments, .int) = node, let name = Self.searches[function] {
      return .primitive(span, name: name, arguments: try arguments.map { try expr($0) }, ty: .int)
    }
    guard case .primitive(let span, "key.order", let arguments, _) = node, arguments.count == 2 else {
      return try derive(node)
    }
    return try order(of: try expr(arguments[0]), with: try expr(arguments[1]), at: span)
  }

  private mutating func order(of left: Mono.Expr, with right: Mono.Expr, at span: Span) throws -> Mono.Expr {
    let ty = left.ty
    switch ty {
    case .string: return .primitive(span, name: "string.order", arguments: [left, right], ty: .int)
    case .bytes: return .primitive(span, name: "bytes.order", arguments: [left, right], ty: .int)
    case .digest: return .primitive(span, name: "digest.order", arguments: [left, right], ty: .int)
    case .unit:
      return .block(
        span, statements: [.evaluate(left.span, value: left), .evaluate(right.span, value: right)],
        result: number(0, at: span), ty: .int)
    case .int, .bool, .data: break
    case .float, .function: throw PassBug(Self.self, "this has no key order", broke: "well-typed", in: left)
    }
    if seen.insert(ty).inserted { wanted.append(ty) }
    return .call(span, function: name("order", ty), arguments: [left, right], ty: .int)
  }

  private func name(_ kind: String, _ ty: Mono.Ty) -> Name { Name("\(kind)<\(ty.instanceText)>") }

  private func number(_ value: Int, at span: Span) -> Mono.Expr { .integer(span, value: .small(value)) }

  // MARK: Derived functions

  private mutating func functions(for ty: Mono.Ty) throws -> [Mono.Function] {
    var fresh = FreshLocals(from: 0)
    let (left, right) = (fresh.make("left"), fresh.make("right"))
    guard case .data(let name) = ty else { return [function("order", ty, [left, right], scalars(ty, left, right))] }
    guard let type = types[name], !type.facts.contains("array") else {
      throw PassBug(Self.self, "`\(name)` has no key order", broke: "known-types", in: ty)
    }
    let ranks = Self.ranks(of: type)
    var arms: [Mono.Arm] = []
    for (index, variant) in type.variants.enumerated() where !variant.fields.isEmpty || type.variants.count < 3 {
      arms.append(try arm(for: variant, at: index, of: type, ranks, against: right, &fresh))
    }
    if arms.count < type.variants.count {
      let rest = difference(of: rank(left, type), rank(right, type), at: type.span)
      arms.append(Mono.Arm(type.span, pattern: .wildcard(type.span), body: rest))
    }
    let body: Mono.Expr = .match(type.span, subject: local(left, ty, at: type.span), arms: arms, ty: .int)
    let order = function("order", ty, [left, right], body)
    return type.variants.count < 3 ? [order] : [order, rankFunction(for: type, ranks)]
  }

  private func function(_ kind: String, _ ty: Mono.Ty, _ parameters: [Local], _ body: Mono.Expr) -> Mono.Function {
    Mono.Function(
      body.span, name: name(kind, ty), parameters: parameters.map { Mono.Parameter(body.span, variable: $0, ty: ty) },
      result: .int, effects: Mono.Effects(body.span, effects: []), body: body)
  }

  private func local(_ variable: Local, _ ty: Mono.Ty, at span: Span) -> Mono.Expr {
    .local(span, variable: variable, ty: ty)
  }

  /// The order of integers, or of booleans, of which `false` comes first.
  private func scalars(_ ty: Mono.Ty, _ left: Local, _ right: Local) -> Mono.Expr {
    let (first, second) = (local(left, ty, at: .none), local(right, ty, at: .none))
    if ty == .int { return difference(of: first, second, at: .none) }
    return choice(
      first, choice(second, number(0, at: .none), number(1, at: .none)),
      choice(second, number(-1, at: .none), number(0, at: .none)))
  }

  private func choice(_ test: Mono.Expr, _ yes: Mono.Expr, _ no: Mono.Expr) -> Mono.Expr {
    .match(
      test.span, subject: test,
      arms: [
        Mono.Arm(test.span, pattern: .bool(test.span, value: true), body: yes),
        Mono.Arm(test.span, pattern: .bool(test.span, value: false), body: no),
      ], ty: .int)
  }

  /// The order of two integers.
  private func difference(of left: Mono.Expr, _ right: Mono.Expr, at span: Span) -> Mono.Expr {
    func isLess(_ left: Mono.Expr, _ right: Mono.Expr) -> Mono.Expr {
      .primitive(span, name: "int.less", arguments: [left, right], ty: .bool)
    }
    return choice(
      isLess(left, right), number(-1, at: span), choice(isLess(right, left), number(1, at: span), number(0, at: span)))
  }

  // MARK: Constructors

  /// The places of the constructors in key order, by position.
  private static func ranks(of type: Mono.TypeDecl) -> [Int] {
    let positions = Array(type.variants.indices)
    if type.name.text.hasPrefix("List<") { return positions }
    let sorted = positions.sorted {
      type.variants[$0].name.text.utf8.lexicographicallyPrecedes(type.variants[$1].name.text.utf8)
    }
    var ranks = positions
    for (rank, position) in sorted.enumerated() { ranks[position] = rank }
    return ranks
  }

  /// The function that gives the place of a value's constructor in key order.
  private func rankFunction(for type: Mono.TypeDecl, _ ranks: [Int]) -> Mono.Function {
    let (span, ty, value) = (type.span, Mono.Ty.data(name: type.name), Local("value", 0))
    let arms = type.variants.enumerated().map { index, variant in
      let parts = variant.fields.map { _ in Mono.Pattern.wildcard(span) }
      return Mono.Arm(
        span, pattern: .constructor(span, variant: variant.name, index: index, arguments: parts),
        body: number(ranks[index], at: span))
    }
    let body: Mono.Expr = .match(span, subject: local(value, ty, at: span), arms: arms, ty: .int)
    return function("rank", ty, [value], body)
  }

  private func rank(_ value: Local, _ type: Mono.TypeDecl) -> Mono.Expr {
    let ty: Mono.Ty = .data(name: type.name)
    return .call(type.span, function: name("rank", ty), arguments: [local(value, ty, at: type.span)], ty: .int)
  }

  /// The arm for a left value of one constructor.
  private mutating func arm(
    for variant: Mono.Variant, at index: Int, of type: Mono.TypeDecl, _ ranks: [Int], against right: Local,
    _ fresh: inout FreshLocals
  ) throws -> Mono.Arm {
    let span = type.span
    let pairs = variant.fields.map { (left: fresh.make("a"), right: fresh.make("b"), ty: $0) }
    let lefts = pairs.map { Mono.Pattern.bind(span, variable: $0.left, ty: $0.ty) }
    let rights = pairs.map { Mono.Pattern.bind(span, variable: $0.right, ty: $0.ty) }
    var arms = [
      Mono.Arm(
        span, pattern: .constructor(span, variant: variant.name, index: index, arguments: rights),
        body: try lexicographic(pairs, at: span, &fresh))
    ]
    if type.variants.count > 1 {
      let other =
        type.variants.count == 2
        ? number(ranks[index] == 0 ? -1 : 1, at: span)
        : difference(of: number(ranks[index], at: span), rank(right, type), at: span)
      arms.append(Mono.Arm(span, pattern: .wildcard(span), body: other))
    }
    return Mono.Arm(
      span, pattern: .constructor(span, variant: variant.name, index: index, arguments: lefts),
      body: .match(span, subject: local(right, .data(name: type.name), at: span), arms: arms, ty: .int))
  }

  /// The order of the first pair that differs; the last one is compared in tail position.
  private mutating func lexicographic(
    _ pairs: [(left: Local, right: Local, ty: Mono.Ty)], at span: Span, _ fresh: inout FreshLocals
  ) throws -> Mono.Expr {
    let orders = try pairs.filter { $0.ty != .unit }.map { pair in
      try order(of: local(pair.left, pair.ty, at: span), with: local(pair.right, pair.ty, at: span), at: span)
    }
    guard let last = orders.last else { return number(0, at: span) }
    return orders.dropLast().reversed().reduce(last) { rest, order in
      let found = fresh.make("order")
      return .match(
        span, subject: order,
        arms: [
          Mono.Arm(span, pattern: .integer(span, value: .small(0)), body: rest),
          Mono.Arm(
            span, pattern: .bind(span, variable: found, ty: .int), body: local(found, .int, at: span)),
        ], ty: .int)
    }
  }
}
