import Diagnostics
import Languages
import Nanopass

/// Finds what the names of a program mean, one module at a time. Its parts stand in extensions, by topic.
struct NameResolver {
  let table: SymbolTable
  let context: PassContext
  /// The module that is resolved now.
  var module: ModuleSymbols
  /// The function that is resolved now, for messages.
  var functionName: String?
  /// The function resolved last, and the names of its parameters and bindings.
  var functionAbove: (name: Name, names: Set<Name>)?
  /// What is visible in it.
  var locals = LocalScope()
  /// The type variables of its signature; standard library only.
  var typeVariables: [Name] = []
  private let budget = SuggestionBudget()
  /// What has been reported, by how far one change mends it.
  private var reported: [Extent: Set<Name>] = [:]
  /// Whether a pattern around has too few parts, so that names may be unknown for want of them.
  var lacksNames = false
  /// Whether a method around is reported, which what stands in it belongs to.
  var isInMethod = false
  /// The verify block that is resolved now.
  var verification: Verification?
  /// The bare names of imported types looked up so far in this module.
  var importedTypes: [Name: [TypeSymbol]] = [:]
  /// The key types of the maps in written types.
  var writtenKeys: [WrittenKey] = []
  /// A type in scope for each constructor, once it has been asked for in this module.
  var variantOwners: [Name: Name]?

  /// Errors about types in this module that nothing is like.
  var unexplainedTypes: [Diagnostic] = []
  /// Whether this module uses one that its header does not list.
  var lacksModule = false

  /// What the misspelt effects so far probably were.
  var likelyEffects: [Name: String?] = [:]

  init(table: SymbolTable, module: ModuleSymbols, context: PassContext) {
    self.table = table
    self.module = module
    self.context = context
  }

  /// Turns to another module.
  mutating func enter(_ module: ModuleSymbols) {
    reportUnexplainedTypes()
    self.module = module
    importedTypes = [:]
    variantOwners = nil
    functionAbove = nil
    reported[.module] = nil
    meantBindings = []
  }

  /// Turns to another function.
  mutating func enter(function name: Name?) {
    functionName = name?.text
    locals = LocalScope()
    reported[.function] = nil
    lacksNames = false
  }

  /// The names of top-level statements that were meant as bindings, which is reported.
  var meantBindings: Set<Name> = []

  /// How far the places reach that one mistake is found at.
  enum Extent { case function, module, program }

  /// Whether a name has not been reported yet; one mistake is one error.
  mutating func isFirst(_ name: Name, inThe extent: Extent = .function) -> Bool {
    reported[extent, default: []].insert(name).inserted
  }

  /// Reports an error in the function that is resolved now.
  func error(
    _ slug: Slug, at span: Span, _ summary: String, label: String? = nil, help: Advice? = nil, note: String? = nil,
    regions: [Region] = []
  ) {
    context.report(
      .error(slug, at: span, summary, label: label, help: help, note: note, regions: regions, fnName: functionName))
  }

  /// A question for the help line of an unknown name; nil behind the first unknown names of a run.
  func suggestion(for name: String, among candidates: () -> [String]) -> Advice? {
    guard budget.left > 0 else { return nil }
    budget.left -= 1
    return didYouMean(nearestNames(to: name, among: candidates()))
  }
}

/// How many more unknown names of a run get suggestions, which cost a look at every name in scope.
private final class SuggestionBudget {
  var left = 20
}

extension Program.Ident {
  /// Whether it is the name of a module, a type or a constructor.
  var isUpper: Bool { name.isUpper }
  var text: String { name.text }
}

extension Name {
  /// What follows the last dot.
  var lastPart: String { text.split(separator: ".").last.map(String.init) ?? text }
  /// Whether its first letter is a capital.
  var isUpper: Bool {
    guard let first = text.utf8.first else { return false }
    if first < 0x80 { return first >= 0x41 && first <= 0x5A }
    return text.unicodeScalars.first?.properties.isUppercase == true
  }
}

extension Program.Path {
  /// The segments up to a position as one dotted name.
  func prefix(_ count: Int) -> Name { Name(segments.prefix(count).map(\.text).joined(separator: ".")) }

  /// The place of some of the segments.
  func span(_ range: Range<Int>) -> Span {
    segments[range.clamped(to: 0..<segments.count)].reduce(Span.none) { $0.union($1.span) }
  }

  /// The whole dotted name.
  var text: String { segments.map(\.text).joined(separator: ".") }

  /// The same with the first segment replaced by the full name of a module.
  func text(in module: ModuleSymbols) -> String {
    ([module.name.text] + segments.dropFirst().map(\.text)).joined(separator: ".")
  }
}

extension Program.Rest {
  /// The place of the name without the two dots before it.
  var nameSpan: Span {
    let length = name.text.utf8.count
    guard Int(span.length) == length + 2 else { return span }
    return Span(start: span.start + 2, length: span.length - 2)
  }
}

extension Program.TypeExpr {
  /// Whether it is a `Fn` type, or is meant as one.
  var isFunction: Bool {
    switch self {
    case .function: true
    case .named(_, let name, _): name.name == "Fn"
    }
  }
}
