/// A piece of one line that is underlined, or only shown.
struct Mark {
  /// The file it lies in.
  let file: SourceFile
  /// 1-based line of its first byte.
  let line: Int
  /// Its bytes as offsets in the file, cut off at the end of the line.
  let bytes: Range<Int>
  /// The text beside the underline.
  let label: String
  /// Whether it is the place of the diagnostic itself.
  let isPrimary: Bool
  /// Whether the line is shown without an underline.
  let isContext: Bool

  /// The part of a span on the span's first line; nil if no file holds it.
  init?(_ span: Span, label: String?, isPrimary: Bool, in sources: SourceMap) {
    guard !span.isNone, let place = sources.location(of: span.start),
      let whole = place.file.byteRange(ofLine: place.line)
    else { return nil }
    file = place.file
    line = place.line
    let start = min(max(Int(span.start - file.base), whole.lowerBound), whole.upperBound)
    let end = min(Int(min(span.end, file.end) - file.base), whole.upperBound)
    bytes = start..<max(start, end)
    self.label = label ?? ""
    self.isPrimary = isPrimary
    isContext = !isPrimary && label == nil
  }
}

/// One source line to print with what is underlined in it.
struct SnippetLine {
  /// 1-based line.
  let line: Int
  /// The part shown.
  let shown: DisplayLine
  /// What is underlined, context left out.
  let marks: [Mark]

  /// The lines of one file to print, ascending. A long line appears once for each part of it that has a mark.
  static func lines(for marks: [Mark], in file: SourceFile) -> [SnippetLine] {
    let ordered = marks.enumerated().sorted {
      ($0.element.bytes.lowerBound, $0.offset) < ($1.element.bytes.lowerBound, $1.offset)
    }.map(\.element)
    var result: [SnippetLine] = []
    var index = 0
    while index < ordered.count {
      let first = ordered[index]
      let whole = file.byteRange(ofLine: first.line) ?? 0..<0
      let part = file.visiblePart(ofLine: first.line, around: first.bytes.lowerBound, longest: 200, lead: 60)
      var group: [Mark] = []
      repeat {
        group.append(ordered[index])
        index += 1
      } while index < ordered.count && ordered[index].line == first.line
        && ordered[index].bytes.upperBound <= part.upperBound
      let line = SnippetLine(
        line: first.line, shown: DisplayLine(part, of: file, line: whole), marks: group.filter { !$0.isContext })
      result.append(line)
    }
    return result
  }

  /// The rows below the source line: underlines with the last label beside them, then the other labels, each hanging
  /// from its underline.
  func underlines() -> [Row] {
    let placed = marks.map { mark in
      let start = shown.column(ofOffset: mark.bytes.lowerBound)
      return (mark: mark, start: start, end: max(start + 1, shown.column(ofOffset: mark.bytes.upperBound)))
    }.sorted { ($0.start, $0.mark.isPrimary ? 1 : 0) < ($1.start, $1.mark.isPrimary ? 1 : 0) }
    guard let last = placed.last else { return [] }
    var row = Row()
    for item in placed where !item.mark.isPrimary { row.fill(item.start..<item.end, with: "-", .secondary) }
    for item in placed where item.mark.isPrimary { row.fill(item.start..<item.end, with: "^", .primary) }
    var hanging = placed.filter { !$0.mark.label.isEmpty }
    if !last.mark.label.isEmpty, placed.allSatisfy({ $0.end <= last.end }) {
      row.write(" " + oneLine(last.mark.label), at: last.end, last.mark.style)
      hanging.removeLast()
    }
    if hanging.isEmpty { return [row] }
    var connectors = Row()
    for item in hanging { connectors.write("|", at: item.start, item.mark.style) }
    var rows = [row, connectors]
    while let item = hanging.popLast() {
      var labelRow = Row()
      for other in hanging where other.start < item.start { labelRow.write("|", at: other.start, other.mark.style) }
      labelRow.write(oneLine(item.mark.label), at: item.start, item.mark.style)
      rows.append(labelRow)
    }
    return rows
  }
}

/// What a piece of output is, which decides its colour.
enum Style {
  case plain, gutter, primary, secondary, strong
}

extension Mark {
  /// The colour of its underline and label.
  var style: Style { isPrimary ? .primary : .secondary }
}

/// A row of text built from pieces at given columns.
struct Row {
  /// The scalars from column 0 on, each with its style.
  private(set) var cells: [(scalar: Unicode.Scalar, style: Style)] = []

  /// Repeats a character over some columns.
  mutating func fill(_ columns: Range<Int>, with scalar: Unicode.Scalar, _ style: Style) {
    pad(to: columns.upperBound)
    for column in columns { cells[column] = (scalar, style) }
  }

  /// Writes text from a column on; everything to its right must still be free.
  mutating func write(_ text: String, at column: Int, _ style: Style) {
    pad(to: column)
    cells.removeSubrange(column...)
    cells += text.unicodeScalars.map { ($0, style) }
  }

  private mutating func pad(to count: Int) {
    while cells.count < count { cells.append((" ", .plain)) }
  }
}
