public import Languages
public import Nanopass
import Diagnostics

/// Checks that what the headers expose exists.
///
///     (only ((ident area) (ident ghost)) ())    =>   unknown-export at ghost
///
/// Needs: dependencies-first. Ensures: each exposed name is a function or a type of the module, or a type that one of
/// its dependencies exports.
public struct CheckExposure: CheckPass {
  public typealias Input = Program
  public typealias Output = Program
  public static let summary = "Check that the names in `exposes` exist"

  public init() {}

  public mutating func check(_ program: Program.Root, in context: PassContext) throws {
    let table = SymbolTable(program, in: context)
    let hadErrors = context.hasErrors
    var count = 0
    for (module, symbols) in zip(program.modules, table.modules) {
      let (transparent, opaque): ([Program.Ident], [Program.Ident]) =
        switch module.exposure {
        case .everything(_, let opaque): ([], opaque)
        case .only(_, let transparent, let opaque): (transparent, opaque)
        }
      // A module with errors has lost its items by now.
      if module.items.isEmpty, hadErrors { continue }
      var seen: Set<Name> = []
      for (index, name) in (transparent + opaque).enumerated() where seen.insert(name.name).inserted {
        count += 1
        check(name, opaque: index >= transparent.count, in: symbols, context)
      }
    }
    context.explain("checked \(count) exposed names", data: [("names", count)])
  }

  private func check(_ name: Program.Ident, opaque: Bool, in module: ModuleSymbols, _ context: PassContext) {
    if module.unread.contains(name.name) || name.isUpper && module.mayBeUnread(name.name)
      || module.types[name.name] != nil
      || (!opaque && module.functions[name.name] != nil)
    {
      return
    }
    let imported = module.importedTypes(name.name)
    if imported.count == 1, !opaque { return }
    if imported.count > 1, !opaque {
      context.report(
        .error(
          "ambiguous-type", at: name.span, "`\(name.text)` may be any of several types",
          regions: imported.map { Region($0.span, "one is declared here") }))
      return
    }
    let summary: String
    let help: Advice?
    if !imported.isEmpty {
      summary = "`\(name.text)` belongs to another module, which alone decides whether it is opaque"
      help = "list it under `exposes`"
    } else if module.bindings[name.name] != nil {
      summary = "`\(name.text)` is a top-level binding, which is never exported"
      help = "export a function that returns it"
    } else if module.functions[name.name] != nil {
      summary = "`\(name.text)` is a function; only types can be opaque"
      help = "list it under `exposes`"
    } else {
      summary = "the module declares no `\(name.text)`"
      let near = nearestNames(
        to: name.text, among: (Array(module.functions.keys) + Array(module.types.keys)).map(\.text))
      help = didYouMean(near)?.inWords ?? "declare it, or take it off the list"
    }
    context.report(.error("unknown-export", at: name.span, summary, help: help))
  }
}
