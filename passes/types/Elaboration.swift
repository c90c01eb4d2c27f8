import Diagnostics
import Languages
import Nanopass

/// Builds the typed body of a function whose types `Inference` has found without errors.
///
/// It visits expressions and patterns in the same order and takes their types from the slots.
struct Elaboration {
  /// Why a body can't be built.
  enum Obstacle: Error {
    /// A part is wrong; that has been reported elsewhere.
    case wrong
    /// A type is too large to be written down.
    case typeTooLarge(Span)
  }

  /// The most parts a type may have.
  static let largestType = 10_000
  /// How deep the parts of a type may lie.
  static let deepestType = 200

  private let declarations: Declarations
  private var table: TypeTable
  private let slots: [TypeRef]
  private var next = 0
  /// What makes locals for it.
  private(set) var fresh: FreshLocals
  private var types: [TypeRef: (ty: Typed.Ty, size: Int, depth: Int)] = [:]

  /// `fresh` makes the locals, by default from behind those that inference has met.
  init(_ inference: Inference, fresh: FreshLocals? = nil) {
    declarations = inference.declarations
    table = inference.table
    slots = inference.slots
    self.fresh = fresh ?? FreshLocals(from: inference.greatestLocal + 1)
  }

  /// The typed body.
  mutating func body(_ node: Resolved.Expr) throws -> Typed.Expr { try expr(node) }

  // MARK: Types

  private mutating func slot() -> TypeRef {
    defer { next += 1 }
    return next < slots.count ? slots[next] : .wrong
  }

  /// The type found; what is still open becomes `Unit`.
  private mutating func ty(_ type: TypeRef, at span: Span) throws -> Typed.Ty {
    let found = try sized(type)
    guard found.size <= Self.largestType, found.depth <= Self.deepestType else { throw Obstacle.typeTooLarge(span) }
    return found.ty
  }

  private mutating func sized(_ type: TypeRef) throws -> (ty: Typed.Ty, size: Int, depth: Int) {
    let type = table.representative(type)
    switch type {
    case .int: return (.int, 1, 1)
    case .float: return (.float, 1, 1)
    case .bool: return (.bool, 1, 1)
    case .string: return (.string, 1, 1)
    case .unit: return (.unit, 1, 1)
    case .wrong: throw Obstacle.wrong
    default: break
    }
    if let known = types[type] { return known }
    guard let head = table.head(type) else { return (.unit, 1, 1) }
    var parts: [Typed.Ty] = []
    var (size, depth) = (1, 1)
    for part in table.arguments(type) {
      let part = try sized(part)
      size = min(size + part.size, Self.largestType + 1)
      depth = max(depth, part.depth + 1)
      parts.append(part.ty)
    }
    guard let ty = make(head, parts) else { throw Obstacle.wrong }
    types[type] = (ty, size, depth)
    return (ty, size, depth)
  }

  private func make(_ head: TypeHead, _ parts: [Typed.Ty]) -> Typed.Ty? {
    switch (head, parts.first, parts.last) {
    case (.int, _, _): .int
    case (.float, _, _): .float
    case (.bool, _, _): .bool
    case (.string, _, _): .string
    case (.bytes, _, _): .bytes
    case (.digest, _, _): .digest
    case (.unit, _, _): .unit
    case (.data(let name), _, _): .data(name: name)
    case (.rigid(let name), _, _): .variable(name: name)
    case (.list, let element?, _): .list(element: element)
    case (.vector, let element?, _): .vector(element: element)
    case (.option, let payload?, _): .option(payload: payload)
    case (.map, let key?, let value?): .map(key: key, value: value)
    case (.result, let success?, let failure?): .result(success: success, failure: failure)
    case (.tuple, _?, _): .tuple(elements: parts)
    case (.function, _, let result?): .function(parameters: parts.dropLast(), result: result)
    default: nil
    }
  }

  // MARK: Expressions

  private mutating func expr(_ node: Resolved.Expr) throws -> Typed.Expr {
    let type = slot()
    switch node {
    case .integer(let span, let value): return .integer(span, value: value)
    case .float(let span, let value): return .float(span, value: value)
    case .string(let span, let value): return .string(span, value: value)
    case .bool(let span, let value): return .bool(span, value: value)
    case .unit(let span): return .unit(span)
    case .erroneous: throw Obstacle.wrong
    case .local(let span, let variable): return .local(span, variable: variable, ty: try ty(type, at: span))
    case .global(let span, let name): return .global(span, name: name, ty: try ty(type, at: span))
    case .interpolate(let span, let parts): return .interpolate(span, parts: try parts.map { try part($0) })
    case .call(let span, let function, let arguments): return try call(span, function, arguments, type)
    case .apply(let span, let parameter, let arguments):
      return .apply(span, parameter: parameter, arguments: try exprs(arguments), ty: try ty(type, at: span))
    case .callback(let span, let callee):
      return .callback(span, callee: try self.callee(callee), ty: try ty(type, at: span))
    case .primitive(let span, let name, let arguments):
      return .primitive(span, name: name, arguments: try exprs(arguments), ty: try ty(type, at: span))
    case .perform(let span, let effect, let arguments):
      return .perform(span, effect: effect, arguments: try exprs(arguments), ty: try ty(type, at: span))
    case .construct(let span, let owner, let variant, let arguments):
      return .construct(
        span, type: owner, variant: variant, arguments: try exprs(arguments), ty: try ty(type, at: span))
    case .build(let span, _, let fields): return .build(span, fields: try values(fields), ty: try ty(type, at: span))
    case .update(let span, _, let base, let fields):
      let base = try expr(base)
      return .update(span, base: base, fields: try values(fields), ty: try ty(type, at: span))
    case .field(let span, let base, let name):
      return .field(span, base: try expr(base), name: name, ty: try ty(type, at: span))
    case .propagate(let span, let value): return .propagate(span, value: try expr(value), ty: try ty(type, at: span))
    case .negate(let span, let value): return try negate(span, value)
    case .binary(let span, let sign, let left, let right):
      let left = try expr(left)
      return operation(span, sign, left, try expr(right))
    case .tuple(let span, let elements):
      return .tuple(span, elements: try exprs(elements), ty: try ty(type, at: span))
    case .product(let span, let elements, let propagates):
      return .product(span, elements: try exprs(elements), propagates: propagates, ty: try ty(type, at: span))
    case .list(let span, let elements): return .list(span, elements: try exprs(elements), ty: try ty(type, at: span))
    case .map(let span, let entries):
      return .map(span, entries: try entries.map { try entry($0) }, ty: try ty(type, at: span))
    case .match(let span, let subject, let arms):
      let subject = try expr(subject)
      return .match(span, subject: subject, arms: try arms.map { try arm($0) }, ty: try ty(type, at: span))
    case .block(let span, let statements, let result):
      let statements = try statements.map { try statement($0) }
      return .block(span, statements: statements, result: try expr(result), ty: try ty(type, at: span))
    }
  }

  private mutating func exprs(_ nodes: [Resolved.Expr]) throws -> [Typed.Expr] { try nodes.map { try expr($0) } }

  private mutating func entry(_ node: Resolved.Entry) throws -> Typed.Entry {
    let key = try expr(node.key)
    return Typed.Entry(node.span, key: key, value: try expr(node.value))
  }

  private mutating func values(_ fields: [Resolved.FieldValue]) throws -> [Typed.FieldValue] {
    try fields.map { Typed.FieldValue($0.span, name: $0.name, value: try expr($0.value)) }
  }

  private mutating func part(_ node: Resolved.Part) throws -> Typed.Part {
    switch node {
    case .text(let span, let value): .text(span, value: value)
    case .value(let span, let value): .value(span, value: try expr(value))
    }
  }

  mutating func statement(_ node: Resolved.Statement) throws -> Typed.Statement {
    switch node {
    case .bind(let span, let variable, _, let value): .bind(span, variable: variable, value: try expr(value))
    case .evaluate(let span, let value), .define(let span, _, nil, _, let value):
      .evaluate(span, value: try expr(value))
    case .define(let span, _, let name?, _, let value): .define(span, name: name, value: try expr(value))
    }
  }

  private mutating func call(_ span: Span, _ name: Name, _ arguments: [Resolved.Expr], _ type: TypeRef) throws
    -> Typed.Expr
  {
    guard var callee = declarations.function(name) else { throw Obstacle.wrong }
    if callee.isLibrary, let plain = LiteralDischarge.plain(name, arguments) {
      guard let signature = declarations.function(plain) else { throw Obstacle.wrong }
      callee = signature
    }
    let instances = try self.instances(of: callee, at: span)
    return .call(
      span, function: callee.name, types: instances, arguments: try exprs(arguments), ty: try ty(type, at: span))
  }

  /// The types of a function's variables at this use.
  private mutating func instances(of callee: Signature, at span: Span) throws -> [Typed.Ty] {
    guard !callee.variables.isEmpty else { return [] }
    let first = slot()
    return try callee.variables.indices.map { try ty(first.advanced(by: $0), at: span) }
  }

  private mutating func callee(_ node: Resolved.Callee) throws -> Typed.Callee {
    switch node {
    case .function(let span, let name):
      guard let signature = declarations.function(name) else { throw Obstacle.wrong }
      return .function(span, name: name, types: try instances(of: signature, at: span))
    case .operation(let span, let effect): return .operation(span, effect: effect)
    case .constructor(let span, let type, let variant): return .constructor(span, type: type, variant: variant)
    }
  }

  // MARK: Operators

  private mutating func negate(_ span: Span, _ value: Resolved.Expr) throws -> Typed.Expr {
    let value = try expr(value)
    switch value {
    case .integer(_, let literal): return .integer(span, value: literal.negated)
    case .float(_, let literal): return .float(span, value: -literal)
    default:
      return .primitive(
        span, name: value.ty == .float ? "float.negate" : "int.negate", arguments: [value], ty: value.ty)
    }
  }

  private mutating func operation(_ span: Span, _ sign: Name, _ left: Typed.Expr, _ right: Typed.Expr) -> Typed.Expr {
    switch sign.text {
    case ">": return swapped(span, "<", left, right)
    case ">=": return swapped(span, "<=", left, right)
    case "==": return .equal(span, left: left, right: right)
    case "!=":
      let equal: Typed.Expr = .equal(span, left: left, right: right)
      return .primitive(span, name: "bool.equal", arguments: [equal, .bool(span, value: false)], ty: .bool)
    default:
      let ty = Operators.compares(sign) ? .bool : left.ty
      return .primitive(span, name: Operators.primitive(sign, on: left.ty), arguments: [left, right], ty: ty)
    }
  }

  /// `right < left`, with the left side evaluated first.
  private mutating func swapped(_ span: Span, _ sign: Name, _ left: Typed.Expr, _ right: Typed.Expr) -> Typed.Expr {
    if left.isAtomic || right.isAtomic { return operation(span, sign, right, left) }
    let held = fresh.make("left")
    let first: Typed.Expr = .local(left.span, variable: held, ty: left.ty)
    return .block(
      span, statements: [.bind(left.span, variable: held, value: left)], result: operation(span, sign, right, first),
      ty: .bool)
  }

  // MARK: Matches

  private mutating func arm(_ node: Resolved.Arm) throws -> Typed.Arm {
    let pattern = try pattern(node.pattern)
    return Typed.Arm(node.span, pattern: pattern, body: try expr(node.body))
  }

  private mutating func pattern(_ node: Resolved.Pattern) throws -> Typed.Pattern {
    let type = slot()
    switch node {
    case .wildcard(let span): return .wildcard(span)
    case .bind(let span, let variable): return .bind(span, variable: variable, ty: try ty(type, at: span))
    case .integer(let span, let value): return .integer(span, value: value)
    case .float(let span, let value): return .float(span, value: value)
    case .string(let span, let value): return .string(span, value: value)
    case .bool(let span, let value): return .bool(span, value: value)
    case .list(let span, let elements, let rest):
      let elements = try elements.map { try pattern($0) }
      return .list(span, elements: elements, rest: try rest.map { try pattern($0) })
    case .tuple(let span, let elements): return .tuple(span, elements: try elements.map { try pattern($0) })
    case .constructor(let span, let owner, let variant, let arguments):
      return .constructor(span, type: owner, variant: variant, arguments: try arguments.map { try pattern($0) })
    case .erroneous: throw Obstacle.wrong
    }
  }
}

extension Typed.Expr {
  /// Whether evaluating it can be moved past other expressions: a literal or a local.
  fileprivate var isAtomic: Bool {
    switch self {
    case .integer, .float, .string, .bool, .unit, .local: true
    default: false
    }
  }
}
