public import Diagnostics
public import Languages
public import Nanopass

/// Turns independent products into tuples whose elements are evaluated in order.
///
///     (product [(call f ...) (call g ...)] true (tuple [int string]))
///     (block
///       [(bind branch.1 (call f ...)) (bind branch.2 (call g ...))]
///       (tuple [(propagate (local branch.1 ...) int) (propagate (local branch.2 ...) string)] ...)
///       (tuple [int string]))
///
/// All elements are evaluated before the leftmost failure leaves the function. So an element with a `?` of its own becomes
/// a function, which that `?` leaves with the failure.
///
/// Needs: well-typed. Ensures: nothing beyond the output language.
public struct LowerProducts: TypedToOrdered, FunctionPass {
  public static let summary = "Turn independent products into tuples, evaluated in order"

  private var count = 0
  private var lifted: [Ordered.Function] = []
  private var current: Typed.Function?
  private var locals = FunctionLocals<Typed.Function>()

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(count) products lowered, \(lifted.count) elements made functions",
      data: [("products", count), ("functions", lifted.count)])
  }

  public mutating func complete(_ program: inout Ordered.Root) -> Bool {
    program.functions += lifted
    return false
  }

  public mutating func function(_ node: Typed.Function) throws -> Ordered.Function {
    locals.enter(node)
    current = node
    return try derive(node)
  }

  public mutating func product(at span: Span, elements: [Typed.Expr], propagates: Bool, ty: Typed.Ty) throws
    -> Ordered.Expr
  {
    count += 1
    var leaves: [Bool] = []
    for element in elements {
      var finder = LeavingParts()
      try finder.visit(element)
      leaves.append(finder.found)
    }
    if !propagates, !leaves.contains(true) {
      return .tuple(span, elements: try elements.map { try expr($0) }, ty: ty)
    }
    var statements: [Ordered.Statement] = []
    var results: [Ordered.Expr] = []
    for (element, leaves) in zip(elements, leaves) {
      let value = leaves ? try lift(element, propagates: propagates) : try expr(element)
      let branch = locals.make("branch")
      statements.append(.bind(element.span, variable: branch, value: value))
      let read: Ordered.Expr = .local(element.span, variable: branch, ty: value.ty)
      if leaves || propagates, case .result(let success, _) = value.ty {
        results.append(.propagate(element.span, value: read, ty: success))
      } else {
        results.append(read)
      }
    }
    let type = ty
    return .block(span, statements: statements, result: .tuple(span, elements: results, ty: type), ty: type)
  }

  /// Makes an element a function that gives its result, and calls it. In a product that does not propagate the element is
  /// wrapped in `Ok` first.
  private mutating func lift(_ element: Typed.Expr, propagates: Bool) throws -> Ordered.Expr {
    guard let current, case .result(_, let failure) = current.result else {
      throw PassBug(Self.self, "`?` outside results", broke: "well-typed", in: element)
    }
    let span = element.span
    var body = try expr(element)
    if !propagates {
      let type: Ordered.Ty = .result(success: body.ty, failure: failure)
      body = .construct(span, type: "Result", variant: "Ok", arguments: [body], ty: type)
    }
    var free = FreeLocals(parameters: current.parameters)
    try free.visit(body)
    let name = Name("\(current.name)$branch.\(lifted.count + 1)")
    lifted.append(
      Ordered.Function(
        span, name: name, module: current.module, isLibrary: current.isLibrary, variables: current.variables,
        parameters: free.found.map { Ordered.Parameter(span, variable: $0.local, ty: $0.ty) }, result: body.ty,
        effects: current.effects, body: body))
    return .call(
      span, function: name, types: current.variables.map { .variable(name: $0) },
      arguments: free.found.map { .local(span, variable: $0.local, ty: $0.ty) }, ty: body.ty)
  }
}

/// Whether an expression may leave its function.
private struct LeavingParts: TypedWalker {
  private(set) var found = false

  mutating func visit(_ node: Typed.Expr) throws {
    switch node {
    case .propagate, .product(_, _, true, _): found = true
    default: try walk(node)
    }
  }
}

/// Gathers the locals that an expression reads but does not bind, in order.
private struct FreeLocals: OrderedWalker {
  private let functions: [Local: Ordered.Ty]
  private var bound: Set<Local> = []
  private(set) var found: [(local: Local, ty: Ordered.Ty)] = []

  init(parameters: [Typed.Parameter]) {
    functions = Dictionary(parameters.map { ($0.variable, $0.ty) }) { first, _ in first }
  }

  mutating func visit(_ node: Ordered.Statement) throws {
    try walk(node)
    if case .bind(_, let variable, _) = node { bound.insert(variable) }
  }

  mutating func visit(_ node: Ordered.Pattern) throws {
    if case .bind(_, let variable, _) = node { bound.insert(variable) }
    try walk(node)
  }

  mutating func visit(_ node: Ordered.Expr) throws {
    switch node {
    case .local(_, let variable, let ty): if bound.insert(variable).inserted { found.append((variable, ty)) }
    case .apply(_, let variable, _, _):
      if let ty = functions[variable], bound.insert(variable).inserted { found.append((variable, ty)) }
    default: break
    }
    try walk(node)
  }
}
