/// Swift that holds the declarations of the WebAssembly library, each by its name, so that a program's compilation reads
/// only those that it uses.
///
/// - Parameters:
///   - files: the files of the library itself.
///   - memory: those for programs whose values lie in memory.
/// - Throws: `DefinitionError` for a declaration without a name or an end, or a name that is declared twice.
public func embeddedLibrary(
  _ files: [(name: String, text: String)], memory: [(name: String, text: String)]
) throws -> String {
  var out = SwiftText()
  out.line("// Derived from the `.wir` files of this folder by the language compiler. Edits here are lost.")
  try embed("wasmLibrarySources", "The declarations of the WebAssembly library by name.", files, in: &out)
  try embed(
    "wasmMemoryLibrarySources", "Those for programs whose values lie in memory.", memory, in: &out)
  return out.text
}

private func embed(
  _ name: String, _ summary: String, _ files: [(name: String, text: String)], in out: inout SwiftText
) throws {
  out.docs([summary])
  out.line("public let \(name): [String: String] = [")
  let forms = try libraryForms(files).sorted { $0.key < $1.key }
  for (name, text) in forms {
    out.line("  \"\(name)\": ####\"\"\"")
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) { out.line(String(line)) }
    out.line("\"\"\"####,")
  }
  if forms.isEmpty { out.line("  :") }
  out.line("]")
}

/// The declarations in the files of the WebAssembly library, by name.
///
/// - Throws: as `embeddedLibrary`.
public func libraryForms(_ files: [(name: String, text: String)]) throws -> [String: String] {
  var forms: [String: String] = [:]
  for file in files {
    var kinds = KindTable()
    for form in try topLevelForms(file.text, file: file.name) {
      if form.text.hasPrefix("(kinds ") {
        kinds = try KindTable(form.text, file: file.name, line: form.line)
        continue
      }
      for (name, text) in kinds.instances(name: form.name, text: form.text) {
        guard forms.updateValue(text, forKey: name) == nil else {
          throw DefinitionError(file: file.name, line: form.line, message: "`\(name)` is declared twice")
        }
      }
    }
  }
  return forms
}

/// What declarations are instantiated for. In the file behind
///
///     (kinds KIND | ELEMENT
///       bytes | i32
///       floats | f64)
///
/// a declaration in whose name `KIND` or `ELEMENT` stands between dots is there for each line below the first, with
/// that line's words in place of the first's.
private struct KindTable {
  private var words: [String] = []
  private var lines: [[String]] = []

  init() {}

  init(_ text: String, file: String, line: Int) throws {
    let rows = text.dropFirst("(kinds ".count).dropLast().split(separator: "\n").map { row in
      row.split(separator: "|", omittingEmptySubsequences: false).map { cell in
        String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
    }
    words = rows.first ?? []
    lines = Array(rows.dropFirst())
    if let wrong = lines.firstIndex(where: { $0.count != words.count }) {
      throw DefinitionError(file: file, line: line + wrong + 1, message: "expected \(words.count) cells")
    }
  }

  /// The declarations that one stands for.
  func instances(name: String, text: String) -> [(name: String, text: String)] {
    guard name.split(separator: ".").contains(where: { words.contains(String($0)) }) else { return [(name, text)] }
    return lines.map { line in
      zip(words, line).reduce((name, text)) { result, pair in
        (result.0.replacing(pair.0, with: pair.1), result.1.replacing(pair.0, with: pair.1))
      }
    }
  }
}

/// The forms that stand in no other, each with the word behind its first; what stands between them is comments.
private func topLevelForms(_ text: String, file: String) throws -> [(name: String, text: String, line: Int)] {
  var forms: [(name: String, text: String, line: Int)] = []
  var lines: [Substring] = []
  var start = 0
  var depth = 0
  for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
    if depth == 0, !line.hasPrefix("(") { continue }
    if depth == 0 { (lines, start) = ([], number + 1) }
    lines.append(line)
    depth += nesting(line)
    guard depth <= 0 else { continue }
    let words = lines.first?.split { " ()[]".contains($0) } ?? []
    guard depth == 0, words.count >= 2 else {
      throw DefinitionError(file: file, line: start, message: "this is no declaration with a name")
    }
    forms.append((String(words[1]), lines.joined(separator: "\n"), start))
  }
  if depth != 0 { throw DefinitionError(file: file, line: start, message: "this declaration never ends") }
  return forms
}

/// How many more brackets a line opens than it closes, outside of texts and comments.
private func nesting(_ line: Substring) -> Int {
  var depth = 0
  var isText = false
  var isEscaped = false
  for character in line {
    if isText {
      switch character {
      case _ where isEscaped: isEscaped = false
      case "\\": isEscaped = true
      case "\"": isText = false
      default: break
      }
      continue
    }
    switch character {
    case ";": return depth
    case "\"": isText = true
    case "(", "[": depth += 1
    case ")", "]": depth -= 1
    default: break
    }
  }
  return depth
}
