import Diagnostics
public import Languages
public import Nanopass

/// Takes apart what becomes of `Vector.set` where it stands, so that the vector is not held for the case that there is
/// no such index while a new one is made of it: only a vector that nothing else refers to is changed in place.
///
///     (call Option.withDefault (...) ((call Vector.set (t) (v i x) ...) v) ...)
///     (call Vector._setOr (t) (v i x) ...)
///
///     (match (call Vector.set (t) (v i x) ...) ((arm (constructor Option Some (w)) A) (arm (constructor Option None) B)))
///     (match (call Vector._has (t) (v i) ...)
///       ((arm true (block ((bind w (primitive vector.set (v i x)))) A)) (arm false B)))
///
/// In the second form an index and an element that are no locals or literals are bound first.
///
/// Needs: `Vector._setOr` and `Vector._has` are declared if `Vector.set` is.
/// Ensures: everything is evaluated in the same order.
public struct UpdateVectors: KernelToKernel, FunctionPass {
  public static let summary = "Let updates of vectors hold no more references than they need"

  private var locals = FunctionLocals<Kernel.Function>()
  private var updates = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(updates) updates of vectors taken apart", data: [("updates", updates)])
  }

  public mutating func function(_ node: Kernel.Function) throws -> Kernel.Function {
    locals.enter(node)
    return try derive(node)
  }

  public mutating func expr(_ node: Kernel.Expr) throws -> Kernel.Expr {
    let node = try derive(node)
    switch node {
    case .call(let span, "Option.withDefault", _, let arguments, let ty) where arguments.count == 2:
      guard case .call(_, "Vector.set", let types, let update, _) = arguments[0],
        case .local(_, let vector, _)? = update.first, case .local(_, vector, _) = arguments[1]
      else { return node }
      updates += 1
      return .call(span, function: "Vector._setOr", types: types, arguments: update, ty: ty)
    case .match(
      let span, .call(let place, "Vector.set", let types, let arguments, .option(let vector)), let arms, let ty):
      guard arguments.count == 3, let outcomes = Self.outcomes(of: arms) else { return node }
      updates += 1
      return choice(outcomes, arguments, types, vector, at: place, ty, span)
    default: return node
    }
  }

  private typealias Outcomes = (set: Kernel.Expr, pattern: Kernel.Pattern, none: Kernel.Expr)

  /// What becomes of a match on an update.
  private mutating func choice(
    _ outcomes: Outcomes, _ arguments: [Kernel.Expr], _ types: [Kernel.Ty], _ vector: Kernel.Ty, at place: Span,
    _ ty: Kernel.Ty, _ span: Span
  ) -> Kernel.Expr {
    let (set, pattern, missing) = outcomes
    var statements: [Kernel.Statement] = []
    let atoms = zip(["vector", "index", "element"] as [Name], arguments).map { bound($1, $0, &statements) }
    let updated: Kernel.Expr = .primitive(place, name: "vector.set", arguments: atoms, ty: vector)
    var body = set
    if case .bind(let name, let variable, _) = pattern {
      let bind = Kernel.Statement.bind(name, variable: variable, value: updated)
      body = .block(set.span, statements: [bind], result: set, ty: ty)
    }
    let test: Kernel.Expr = .call(
      place, function: "Vector._has", types: types, arguments: Array(atoms.prefix(2)), ty: .bool)
    let choice: Kernel.Expr = .match(
      span, subject: test,
      arms: [
        Kernel.Arm(set.span, pattern: .bool(place, value: true), body: body),
        Kernel.Arm(missing.span, pattern: .bool(place, value: false), body: missing),
      ], ty: ty)
    return statements.isEmpty ? choice : .block(span, statements: statements, result: choice, ty: ty)
  }

  /// The body for a new vector, with the pattern of that, and the body for none; nil if the arms are others.
  private static func outcomes(of arms: [Kernel.Arm]) -> Outcomes? {
    guard arms.count == 2, let first = payload(of: arms[0].pattern) ?? payload(of: arms[1].pattern) else { return nil }
    switch first {
    case .bind, .wildcard: break
    default: return nil
    }
    let comesFirst = payload(of: arms[0].pattern) != nil
    let (some, none) = comesFirst ? (arms[0], arms[1]) : (arms[1], arms[0])
    switch none.pattern {
    case .constructor(_, "Option", "None", _): return (some.body, first, none.body)
    case .wildcard where comesFirst: return (some.body, first, none.body)
    default: return nil
    }
  }

  private static func payload(of pattern: Kernel.Pattern) -> Kernel.Pattern? {
    if case .constructor(_, "Option", "Some", let arguments) = pattern { arguments.first } else { nil }
  }

  /// The value itself if it is an atom, else a local that a new statement binds to it.
  private mutating func bound(_ value: Kernel.Expr, _ name: Name, _ statements: inout [Kernel.Statement]) -> Kernel.Expr
  {
    switch value {
    case .local, .integer, .float, .string, .bool, .unit: return value
    default:
      let local = locals.make(name)
      statements.append(.bind(value.span, variable: local, value: value))
      return .local(value.span, variable: local, ty: value.ty)
    }
  }
}
