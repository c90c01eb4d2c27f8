public import Diagnostics
public import Languages
public import Nanopass

/// Turn the columns of lines into tokens for line ends and blocks.
///
///     (line-start 0) (lower f) (line-start 4) (lower x)    =>    (lower f) newline indent (lower x) newline dedent
///
/// Lines inside brackets end nothing. A line between two levels is reported and taken to belong to the deeper one.
///
/// Needs: balanced-strings (lex).   Ensures: balanced-layout.
public struct InsertLayout: LexemesToTokens {
  public static let summary = "Turn the columns of lines into tokens for line ends and blocks"
  public static let toleratesErrors = true

  private var context: PassContext?
  private var blocks = 0

  public init() {}

  public mutating func begin(_ input: Lexemes.Root, in context: PassContext) { self.context = context }

  public mutating func end(in context: PassContext) {
    context.explain("found \(blocks) blocks", data: [("blocks", blocks)])
  }

  public mutating func file(_ node: Lexemes.File) throws -> Tokens.File {
    guard case .file(let span, let path, let module, let library, let tokens) = node else { return try derive(node) }
    var layout = Layout(capacity: tokens.count)
    for (index, token) in tokens.enumerated() {
      if case .lineStart(let place, let column) = token {
        let first = index + 1 < tokens.count ? tokens[index + 1] : token
        layout.startLine(at: place, column: column, first: first)
      } else {
        layout.track(token)
        layout.output.append(try derive(token))
        layout.lastEnd = token.span.atEnd
      }
    }
    layout.endFile()
    report(layout.diagnostics, in: span)
    blocks += layout.blocks
    return .file(span, path: path, module: module, isLibrary: library, tokens: layout.output)
  }

  private func report(_ diagnostics: [Diagnostic], in file: Span) {
    guard let context, !diagnostics.isEmpty else { return }
    let known = KnownErrors(context.diagnostics, in: file, source: context.sources.file(at: file.start))
    for diagnostic in diagnostics where !known.cover(diagnostic.span) { context.report(diagnostic) }
  }

  /// A line start on its own; `file` takes them all out.
  public mutating func lineStart(at span: Span, column: Int) throws -> Tokens.Token { .newline(span) }
}

/// The state of one file: which blocks and which brackets are open.
private struct Layout {
  var output: [Tokens.Token] = []
  var diagnostics: [Diagnostic] = []
  var blocks = 0
  /// The place behind the last token.
  var lastEnd = Span.none
  private var levels = [0]
  private var depth = 0
  /// Bracket depths outside the interpolations around.
  private var outerDepths: [Int] = []
  /// The misplaced column reported last; lines that follow it are not reported again.
  private var reportedColumn = -1

  init(capacity: Int) { output.reserveCapacity(capacity + capacity / 8) }

  mutating func startLine(at place: Span, column: Int, first: Lexemes.Token) {
    if depth > 0 {
      guard column == 0, case .keyword(_, let name) = first, Keywords.itemStarts.contains(name) else { return }
      depth = 0
    }
    if !output.isEmpty { output.append(.newline(lastEnd)) }
    let top = levels.last ?? 0
    if column > top {
      if output.isEmpty {
        report("the first line of a file is indented", at: first.span, help: "begin it at the first column")
        return
      }
      levels.append(column)
      blocks += 1
      output.append(.indent(place))
    } else if column < top {
      close(downTo: column, place, first)
    }
  }

  private mutating func close(downTo column: Int, _ place: Span, _ first: Lexemes.Token) {
    while let top = levels.last, let below = levels.dropLast().last, top > column {
      if below < column {
        if column != reportedColumn {
          report(
            "this line stands between two levels of indentation", at: first.span,
            help: "indent it by \(below) or by \(top) spaces")
        }
        reportedColumn = column
        return
      }
      levels.removeLast()
      output.append(.dedent(place))
    }
    reportedColumn = -1
  }

  private mutating func report(_ summary: String, at span: Span, help: Advice) {
    diagnostics.append(.error("bad-indent", at: span, summary, help: help))
  }

  /// Follows brackets; those inside an interpolation end with it.
  mutating func track(_ token: Lexemes.Token) {
    switch token {
    case .sign(_, let text):
      if text == Signs.openParen || text == Signs.openBracket || text == Signs.openBrace {
        depth += 1
      } else if text == Signs.closeParen || text == Signs.closeBracket || text == Signs.closeBrace {
        depth = max(0, depth - 1)
      }
    case .interpolationStart:
      outerDepths.append(depth)
      depth += 1
    case .interpolationEnd: depth = outerDepths.popLast() ?? 0
    default: break
    }
  }

  mutating func endFile() {
    if output.isEmpty { return }
    output.append(.newline(lastEnd))
    for _ in levels.dropFirst() { output.append(.dedent(lastEnd)) }
    levels = [0]
  }
}
