import Diagnostics
public import Languages
public import Nanopass

/// Build the tree of each module by recursive descent.
///
///     (lower x) (sign =) (integer 1) newline    =>    (statement (bind (ident x) - (integer 1)))
///
/// A construct that can't be understood is reported and skipped with its line and block, so that one file can show
/// several errors. What is left of the others, see `ParserRemains.swift`; where the header is wrong, only that is kept.
///
/// Needs: balanced-layout (insert-layout), balanced-strings (lex).   Ensures: one-header.
public struct Parse: Pass {
  public typealias Input = Tokens
  public typealias Output = Syntax
  public static let summary = "Build the tree of each module"
  public static let toleratesErrors = true

  public init() {}

  public mutating func run(_ input: Tokens.Root, in context: PassContext) throws -> Syntax.Root {
    let known = context.diagnostics.filter { $0.severity == .error }
    var items = 0
    let modules = input.files.map { file -> Syntax.Module in
      let module = parse(file, known, in: context)
      if case .module(_, _, _, _, _, let found) = module { items += found.count }
      return module
    }
    context.explain(
      "parsed \(items) items in \(modules.count) files", data: [("files", modules.count), ("items", items)])
    return Syntax.Root(input.span, modules: modules)
  }

  private func parse(_ file: Tokens.File, _ known: [Diagnostic], in context: PassContext) -> Syntax.Module {
    switch file {
    case .file(let span, let path, let module, let library, let tokens):
      let earlier = KnownErrors(known, in: span, source: context.sources.file(at: span.start))
      var parser = Parser(tokens, file: span, knownErrors: earlier)
      let (header, items) = parser.file()
      for diagnostic in parser.diagnostics { context.report(diagnostic) }
      if !parser.unread.isEmpty { context.unreadNames[span.start] = parser.unread }
      let isUsable = !parser.hasWrongHeader(header, in: tokens)
      return .module(
        span, path: path, asked: module, isLibrary: library, header: header, items: isUsable ? items : [])
    case .unreadable(let span, let path, let module, let reason):
      return .unreadable(span, path: path, asked: module, reason: reason)
    }
  }
}
