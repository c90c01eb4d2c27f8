import Diagnostics
import Languages
import Nanopass

extension NameResolver {
  /// `P(x = 1)`.
  mutating func build(_ span: Span, _ callee: Program.Path, _ written: [Program.FieldValue]) -> Resolved.Expr {
    let type = record(callee, isUpdate: false, of: .build(span, callee: callee, fields: written))
    let values = fieldValues(written)
    guard let type, case .record(let fields) = type.shape else { return erroneous(span, keeping: values.map(\.value)) }
    guard areRight(written, for: type, fields) else { return erroneous(span, keeping: values, of: type, fields) }
    if written.count < fields.count {
      let given = Set(written.map(\.name.name))
      reportMissing(fields.filter { !given.contains($0) }, callee, type)
      return erroneous(span, keeping: values, of: type, fields)
    }
    return .build(span, type: type.name, fields: values)
  }

  /// `P.update(p, x = 1)`.
  mutating func update(_ span: Span, _ callee: Program.Path, _ base: Program.Expr, _ written: [Program.FieldValue])
    -> Resolved.Expr
  {
    let type = record(callee, isUpdate: true, of: .update(span, callee: callee, base: base, fields: written))
    let resolved = expression(base)
    let values = fieldValues(written)
    guard let type, case .record(let fields) = type.shape else {
      return erroneous(span, keeping: [resolved] + values.map(\.value))
    }
    if let other = otherRecord(base, than: type, with: written) {
      error(
        "type-mismatch", at: callee.span,
        "`\(type.short).update` takes a `\(type.short)`, but this is `\(other.short)`",
        help: "write \(code: "\(other.short).update")",
        regions: [Region(base.span, "this is `\(other.short)`")]
          + (type.span.isNone ? [] : [Region(type.span, "declared here")]))
      return erroneous(span, keeping: [resolved] + values.map(\.value))
    }
    guard areRight(written, for: type, fields) else {
      let base = Resolved.Expr.update(span, type: type.name, base: resolved, fields: [])
      return erroneous(span, keeping: values, of: type, fields, base: base)
    }
    return .update(span, type: type.name, base: resolved, fields: values)
  }

  /// The record that a value is which is changed as one of another type; nil unless that has all the fields.
  private func otherRecord(_ base: Program.Expr, than type: TypeSymbol, with fields: [Program.FieldValue])
    -> TypeSymbol?
  {
    guard case .data(let name)? = likelyType(of: base), name != type.name, let other = record(named: name),
      !fields.isEmpty, fields.allSatisfy({ other.fields.contains($0.name.name) })
    else { return nil }
    return other
  }

  private mutating func fieldValues(_ written: [Program.FieldValue]) -> [Resolved.FieldValue] {
    written.map { Resolved.FieldValue($0.span, name: $0.name.name, value: expression($0.value)) }
  }

  /// A wrong construction or update, which is a record of its type all the same. Its values are still looked at: those
  /// of fields that exist as values of these.
  private func erroneous(
    _ span: Span, keeping values: [Resolved.FieldValue], of type: TypeSymbol, _ fields: [Name],
    base: Resolved.Expr? = nil
  ) -> Resolved.Expr {
    let known = Set(fields)
    let others = values.filter { !known.contains($0.name) }.map(\.value)
    return .update(
      span, type: type.name, base: erroneous(span, keeping: (base.map { [$0] } ?? []) + others),
      fields: values.filter { known.contains($0.name) })
  }

  /// The record that a callee with named arguments stands for; nil if an error has been reported.
  private mutating func record(_ callee: Program.Path, isUpdate: Bool, of node: Program.Expr) -> TypeSymbol? {
    guard let first = callee.segments.first else { return nil }
    guard first.isUpper else {
      reportNamedArguments(callee, first, of: node)
      return nil
    }
    let (meaning, used) = global(callee)
    switch meaning {
    case .wrong: return nil
    case .type(let type) where type.isRecord && !isUpdate && used == callee.segments.count,
      .update(let type) where isUpdate && used == callee.segments.count:
      return canSeeInside(type, at: callee.span) ? type : nil
    default: break
    }
    let what =
      switch meaning {
      case .variant: "the constructor `\(callee.text)` takes its fields by position"
      case .type(let type) where type.isRecord: "the record `\(type.short)` is changed by `\(type.short).update`"
      case .type, .unit, .wrong: "`\(callee.text)` is no record"
      case .update(let type): "`\(type.short).update` takes a record before the fields"
      case .function, .operation, .primitive: "the function `\(callee.text)` takes its arguments by position"
      }
    var help: Advice?
    switch meaning {
    case .function: help = Self.comparisonHelp
    case .variant(_, _, 0): help = "it has no fields: `\(callee.text)`"
    case .variant(_, _, let arity):
      help = withoutNames(callee, arity, in: node)
    case .type(let type) where type.isRecord: help = "`\(type.short).update(..., field = ...)`"
    case .update(let type): help = "`\(type.short).update(value, field = ...)`"
    default: break
    }
    error("constructor-form", at: callee.span, what, help: help)
    return nil
  }

  /// Advice to leave out the names of a constructor's fields.
  private func withoutNames(_ callee: Program.Path, _ arity: Int, in node: Program.Expr) -> Advice {
    let form = Array(repeating: "...", count: arity).joined(separator: ", ")
    let advice: Advice = "leave the names out: `\(callee.text)(\(form))`"
    guard case .build(_, _, let fields) = node, fields.count == arity else { return advice }
    return Advice(
      advice.text,
      edits: fields.map { .remove(Span(start: $0.name.span.start, length: $0.value.span.start &- $0.name.span.start)) })
  }

  private static let comparisonHelp: Advice = "`=` gives a value to the field of a record; `==` compares"

  private mutating func reportNamedArguments(
    _ callee: Program.Path, _ first: Program.Ident, of node: Program.Expr
  ) {
    if let entry = locals[first.name] {
      if entry.isKnown, entry.type != .erroneous { reportBadCallee(node) }
    } else if module.functions[first.name] != nil, callee.segments.count == 1 {
      error(
        "constructor-form", at: callee.span, "the function `\(first.text)` takes its arguments by position",
        help: Self.comparisonHelp)
    } else if module.functions[first.name] != nil || module.bindings[first.name] != nil {
      reportBadCallee(node)
    } else {
      reportUnknown(first, isCalled: true)
    }
  }

  /// Whether all fields given exist and none is given twice.
  private mutating func areRight(_ written: [Program.FieldValue], for type: TypeSymbol, _ fields: [Name]) -> Bool {
    let known = Set(fields)
    var given: [Name: Span] = [:]
    var isRight = true
    for field in written {
      let name = field.name
      if !known.contains(name.name) {
        isRight = false
        // A field that the declaration lacks is one mistake.
        guard isFirst(Name("\(type.name).\(name.text)"), inThe: .module) else { continue }
        let near = suggestion(for: name.text) { fields.map(\.text) }
        let help = near ?? "it has \(Self.listed(fields))"
        error(
          "unknown-field", at: name.span, "the record `\(type.short)` has no field `\(name.text)`", help: help,
          regions: type.span.isNone ? [] : [Region(type.span, "declared here")])
      } else if let first = given.updateValue(name.span, forKey: name.name) {
        error(
          "duplicate-field", at: name.span, "the field `\(name.text)` is given twice", help: "leave one of them out",
          regions: [Region(first, "first given here")])
        isRight = false
      }
    }
    return isRight
  }

  /// Names in a message, the first of many.
  static func listed(_ names: [Name]) -> String {
    let list = names.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
    return names.count > 12 ? "\(list) and \(names.count - 12) more" : list
  }

  /// Reports the fields that a construction leaves out.
  func reportMissing(_ missing: [Name], _ callee: Program.Path, _ type: TypeSymbol) {
    error(
      "missing-field", at: callee.span, "`\(type.short)` is built without \(Self.listed(missing))",
      help: constructionForm(of: type),
      regions: type.span.isNone ? [] : [Region(type.span, "declared here")])
  }
}
