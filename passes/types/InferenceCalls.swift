import Diagnostics
import Languages
import Nanopass

extension Inference {
  mutating func call(
    _ node: Resolved.Expr, _ span: Span, _ name: Name, _ arguments: [Resolved.Expr], _ expected: Expectation?
  ) throws -> TypeRef {
    guard var callee = declarations.function(name) else { throw bug("`\(name)` is not declared", in: node) }
    if callee.library, let plain = LiteralDischarge.plain(name, arguments) {
      guard let signature = declarations.function(plain) else { throw bug("`\(plain)` is not declared", in: node) }
      callee = signature
    }
    let instance = instantiate(callee.variables)
    if !callee.variables.isEmpty { slots.append(instance) }
    checkKeys(of: callee, arguments, instance, at: span, beforeArguments: true)
    defer { checkKeys(of: callee, arguments, instance, at: span, beforeArguments: false) }
    let result = table.make(callee.result, callee.variables, instance: instance)
    let type = meet(result, expected, at: span)
    let before = diagnostics.count
    defer { joinSwapped(of: shown(name), arguments, since: before) }
    if arguments.count != callee.parameters.count {
      reportArity(name, takes: callee.parameters.count, found: arguments.count, at: span, declared: callee.span)
    }
    for (index, argument) in arguments.enumerated() {
      guard index < callee.parameters.count else {
        _ = try infer(argument)
        continue
      }
      let parameter = table.make(callee.parameters[index], callee.variables, instance: instance)
      let reason = Expectation.Reason.argument(name, index + 1, declared: callee.span)
      _ = try infer(argument, Expectation(parameter, reason))
    }
    return type
  }

  /// Makes open types for the variables, one behind the other.
  ///
  /// - Returns: the first.
  private mutating func instantiate(_ variables: [Name]) -> TypeRef {
    guard !variables.isEmpty else { return .wrong }
    let first = table.open()
    for _ in variables.dropFirst() { _ = table.open() }
    return first
  }

  mutating func construct(
    _ node: Resolved.Expr, _ span: Span, _ type: Name, _ variant: Name, _ arguments: [Resolved.Expr],
    _ expected: Expectation?
  ) throws -> TypeRef {
    guard let constructor = declarations.constructor(type, variant) else {
      throw bug("`\(type).\(variant)` is not declared", broke: "known-constructors", in: node)
    }
    let instance = instantiate(constructor.variables)
    let result = meet(
      table.make(constructor.result, constructor.variables, instance: instance), expected, at: span)
    let before = diagnostics.count
    defer { joinSwapped(of: "\(type.lastSegment).\(variant)", arguments, since: before) }
    if arguments.count != constructor.fields.count {
      reportArity(
        Name("\(type.lastSegment).\(variant)"), takes: constructor.fields.count, found: arguments.count, at: span,
        declared: constructor.span)
    }
    for (index, argument) in arguments.enumerated() {
      guard index < constructor.fields.count else {
        _ = try infer(argument)
        continue
      }
      let field = table.make(constructor.fields[index], constructor.variables, instance: instance)
      let reason = Expectation.Reason.payload(variant, of: type, index + 1, declared: constructor.span)
      _ = try infer(argument, Expectation(field, reason))
    }
    return result
  }

  mutating func primitive(
    _ node: Resolved.Expr, _ span: Span, _ name: Name, _ arguments: [Resolved.Expr], _ expected: Expectation?
  ) throws -> TypeRef {
    guard let primitive = Primitive.named(name) else { throw bug("there is no primitive `\(name)`", in: node) }
    var parameters = primitive.parameters
    if primitive.isVariadic, let only = parameters.first { parameters = arguments.map { _ in only } }
    return try operation(name, primitive.variables, parameters, primitive.result, span, arguments, expected)
  }

  mutating func perform(
    _ node: Resolved.Expr, _ span: Span, _ effect: Name, _ arguments: [Resolved.Expr], _ expected: Expectation?
  ) throws -> TypeRef {
    guard let operation = EffectOperation.named(effect) else { throw bug("there is no effect `\(effect)`", in: node) }
    return try self.operation(effect, [], operation.parameters, operation.result, span, arguments, expected)
  }

  private mutating func operation(
    _ name: Name, _ variables: [Name], _ parameters: [Typed.Ty], _ result: Typed.Ty, _ span: Span,
    _ arguments: [Resolved.Expr], _ expected: Expectation?
  ) throws -> TypeRef {
    let instance = instantiate(variables)
    if arguments.count != parameters.count {
      reportArity(name, takes: parameters.count, found: arguments.count, at: span, declared: .none)
    }
    for (index, argument) in arguments.enumerated() {
      guard index < parameters.count else {
        _ = try infer(argument)
        continue
      }
      let reason = Expectation.Reason.argument(name, index + 1, declared: .none)
      let parameter = table.make(parameters[index].resolved, variables, instance: instance)
      _ = try infer(argument, Expectation(parameter, reason))
    }
    return meet(table.make(result.resolved, variables, instance: instance), expected, at: span)
  }

  // MARK: Records

  mutating func record(_ node: Resolved.Expr, _ expected: Expectation?) throws -> TypeRef {
    switch node {
    case .build(let span, let type, let fields):
      try fieldValues(fields, of: type, in: node)
      guard declarations.fields(of: type)?.count == fields.count else {
        throw bug("`\(type)` is not built with all its fields", broke: "known-fields", in: node)
      }
      return meet(table.make(.data(type)), expected, at: span)
    case .update(let span, let type, let base, let fields):
      let record = table.make(.data(type))
      _ = try infer(base, Expectation(record, .updated(type)))
      try fieldValues(fields, of: type, in: node)
      return meet(record, expected, at: span)
    case .field(let span, let base, let name):
      return meet(try field(span, base, name), expected, at: span)
    default: return .wrong
    }
  }

  private mutating func fieldValues(_ fields: [Resolved.FieldValue], of type: Name, in node: Resolved.Expr) throws {
    for field in fields {
      guard let ty = declarations.field(field.name, of: type) else {
        throw bug("`\(type)` has no field `\(field.name)`", broke: "known-fields", in: node)
      }
      _ = try infer(field.value, Expectation(table.make(ty), .field(field.name, of: type)))
    }
  }

  private mutating func field(_ span: Span, _ base: Resolved.Expr, _ name: Name) throws -> TypeRef {
    let type = try infer(base)
    if table.isWrong(type) { return .wrong }
    guard let head = table.head(type) else {
      reportOpenRead(name, at: span, base: base.span)
      _ = table.unify(type, .wrong)
      return .wrong
    }
    guard case .data(let record) = head, let fields = declarations.fields(of: record) else {
      reportNoField(name, type, [], at: span)
      return .wrong
    }
    if let owner = declarations.owner(ofOpaque: record), owner != module {
      reportOpaque(record, owner, at: span)
      return .wrong
    }
    guard let ty = declarations.field(name, of: record) else {
      reportNoField(name, type, fields, at: span)
      return .wrong
    }
    return table.make(ty)
  }
}
