import Diagnostics
public import Languages
public import Nanopass

/// Order the modules so that each stands behind those it depends on, and gather their header clauses.
///
///     (syntax ((module "main.av" "" (header (ident M) ((depends ((ident A))))) ...) (module "a.av" "A" ...)))
///     =>  (program ((module "a.av" A ...) (module "main.av" M ... ((ident A)) ...)))
///
/// Modules of the library come first; then, depth first from the entry, the dependencies in the order listed. Modules
/// that can't be used keep their place but lose their items, so that nothing in them is reported twice; those that depend
/// on them are noted, so that their names are not called unknown. Reports take the files in the new order.
///
/// Ensures: dependencies-first, distinct-modules.
public struct OrderModules: Pass {
  public typealias Input = Syntax
  public typealias Output = Program
  public static let summary = "Order the modules by their dependencies and gather their headers"
  public static let toleratesErrors = true
  /// Only to explain why a module is not found.
  public static let effects: Set<PassEffect> = [.readsFiles]

  public init() {}

  public mutating func run(_ input: Syntax.Root, in context: PassContext) throws -> Program.Root {
    var graph = ModuleGraph(input.modules, in: context)
    for index in graph.modules.indices { graph.readHeader(index) }
    for index in graph.modules.indices { graph.resolveDependencies(index) }
    let order = graph.order()
    for diagnostic in graph.diagnostics { context.report(diagnostic) }
    graph.noteUnread()
    let modules = order.map { graph.modules[$0].finished(isBroken: graph.isBroken[$0]) }
    context.sources.arrange(modules.map(\.span))
    let own = modules.filter { !$0.isLibrary }
    context.explain(
      "ordered \(own.count) modules, and \(modules.count - own.count) of the standard library before them",
      details: own.map { $0.name.text.isEmpty ? $0.path : $0.name.text },
      data: [("modules", own.count), ("library", modules.count - own.count)])
    return Program.Root(input.span, modules: modules)
  }
}
