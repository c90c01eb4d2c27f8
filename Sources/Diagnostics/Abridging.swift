/// Longest part between backquotes, and the parts of it that are kept.
private let longestQuote = 160, quoteStart = 100, quoteEnd = 40
/// Longest message, and the parts of it that are kept.
private let longestText = 1200, textStart = 800, textEnd = 300
/// Longest value of a field, and the parts of it that are kept.
private let longestValue = 400, valueStart = 260, valueEnd = 120

/// Length up to which changes are worth offering.
private let longestChange = 4000

/// A text without the middle of what is quoted in it at great length, and, if it is long even so, without its own middle.
///
/// Names and types come from the program, where they may have any length; a message of a megabyte helps nobody.
func abridged(_ text: String) -> String {
  if text.utf8.count <= longestQuote { return text }
  var result = ""
  for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
    if index > 0 { result += "`" }
    result += index % 2 == 1 ? cut(part, longestQuote, quoteStart, quoteEnd) : String(part)
  }
  return cut(result[...], longestText, textStart, textEnd)
}

/// The value of a field, cut as `abridged` does.
func abridgedValue(_ text: String) -> String { cut(text[...], longestValue, valueStart, valueEnd) }

/// A text of more than `most` scalars without its middle.
private func cut(_ text: Substring, _ most: Int, _ start: Int, _ end: Int) -> String {
  guard text.utf8.count > most, text.unicodeScalars.count > most else { return String(text) }
  var result = ""
  result.unicodeScalars.append(contentsOf: text.unicodeScalars.prefix(start))
  result += "..."
  result.unicodeScalars.append(contentsOf: text.unicodeScalars.suffix(end))
  return result
}

extension Diagnostic {
  /// The finding with texts of bounded length, as it is rendered.
  func abridgedTexts() -> Diagnostic {
    var result = self
    result.summary = abridged(summary)
    result.label = label.map(abridged)
    result.regions = regions.map { Region($0.span, $0.label.map(abridged)) }
    result.related = related.map { Region($0.span, $0.label.map(abridged)) }
    result.fields = fields.map { Field(abridgedValue($0.key), abridgedValue($0.value)) }
    result.note = note.map(abridged)
    result.repair = Repair(
      primary: repair.primary.map(abridged), alternatives: repair.alternatives.map(abridged),
      example: repair.example.map(abridgedValue))
    // Changes are whole or not there at all.
    let size = repair.edits.reduce(0) { $0 + $1.replacement.utf8.count }
    result.repair.edits = size <= longestChange ? repair.edits : []
    result.fnName = fnName.map(abridgedValue)
    result.intent = intent.map(abridged)
    result.conflict = conflict.map(abridged)
    return result
  }
}
