import Diagnostics
import Languages
import Nanopass

extension Inference {
  /// Whether a statement outside functions is checked.
  var isTopLevel: Bool { function.name.text.isEmpty }

  mutating func report(_ error: Diagnostic) {
    var error = error
    error.fnName = isTopLevel ? nil : function.name.lastSegment
    diagnostics.append(error)
  }

  mutating func reportArity(
    _ name: Name, takes: Int, found: Int, at span: Span, declared: Span, signature: [TypeRef]
  ) {
    let arguments = takes == 0 ? "no arguments" : takes == 1 ? "1 argument" : "\(takes) arguments"
    let form = text(of: name, signature)
    let isText = ["Console.print", "Console.error", "Console.warn"].contains(name)
    report(
      .error(
        "arity-mismatch", at: span, "`\(shown(name))` takes \(arguments), here it is given \(found)",
        help: isText && found > 1 ? "put the values into one text: `\"{a} {b}\"`" : nil,
        regions: declared.isNone ? [] : [Region(declared, "declared here")], fields: [Field("signature", form)]))
  }

  /// Reports a constructor with fields that stands without them where no function is asked for.
  mutating func reportBareConstructor(_ name: Name, _ declared: Span, at span: Span) {
    report(
      .error(
        "fn-value", at: span, "the constructor `\(name)` is used without its fields",
        help: "write `\(name)(...)`, or pass it for a parameter of a `Fn` type",
        regions: declared.isNone ? [] : [Region(declared, "declared here")]))
  }

  /// Reports a function that stands where none is asked for.
  mutating func reportFunctionValue(_ name: Name, _ declared: Span, at span: Span) {
    let form = shown(name)
    let takesNothing =
      (declarations.function(name)?.parameters ?? EffectOperation.named(name)?.parameters.map(\.resolved))?.isEmpty
    report(
      .error(
        "fn-value", at: span, "the function `\(form)` is used as a value",
        help: takesNothing == true
          ? "call it: \(code: "\(form)()")" : "call it, or pass it for a parameter of a `Fn` type",
        regions: declared.isNone ? [] : [Region(declared, "declared here")]))
  }

  /// Reports an error, or joins it to an earlier one that has the same repair at another place.
  mutating func reportOnce(_ error: Diagnostic) {
    let first = diagnostics.suffix(64).firstIndex {
      $0.slug == error.slug && $0.repair.saysTheSame(as: error.repair) && $0.fields == error.fields
    }
    if let first { diagnostics[first].join(error) } else { report(error) }
  }

  /// A function with the types of its parameters and its result: `Int.min(Int, Int) -> Int`.
  private mutating func text(of name: Name, _ signature: [TypeRef]) -> String {
    let types = signature.map { table.text($0) }
    return "\(shown(name))(\(types.dropLast().joined(separator: ", "))) -> \(types.last ?? "_")"
  }

  /// Drops the last error if it says of an element or arm what an earlier one says: the first may be the wrong one.
  mutating func dropRepeated(at span: Span, since start: Int) {
    guard let last = diagnostics.last, diagnostics.count > start + 1, last.span == span, last.slug == "type-mismatch"
    else { return }
    let isRepeated = diagnostics[start..<diagnostics.count - 1].contains {
      $0.slug == last.slug && $0.summary == last.summary && $0.fields == last.fields
    }
    if isRepeated { diagnostics.removeLast() }
  }

  mutating func reportUntypedEmpty(_ variable: Local, at span: Span, isMap: Bool) {
    let name = variable.name
    report(
      .error(
        "untyped-empty", at: span,
        isMap
          ? "an empty map alone does not tell the types of its keys and values"
          : "an empty list alone does not tell the type of its elements",
        help: "annotate the binding: `\(isMap ? "\(name): Map<..., ...> = {}" : "\(name): List<...> = []")`"))
  }

  /// Says in the last error of a name that it is an element, if it was used as the list behind it.
  mutating func offerRest(_ local: Local, insteadOf expected: TypeRef) {
    guard table.head(expected) == .list, let last = lastParts[local.id], var error = diagnostics.popLast() else {
      return
    }
    error.regions.insert(Region(last.span, "this is one element, not the rest of the list"), at: 0)
    error.advise(last.advice(in: sources))
    reportOnce(error)
  }

  /// Says in the last error, about the use of a bound name, what it is bound to if that is a `Result` that can be passed
  /// on there. All such uses of the name are one mistake.
  mutating func explainBinding(of local: Local, since start: Int) {
    guard diagnostics.count == start + 1, let error = diagnostics.last, let value = boundValues[local.id],
      error.repair.primary == "pass a failure on to the caller: `\(local.name)?`"
    else { return }
    let help: Advice =
      "pass a failure on to the caller where the name is bound: `\(local.name) = \(sources.postfixed(value, "?"))`"
    let near = diagnostics.indices.suffix(64)
    if let first = near.first(where: {
      diagnostics[$0].repair.primary == help.text && diagnostics[$0].fields == error.fields
    }) {
      diagnostics.removeLast()
      diagnostics[first].regions.append(Region(error.span, "here too"))
      return
    }
    diagnostics[start].advise(help.by(Edit(value, sources.postfixed(value, "?"))))
    diagnostics[start].regions.insert(Region(value, "bound to this"), at: 0)
  }

  /// Reports `[a, b]` among elements that are tuples, once in a list.
  mutating func reportListForTuple(_ wanted: TypeRef, _ parts: [Resolved.Expr], at span: Span, since start: Int) {
    slots.append(.wrong)
    var error = Diagnostic.error(
      "type-mismatch", at: span, "the elements of this list are \(table.phrase(wanted)), but this one is a list",
      label: "this is a list")
    if let first = sources.text(of: span), first.hasPrefix("["), first.hasSuffix("]") {
      error.advise(
        Advice(
          "a tuple is written between round brackets: `(a, b)`",
          edits: [
            Edit(Span(start: span.start, length: 1), "("), Edit(Span(start: span.end - 1, length: 1), ")"),
          ]))
    }
    let same = diagnostics[start...].firstIndex { $0.summary == error.summary }
    if let same { diagnostics[same].join(error) } else { report(error) }
  }

  // MARK: Operators

  mutating func reportOperator(_ sign: Name, _ type: TypeRef, _ head: TypeHead, left: Span, whole: Span) {
    if sign == "/", head == .int {
      report(
        .error(
          "int-div", at: whole, "`/` divides `Float`s only; here both sides are `Int`",
          help: "use `Int.div`, which gives a `Result`, or a plain `Int` for a literal divisor that is not 0"))
      return
    }
    if sign == "==" || sign == "!=" || sign == "=>" {
      report(
        .error(
          "not-comparable", at: left, "values of `\(table.text(type))` can't be compared",
          help: "compare parts of them that can be, such as numbers and strings"))
      return
    }
    var error = Diagnostic.error(
      "type-mismatch", at: left, "`\(sign)` works on \(Operators.operands(of: sign)), but this is `\(table.text(type))`"
    )
    error.fields = [Field("found", table.text(type))]
    if head == .string, sign != "/" { error.note = "strings are joined by `+`, and have no other arithmetic" }
    if head == .string, sign == "*" {
      error.repair.primary = "a text that is repeated is built by a function that calls itself"
    }
    if case .data(let name) = head, ["<", ">", "<=", ">="].contains(sign) {
      error.repair.primary =
        declarations.fields(of: name) == nil
        ? "values of a type of one's own have no order: match on them"
        : "records have no order: compare a field of both"
    }
    if case .data(let name) = head, ["+", "-", "*", "/"].contains(sign) {
      error.repair.primary =
        declarations.fields(of: name) == nil || declarations.owner(ofOpaque: name).map { $0 != module } == true
        ? "values of a type of one's own have no arithmetic: call a function for them"
        : "records have no arithmetic: work with their fields"
    }
    if head == .bytes, sign == "+" { error.repair.primary = "bytes are joined by `Bytes.concat`" }
    if head == .list, sign == "+" { error.repair.primary = "lists are joined by `List.concat`" }
    if head == .bool, sources.text(of: left)?.contains(where: { "<>".contains($0) }) == true {
      error.repair.primary = "compare two values at a time, and join the answers: `Bool.and(a < b, b < c)`"
    }
    if head == .option || head == .result { error.repair.primary = "match on it to get at the value inside" }
    if head == .result, table.head(result) == .result {
      error.repair.primary = "pass a failure on to the caller with `?`, or match on it to get at the value inside"
    }
    report(error)
  }

  mutating func reportInterpolation(_ type: TypeRef, at span: Span) {
    let known = table.head(type)?.rendering ?? joinHelp(type, at: span) ?? defaultHelp(type, at: span)
    report(
      .error(
        "interpolation-type", at: span,
        "only `Int`, `Float`, `Bool` and `String` can stand in a string, but this is `\(table.text(type))`",
        help: known ?? "make a `String` of it first, by a function of your own",
        fields: [Field("found", table.text(type))]))
  }

  /// How to get at what is inside an `Option` or a `Result`; nil for other types.
  private mutating func defaultHelp(_ type: TypeRef, at span: Span) -> Advice? {
    guard let head = table.head(type), head == .option || head == .result else { return nil }
    let text = source(span)
    if head == .result, table.head(result) == .result {
      return "pass a failure on to the caller: \(code: SourceMap.postfixed(text, "?"))"
    }
    return "match on it, or give a default: `\(head == .option ? "Option" : "Result").withDefault(\(text), ...)`"
  }

  /// How strings in a list are joined; nil for other types.
  private mutating func joinHelp(_ type: TypeRef, at span: Span) -> Advice? {
    guard table.head(type) == .list, let element = table.arguments(type).first, table.head(element) == .string else {
      return nil
    }
    return "join the strings: \(code: "String.join(\(source(span)), \", \")")"
  }

  mutating func reportUndetermined(_ check: Delayed) {
    let what =
      switch check.kind {
      case .operation(let sign): "the operands of `\(sign)`"
      case .interpolation: "this part of the string"
      case .mapKey: "the keys of this map"
      }
    report(
      .error(
        "undetermined-type", at: check.span,
        "nothing in \(isTopLevel ? "this statement" : "`\(function.name.lastSegment)`") tells the type of \(what)",
        help: "bind the value that it comes from with an annotation: `name: Type = ...`"))
  }

  // MARK: Propagation

  mutating func reportNonResult(_ type: TypeRef, _ value: Resolved.Expr, _ sign: String, at span: Span) {
    var error = Diagnostic.error(
      "error-prop-non-result", at: span,
      "`\(sign)` takes \(sign == "?" ? "a `Result`" : "elements that are `Result`s"), but this is `\(table.text(type))`"
    )
    if table.head(type) == .option {
      error.repair.primary = "make it a `Result` first: `Option.toResult(..., error)`"
    } else if case .call(_, let name, let arguments) = value, LiteralDischarge.plain(name, arguments) != nil {
      error.note = "with this literal argument `\(name)` can't fail, so it gives a plain value"
      error.advise(withoutSign(value, at: span))
    } else {
      error.advise(
        sign == "?"
          ? withoutSign(value, at: span) : "wrap it: `Result.Ok(...)`, or write `!` if no element can fail")
    }
    if sign == "?" { report(error) } else { reportOnce(error) }
  }

  /// Advice to leave out the `?` behind a value.
  private func withoutSign(_ value: Resolved.Expr, at span: Span) -> Advice {
    let text = "leave out the `?`"
    // The sign ends what it stands behind.
    guard sources.text(of: span)?.last == "?", span.length > 0 else { return Advice(text) }
    return Advice(text, edits: [.remove(Span(start: span.end - 1, length: 1))])
  }

  mutating func reportPropagationContext(_ failure: TypeRef, _ sign: String, at span: Span) {
    let name = function.name.lastSegment
    let isResult = table.head(result) == .result
    var error: Diagnostic
    if isTopLevel {
      error = .error(
        "error-prop-context", at: span, "`\(sign)` passes errors on to the caller, but a top-level statement has none",
        help: "match on it, or move it into a function that returns a `Result`")
    } else if isResult, let returned = table.arguments(result).last {
      let (wanted, given) = table.texts(returned, failure)
      error = .error(
        "error-prop-context", at: span,
        "`\(sign)` passes on an error of type `\(given)`, but `\(name)` fails with `\(wanted)`")
      error.repair.primary = "match on it and convert the error"
      error.fields = [Field("expected", wanted), Field("found", given)]
    } else {
      error = .error(
        "error-prop-context", at: span,
        "`\(sign)` passes errors on to the caller, but `\(name)` returns `\(table.text(result))`, not a `Result`")
      error.repair.primary =
        "match on it, or let `\(name)` return a `Result<\(table.text(result)), \(table.text(failure))>`"
    }
    error.regions = resultRegion.map { [$0] } ?? []
    // What the header says is one mistake, wherever it is met.
    let same = diagnostics.firstIndex { $0.slug == error.slug && $0.summary == error.summary }
    if let same { diagnostics[same].regions.append(Region(span, "here too")) } else { report(error) }
  }

  // MARK: Patterns

  mutating func reportPattern(
    _ what: String, _ pattern: TypeRef, _ type: TypeRef, _ subject: Resolved.Expr, at span: Span
  ) {
    let summary = "this pattern matches \(what), but what it stands for is \(table.phrase(type))"
    // A subject of the wrong type is one mistake, however many arms there are.
    guard patternMistakes.insert(summary).inserted else { return }
    var error = Diagnostic.error("pattern-subject-mismatch", at: span, summary)
    if !subject.span.isNone { error.regions = [Region(subject.span, "matched here")] }
    error.advise(patternHelp(type))
    if case .call(_, let name, let arguments) = subject, LiteralDischarge.plain(name, arguments) != nil {
      error.note = "with this literal argument `\(name)` can't fail, so it gives a plain value"
    }
    report(error)
    if case .local(_, let variable) = subject { offerRest(variable, insteadOf: pattern) }
  }

  /// The patterns that values of a type can be matched by.
  private mutating func patternHelp(_ type: TypeRef) -> Advice? {
    switch table.head(type) {
    case .int?: "match it by numbers such as `0`, or by a name"
    case .float?: "match it by numbers such as `0.5`, or by a name"
    case .string?: "match it by texts such as `\"a\"`, or by a name"
    case .bool?: "match it by `true` and `false`"
    case .list?: "match it by `[]` and `[first, ..rest]`"
    case .option?: "match it by `Option.Some(value)` and `Option.None`"
    case .result?: "match it by `Result.Ok(value)` and `Result.Err(error)`"
    case .tuple?:
      "match it by `(\(["a", "b", "c", "d", "e"].prefix(table.arguments(type).count).joined(separator: ", ")))`"
    case .data(let name)?:
      declarations.variants(of: name).map { "match it by \($0.prefix(4).joined(separator: ", "))" }
        ?? "a record is matched by a name, and its fields are read from that"
    default: "match it by a name"
    }
  }

  mutating func reportPatternArity(_ summary: String, at span: Span, declared: Span, form: String) {
    report(
      .error(
        "pattern-arity", at: span, summary, help: "`\(form)`",
        regions: declared.isNone ? [] : [Region(declared, "declared here")]))
  }
}
