public import Languages
public import Nanopass

/// Prints words without a string of their digits, where nothing else needs it.
///
///     (let n.1 int (primitive int.fromWord [(local w.0)]))
///     (let s.2 string (primitive int.toString [(local n.1)]))
///     (let u.3 unit (service console.print [(local s.2)]))
///
/// becomes
///
///     (let n.1 int (primitive int.fromWord [(local w.0)]))
///     (let u.3 unit (service program.printInt [(local n.1)]))
///
/// or `program.printNatural` if the integer comes by `int.fromNatural`. A module for WebAssembly that prints words only then has no strings in it and, in linear memory, no allocator: one
/// that prints the numbers of a recursion has a third of the bytes on the engine's heap, and an eighth in memory.
///
/// Needs: bound-locals, known-services.   Ensures: nothing beyond the language.
public struct PrintWordsDirectly: ServicesToServices, FunctionPass {
  public static let summary = "Print words without a string of their digits"

  private var printed = PrintedWords()
  private var count = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(count) words printed without a string", data: [("prints", count)])
  }

  public mutating func function(_ node: Services.Function) throws -> Services.Function {
    printed = PrintedWords()
    try printed.visit(node.body)
    return printed.isEmpty ? node : try derive(node)
  }

  public mutating func block(_ node: Services.Block) throws -> Services.Block {
    var block = try derive(node)
    block.steps.removeAll { step in
      guard case .let(_, let variable, _, .primitive) = step else { return false }
      return printed.integer(of: variable) != nil
    }
    return block
  }

  public mutating func value(_ node: Services.Value) throws -> Services.Value {
    guard case .service(let span, "console.print", let arguments) = node, let text = local(arguments.first),
      let integer = printed.integer(of: text)
    else { return try derive(node) }
    count += 1
    return .service(span, name: printed.service(of: integer), arguments: [integer])
  }
}

/// Finds the texts of words in a function that are printed and used for nothing else.
private struct PrintedWords: ServicesWalker {
  /// The services that print the integers which come from words.
  private var services: LocalTable<Name> = [:]
  /// The integer whose digits a string is.
  private var digits: LocalTable<Services.Atom> = [:]
  private var printed: NumberSet = []
  private var uses: LocalTable<Int> = [:]

  var isEmpty: Bool { printed.isEmpty }

  /// The integer to be printed in place of a string; nil if the string is needed.
  func integer(of text: Local) -> Services.Atom? {
    guard printed.contains(text), uses[text] == 1 else { return nil }
    return digits[text]
  }

  /// The service that prints an integer.
  func service(of integer: Services.Atom) -> Name {
    local(integer).flatMap { services[$0] } ?? "program.printInt"
  }

  private static let services: [Name: Name] = [
    "int.fromWord": "program.printInt", "int.fromNatural": "program.printNatural",
  ]

  mutating func visit(_ node: Services.Step) throws {
    if case .let(_, let variable, _, .primitive(_, let name, let arguments)) = node {
      services[variable] = Self.services[name]
      if name == "int.toString", let integer = arguments.first, let source = local(integer), services[source] != nil {
        digits[variable] = integer
      }
    }
    try walk(node)
  }

  mutating func visit(_ node: Services.Value) throws {
    if case .service(_, "console.print", let arguments) = node, let text = local(arguments.first),
      digits[text] != nil
    {
      printed.insert(text)
    }
    try walk(node)
  }

  mutating func visit(_ node: Services.Atom) throws {
    if let variable = local(node) { uses[variable, default: 0] += 1 }
  }
}

/// The variable that an atom reads.
private func local(_ atom: Services.Atom?) -> Local? {
  if case .local(_, let variable)? = atom { variable } else { nil }
}
