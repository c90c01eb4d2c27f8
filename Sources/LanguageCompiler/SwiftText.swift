/// Swift source text in the making, with its indentation.
struct SwiftText {
  private(set) var text = ""
  private var depth = 0

  /// Adds one line at the present indentation.
  mutating func line(_ line: String = "") {
    text += line.isEmpty ? "\n" : String(repeating: "  ", count: depth) + line + "\n"
  }

  /// Adds `head {`, what `body` adds one level deeper, and `}`.
  mutating func block(_ head: String, _ body: (inout SwiftText) -> Void) {
    line(head + " {")
    depth += 1
    body(&self)
    depth -= 1
    line("}")
  }

  /// Adds a doc comment; nothing without lines.
  mutating func docs(_ lines: [String]) {
    for doc in lines { line(doc.isEmpty ? "///" : "/// \(doc)") }
  }
}

/// The name as Swift accepts it in a declaration: keywords get backticks.
func escaped(_ name: String) -> String {
  swiftKeywords.contains(name) ? "`\(name)`" : name
}

/// `Expr` as `expr`, for methods named after nonterminals.
func lowerFirst(_ name: String) -> String {
  name.prefix(1).lowercased() + name.dropFirst()
}

private let swiftKeywords: Set<String> = [
  "as", "break", "case", "catch", "class", "continue", "default", "defer", "do", "else", "enum", "extension", "false",
  "for", "func", "guard", "if", "import", "in", "init", "internal", "is", "let", "nil", "operator", "private",
  "protocol", "public", "repeat", "return", "self", "static", "struct", "subscript", "super", "switch", "throw",
  "throws", "true", "try", "typealias", "var", "where", "while",
]

extension Field {
  /// The Swift type of the field inside `language`.
  func swiftType(in language: String) -> String {
    let element = Terminals.swiftTypes[kind] ?? "\(language).\(kind)"
    switch multiplicity {
    case .one: return element
    case .optional: return "\(element)?"
    case .many, .some: return "[\(element)]"
    }
  }
}

extension Nonterminal {
  /// A nonterminal with a single form becomes a struct.
  var isStruct: Bool { forms.count == 1 }

  /// A nonterminal that has only terminals below it stands where it is used; others are objects that parents refer to.
  var isLeaf: Bool { forms.allSatisfy { $0.fields.allSatisfy(\.isTerminal) } }
}

extension Form {
  /// A pattern that binds the span to a name and the fields for which `bind` gives one; nil binds nothing.
  func pattern(spanned: Bool, span: String?, _ bind: (Field) -> String?) -> String {
    var parts = spanned ? [span.map { "let \($0)" } ?? "_"] : []
    parts += fields.map { field in bind(field).map { "let \($0)" } ?? "_" }
    guard parts.contains(where: { $0 != "_" }) else { return ".\(name)" }
    return ".\(name)(\(parts.joined(separator: ", ")))"
  }

  /// The call that builds the form; `value` gives each field's expression.
  func construction(spanned: Bool, span: String = "span", _ value: (Field) -> String) -> String {
    var parts = spanned ? [span] : []
    parts += fields.map { "\($0.name): \(value($0))" }
    return parts.isEmpty ? "" : "(\(parts.joined(separator: ", ")))"
  }
}

/// The name that holds a field's value in generated code, clear of Swift's keywords and of the generator's own names.
func variable(_ field: Field) -> String { field.name + "Field" }
