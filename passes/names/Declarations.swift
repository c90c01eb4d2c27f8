import Diagnostics
import Languages
import Nanopass

extension NameResolver {
  /// A function with its own numbers for locals.
  mutating func function(
    _ span: Span, _ name: Program.Ident, _ parameters: [Program.Parameter], _ result: Program.TypeExpr?,
    _ effects: Program.EffectLine?, _ body: [Program.Statement]
  ) -> Resolved.Function {
    enter(function: name.name)
    typeVariables = []
    defer { functionName = nil }
    functionAbove = nil
    defer {
      let bound = body.compactMap { if case .bind(_, let name, _, _) = $0 { name.name } else { nil } }
      functionAbove = (name.name, Set(parameters.map(\.name.name) + bound))
    }
    let group = locals.newGroup()
    var resolved: [Resolved.Parameter] = []
    for parameter in parameters {
      let type = parameterType(parameter.ty)
      let variable = bind(parameter.name.name, at: parameter.name.span, group: group, type: type)
      resolved.append(Resolved.Parameter(parameter.span, variable: variable, ty: type))
    }
    let returned: Resolved.Returned =
      result.map { .declared($0.span, ty: type($0)) } ?? .undeclared(name.span.atEnd)
    let declared = effects.map { self.effects($0) } ?? Resolved.Effects(name.span.atEnd, effects: [])
    return Resolved.Function(
      name.span, name: module.fullName(name.name), module: module.name, isLibrary: module.isLibrary,
      variables: typeVariables, parameters: resolved, result: returned, effects: declared,
      body: self.body(body, span: span, result: result))
  }

  /// A sum type; of two variants with one name the first counts.
  mutating func sum(_ name: Program.Ident, _ variants: [Program.Variant]) -> Resolved.TypeDecl {
    var seen: Set<Name> = []
    var resolved: [Resolved.Variant] = []
    for variant in variants {
      let fields = variant.fields.map { type($0) }
      guard seen.insert(variant.name.name).inserted else { continue }
      resolved.append(Resolved.Variant(variant.span, name: variant.name.name, fields: fields))
    }
    return .sum(name.span, name: module.fullName(name.name), variants: resolved)
  }

  /// A record; of two fields with one name the first counts.
  mutating func record(_ name: Program.Ident, _ fields: [Program.FieldType]) -> Resolved.TypeDecl {
    var seen: Set<Name> = []
    var resolved: [Resolved.FieldDecl] = []
    for field in fields {
      let fieldType = type(field.ty)
      guard seen.insert(field.name.name).inserted else { continue }
      resolved.append(Resolved.FieldDecl(field.span, name: field.name.name, ty: fieldType))
    }
    return .record(name.span, name: module.fullName(name.name), fields: resolved)
  }

  /// A statement outside functions. `isFirst` tells whether it is the first to bind its name; others are only looked at.
  mutating func topLevel(_ statement: Program.Statement, isFirst: Bool) -> Resolved.Statement {
    let scope = locals
    enter(function: nil)
    locals = scope.next
    switch statement {
    case .bind(let span, let name, let annotation, let value):
      if let (base, field) = Self.assignedField(in: statement) {
        reportAssignment(base, field, value, at: name.span)
        return .define(span, module: module.name, name: nil, annotation: nil, value: .erroneous(span))
      }
      let type = annotation.map { self.type($0) }
      let resolved = annotation?.isFunction == true ? possibleFunction(value) : expression(value)
      return .define(
        name.span, module: module.name, name: isFirst && name.name != "_" ? module.fullName(name.name) : nil,
        annotation: type, value: resolved)
    case .evaluate(let span, let value):
      if let (name, help) = comparedName(value) {
        reportUnknown(name, help: help)
        meantBindings.insert(name.name)
      }
      return .define(span, module: module.name, name: nil, annotation: nil, value: expression(value))
    }
  }
}
