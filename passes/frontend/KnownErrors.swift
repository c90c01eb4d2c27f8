import Diagnostics

/// The lines of a file on which errors were found before; what is found there next would be their consequence.
///
/// A tab says nothing certain about the depth of its line, so it makes all lines of its declaration uncertain.
struct KnownErrors {
  private let source: SourceFile?
  /// 1-based, ascending.
  private var lines: [Int] = []

  /// The lines of those errors that stand in a file.
  init(_ diagnostics: [Diagnostic], in file: Span, source: SourceFile?) {
    self.source = source
    guard let source, !file.isNone else { return }
    for error in diagnostics where error.severity == .error && !error.span.isNone {
      guard error.span.start >= file.start, error.span.start <= file.end else { continue }
      lines.append(source.line(ofOffset: error.span.start &- source.base))
      // A string may have been meant to go on in the next line.
      if error.slug == "unterminated-string" { lines.append(source.line(ofOffset: error.span.end &- source.base)) }
      if error.slug == "tab-indent" { lines += Self.linesWithTabs(in: source) }
    }
    lines.sort()
  }

  /// Whether there are none.
  var isEmpty: Bool { lines.isEmpty }

  /// Whether some of them stand on the lines of a place.
  func cover(_ place: Span) -> Bool {
    guard !lines.isEmpty, let source, place.start >= source.base else { return false }
    let first = source.line(ofOffset: place.start - source.base)
    let last = source.line(ofOffset: place.end - source.base)
    var (low, high) = (0, lines.count)
    while low < high {
      let middle = (low + high) / 2
      if lines[middle] < first { low = middle + 1 } else { high = middle }
    }
    return low < lines.count && lines[low] <= last
  }

  /// Whether a place begins a later line than another, indented no deeper than that: hardly a continuation.
  func outdented(_ place: Span, from earlier: Span) -> Bool {
    guard let source, earlier.start >= source.base, place.start > earlier.start else { return false }
    let (first, second) = (
      source.line(ofOffset: earlier.start - source.base), source.line(ofOffset: place.start - source.base)
    )
    guard first < second, let line = source.byteRange(ofLine: first) else { return false }
    let indentation = source.bytes[line].prefix { $0 == 0x20 }.count
    let column = source.column(ofOffset: place.start - source.base, line: second)
    let begins = source.byteRange(ofLine: second).map { source.bytes[$0].prefix { $0 == 0x20 }.count + 1 == column }
    return begins == true && column <= indentation + 1
  }

  /// The lines of all declarations in which a tab indents something.
  private static func linesWithTabs(in source: SourceFile) -> [Int] {
    var found: [Int] = []
    var declaration: [Int] = []
    var hasTab = false
    for line in 1...source.lineCount {
      let bytes = source.bytes[source.byteRange(ofLine: line) ?? 0..<0]
      if let first = bytes.first, first != 0x20, first != 0x09, !bytes.starts(with: Array("//".utf8)) {
        if hasTab { found += declaration }
        (declaration, hasTab) = ([], false)
      }
      declaration.append(line)
      hasTab = hasTab || bytes.prefix { $0 == 0x20 || $0 == 0x09 }.contains(0x09)
    }
    return hasTab ? found + declaration : found
  }
}
