import Diagnostics
public import Languages
public import Nanopass

/// Checks that what decisions refer to is there.
///
///     decision D: impacts = [ghost]                      =>   unknown-impact
///
/// Needs: dependencies-first. Ensures: nothing; it only runs when checking.
public struct CheckDecisions: CheckPass {
  public typealias Input = Program
  public typealias Output = Program
  public static let summary = "Check that what decisions refer to is there"

  public init() {}

  public mutating func check(_ program: Program.Root, in context: PassContext) {
    let table = SymbolTable(program, in: context)
    var count = 0
    for (module, symbols) in zip(program.modules, table.modules) where !module.isLibrary {
      for case .decision(_, _, let fields) in module.items {
        count += 1
        check(fields, symbols, table, context)
      }
    }
    context.explain("checked \(count) decisions", data: [("decisions", count)])
  }

  private func check(
    _ fields: [Program.DecisionField], _ module: ModuleSymbols, _ table: SymbolTable, _ context: PassContext
  ) {
    for field in fields {
      let references: [Program.Reference] =
        switch field {
        case .chosen(_, let reference): [reference]
        case .rejected(_, let references), .impacts(_, let references): references
        case .date, .author, .reason: []
        }
      for case .path(_, let path) in references where !names(path, module, table) {
        let effects = EffectOperation.namespaces.flatMap { space in space.methods.map { "\(space.name).\($0)" } }
        let near = (Array(module.functions.keys) + Array(module.types.keys)).map(\.text) + effects
        context.report(
          .error(
            "unknown-impact", at: path.span, "there is no function, type, module or effect `\(path.text)` here",
            help: didYouMean(nearestNames(to: path.text, among: near)) ?? "write free text as a string"))
      }
    }
  }

  /// Whether a path names a function, a type, a module or an effect.
  private func names(_ path: Program.Path, _ module: ModuleSymbols, _ table: SymbolTable) -> Bool {
    let whole = Name(path.text)
    guard let last = path.segments.last else { return false }
    if module.mayBeUnread(last.name) || whole == module.name || module.dependencies[whole] != nil
      || Vocabulary.reserved.contains(whole)
    {
      return true
    }
    if path.segments.count == 1 {
      return module.functions[whole] != nil || module.types[whole] != nil || module.importedTypes(whole).count == 1
    }
    let owner = path.prefix(path.segments.count - 1)
    if owner == module.name { return module.functions[last.name] != nil || module.types[last.name] != nil }
    if let other = module.dependencies[owner] {
      return other.exposes(last.name) && other.functions[last.name] != nil || other.exportedTypes[last.name] != nil
    }
    return Vocabulary.functions[owner]?.contains(last.text) == true
      || Vocabulary.effects[owner]?.contains(last.text) == true
  }
}
