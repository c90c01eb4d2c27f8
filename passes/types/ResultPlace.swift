import Diagnostics
import Languages
import Nanopass

extension Resolved.Returned {
  /// The type that a function returns.
  var ty: Resolved.Ty {
    switch self {
    case .declared(_, let ty): ty
    case .undeclared: .unit
    }
  }

  /// The place of the type behind `->`; none if there is none.
  var declaredSpan: Span {
    switch self {
    case .declared(let span, _): span
    case .undeclared: .none
    }
  }
}

extension Advice {
  /// Advice to declare another result of a function.
  static func declaring(_ type: String, for function: Resolved.Function, in sources: SourceMap) -> Advice {
    let text = "declare what it returns: `-> \(type)`"
    if type.contains("...") || type.contains("_") { return Advice(text) }
    let span = function.result.declaredSpan
    if !span.isNone { return Advice(text, edits: [Edit(span, type)]) }
    return Advice(
      text, edits: sources.closingBracket(behind: function.span).map { [.insert(" -> \(type)", before: $0)] } ?? [])
  }
}

extension Inference {
  /// Where the header of the function that is checked says what it returns; nil for what has no header.
  var resultRegion: Region? {
    if function.span.isNone { return nil }
    return function.resultSpan.isNone
      ? Region(function.span, "without `->` it returns `Unit`")
      : Region(function.resultSpan, "its result is declared here")
  }
}
