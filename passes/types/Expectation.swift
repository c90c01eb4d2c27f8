import Diagnostics
import Languages
import Nanopass

/// The type that a place asks for, and why.
struct Expectation {
  enum Reason {
    /// A binding's annotation.
    case annotation(Name)
    /// The function's result.
    case result
    /// An argument by position, from 1, of a function declared somewhere.
    case argument(Name, Int, declared: Span)
    /// An argument by position, from 1, of a constructor of a type.
    case payload(Name, of: Name, Int, declared: Span)
    /// A field of a record.
    case field(Name, of: Name)
    /// The record that is changed.
    case updated(Name)
    /// A component of a tuple whose type is known.
    case component(Int)
    /// An element of a list; `first` is the element that fixed the type.
    case element(first: Span)
    /// A key or a value of a map; `first` is the one that fixed the type.
    case entry(Name, first: Span)
    /// An arm of a match; `first` is the body that fixed the type.
    case arm(first: Span)
    /// The right side of an operator.
    case operand(Name, left: Span)
  }

  let type: TypeRef
  let reason: Reason

  init(_ type: TypeRef, _ reason: Reason) {
    self.type = type
    self.reason = reason
  }
}

extension Inference {
  /// Reports `type-mismatch`.
  mutating func reportMismatch(_ found: TypeRef, _ expected: Expectation, at span: Span) {
    let (wanted, given) = table.texts(expected.type, found)
    let summary =
      table.refusedCycle
      ? "this would need a type that contains itself"
      : summary(expected.reason, wanted: wanted, given: given)
    var error = Diagnostic.error("type-mismatch", at: span, summary, label: "this is `\(given)`")
    error.regions = regions(expected.reason, wanted: wanted)
    if !table.refusedCycle { error.fields = [Field("expected", wanted), Field("found", given)] }
    error.repair.primary = help(found, expected, at: span)
    if case .result = expected.reason, wrongResult == nil, let body = table.written(found) {
      wrongResult = WrongResult(body: body, text: given, error: diagnostics.count)
    }
    report(error)
  }

  private func summary(_ reason: Expectation.Reason, wanted: String, given: String) -> String {
    switch reason {
    case .annotation("when"): "a condition behind `when` is `\(wanted)`, but this is `\(given)`"
    case .annotation("holds"): "what holds is `\(wanted)`, but this is `\(given)`"
    case .annotation("trace index"): "events and branches are counted by `\(wanted)`, but this is `\(given)`"
    case .annotation("trace argument"): "this effect takes `\(wanted)` here, but this is `\(given)`"
    case .annotation(let name): "`\(name)` is declared as `\(wanted)`, but its value is `\(given)`"
    case .result: "`\(function.name.lastSegment)` returns `\(wanted)`, but this is `\(given)`"
    case .argument(let callee, let index, _):
      "argument \(index) of `\(shown(callee))` is `\(wanted)`, but here it is `\(given)`"
    case .payload(let variant, let type, let index, _):
      "argument \(index) of `\(type.lastSegment).\(variant)` is `\(wanted)`, but here it is `\(given)`"
    case .field(let field, let record):
      "the field `\(field)` of `\(record.lastSegment)` is `\(wanted)`, but here it is `\(given)`"
    case .updated(let record): "`\(record.lastSegment).update` takes a `\(wanted)`, but this is `\(given)`"
    case .component(let index): "component \(index) of the tuple is `\(wanted)`, but here it is `\(given)`"
    case .element: "the elements of this list are `\(wanted)`, but this one is `\(given)`"
    case .entry(let part, _): "the \(part) of this map are `\(wanted)`, but this one is `\(given)`"
    case .arm: "the arms of a match have one type: `\(wanted)` in the first, but `\(given)` here"
    case .operand(let sign, _): "both sides of `\(sign)` have one type: `\(wanted)` on the left, but `\(given)` here"
    }
  }

  private func regions(_ reason: Expectation.Reason, wanted: String) -> [Region] {
    let (place, label): (Span, String) =
      switch reason {
      case .result: (function.span, "its result is declared here")
      case .argument(_, _, let declared), .payload(_, _, _, let declared): (declared, "declared here")
      case .element(let first), .entry(_, let first), .arm(let first), .operand(_, let first):
        (first, "this is `\(wanted)`")
      case .field(_, let record), .updated(let record): (declarations.span(of: record), "declared here")
      case .annotation, .component: (.none, "")
      }
    return place.isNone ? [] : [Region(place, label)]
  }

  /// A function's name as its callers write it.
  func shown(_ name: Name) -> String { name.shown(in: module) }

  // MARK: Help

  private mutating func help(_ found: TypeRef, _ expected: Expectation, at span: Span) -> String? {
    guard let given = table.head(found), let wanted = table.head(expected.type) else { return nil }
    if case .operand(_, let left) = expected.reason, wanted == .int, given == .float {
      return conversion(from: .int, to: .float, of: source(left))
    }
    if wanted == .function, given != .function { return "pass the name of a function or constructor" }
    if case .argument(let callee, 1, _) = expected.reason, let help = defaultHelp(callee, given) { return help }
    if let help = conversion(from: given, to: wanted, of: source(span)) { return help }
    if case .result = expected.reason, wanted == .unit {
      return "a function without `->` returns `Unit`; declare the result: `-> \(table.text(found))`"
    }
    if case .result = expected.reason, given == .unit {
      return "end the function with its result: the last statement gives it, and a binding gives `Unit`"
    }
    return wrapping(found, given, expected.type, wanted, of: source(span))
  }

  /// Help for a default that is given to what needs another one, or none.
  private func defaultHelp(_ callee: Name, _ given: TypeHead) -> String? {
    guard callee == "Result.withDefault" || callee == "Option.withDefault" else { return nil }
    switch given {
    case .result: return "use `Result.withDefault`"
    case .option: return "use `Option.withDefault`"
    default: return "this value is always there: leave out `\(callee)`"
    }
  }

  /// The source of an expression if it is short, else dots.
  private func source(_ span: Span) -> String {
    guard !span.isNone, span.length <= 40, let text = sources.text(of: span), !text.contains("\n") else { return "..." }
    return text
  }

  private func conversion(from given: TypeHead, to wanted: TypeHead, of text: String) -> String? {
    switch (given, wanted) {
    case (.int, .float):
      if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) { return "write `\(text).0`" }
      return "convert it: `Float.fromInt(\(text))`"
    case (.float, .int):
      return "convert it: `Int.fromFloat(\(text))` cuts off the fraction, `Float.round(\(text))` rounds"
    case (.int, .string): return "convert it: `String.fromInt(\(text))`"
    case (.float, .string): return "convert it: `String.fromFloat(\(text))`"
    case (.int, .bool): return "compare it: `\(text) != 0`"
    case (.bool, .string): return "convert it: `String.fromBool(\(text))`"
    case (.string, .int): return "convert it: `Int.fromString(\(text))` gives a `Result<Int, String>`"
    case (.string, .float): return "convert it: `Float.fromString(\(text))` gives a `Result<Float, String>`"
    case (.string, .bytes): return "encode it: `String.toUtf8(\(text))`"
    case (.bytes, .string): return "decode it: `String.fromUtf8(\(text))` gives a `Result<String, String>`"
    case (.list, .bytes): return "convert it: `Bytes.fromList(\(text))` gives a `Result<Bytes, String>`"
    case (.bytes, .list): return "convert it: `Bytes.toList(\(text))`"
    case (.bytes, .digest): return "compute it: `Crypto.sha256(\(text))`"
    case (.digest, .bytes): return "convert it: `Crypto.Digest32.toBytes(\(text))`"
    case (.digest, .string): return "convert it: `Crypto.Digest32.toHex(\(text))`"
    default: return nil
    }
  }

  /// Help for values that are wrapped in `Option` or `Result` and should not be, or the other way round.
  private mutating func wrapping(
    _ found: TypeRef, _ given: TypeHead, _ expected: TypeRef, _ wanted: TypeHead, of text: String
  ) -> String? {
    if let payload = table.arguments(found).first, table.text(payload) == table.text(expected) {
      if given == .result {
        return table.head(result) == .result
          ? "pass a failure on to the caller: `\(text)?`"
          : "match on it, or give a default: `Result.withDefault(\(text), ...)`"
      }
      if given == .option { return "match on it, or give a default: `Option.withDefault(\(text), ...)`" }
    }
    if let payload = table.arguments(expected).first, table.text(payload) == table.text(found) {
      if wanted == .result { return "wrap it: `Result.Ok(\(text))`" }
      if wanted == .option { return "wrap it: `Option.Some(\(text))`" }
      if wanted == .list { return "make a list of it: `[\(text)]`" }
    }
    return nil
  }
}
