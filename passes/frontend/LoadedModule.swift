import Diagnostics
import Languages
import Nanopass

/// A parsed file while its header is read.
struct LoadedModule {
  let span: Span
  /// The path under which messages name the file.
  let path: String
  /// The name under which the module was asked for, empty for the entry.
  let asked: String
  let isLibrary: Bool
  let header: Syntax.Header?
  private let items: [Syntax.Item]
  private var intent: String?
  /// The names in `depends`.
  private(set) var listed: [Syntax.Ident] = []
  /// The dependencies that were found.
  var edges: [(name: Syntax.Ident, target: Int)] = []
  private var exposes: (span: Span, names: [Syntax.Ident])?
  private var opaque: (span: Span, names: [Syntax.Ident])?
  private var bound: Syntax.EffectLine?

  init(
    _ span: Span, _ path: String, _ asked: String, _ isLibrary: Bool, _ header: Syntax.Header?, _ items: [Syntax.Item]
  ) {
    self.span = span
    self.path = path
    self.asked = asked
    self.isLibrary = isLibrary
    self.header = header
    self.items = items
  }

  /// The full dotted name; empty for an entry without a header.
  var name: String { asked.isEmpty ? header?.name.name.text ?? "" : asked }

  /// What messages call the module.
  var shownName: String { name.isEmpty ? path : name }

  /// Sorts the header's clauses by kind.
  ///
  /// - Returns: the errors for clauses that are given twice.
  mutating func readClauses() -> [Diagnostic] {
    var errors: [Diagnostic] = []
    var seen: [String: Span] = [:]
    for clause in header?.clauses ?? [] {
      let keyword = Self.keyword(of: clause)
      if let first = seen[keyword] {
        errors.append(
          .error(
            "duplicate-clause", at: clause.span, "the header has two `\(keyword)` clauses", help: "join them",
            regions: [Region(first, "the first one")]))
        continue
      }
      seen[keyword] = clause.span
      read(clause)
    }
    return errors + exposedTwice()
  }

  private static func keyword(of clause: Syntax.Clause) -> String {
    switch clause {
    case .intent: return "intent"
    case .depends: return "depends"
    case .exposes: return "exposes"
    case .exposesOpaque: return "exposes opaque"
    case .effects: return "effects"
    }
  }

  private mutating func read(_ clause: Syntax.Clause) {
    switch clause {
    case .intent(_, let text): intent = text
    case .depends(_, let modules): listed = modules
    case .exposes(let span, let names): exposes = (span, names)
    case .exposesOpaque(let span, let names): opaque = (span, names)
    case .effects(let span, let effects): bound = Syntax.EffectLine(span, effects: effects)
    }
  }

  /// The errors for names in both lists, at the later one.
  private func exposedTwice() -> [Diagnostic] {
    guard let exposes, let opaque else { return [] }
    let opaqueIsLater = exposes.span.start <= opaque.span.start
    let (first, second) = opaqueIsLater ? (exposes.names, opaque.names) : (opaque.names, exposes.names)
    let places = Dictionary(first.map { ($0.name, $0.span) }, uniquingKeysWith: { earlier, _ in earlier })
    return second.compactMap { name in
      guard let place = places[name.name] else { return nil }
      return .error(
        "duplicate-clause", at: name.span, "`\(name.name)` is exposed both ways", help: "keep it in one of the lists",
        regions: [Region(place, "also here")])
    }
  }

  /// The module with its dependencies named as they call themselves.
  func finished(isBroken: Bool) -> Program.Module {
    let hidden = opaque?.names ?? []
    let exposure: Program.Exposure =
      exposes.map { .only($0.span, transparent: $0.names, opaque: hidden) }
      ?? .everything(opaque?.span ?? header?.span ?? span.atStart, opaque: hidden)
    return Program.Module(
      span, path: path, name: Name(name), isLibrary: isLibrary, intent: intent, depends: edges.map(\.name),
      exposure: exposure, bound: bound, items: isBroken ? [] : items)
  }
}
