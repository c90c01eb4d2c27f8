public import Diagnostics
public import Nanopass

extension Diagnostic {
  /// The error that a module looks into a type of another one, which hides what it is made of.
  public static func opaqueAccess(_ type: Name, of owner: Name, at span: Span, help: Advice) -> Diagnostic {
    let short = type.text.split(separator: ".").last.map(String.init) ?? type.text
    return .error(
      "opaque-access", at: span, "`\(short)` is opaque: only `\(owner)` can look into it", help: help,
      fields: [Field("type", type.text)])
  }
}

extension PassContext {
  /// Reports an error; one that a type is opaque joins the first one about that type in its file: that a module takes the
  /// type for an open one is a single mistake.
  public func reportOpaqueAccess(_ error: Diagnostic) {
    let file = sources.file(at: error.span.start)
    let isJoined =
      error.slug == "opaque-access"
      && join(error) { [sources] in
        $0.slug == error.slug && $0.fields == error.fields && sources.file(at: $0.span.start) === file
      }
    if !isJoined { report(error) }
  }
}
