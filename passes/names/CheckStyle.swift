public import Languages
public import Nanopass
import Diagnostics

/// Warns of names in the wrong style and of what is missing beside functions: descriptions, effect bounds, verify blocks.
///
///     fn add_one(n: Int) -> Int          =>   bad-fn-name, missing-description, missing-verify
///     type shape_kind                    =>   bad-type-name
///
/// A function needs a verify block if it is pure and not trivial: what only names, builds or passes on values has nothing
/// to verify, a stub is part of a verify block itself, and a connection can't be written down. A missing block is an
/// error, all else are warnings.
///
/// Needs: nothing. Ensures: nothing; it only runs when checking.
public struct CheckStyle: CheckPass {
  public typealias Input = Program
  public typealias Output = Program
  public static let summary = "Warn of the style of names, and of missing descriptions, bounds and verify blocks"

  public init() {}

  public mutating func check(_ program: Program.Root, in context: PassContext) throws {
    var functions = 0
    for module in program.modules where !module.isLibrary {
      let unread = context.unreadNames[module.span.start] ?? []
      var verified: Set<Name> = []
      for case .verify(_, let target, _, let law, _) in module.items {
        verified.insert(target.name)
        if let law { verified.insert(law.name) }
      }
      for segment in module.name.text.split(separator: ".") where !isPascal(segment) {
        warn(
          "bad-module-name", module.nameSpan(in: context.sources), String(segment), "a module", "PascalCase", context)
      }
      var hasFunctions = false
      for item in module.items {
        check(item, context)
        guard case .function(_, let name, let parameters, _, let description, let effects, let body) = item else {
          continue
        }
        hasFunctions = true
        functions += 1
        // Of a function without a body more has been written than was understood.
        if name.name == "main" || body.isEmpty || unread.contains(Name("verify \(name.text)")) { continue }
        if description == nil {
          context.report(
            .warning(
              "missing-description", at: name.span, "`\(name.text)` has no description",
              help: "say in a line below its header what it is for: `? \"...\"`", fnName: name.text))
        }
        if effects?.effects.isEmpty ?? true, !verified.contains(name.name), try needsBlock(parameters, body) {
          context.report(
            .error(
              "missing-verify", at: name.span, "nothing verifies `\(name.text)`",
              help: "add a block with examples: `verify \(name.text)`", fnName: name.text))
        }
      }
      if hasFunctions, module.bound == nil, !module.name.text.isEmpty {
        context.report(
          .warning(
            "missing-effects", at: module.nameSpan(in: context.sources),
            "the module `\(module.name)` does not bound its effects",
            help: "add `effects [...]` to its header, `effects []` if it is pure"))
      }
    }
    context.explain("looked at \(functions) functions", data: [("functions", functions)])
  }

  // MARK: Names

  private func check(_ item: Program.Item, _ context: PassContext) {
    switch item {
    case .function(_, let name, let parameters, _, _, _, _):
      checkCamel("bad-fn-name", name, "a function", context)
      for parameter in parameters where parameter.name.name != "_" {
        checkCamel("bad-fn-name", parameter.name, "a parameter", context)
      }
    case .sum(_, let name, let variants):
      checkPascal("bad-type-name", name, "a type", context)
      for variant in variants { checkPascal("bad-variant-name", variant.name, "a variant", context) }
    case .record(_, let name, let fields):
      checkPascal("bad-type-name", name, "a record", context)
      for field in fields { checkCamel("bad-field-name", field.name, "a field", context) }
    case .verify, .decision, .statement: break
    }
  }

  private func checkCamel(_ slug: Slug, _ name: Program.Ident, _ what: String, _ context: PassContext) {
    let rest = name.text.hasPrefix("_") ? name.text.dropFirst() : name.text[...]
    if rest.contains("_") { warn(slug, name.span, name.text, what, "camelCase", context) }
  }

  private func checkPascal(_ slug: Slug, _ name: Program.Ident, _ what: String, _ context: PassContext) {
    if !isPascal(name.text[...]) { warn(slug, name.span, name.text, what, "PascalCase", context) }
  }

  /// No underscores, and not all in capitals.
  private func isPascal(_ name: Substring) -> Bool {
    if name.contains("_") { return false }
    return name.count < 4 || name.contains { !$0.isUppercase }
  }

  private func warn(
    _ slug: Slug, _ span: Span, _ name: String, _ what: String, _ style: String, _ context: PassContext
  ) {
    let words = name.split(separator: "_").map(String.init)
    let lead = name.hasPrefix("_") ? "_" : ""
    let better = words.enumerated().map { index, word in
      let rest =
        word == word.uppercased() && word.count > 1 ? String(word.dropFirst()).lowercased() : String(word.dropFirst())
      let first = index == 0 && style == "camelCase" ? word.prefix(1).lowercased() : word.prefix(1).uppercased()
      return first + rest
    }
    context.report(
      .warning(
        slug, at: span, "the name of \(what) is written in \(style)",
        help: "`\(lead)\(better.joined())`", fields: [Field("name", name)]))
  }

  // MARK: Verify blocks

  private func needsBlock(_ parameters: [Program.Parameter], _ body: [Program.Statement]) throws -> Bool {
    if let first = parameters.first, case .named(_, let name, _) = first.ty, name.name == "BranchPath" { return false }
    let hasConnection = parameters.contains {
      if case .named(_, let name, _) = $0.ty { name.name == "Tcp.Connection" } else { false }
    }
    if hasConnection { return false }
    guard body.count == 1, case .evaluate(_, let value)? = body.first else { return true }
    var finder = WorkFinder()
    try finder.visit(value)
    return finder.found
  }
}

/// Finds a match or an operator.
private struct WorkFinder: ProgramWalker {
  private(set) var found = false

  mutating func visit(_ node: Program.Expr) throws {
    switch node {
    case .match, .binary, .negate: found = true
    default: try walk(node)
    }
  }
}
