import Diagnostics

/// A named intermediate language. All but the checks of its invariants is derived from its `.lang` file.
public protocol Language: Sendable {
  /// Whole programs.
  associatedtype Root: Node
  /// The language's name.
  static var name: String { get }
  /// What is true of it, in a few words.
  static var summary: String { get }
  /// All its nonterminals and forms, spelt canonically.
  static var definition: String { get }
  /// The facts that its grammar can't say.
  static var invariants: [Invariant<Self>] { get }
}

extension Language {
  /// Ties snapshots to the language's definition.
  public static var definitionHash: String { StableHash.hex(definition) }
}

/// A fact about every program of a language that its grammar can't say, with its check.
public struct Invariant<L: Language>: Sendable {
  /// The kebab-case name.
  public let name: String
  /// The fact in a sentence.
  public let statement: String
  /// Finds violations.
  public let check: @Sendable (L.Root) -> [Violation]

  public init(name: String, statement: String, check: @escaping @Sendable (L.Root) -> [Violation]) {
    self.name = name
    self.statement = statement
    self.check = check
  }
}

/// A place in a program where an invariant does not hold.
public struct Violation: Error, Sendable {
  /// What is wrong, naming the variable, function or constructor.
  public var message: String
  /// The text of the offending form, cut to a few lines.
  public var form: String

  /// - Parameters:
  ///   - message: what is wrong.
  ///   - node: the offending form.
  public init(_ message: String, in node: some Writable) {
    self.message = message
    let text = Printer.text(of: node)
    form = text.utf8.count > 400 ? String(text.prefix(400)) + "…" : text
  }
}

extension Language {
  /// Checks the derived structure and all invariants.
  ///
  /// - Returns: pairs of the invariant's name and its violation; empty for a correct program.
  public static func verify(_ root: Root) -> [(invariant: String, violation: Violation)] {
    var structure = StructureVerifier()
    root.write(to: &structure)
    var found: [(String, Violation)] = structure.problems.map { ("structure", Violation($0, in: root)) }
    guard found.isEmpty else { return found }
    for invariant in invariants { found += invariant.check(root).map { (invariant.name, $0) } }
    return found
  }
}

/// Checks what the Swift types can't say of a tree: lists that need an element have one, no terminal is ill-formed.
struct StructureVerifier: NodeSink {
  private var forms: [StaticString] = []
  var problems: [String] = []

  mutating func open(_ form: StaticString, _ span: Diagnostics.Span, spanned: Bool) { forms.append(form) }
  mutating func close(empty: Bool) { forms.removeLast() }
  mutating func atom(_ text: String) {
    if text.isEmpty { problems.append("`\(forms.last ?? "")` has an empty terminal") }
  }
  mutating func beginList(count: Int, minimum: Int) {
    if count < minimum { problems.append("a list of `\(forms.last ?? "")` needs at least \(minimum) element") }
  }
  mutating func endList() {}
  mutating func absent() {}
}
