/// How many values a field of a form holds.
public enum Multiplicity: String, Sendable {
  case one = ""
  case optional = "?"
  case many = "*"
  /// A list with at least one element.
  case some = "+"
}

/// One typed field of a form.
public struct Field: Equatable, Sendable {
  /// The field's name, also its label in Swift.
  public var name: String
  /// The name of a terminal or of a nonterminal.
  public var kind: String
  /// How many values of that kind stand there.
  public var multiplicity: Multiplicity

  /// Whether the field holds a terminal and not a tree.
  public var isTerminal: Bool { Terminals.names.contains(kind) }
}

/// One form (production) of a nonterminal.
public struct Form: Sendable {
  /// The form's name, also the head of its text form.
  public var name: String
  /// The fields in order.
  public var fields: [Field]
  /// Constant attributes, from `where ty = int`.
  public var attributes: [String: String]
  /// The lines of its doc comment.
  public var docs: [String]

  /// Whether two forms have the same name and the same fields.
  public func sameShape(as other: Form) -> Bool {
    name == other.name && fields == other.fields && attributes == other.attributes
  }
}

/// A nonterminal: a closed set of forms.
public struct Nonterminal: Sendable {
  /// The nonterminal's name, also its Swift type's.
  public var name: String
  /// The forms in declaration order.
  public var forms: [Form]
  /// The lines of its doc comment.
  public var docs: [String]
  /// Value nonterminals (types, for instance) carry no span and are compared and hashed by content.
  public var isValue: Bool
  /// The name and type of the attribute that every form defines, such as `ty: Ty`.
  public var attribute: Field?
}

/// A fact about all programs of a language that its grammar can't say.
public struct InvariantDeclaration: Sendable {
  /// The invariant's kebab-case name.
  public var name: String
  /// One sentence.
  public var statement: String
}

/// One language with all its nonterminals, changes to its parent applied.
public struct LanguageDefinition: Sendable {
  /// The language's name.
  public var name: String
  /// The language that this one is declared as a change of.
  public var parent: String?
  /// The lines of its doc comment, without those of invariants.
  public var docs: [String]
  /// The nonterminal of whole programs.
  public var root: String
  /// All nonterminals.
  public var nonterminals: [Nonterminal]
  /// The invariants that hold beyond the grammar.
  public var invariants: [InvariantDeclaration]
  /// For each nonterminal equal to one of an earlier language, with all it can reach, that language's name.
  public var sharedWith: [String: String] = [:]

  /// The nonterminal of that name.
  public func nonterminal(_ name: String) -> Nonterminal? { nonterminals.first { $0.name == name } }

  /// Whether whole programs have a list of functions, which passes can go through one by one.
  var hasFunctions: Bool {
    guard let root = nonterminal(root), root.isStruct else { return false }
    return root.forms[0].fields.contains(Field(name: "functions", kind: "Function", multiplicity: .many))
  }

  /// The language's full definition in a canonical spelling: what snapshots are tied to.
  public var canonicalText: String {
    var text = "language \(name)\nroot \(root)\n"
    for nonterminal in nonterminals {
      text += "nonterminal \(nonterminal.name)\(nonterminal.isValue ? " value" : "")\n"
      for form in nonterminal.forms { text += "  \(form.signature)\n" }
    }
    return text
  }
}

extension Form {
  /// The form as a `.lang` file spells it.
  public var signature: String {
    guard !fields.isEmpty else { return name }
    let list = fields.map { "\($0.name): \($0.kind)\($0.multiplicity.rawValue)" }
    return "\(name)(\(list.joined(separator: ", ")))"
  }
}

/// The terminals that every language may use.
public enum Terminals {
  /// Each terminal's name and the Swift type that holds it.
  public static let swiftTypes: [String: String] = [
    "Name": "Name", "Local": "Local", "Integer": "Integer", "Float": "Double", "Text": "String", "Bool": "Bool",
    "Nat": "Int",
  ]
  /// The names alone.
  public static let names = Set(swiftTypes.keys)
}

/// A mistake in a `.lang` file.
public struct DefinitionError: Error, CustomStringConvertible {
  /// The file's name.
  public var file: String
  /// The 1-based line.
  public var line: Int
  /// One sentence.
  public var message: String

  public init(file: String, line: Int, message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  /// The mistake in the form that editors and build tools understand.
  public var description: String { "\(file):\(line): error: \(message)" }
}
