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
