import Diagnostics
import Languages
import Nanopass

/// The known parts of the language that can't be compiled yet. Each is an error where it stands, and nothing else is
/// said about it.
enum NotYet {
  /// The built-in types without values, with the numbers of their arguments.
  static let types: [Name: Int] = [
    "HttpRequest": 0, "HttpResponse": 0, "Http.Response": 0, "Terminal.Size": 0,
    "Tcp.Connection": 0, "BranchPath": 0, "Trace": 0, "EffectEvent": 0,
  ]
}

extension NameResolver {
  /// Reports a use of what can't be compiled yet.
  func notYet(_ what: String, at span: Span) {
    error("not-yet", at: span, "\(what) is not supported yet")
  }
}
