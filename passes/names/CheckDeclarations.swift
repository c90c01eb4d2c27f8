public import Languages
public import Nanopass
import Diagnostics

/// Checks that no name is declared twice in a module, and that none is reserved by the language.
///
///     (sum (ident A) (variant (ident X)) (variant (ident X)))    =>   duplicate-definition at the second X
///     (record (ident List) ...)                                  =>   reserved-name
///
/// Needs: nothing. Ensures: the first declaration of a name is the one that counts, and the only one without errors.
public struct CheckDeclarations: CheckPass {
  public typealias Input = Program
  public typealias Output = Program
  public static let summary = "Check that declared names are distinct and not reserved by the language"

  private var context: PassContext?
  private var declarations = 0

  public init() {}

  public mutating func check(_ program: Program.Root, in context: PassContext) throws {
    self.context = context
    defer { self.context = nil }
    for module in program.modules where !module.isLibrary {
      if Vocabulary.reserved.contains(module.name) {
        report(
          "reserved-name", at: module.nameSpan(in: context.sources),
          "the name `\(module.name)` belongs to the language",
          first: nil)
      }
      checkDistinct(module.items)
      for item in module.items { checkParts(of: item) }
    }
    context.explain("checked the names of \(declarations) declarations", data: [("declarations", declarations)])
  }

  private func report(_ slug: Slug, at span: Span, _ summary: String, first: Span?) {
    context?.report(
      .error(
        slug, at: span, summary, help: slug == "reserved-name" ? "choose another name" : "rename or remove one of them",
        regions: first.map { [Region($0, "first declared here")] } ?? []))
  }

  /// Functions and top-level bindings share one set of names, types have another, laws one for each function.
  private mutating func checkDistinct(_ items: [Program.Item]) {
    var (values, types, laws): ([Name: Span], [Name: Span], [Name: Span]) = ([:], [:], [:])
    for item in items {
      declarations += 1
      switch item {
      case .function(_, let name, _, _, _, _, _), .statement(_, .bind(_, let name, _, _)):
        if name.name != "_" { add(name, to: &values) }
      case .sum(_, let name, _), .record(_, let name, _):
        add(name, to: &types)
        if Vocabulary.reserved.contains(name.name) {
          report("reserved-name", at: name.span, "the name `\(name.text)` belongs to the language", first: nil)
        }
      case .verify(_, let target, _, let law?, _):
        add(law, to: &laws, key: Name("\(target.text) \(law.text)"))
      case .verify, .decision, .statement: break
      }
    }
  }

  private func add(_ name: Program.Ident, to seen: inout [Name: Span], key: Name? = nil) {
    if let first = seen[key ?? name.name] {
      report("duplicate-definition", at: name.span, "`\(name.text)` is declared twice", first: first)
    } else {
      seen[key ?? name.name] = name.span
    }
  }

  private func checkParts(of item: Program.Item) {
    var seen: [Name: Span] = [:]
    switch item {
    case .sum(_, _, let variants): for variant in variants { add(variant.name, to: &seen) }
    case .record(_, _, let fields): for field in fields { add(field.name, to: &seen) }
    default: break
    }
  }
}
