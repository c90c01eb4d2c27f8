import Nanopass

extension Mono {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }

  @Sendable static func checkKnownFunctions(_ root: Root) -> [Violation] {
    var walker = MonoCalls(arities: KnownArities(root.functions.map { ($0.name, $0.parameters.count) }))
    walker.arities.check(root.entry, 0, in: root)
    try? walker.visit(root)
    return walker.arities.found
  }

  @Sendable static func checkKnownTypes(_ root: Root) -> [Violation] {
    var walker = MonoTypes(
      types: Dictionary(root.types.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
    try? walker.visit(root)
    return walker.found
  }
}

extension FirstOrder {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }

  @Sendable static func checkKnownFunctions(_ root: Root) -> [Violation] {
    var walker = FirstOrderCalls(arities: KnownArities(root.functions.map { ($0.name, $0.parameters.count) }))
    walker.arities.check(root.entry, 0, in: root)
    try? walker.visit(root)
    return walker.arities.found
  }
}

extension Scalar {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }

  @Sendable static func checkKnownFunctions(_ root: Root) -> [Violation] {
    var walker = ScalarCalls(arities: KnownArities(root.functions.map { ($0.name, $0.parameters.count) }))
    walker.arities.check(root.entry, 0, in: root)
    try? walker.visit(root)
    return walker.arities.found
  }
}

extension Closed {
  @Sendable static func checkBoundLocals(_ root: Root) -> [Violation] { BoundLocals.violations(in: root.functions) }

  @Sendable static func checkKnownFunctions(_ root: Root) -> [Violation] {
    var walker = ClosedCalls(arities: KnownArities(root.functions.map { ($0.name, $0.parameters.count) }))
    walker.arities.check(root.entry, 0, in: root)
    try? walker.visit(root)
    return walker.arities.found
  }
}

/// Checks calls against the numbers of parameters of the declared functions.
struct KnownArities {
  private var arities: [Name: Int] = [:]
  /// The violations so far.
  var found: [Violation] = []

  init(_ functions: [(Name, Int)]) {
    arities = Dictionary(functions, uniquingKeysWith: { first, _ in first })
  }

  /// Checks one call.
  mutating func check(_ function: Name, _ arguments: Int, in node: some Writable) {
    guard let arity = arities[function] else {
      found.append(Violation("`\(function)` is not declared", in: node))
      return
    }
    if arity != arguments {
      found.append(Violation("`\(function)` takes \(arity) arguments, not \(arguments)", in: node))
    }
  }
}

private struct MonoCalls: MonoWalker {
  var arities: KnownArities

  mutating func visit(_ node: Mono.Expr) throws {
    switch node {
    case .call(_, let function, let arguments, _): arities.check(function, arguments.count, in: node)
    case .callback(_, .function(_, let function), .function(let parameters, _)):
      arities.check(function, parameters.count, in: node)
    default: break
    }
    try walk(node)
  }
}

private struct FirstOrderCalls: FirstOrderWalker {
  var arities: KnownArities

  mutating func visit(_ node: FirstOrder.Expr) throws {
    if case .call(_, let function, let arguments, _) = node { arities.check(function, arguments.count, in: node) }
    try walk(node)
  }
}

private struct ScalarCalls: ScalarWalker {
  var arities: KnownArities

  mutating func visit(_ node: Scalar.Expr) throws {
    if case .call(_, let function, let arguments, _) = node { arities.check(function, arguments.count, in: node) }
    try walk(node)
  }
}

private struct ClosedCalls: ClosedWalker {
  var arities: KnownArities

  mutating func visit(_ node: Closed.Expr) throws {
    if case .call(_, let function, let arguments, _) = node { arities.check(function, arguments.count, in: node) }
    try walk(node)
  }
}

/// Finds types that are not declared, and constructors that their types don't have or with other arguments.
private struct MonoTypes: MonoWalker {
  let types: [Name: Mono.TypeDecl]
  var found: [Violation] = []

  mutating func visit(_ node: Mono.Variant) throws { for field in node.fields { check(field) } }

  mutating func visit(_ node: Mono.Parameter) throws { check(node.ty) }

  mutating func visit(_ node: Mono.Function) throws {
    check(node.result)
    try walk(node)
  }

  mutating func visit(_ node: Mono.Expr) throws {
    switch node {
    case .construct(_, let variant, let index, let arguments, let ty):
      check(variant, index, arguments.count, of: ty, in: node)
    case .callback(_, .constructor(_, let variant, let index), .function(let parameters, let ty)):
      check(variant, index, parameters.count, of: ty, in: node)
    case .match(_, let subject, let arms, _):
      for arm in arms { check(arm.pattern, of: subject.ty) }
    case .field(_, let base, let index, _):
      if case .data(let name) = base.ty, types[name]?.variants.first?.fields.indices.contains(index) == true { break }
      found.append(Violation("there is no field \(index)", in: node))
    default: break
    }
    check(node.ty)
    try walk(node)
  }

  private mutating func check(_ ty: Mono.Ty) {
    switch ty {
    case .data(let name) where types[name] == nil:
      found.append(Violation("the type `\(name)` is not declared", in: ty))
    case .function(let parameters, let result): (parameters + [result]).forEach { check($0) }
    default: break
    }
  }

  private mutating func check(_ pattern: Mono.Pattern, of ty: Mono.Ty) {
    guard case .constructor(_, let variant, let index, let arguments) = pattern else { return }
    guard let fields = check(variant, index, arguments.count, of: ty, in: pattern) else { return }
    for (argument, field) in zip(arguments, fields) { check(argument, of: field) }
  }

  /// Checks a constructor and gives the types of its fields, nil if something is wrong.
  @discardableResult
  private mutating func check(_ variant: Name, _ index: Int, _ count: Int, of ty: Mono.Ty, in node: some Writable)
    -> [Mono.Ty]?
  {
    guard case .data(let name) = ty, let variants = types[name]?.variants, variants.indices.contains(index),
      variants[index].name == variant
    else {
      found.append(Violation("the type has no constructor `\(variant)` at position \(index)", in: node))
      return nil
    }
    let fields = variants[index].fields
    guard fields.count == count else {
      found.append(Violation("`\(variant)` has \(fields.count) fields, not \(count)", in: node))
      return nil
    }
    return fields
  }
}
