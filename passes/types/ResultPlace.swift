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

extension Inference {
  /// Where the header of the function that is checked says what it returns; nil for what has no header.
  var resultRegion: Region? {
    if function.span.isNone { return nil }
    return function.resultSpan.isNone
      ? Region(function.span, "without `->` it returns `Unit`")
      : Region(function.resultSpan, "its result is declared here")
  }
}
