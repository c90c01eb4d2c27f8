public import Diagnostics
public import Languages
public import Nanopass

/// Builds records by their only constructor, with the fields in ascending order of their names, and reads fields by
/// position. That order is the one in which records are compared as keys of maps.
///
///     (build ((fieldValue y (call g () () (int))) (fieldValue x (call f () () (int)))) (data P))
///     (block ((bind y.0 (call g () () (int))) (bind x.1 (call f () () (int))))
///       (construct P P ((local x.1 (int)) (local y.0 (int))) (data P)) (data P))
///
/// What is not written in that order is bound to locals first, so that evaluation keeps the order written; in an
/// update the base comes first.
///
/// Needs: a record has every declared field once, an update names declared fields.
/// Ensures: the constructor of a record is named for the last segment of its type's name.
public struct LowerRecords: RenderedToPositional, FunctionPass {
  public static let summary = "Build records by constructors and read fields by position"

  private var records: [Name: [Typed.FieldDecl]] = [:]
  private var positions: [Name: [Name: Int]] = [:]
  private var locals = FunctionLocals<Rendered.Function>()
  private var reordered = 0

  public init() {}

  public mutating func begin(_ input: Rendered.Root, in context: PassContext) {
    for case .record(_, let name, let fields) in input.types {
      let sorted = Self.sorted(fields)
      records[name] = sorted
      positions[name] = Dictionary(
        sorted.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }
  }

  private static func sorted(_ fields: [Typed.FieldDecl]) -> [Typed.FieldDecl] {
    fields.sorted { $0.name.text.utf8.lexicographicallyPrecedes($1.name.text.utf8) }
  }

  public mutating func root(_ node: Rendered.Root) throws -> Positional.Root {
    var output = try derive(node)
    output.types = output.types.map { type in
      guard case .record(let span, let name, let fields) = type else { return type }
      return .record(span, name: name, fields: Self.sorted(fields))
    }
    return output
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(records.count) record types; \(reordered) values bound first to keep the order of evaluation",
      data: [("records", records.count), ("bindings", reordered)])
  }

  public mutating func function(_ node: Rendered.Function) throws -> Positional.Function {
    locals.enter(node)
    return try derive(node)
  }

  public mutating func build(at span: Span, fields: [Rendered.FieldValue], ty: Rendered.Ty) throws -> Positional.Expr {
    let (name, declared, order) = try record(ty)
    let isOrdered = fields.count == declared.count && zip(fields, declared).allSatisfy { $0.name == $1.name }
    var statements: [Positional.Statement] = []
    var values = [Positional.Expr?](repeating: nil, count: declared.count)
    for field in fields {
      guard let position = order[field.name] else { throw unknown(field.name, of: ty) }
      let value = try expr(field.value)
      values[position] = isOrdered ? value : bound(value, field.name, &statements)
    }
    let arguments = values.compactMap { $0 }
    guard arguments.count == declared.count else {
      throw PassBug(Self.self, "a record lacks a field", broke: "well-typed", in: ty)
    }
    return block(span, statements, construct(span, name, arguments, ty), ty)
  }

  public mutating func update(
    at span: Span, base: Rendered.Expr, fields: [Rendered.FieldValue], ty: Rendered.Ty
  ) throws -> Positional.Expr {
    let (name, declared, order) = try record(ty)
    var statements: [Positional.Statement] = []
    let old = bound(try expr(base), "base", &statements)
    var values = [Positional.Expr?](repeating: nil, count: declared.count)
    for field in fields {
      guard let position = order[field.name] else { throw unknown(field.name, of: ty) }
      values[position] = bound(try expr(field.value), field.name, &statements)
    }
    let arguments = values.enumerated().map { index, value in
      value ?? .field(span, base: old, index: index, ty: declared[index].ty)
    }
    return block(span, statements, construct(span, name, arguments, ty), ty)
  }

  public mutating func field(at span: Span, base: Rendered.Expr, name: Name, ty: Rendered.Ty) throws -> Positional.Expr
  {
    let (_, _, order) = try record(base.ty)
    guard let position = order[name] else { throw unknown(name, of: base.ty) }
    return .field(span, base: try expr(base), index: position, ty: ty)
  }

  private func record(_ ty: Rendered.Ty) throws -> (name: Name, fields: [Typed.FieldDecl], order: [Name: Int]) {
    guard case .data(let name) = ty, let fields = records[name], let order = positions[name] else {
      throw PassBug(Self.self, "a record's type is not declared", broke: "well-typed", in: ty)
    }
    return (name, fields, order)
  }

  private func unknown(_ field: Name, of ty: Rendered.Ty) -> PassBug {
    PassBug(Self.self, "there is no field `\(field)`", broke: "well-typed", in: ty)
  }

  private func construct(_ span: Span, _ type: Name, _ arguments: [Positional.Expr], _ ty: Positional.Ty)
    -> Positional.Expr
  {
    .construct(span, type: type, variant: type.lastSegment, arguments: arguments, ty: ty)
  }

  private func block(_ span: Span, _ statements: [Positional.Statement], _ result: Positional.Expr, _ ty: Positional.Ty)
    -> Positional.Expr
  {
    statements.isEmpty ? result : .block(span, statements: statements, result: result, ty: ty)
  }

  /// The value itself if it is an atom, else a local that a new statement binds to it.
  private mutating func bound(_ value: Positional.Expr, _ name: Name, _ statements: inout [Positional.Statement])
    -> Positional.Expr
  {
    switch value {
    case .local, .integer, .float, .string, .bool, .unit: return value
    default:
      reordered += 1
      let local = locals.make(name)
      statements.append(.bind(value.span, variable: local, value: value))
      return .local(value.span, variable: local, ty: value.ty)
    }
  }
}
