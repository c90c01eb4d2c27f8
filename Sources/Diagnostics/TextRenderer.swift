/// Renders diagnostics for people: the summary, the place, the source lines with the place underlined, and what follows.
public struct TextRenderer: Sendable {
  private let color: Bool
  private let sources: SourceMap
  private let directory: String?

  /// A renderer that shows lines of `sources`. Paths below the directory `relativeTo` are shown relative to it; ANSI
  /// colours are used only if `color` is true.
  public init(color: Bool, sources: SourceMap, relativeTo directory: String? = nil) {
    self.color = color
    self.sources = sources
    self.directory = directory
  }

  /// All diagnostics in the given order, an empty line between two.
  public func render(_ diagnostics: [Diagnostic]) -> String {
    var output = ""
    for diagnostic in diagnostics {
      if !output.isEmpty { output += "\n" }
      append(diagnostic, to: &output)
    }
    return output
  }

  /// The first `most` errors and the first `most` other findings, in the given order, and a line that says how many
  /// more there are.
  public func render(_ diagnostics: [Diagnostic], most: Int) -> String {
    var (errors, others) = (0, 0)
    let shown = diagnostics.filter { diagnostic in
      if diagnostic.severity == .error { errors += 1 } else { others += 1 }
      return diagnostic.severity == .error ? errors <= most : others <= most
    }
    var hidden: [String] = []
    if errors > most { hidden.append(errors == most + 1 ? "1 more error" : "\(errors - most) more errors") }
    if others > most { hidden.append(others == most + 1 ? "1 more warning" : "\(others - most) more warnings") }
    if hidden.isEmpty { return render(shown) }
    return render(shown) + "\n" + paint("and \(hidden.joined(separator: " and "))", .strong, .error)
      + "; --json lists them all\n"
  }

  /// The number of findings of one kind that people are shown at a time.
  public static let mostShown = 100

  /// One diagnostic; every line of the text ends with a line break.
  public func render(_ diagnostic: Diagnostic) -> String {
    var output = ""
    append(diagnostic, to: &output)
    return output
  }

  /// Most places shown in one diagnostic, its own included.
  private static let mostRegions = 3

  private func append(_ finding: Diagnostic, to output: inout String) {
    let diagnostic = finding.abridgedTexts()
    let title = "\(diagnostic.severity.rawValue)[\(diagnostic.slug)]"
    output += paint(title, .primary, diagnostic.severity)
    output += paint(": " + oneLine(diagnostic.summary), .strong, diagnostic.severity) + "\n"
    let (marks, hidden) = visibleMarks(of: diagnostic)
    var files: [SourceFile] = []
    for mark in marks where !files.contains(where: { $0 === mark.file }) { files.append(mark.file) }
    let snippets = files.map { file in SnippetLine.lines(for: marks.filter { $0.file === file }, in: file) }
    let width = String(snippets.joined().map(\.line).max() ?? 1).count
    let page = Page(renderer: self, severity: diagnostic.severity, width: width)
    for (index, file) in files.enumerated() {
      guard let first = marks.first(where: { $0.file === file }) else { continue }
      page.header(
        of: first, arrow: index == 0 ? "-->" : ":::", path: displayPath(file.path, relativeTo: directory), to: &output)
      page.lines(snippets[index], of: file, to: &output)
    }
    for (key, value) in remarks(on: diagnostic, hidden: hidden) { page.remark(key, value, to: &output) }
  }

  /// The places to show, the primary one first, and how many labelled ones are left out.
  private func visibleMarks(of diagnostic: Diagnostic) -> (marks: [Mark], hidden: Int) {
    let primary = Mark(diagnostic.span, label: diagnostic.label, isPrimary: true, in: sources)
    let others = diagnostic.regions.compactMap { Mark($0.span, label: $0.label, isPrimary: false, in: sources) }
    let context = others.filter(\.isContext).prefix(Self.mostRegions)
    let labelled = others.filter { !$0.isContext }
    let room = Self.mostRegions - (primary == nil ? 0 : 1)
    let marks = (primary.map { [$0] } ?? []) + labelled.prefix(room) + context
    return (marks, max(0, labelled.count - room))
  }

  private func remarks(on diagnostic: Diagnostic, hidden: Int) -> [(key: String, value: String)] {
    var result = diagnostic.fields.map { (key: $0.key, value: $0.value) }
    if let intent = diagnostic.intent { result.append(("intent", intent)) }
    if let conflict = diagnostic.conflict { result.append(("conflict", conflict)) }
    if hidden > 0 { result.append(("note", "and \(hidden) more")) }
    if let note = diagnostic.note { result.append(("note", note)) }
    if let help = diagnostic.repair.example ?? diagnostic.repair.primary { result.append(("help", help)) }
    return result + diagnostic.repair.alternatives.map { ("help", $0) }
  }

  /// The text in the colour of its style, if colours are wanted.
  func paint(_ text: String, _ style: Style, _ severity: Severity) -> String {
    guard color, !text.isEmpty else { return text }
    let code =
      switch (style, severity) {
      case (.plain, _): ""
      case (.strong, _): "1"
      case (.gutter, _), (.secondary, _): "1;34"
      case (.primary, .error), (.primary, .fail): "1;31"
      case (.primary, .warning): "1;33"
      case (.primary, .hint): "1;36"
      }
    return code.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}

/// The layout of one diagnostic: everything right of a gutter that is wide enough for its line numbers.
private struct Page {
  let renderer: TextRenderer
  let severity: Severity
  let width: Int

  func header(of mark: Mark, arrow: String, path: String, to output: inout String) {
    let column = mark.file.column(ofOffset: UInt32(mark.bytes.lowerBound), line: mark.line)
    output += spaces(width + 1) + paint(arrow, .gutter) + " \(oneLine(path)):\(mark.line):\(column)\n"
    output += spaces(width + 2) + paint("|", .gutter) + "\n"
  }

  func lines(_ lines: [SnippetLine], of file: SourceFile, to output: inout String) {
    var previous: Int?
    for line in lines {
      if let previous, line.line == previous + 2 {
        let whole = file.byteRange(ofLine: previous + 1) ?? 0..<0
        let part = file.visiblePart(ofLine: previous + 1, around: 0, longest: 200, lead: 0)
        source(DisplayLine(part, of: file, line: whole).text, number: previous + 1, to: &output)
      } else if let previous, line.line > previous + 2 {
        output += paint("...", .gutter) + "\n"
      }
      source(line.shown.text, number: line.line, to: &output)
      for row in line.underlines() {
        output += spaces(width + 2) + paint("|", .gutter) + " " + text(of: row) + "\n"
      }
      previous = line.line
    }
  }

  func remark(_ key: String, _ value: String, to output: inout String) {
    let label = oneLine(key) + ":"
    output += spaces(width + 2) + paint("=", .gutter) + " " + paint(label, .strong)
    for (index, line) in value.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if index > 0 { output += "\n" + spaces(line.isEmpty ? 0 : width + 4 + label.count) }
      output += line.isEmpty ? "" : " " + oneLine(String(line))
    }
    output += "\n"
  }

  private func source(_ text: String, number: Int, to output: inout String) {
    let digits = String(number)
    output += paint(spaces(1 + width - digits.count) + digits + " |", .gutter)
    output += text.isEmpty ? "\n" : " \(text)\n"
  }

  /// The row, neighbours of one style painted together.
  private func text(of row: Row) -> String {
    var result = ""
    var run = ""
    var style = Style.plain
    for cell in row.cells {
      if cell.style != style {
        result += paint(run, style)
        run = ""
        style = cell.style
      }
      run.unicodeScalars.append(cell.scalar)
    }
    return result + paint(run, style)
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  private func paint(_ text: String, _ style: Style) -> String { renderer.paint(text, style, severity) }
}
