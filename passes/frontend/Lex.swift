public import Languages
public import Nanopass

/// Split each file into words and signs.
///
///     n = 1    =>    (line-start 0) (lower n) (sign =) (integer 1)
///
/// Blanks and comments are gone; layout is left in the columns of line starts. Each wrong character, number or string
/// is reported and skipped.
///
/// Ensures: balanced-strings.
public struct Lex: Pass {
  public typealias Input = Source
  public typealias Output = Lexemes
  public static let summary = "Split each file into words and signs"
  public static let toleratesErrors = true

  public init() {}

  public mutating func run(_ input: Source.Root, in context: PassContext) throws -> Lexemes.Root {
    var count = 0
    let files = input.files.map { file in
      let lexed = lex(file, in: context)
      if case .file(_, _, _, _, let tokens) = lexed { count += tokens.count }
      return lexed
    }
    context.explain(
      "split \(files.count) files into \(count) tokens", data: [("files", files.count), ("tokens", count)])
    return Lexemes.Root(input.span, files: files)
  }

  private func lex(_ file: Source.File, in context: PassContext) -> Lexemes.File {
    switch file {
    case .text(let span, let path, let module, let library, let content):
      var lexer = Lexer(content, base: span.start)
      lexer.run()
      for diagnostic in lexer.diagnostics { context.report(diagnostic) }
      return .file(span, path: path, module: module, isLibrary: library, tokens: lexer.tokens)
    case .malformed(let span, let path, let module, let offset):
      var place = span
      place.start = span.start &+ UInt32(clamping: offset)
      place.length = span.isNone ? 0 : 1
      context.report(
        .error(
          "invalid-utf8", at: place, "`\(path)` is not UTF-8 from here on",
          help: "save the file in the encoding UTF-8"))
      return .file(span, path: path, module: module, isLibrary: false, tokens: [])
    case .unreadable(let span, let path, let module, let reason):
      return .unreadable(span, path: path, module: module, reason: reason)
    }
  }
}
