/// What one `.lang` file says, before its parent's nonterminals are filled in.
struct LanguageSource {
  enum Change {
    case add(Form)
    case remove(String)
  }
  struct NonterminalChange {
    var name: String
    var isRemoval = false
    var isValue = false
    var docs: [String] = []
    var attribute: Field?
    var changes: [(line: Int, change: Change)] = []
    var line: Int
  }
  var file: String
  var name = ""
  var line = 1
  var parent: String?
  var docs: [String] = []
  var root: String?
  var invariants: [InvariantDeclaration] = []
  var nonterminals: [NonterminalChange] = []
}

/// Reads one `.lang` file, line by line; a form may run over several lines while a parenthesis is open.
struct DefinitionParser {
  private let file: String
  private let lines: [Substring]
  private var index = 0
  private var docs: [String] = []
  private var source: LanguageSource

  init(file: String, text: String) {
    self.file = file
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    source = LanguageSource(file: file)
  }

  mutating func parse() throws -> LanguageSource {
    while index < lines.count {
      let line = trim(lines[index])
      index += 1
      if line.isEmpty {
        docs = []
      } else if line.hasPrefix("///") {
        docs.append(trim(line.dropFirst(3)))
      } else if !line.hasPrefix("//") {
        try declaration(line)
        docs = []
      }
    }
    guard !source.name.isEmpty else { throw error("a `.lang` file starts with `language NAME`") }
    return source
  }

  private mutating func declaration(_ line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    switch words.first {
    case "language": try language(words)
    case "root":
      guard words.count == 2 else { throw error("write `root NONTERMINAL`") }
      source.root = words[1]
    case "nonterminal": try nonterminal(words)
    case "attribute": try attribute(line)
    case "+": try add(String(line.dropFirst(1)))
    case "-": try remove(words)
    default: throw error("expected `language`, `root`, `nonterminal`, `attribute`, `+` or `-`, found `\(line)`")
    }
  }

  private mutating func language(_ words: [String]) throws {
    guard source.name.isEmpty else { throw error("one file holds one language") }
    guard words.count == 2 || (words.count == 4 && words[2] == "extends") else {
      throw error("write `language NAME` or `language NAME extends PARENT`")
    }
    source.name = words[1]
    source.line = index
    source.parent = words.count == 4 ? words[3] : nil
    for doc in docs {
      guard doc.hasPrefix("Invariant:") else {
        source.docs.append(doc)
        continue
      }
      let rest = trim(doc.dropFirst("Invariant:".count))
      guard let dot = rest.firstIndex(of: ".") else { throw error("write `Invariant: name. Sentence.`") }
      let statement = trim(rest[rest.index(after: dot)...])
      source.invariants.append(InvariantDeclaration(name: String(rest[..<dot]), statement: statement))
    }
  }

  private mutating func nonterminal(_ words: [String]) throws {
    guard words.count == 2 || (words.count == 3 && words[2] == "value") else {
      throw error("write `nonterminal NAME` or `nonterminal NAME value`")
    }
    source.nonterminals.append(.init(name: words[1], isValue: words.count == 3, docs: docs, line: index))
  }

  private mutating func attribute(_ line: String) throws {
    guard !source.nonterminals.isEmpty else { throw error("`attribute` stands below a nonterminal") }
    source.nonterminals[source.nonterminals.count - 1].attribute =
      try field(String(line.dropFirst("attribute".count)))
  }

  private mutating func remove(_ words: [String]) throws {
    if words.count == 3, words[1] == "nonterminal" {
      source.nonterminals.append(.init(name: words[2], isRemoval: true, line: index))
      return
    }
    guard words.count == 2, !source.nonterminals.isEmpty else {
      throw error("write `- FORM` below a nonterminal, or `- nonterminal NAME`")
    }
    source.nonterminals[source.nonterminals.count - 1].changes.append((index, .remove(words[1])))
  }

  private mutating func add(_ first: String) throws {
    guard !source.nonterminals.isEmpty else { throw error("a form stands below a nonterminal") }
    let line = index
    var text = first
    while text.filter({ $0 == "(" }).count > text.filter({ $0 == ")" }).count, index < lines.count {
      text += " " + trim(lines[index])
      index += 1
    }
    source.nonterminals[source.nonterminals.count - 1].changes.append((line, .add(try form(text))))
  }

  private func form(_ text: String) throws -> Form {
    var rest = trim(text)
    var attributes: [String: String] = [:]
    if let range = rest.firstRange(of: " where ") {
      for part in rest[range.upperBound...].split(separator: ",") {
        let sides = part.split(separator: "=", maxSplits: 1).map { trim($0) }
        guard sides.count == 2 else { throw error("write `where NAME = VALUE`") }
        attributes[sides[0]] = sides[1]
      }
      rest = trim(rest[..<range.lowerBound])
    }
    guard let open = rest.firstIndex(of: "(") else {
      return Form(name: try identifier(rest), fields: [], attributes: attributes, docs: docs)
    }
    guard rest.hasSuffix(")") else { throw error("the form `\(rest)` lacks its closing parenthesis") }
    let inside = rest[rest.index(after: open)..<rest.index(before: rest.endIndex)]
    let fields = try inside.split(separator: ",").map { try field(String($0)) }
    if Set(fields.map(\.name)).count != fields.count { throw error("two fields of one name in `\(rest)`") }
    return Form(name: try identifier(trim(rest[..<open])), fields: fields, attributes: attributes, docs: docs)
  }

  private func field(_ text: String) throws -> Field {
    let sides = text.split(separator: ":", maxSplits: 1).map { trim($0) }
    guard sides.count == 2, let last = sides[1].last else { throw error("write a field as `name: Kind`") }
    let multiplicity = Multiplicity(rawValue: String(last)) ?? .one
    let kind = multiplicity == .one ? sides[1] : String(sides[1].dropLast())
    return Field(name: try identifier(sides[0]), kind: try identifier(kind), multiplicity: multiplicity)
  }

  private func identifier(_ text: String) throws -> String {
    guard let first = text.first, first.isLetter, text.allSatisfy({ $0.isLetter || $0.isNumber }) else {
      throw error("`\(text)` is no name")
    }
    return text
  }

  private func error(_ message: String) -> DefinitionError {
    DefinitionError(file: file, line: index, message: message)
  }
}

/// The text without spaces at both ends.
func trim(_ text: some StringProtocol) -> String {
  var slice = Substring(text)
  while slice.first == " " || slice.first == "\t" || slice.first == "\r" { slice.removeFirst() }
  while slice.last == " " || slice.last == "\t" || slice.last == "\r" { slice.removeLast() }
  return String(slice)
}
