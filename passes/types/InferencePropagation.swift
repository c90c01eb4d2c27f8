import Diagnostics
import Languages
import Nanopass

extension Inference {
  mutating func propagate(_ span: Span, _ value: Resolved.Expr, _ expected: Expectation?, sign: String = "?") throws
    -> TypeRef
  {
    let type = try infer(value)
    if table.isWrong(type) { return .wrong }
    let (success, failure) = (table.open(), table.open())
    guard table.isOpen(type) || table.head(type) == .result,
      table.unify(type, table.make(.result, [success, failure]))
    else {
      reportNonResult(type, value, sign, at: span)
      return .wrong
    }
    guard !table.isWrong(result) else { return meet(success, expected, at: span) }
    let returned = table.head(result) == .result ? table.arguments(result).last : nil
    guard let returned, table.unify(failure, returned) else {
      reportPropagationContext(failure, sign, at: span)
      return .wrong
    }
    return meet(success, expected, at: span)
  }

  /// `(a, b)!`: the elements as they are. That all are results whose values are wanted is one mistake.
  mutating func plainProduct(_ span: Span, _ elements: [Resolved.Expr], _ expected: Expectation?) throws -> TypeRef {
    let before = diagnostics.count
    let type = try tuple(span, elements, expected)
    let found = diagnostics[before...]
    guard found.count == elements.count,
      found.allSatisfy({ $0.repair.primary?.hasPrefix("pass a failure on to the caller: ") == true })
    else { return type }
    diagnostics.removeSubrange(before...)
    var error = Diagnostic.error(
      "type-mismatch", at: span, "the elements of this product are `Result`s, and `!` leaves them as they are",
      help: Advice(
        "pass the first failure on to the caller: write `?!` in place of `!`",
        edits: sources.text(of: span)?.last == "!" ? [.insert("?", before: Span(start: span.end - 1, length: 1))] : []))
    error.regions = found.map { Region($0.span, $0.label) }
    report(error)
    return type
  }

  /// `(a, b)?!`: every element is a result, whose failure is passed on.
  mutating func product(_ span: Span, _ elements: [Resolved.Expr], _ expected: Expectation?) throws -> TypeRef {
    var wanted: [TypeRef] = []
    if let expected, table.head(expected.type) == .tuple { wanted = table.arguments(expected.type) }
    if wanted.count != elements.count { wanted = [] }
    var types: [TypeRef] = []
    for (index, element) in elements.enumerated() {
      let place = wanted.isEmpty ? nil : Expectation(wanted[index], .component(index + 1))
      types.append(try propagate(element.span, element, place, sign: "?!"))
    }
    return meet(table.make(.tuple, types), expected, at: span)
  }
}
