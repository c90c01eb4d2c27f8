extension LanguageFamily {
  /// The Swift source derived from one language: types, printer, parser, generator and traversals.
  public func swiftSource(of language: LanguageDefinition) -> String {
    var out = SwiftText()
    out.line("// Derived from \(language.name).lang by the language compiler. Edits here are lost.")
    out.line("public import Diagnostics")
    out.line("public import Nanopass")
    out.line()
    out.docs(language.docs)
    out.block("public enum \(language.name): Language") { out in
      if language.root != "Root" { out.line("public typealias Root = \(language.name).\(language.root)") }
      metadata(language, &out)
      TypeEmitter(language: language).emit(into: &out)
    }
    let parent = language.parent.flatMap { self.language($0) }
    TraversalEmitter(language: language, parent: parent).emit(into: &out)
    return out.text
  }

  private func metadata(_ language: LanguageDefinition, _ out: inout SwiftText) {
    out.line("public static let name = \"\(language.name)\"")
    out.line("public static let summary = #\"\"\"")
    out.line("  \(language.docs.joined(separator: " "))")
    out.line("  \"\"\"#")
    out.line("public static let definition = #\"\"\"")
    for line in language.canonicalText.split(separator: "\n") { out.line("  \(line)") }
    out.line("  \"\"\"#")
    out.block("public static var invariants: [Invariant<Self>]") { out in
      out.line("[")
      for invariant in language.invariants {
        let check =
          "check"
          + invariant.name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
          .joined()
        out.line("  Invariant(name: \"\(invariant.name)\", statement: #\"\(invariant.statement)\"#, check: \(check)),")
      }
      out.line("]")
    }
  }
}

/// Writes the standard library's modules as one Swift dictionary, so that the compiler carries them with it.
public func embeddedSources(_ files: [(name: String, text: String)]) -> String {
  embedded(files, suffix: "av", name: "preludeSources", doc: "The standard library's modules by name.")
}

/// Swift that holds the pages about errors and warnings by slug.
public func embeddedPages(_ files: [(name: String, text: String)]) -> String {
  embedded(files, suffix: "page", name: "pageSources", doc: "The pages about errors and warnings by slug.")
}

private func embedded(_ files: [(name: String, text: String)], suffix: String, name: String, doc: String) -> String {
  var out = SwiftText()
  out.line("// Derived from the `.\(suffix)` files of this folder by the language compiler. Edits here are lost.")
  out.docs([doc])
  out.line("public let \(name): [String: String] = [")
  for file in files.sorted(by: { $0.name < $1.name }) {
    out.line("  \"\(file.name)\": ####\"\"\"")
    for line in file.text.split(separator: "\n", omittingEmptySubsequences: false) { out.line(String(line)) }
    out.line("\"\"\"####,")
  }
  if files.isEmpty { out.line("  :") }
  out.line("]")
  return out.text
}
