public import Languages
public import Nanopass

/// Finds what every name means and puts what the modules declare into one program under full names.
///
///     (call (path (ident Shop) (ident zero)))                    (call Shop.zero)
///     (path (ident p) (ident x))                            =>   (field (local p.0) x)
///     (call (path (ident Console) (ident print)) ...)            (perform Console.print ...)
///
/// What has no meaning is reported once and becomes `erroneous`. Locals are numbered per function in the order in which
/// they are bound.
///
/// Needs: dependencies-first, distinct-modules. Ensures: bound-locals, known-functions.
public struct ResolveNames: Pass {
  public typealias Input = Program
  public typealias Output = Resolved
  public static let summary = "Find what every name means, and put all modules into one program under full names"
  public static var toleratesErrors: Bool { true }

  private var types: [Resolved.TypeDecl] = []
  private var functions: [Resolved.Function] = []
  private var declaredTypes: Set<Name> = []
  private var declaredFunctions: Set<Name> = []
  /// How many verify blocks there were.
  private var verifications = 0
  /// The top-level statements of the modules so far, and what continues their numbers.
  private var initialisers: [Resolved.Statement] = []
  private var initialiserScope = LocalScope()

  public init() {}

  public mutating func run(_ input: Program.Root, in context: PassContext) throws -> Resolved.Root {
    context.sources.arrange(input.modules.map(\.span))
    let table = SymbolTable(input, in: context)
    guard let entry = table.modules.last else {
      throw PassBug(Self.self, "a program has no module", broke: "structure", in: input)
    }
    var resolver = NameResolver(table: table, module: entry, context: context)
    var modules: [Resolved.Module] = []
    for (module, symbols) in zip(input.modules, table.modules) {
      resolver.enter(symbols)
      modules.append(
        Resolved.Module(
          module.span, name: module.name, path: module.path, isLibrary: module.isLibrary,
          bound: module.bound.map { resolver.effects($0) }, opaque: opaqueTypes(of: module, symbols)))
      for item in module.items { resolve(item, of: module, in: &resolver) }
    }
    resolver.reportUnexplainedTypes()
    if let initialisation = initialisation() { functions.append(initialisation) }
    context.explain(
      "resolved the names of \(modules.count) modules",
      data: [("modules", modules.count), ("types", types.count), ("functions", functions.count)])
    let program = Resolved.Root(
      input.span, modules: modules, types: types, functions: functions,
      main: entry.isLibrary ? nil : entry.functions["main"]?.name)
    return try WrittenKey.check(resolver.writtenKeys, in: program, context)
  }

  private func opaqueTypes(of module: Program.Module, _ symbols: ModuleSymbols) -> [Name] {
    switch module.exposure {
    case .everything(_, let opaque), .only(_, _, let opaque): opaque.compactMap { symbols.types[$0.name]?.name }
    }
  }

  /// Resolves a declaration. Of two with one name, an error by now, the second is only looked at.
  private mutating func resolve(_ item: Program.Item, of module: Program.Module, in resolver: inout NameResolver) {
    switch item {
    case .function(let span, let name, let parameters, let result, _, let effects, let body):
      let resolved = resolver.function(span, name, parameters, result, effects, body)
      if declaredFunctions.insert(resolved.name).inserted { functions.append(resolved) }
    case .sum(_, let name, let variants):
      let resolved = resolver.sum(name, variants)
      if declaredTypes.insert(resolver.module.fullName(name.name)).inserted { types.append(resolved) }
    case .record(_, let name, let fields):
      let resolved = resolver.record(name, fields)
      if declaredTypes.insert(resolver.module.fullName(name.name)).inserted { types.append(resolved) }
    case .statement(_, let statement): initialise(statement, in: &resolver)
    case .verify(let span, let target, let isTrace, _, let lines):
      verifications += 1
      let item = VerifyItem(span: span, target: target, isTrace: isTrace, lines: lines)
      if let block = resolver.verification(item, number: verifications) { functions.append(block) }
    case .decision: break
    }
  }

  /// Resolves a top-level statement. Modules stand behind their dependencies, so statements run in this order.
  private mutating func initialise(_ statement: Program.Statement, in resolver: inout NameResolver) {
    var isFirst = false
    if case .bind(_, let name, _, _) = statement { isFirst = resolver.module.bindings[name.name] == name.span }
    resolver.locals = initialiserScope
    initialisers.append(resolver.topLevel(statement, isFirst: isFirst))
    initialiserScope = resolver.locals
  }

  /// The function that runs all top-level statements; nil if there are none.
  private func initialisation() -> Resolved.Function? {
    guard let span = initialisers.first?.span else { return nil }
    return Resolved.Function(
      span, name: .initialisation, module: "", isLibrary: false, variables: [], parameters: [],
      result: .undeclared(span),
      effects: Resolved.Effects(span, effects: []),
      body: .block(span, statements: initialisers, result: .unit(span)))
  }
}
