import Diagnostics
import Languages
import Nanopass

/// A function that a module declares.
struct FunctionSymbol {
  /// The full name, such as `Data.Json.parse`.
  let name: Name
  /// Where it is declared.
  let span: Span
  /// Whether a parameter's type is written as a `Fn` type.
  let takesFunctions: Bool
  /// Whether it has no parameters.
  let takesNothing: Bool
}

/// A type that a module declares.
final class TypeSymbol: Sendable {
  /// What values of the type are made of.
  enum Shape {
    /// The constructors with the numbers of their fields.
    case sum([Name: Int])
    /// The fields in order.
    case record([Name])
  }

  /// The full name, such as `Data.Json.Json`.
  let name: Name
  /// The name in its module.
  let short: Name
  /// The position of its module.
  let module: Int
  /// Where it is declared.
  let span: Span
  let shape: Shape
  /// Whether other modules may not look into it.
  let isOpaque: Bool

  init(name: Name, short: Name, module: Int, span: Span, shape: Shape, isOpaque: Bool) {
    self.name = name
    self.short = short
    self.module = module
    self.span = span
    self.shape = shape
    self.isOpaque = isOpaque
  }

  var isRecord: Bool {
    if case .record = shape { true } else { false }
  }

  /// The fields of a record; none for other types.
  var fields: [Name] {
    if case .record(let fields) = shape { fields } else { [] }
  }
}

/// What a module declares and exports.
final class ModuleSymbols {
  /// The position in the program.
  let index: Int
  /// The full dotted name; empty for an entry without a header.
  let name: Name
  let isLibrary: Bool
  fileprivate(set) var functions: [Name: FunctionSymbol] = [:]
  fileprivate(set) var types: [Name: TypeSymbol] = [:]
  /// The names of the types that functions return, without type arguments, by the functions' names.
  fileprivate var results: [Name: Name] = [:]
  /// Where the top-level bindings stand.
  fileprivate(set) var bindings: [Name: Span] = [:]
  /// The modules named in `depends` by their names.
  fileprivate(set) var dependencies: [Name: ModuleSymbols] = [:]
  /// The same in the order listed.
  fileprivate(set) var dependencyList: [ModuleSymbols] = []
  /// The types that importers see, those handed on included.
  fileprivate(set) var exportedTypes: [Name: TypeSymbol] = [:]
  /// The names of declarations that could not be understood, which has been reported.
  let unread: Set<Name>
  /// The places of the last module that the header depends on, and of the last name that it exposes; none without one.
  let lastDependency: Span
  let lastExposed: Span
  private let exposure: Program.Exposure
  private var exposed: Set<Name>

  fileprivate init(index: Int, _ module: Program.Module, unread: Set<Name>) {
    self.index = index
    self.unread = unread
    name = module.name
    isLibrary = module.isLibrary
    exposure = module.exposure
    lastDependency = module.depends.last?.span ?? .none
    if case .only(_, let transparent, _) = module.exposure {
      lastExposed = transparent.last?.span ?? .none
    } else {
      lastExposed = .none
    }
    switch module.exposure {
    case .everything: exposed = []
    case .only(_, let transparent, let opaque): exposed = Set((transparent + opaque).map(\.name))
    }
  }

  /// The types that are exposed opaquely.
  fileprivate var opaqueNames: Set<Name> {
    switch exposure {
    case .everything(_, let opaque), .only(_, _, let opaque): Set(opaque.map(\.name))
    }
  }

  /// Whether the header has an `exposes [...]`.
  var hasExposesList: Bool {
    if case .only = exposure { true } else { false }
  }

  /// Whether the header exposes the name.
  func exposes(_ name: Name) -> Bool {
    if case .everything = exposure { return !name.text.hasPrefix("_") }
    return exposed.contains(name)
  }

  /// Whether a name is missing here for a reason that has been reported: it is declared, but not understood, or the
  /// header lists it although nothing is called so.
  func lacksListed(_ name: Name) -> Bool {
    if unread.contains(name) || unread.contains(.everyName) { return true }
    guard exposed.contains(name) || opaqueNames.contains(name) else { return false }
    return functions[name] == nil && types[name] == nil && exportedTypes[name] == nil && bindings[name] == nil
  }

  /// Whether a name in capitals may belong to a module that could not be read.
  func mayBeUnread(_ name: Name) -> Bool { unread.contains(name) || unread.contains(.someModule) }

  /// The name of what is declared here, seen from everywhere.
  func fullName(_ short: Name) -> Name {
    if !name.text.isEmpty { return Name(name.text + "." + short.text) }
    // What takes a name of the language, which is an error, is not taken for that.
    return Vocabulary.reserved.contains(short) ? Name("own." + short.text) : short
  }

  /// The name of the type that a function returns, without type arguments.
  func resultName(of function: Name) -> Name? { results[function] }

  /// The fields of the record that a function returns; none if it returns something else.
  func resultFields(of function: Name) -> Set<Name> {
    guard let result = results[function], case .record(let fields)? = types[result]?.shape else { return [] }
    return Set(fields)
  }

  /// The types of that name which the modules in `depends` export, each once.
  func importedTypes(_ short: Name) -> [TypeSymbol] {
    var found: [TypeSymbol] = []
    for dependency in dependencyList {
      guard let type = dependency.exportedTypes[short], !found.contains(where: { $0 === type }) else { continue }
      found.append(type)
    }
    return found
  }

  fileprivate func gatherExports() {
    exposeWhatWasMeant()
    switch exposure {
    case .everything: exportedTypes = types
    case .only(_, let transparent, let opaque):
      for name in (transparent + opaque).map(\.name) {
        guard exportedTypes[name] == nil, functions[name] == nil else { continue }
        let imported = types[name] == nil ? importedTypes(name) : []
        exportedTypes[name] = types[name] ?? (imported.count == 1 ? imported.first : nil)
      }
      for name in exposed where exportedTypes[name] == nil { exportedTypes[name] = types[name] }
    }
  }

  /// Exposes what the header probably means by names that there are not, which is reported.
  private func exposeWhatWasMeant() {
    for name in exposed
    where functions[name] == nil && types[name] == nil && importedTypes(name).isEmpty && !unread.contains(name) {
      let declared = (Array(functions.keys) + Array(types.keys)).map(\.text)
      if let meant = nearestNames(to: name.text, among: declared).first { exposed.insert(Name(meant)) }
    }
  }
}

/// Everything declared in a program, by module. Of several declarations of one name the first counts.
struct SymbolTable {
  /// The modules in the order of the program.
  private(set) var modules: [ModuleSymbols] = []
  /// The user's modules by their full names.
  private(set) var named: [Name: ModuleSymbols] = [:]
  /// The modules of the standard library by their names.
  private(set) var modulesOfLibrary: [Name: ModuleSymbols] = [:]
  /// How many segments the longest name of a module has.
  private(set) var longestName = 0

  init(_ program: Program.Root, in context: PassContext) {
    for (index, module) in program.modules.enumerated() {
      let symbols = ModuleSymbols(index: index, module, unread: context.unreadNames[module.span.start] ?? [])
      for depends in module.depends {
        guard let dependency = named[depends.name],
          symbols.dependencies.updateValue(dependency, forKey: depends.name) == nil
        else { continue }
        symbols.dependencyList.append(dependency)
      }
      Self.declare(module.items, in: symbols)
      symbols.gatherExports()
      modules.append(symbols)
      if symbols.isLibrary {
        modulesOfLibrary[module.name] = symbols
      } else if !module.name.text.isEmpty, named[module.name] == nil {
        named[module.name] = symbols
        longestName = max(longestName, module.name.text.utf8.count { $0 == UInt8(ascii: ".") } + 1)
      }
    }
  }

  private static func declare(_ items: [Program.Item], in symbols: ModuleSymbols) {
    let opaque = symbols.opaqueNames
    func add(_ name: Program.Ident, _ shape: TypeSymbol.Shape) {
      if symbols.types[name.name] != nil { return }
      symbols.types[name.name] = TypeSymbol(
        name: symbols.fullName(name.name), short: name.name, module: symbols.index, span: name.span, shape: shape,
        isOpaque: opaque.contains(name.name))
    }
    for item in items {
      switch item {
      case .function(_, let name, let parameters, let result, _, _, _):
        guard symbols.functions[name.name] == nil else { continue }
        if case .named(_, let type, _)? = result { symbols.results[name.name] = type.name }
        symbols.functions[name.name] = FunctionSymbol(
          name: symbols.fullName(name.name), span: name.span, takesFunctions: parameters.contains { $0.ty.isFunction },
          takesNothing: parameters.isEmpty)
      case .sum(_, let name, let variants):
        add(name, .sum(Dictionary(variants.map { ($0.name.name, $0.fields.count) }) { first, _ in first }))
      case .record(_, let name, let fields):
        add(name, .record(fields.map(\.name.name)))
      case .statement(_, .bind(_, let name, _, _)):
        if symbols.bindings[name.name] == nil, name.name != "_" { symbols.bindings[name.name] = name.span }
      case .verify, .decision, .statement: break
      }
    }
  }
}
