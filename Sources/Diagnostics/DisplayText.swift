/// What a terminal is to show for a scalar, and how many columns that takes.
///
/// Characters that would move the cursor, change colours or reverse the writing direction are shown by a visible
/// stand-in, so a source file cannot falsify what is printed about it.
func displayed(_ scalar: Unicode.Scalar) -> (text: String.UnicodeScalarView.Element, columns: Int) {
  let value = scalar.value
  switch value {
  case 0x20...0x7E: return (scalar, 1)
  case 0x00...0x1F: return (Unicode.Scalar(0x2400 + value) ?? "\u{FFFD}", 1)
  case 0x7F: return ("\u{2421}", 1)
  case 0x80...0x9F, 0x2028...0x202E, 0x2066...0x2069: return ("\u{FFFD}", 1)
  default: return (scalar, columns(of: scalar))
  }
}

/// Columns of a scalar that is no control character, after Unicode Standard Annex #11 (East Asian Width): 2 for wide
/// characters and emoji, 0 for what attaches to the character before it.
private func columns(of scalar: Unicode.Scalar) -> Int {
  switch scalar.value {
  case 0xAD: return 1
  case 0x1160...0x11FF: return 0
  case 0x1F1E6...0x1F1FF: return 1  // Two regional indicators make one flag of two columns.
  case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x17000...0x18CFF, 0x1B000...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD:
    return scalar.properties.generalCategory == .nonspacingMark ? 0 : 2
  default: break
  }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: return scalar.properties.isEmojiPresentation ? 2 : 1
  }
}

/// Text fit for one line of a terminal: line breaks become spaces, other control characters visible stand-ins.
func oneLine(_ text: String) -> String {
  if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    result.unicodeScalars.append(scalar == "\n" || scalar == "\t" ? " " : displayed(scalar).text)
  }
  return result
}

/// A path as people see it: without `directory` in front when it lies below that, and without a leading `./`.
public func displayPath(_ path: String, relativeTo directory: String?) -> String {
  var shown = path[...]
  if let directory {
    let prefix = directory.hasSuffix("/") ? directory : directory + "/"
    if shown.hasPrefix(prefix), shown.count > prefix.count { shown = shown.dropFirst(prefix.count) }
  }
  while shown.hasPrefix("./"), shown.count > 2 { shown = shown.dropFirst(2) }
  return String(shown)
}

/// A line of source, or the part of a long one that is shown, with the terminal column of each of its bytes.
struct DisplayLine {
  /// The text as printed, without trailing blanks.
  private(set) var text = ""
  /// Offset in the file of each scalar shown, ascending, then the offset behind the last.
  private var offsets: [Int] = []
  /// Column of each of these, from 0.
  private var columns: [Int] = []

  /// Shows the bytes `part` of a file, which lie in one line; `line` is the range of that whole line.
  init(_ part: Range<Int>, of file: SourceFile, line: Range<Int>) {
    var column = 0
    if part.lowerBound > line.lowerBound {
      text = "..."
      column = 3
    }
    var bytes = file.bytes[part].makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    var offset = part.lowerBound
    decoding: while true {
      offsets.append(offset)
      columns.append(column)
      switch parser.parseScalar(from: &bytes) {
      case .valid(let encoded):
        column += append(Unicode.UTF8.decode(encoded))
        offset += encoded.count
      case .error(let length):
        column += append("\u{FFFD}")
        offset += length
      case .emptyInput: break decoding
      }
    }
    if part.upperBound < line.upperBound { text += "..." }
    while text.unicodeScalars.last == " " { text.unicodeScalars.removeLast() }
  }

  /// The column of the scalar that holds a byte of the file; the column behind the text for later bytes.
  func column(ofOffset offset: Int) -> Int {
    let index = offsets.lastIndex { $0 <= offset } ?? 0
    return columns.indices.contains(index) ? columns[index] : 0
  }

  /// Adds a scalar and tells how many columns it takes. A tab takes four.
  private mutating func append(_ scalar: Unicode.Scalar) -> Int {
    if scalar == "\t" {
      text += "    "
      return 4
    }
    let shown = displayed(scalar)
    text.unicodeScalars.append(shown.text)
    return shown.columns
  }
}

extension SourceFile {
  /// The part of a 1-based line to show for the bytes `focus` of it: the whole line up to `longest` scalars, else
  /// `longest` scalars that begin at most `lead` scalars before the focus. The cost does not depend on the line.
  func visiblePart(ofLine line: Int, around focus: Int, longest: Int, lead: Int) -> Range<Int> {
    guard let whole = byteRange(ofLine: line) else { return 0..<0 }
    if whole.count <= longest { return whole }
    // Stray continuation bytes count as no scalar; the second bound keeps a line full of them from being shown whole.
    let scalars = column(ofOffset: UInt32(whole.upperBound), line: line) - 1
    if scalars <= longest, whole.count <= 4 * longest { return whole }
    var start = max(whole.lowerBound, min(focus, whole.upperBound))
    for _ in 0..<lead where start > whole.lowerBound {
      start -= 1
      for _ in 0..<3 where start > whole.lowerBound && bytes[start] & 0xC0 == 0x80 { start -= 1 }
    }
    var end = start
    for _ in 0..<longest where end < whole.upperBound {
      end += 1
      for _ in 0..<3 where end < whole.upperBound && bytes[end] & 0xC0 == 0x80 { end += 1 }
    }
    return start..<end
  }
}
