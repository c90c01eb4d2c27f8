import Diagnostics
import Languages
import Nanopass

/// The key type of a map in a written type, looked at when all types are known.
struct WrittenKey {
  let span: Span
  let type: Resolved.Ty
  /// The function around, for messages.
  let function: String?

  /// Reports the key types that have no order, and puts types that fit anything in their place.
  static func check(_ keys: [WrittenKey], in program: Resolved.Root, _ context: PassContext) throws -> Resolved.Root {
    guard !keys.isEmpty else { return program }
    let known = KeyTypes(program.types)
    var wrong: Set<Resolved.Ty> = []
    for key in keys {
      guard let part = known.obstacle(in: key.type) else { continue }
      wrong.insert(key.type)
      var error = KeyTypes.error(key: key.type.spelling, part: part.spelling, at: key.span)
      error.fnName = key.function
      context.report(error)
    }
    guard !wrong.isEmpty else { return program }
    var eraser = KeyEraser(wrong: wrong)
    return try eraser.root(program)
  }
}

/// Replaces some key types by the type that fits anything.
private struct KeyEraser: ResolvedToResolved {
  static let summary = "Replace key types that are wrong"
  var wrong: Set<Resolved.Ty> = []

  init() {}
  init(wrong: Set<Resolved.Ty>) { self.wrong = wrong }

  mutating func function(_ node: Resolved.Function) throws -> Resolved.Function {
    var node = node
    if case .declared(let span, let ty) = node.result { node.result = .declared(span, ty: erased(ty)) }
    return try derive(node)
  }

  mutating func parameter(_ node: Resolved.Parameter) -> Resolved.Parameter {
    Resolved.Parameter(node.span, variable: node.variable, ty: erased(node.ty))
  }

  mutating func variant(_ node: Resolved.Variant) -> Resolved.Variant {
    Resolved.Variant(node.span, name: node.name, fields: node.fields.map(erased))
  }

  mutating func fieldDecl(_ node: Resolved.FieldDecl) -> Resolved.FieldDecl {
    Resolved.FieldDecl(node.span, name: node.name, ty: erased(node.ty))
  }

  mutating func statement(_ node: Resolved.Statement) throws -> Resolved.Statement {
    guard case .bind(let span, let variable, let annotation?, let value) = node else { return try derive(node) }
    return .bind(span, variable: variable, annotation: erased(annotation), value: try expr(value))
  }

  private func erased(_ type: Resolved.Ty) -> Resolved.Ty {
    switch type {
    case .map(let key, let value): .map(key: wrong.contains(key) ? .erroneous : erased(key), value: erased(value))
    case .list(let element): .list(element: erased(element))
    case .vector(let element): .vector(element: erased(element))
    case .option(let payload): .option(payload: erased(payload))
    case .result(let success, let failure): .result(success: erased(success), failure: erased(failure))
    case .tuple(let elements): .tuple(elements: elements.map(erased))
    case .function(let parameters, let result, let effects):
      .function(parameters: parameters.map(erased), result: erased(result), effects: effects)
    case .int, .float, .bool, .string, .bytes, .digest, .unit, .data, .variable, .erroneous: type
    }
  }
}
