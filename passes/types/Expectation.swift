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
    let isCycle = table.refusedCycle
    let (wanted, given) = table.texts(expected.type, found)
    let phrases = (wanted: phrase(expected.type, wanted), given: phrase(found, given))
    let summary =
      isCycle
      ? "this would need a type that contains itself"
      : summary(expected.reason, wanted: phrases.wanted, given: phrases.given)
    var error = Diagnostic.error("type-mismatch", at: span, summary, label: "this is \(phrases.given)")
    error.regions = regions(expected.reason, wanted: phrases.wanted)
    if !isCycle { error.fields = [Field("expected", wanted), Field("found", given)] }
    error.advise(help(found, expected, at: span))
    if case .result = expected.reason { noteResult(found, given) }
    report(error)
  }

  /// Notes what the body gives instead of the result: the first type, or more that is known of it.
  private mutating func noteResult(_ found: TypeRef, _ text: String) {
    guard wrongResult?.text == nil, let new = table.written(found) else { return }
    guard let old = wrongResult else {
      wrongResult = WrongResult(body: new, text: new.isKnown ? text : nil, error: diagnostics.count)
      return
    }
    // Several results may tell together what one leaves open.
    guard let body = old.body.joined(with: new) ?? (new.isKnown ? new : nil) else { return }
    wrongResult = WrongResult(
      body: body, text: body.isKnown ? table.text(table.make(body)) : nil, error: old.error)
  }

  /// A type in a sentence: its text quoted, or in words if only its form is known.
  private mutating func phrase(_ type: TypeRef, _ text: String) -> String {
    table.isKnown(type) ? "`\(text)`" : table.phrase(type)
  }

  private func summary(_ reason: Expectation.Reason, wanted: String, given: String) -> String {
    switch reason {
    case .annotation("when"): "a condition behind `when` is \(wanted), but this is \(given)"
    case .annotation("holds"): "what holds is \(wanted), but this is \(given)"
    case .annotation("trace index"): "events and branches are counted by \(wanted), but this is \(given)"
    case .annotation("trace argument"): "this effect takes \(wanted) here, but this is \(given)"
    case .annotation(let name): "`\(name)` is declared as \(wanted), but its value is \(given)"
    case .result: "`\(function.name.lastSegment)` returns \(wanted), but this is \(given)"
    case .argument(let callee, let index, _):
      "argument \(index) of `\(shown(callee))` is \(wanted), but here it is \(given)"
    case .payload(let variant, let type, let index, _):
      "argument \(index) of `\(type.lastSegment).\(variant)` is \(wanted), but here it is \(given)"
    case .field(let field, let record):
      "the field `\(field)` of `\(record.lastSegment)` is \(wanted), but here it is \(given)"
    case .updated(let record): "`\(record.lastSegment).update` takes a \(wanted), but this is \(given)"
    case .component(let index): "component \(index) of the tuple is \(wanted), but here it is \(given)"
    case .element: "the elements of this list are \(wanted), but this one is \(given)"
    case .entry(let part, _): "the \(part) of this map are \(wanted), but this one is \(given)"
    case .arm: "the arms of a match have one type: \(wanted) in the first, but \(given) here"
    case .operand(let sign, _): "both sides of `\(sign)` have one type: \(wanted) on the left, but \(given) here"
    }
  }

  private func regions(_ reason: Expectation.Reason, wanted: String) -> [Region] {
    if case .result = reason { return resultRegion.map { [$0] } ?? [] }
    let (place, label): (Span, String) =
      switch reason {
      case .argument(_, _, let declared), .payload(_, _, _, let declared): (declared, "declared here")
      case .element(let first), .entry(_, let first), .arm(let first), .operand(_, let first):
        (first, "this is \(wanted)")
      case .field(_, let record), .updated(let record): (declarations.span(of: record), "declared here")
      case .annotation, .component, .result: (.none, "")
      }
    return place.isNone ? [] : [Region(place, label)]
  }

  /// A function's name as its callers write it.
  func shown(_ name: Name) -> String { name.shown(in: module) }
}
