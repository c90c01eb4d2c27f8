import Diagnostics
public import Languages
public import Nanopass

/// Drops the functions, imports, types, globals and data that nothing reachable from the entry mentions. A type that is
/// only mentioned as a parent is none.
///
///     (global unused i32 false (i32 1))
///     (function helper [] [] (block [] (return [])))
///     (function main [] [] (block [] (return [])))
///
/// becomes
///
///     (function main [] [] (block [] (return [])))
///
/// Needs: known-names. Ensures: known-names.
public struct DropUnusedDeclarations: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Drop functions, imports, types, globals and data that nothing mentions"

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    let used = try Reachable(input)
    var output = input
    output.types = input.types.filter { used.types.contains($0.name) }.map { used.withoutParent($0) }
    output.imports = input.imports.filter { used.imports.contains($0.name) }
    output.globals = input.globals.filter { used.globals.contains($0.name) }
    output.data = input.data.filter { used.data.contains($0.name) }
    output.functions = input.functions.filter { used.functions.contains($0.name) }
    let dropped = [
      ("functions", input.functions.count - output.functions.count),
      ("imports", input.imports.count - output.imports.count), ("types", input.types.count - output.types.count),
      ("globals", input.globals.count - output.globals.count), ("data", input.data.count - output.data.count),
    ]
    context.explain(
      "Dropped \(dropped.map { "\($0.1) \($0.0)" }.joined(separator: ", ")).",
      data: dropped.map { (key: $0.0, count: $0.1) })
    return output
  }
}

/// What can be reached from the entry of a program.
private struct Reachable: WasmIRWalker {
  private(set) var functions: Set<Name> = []
  private(set) var imports: Set<Name> = []
  private(set) var types: Set<Name> = []
  private(set) var globals: Set<Name> = []
  private(set) var data: Set<Name> = []
  private var pending: [any Node] = []

  private let importNamed: [Name: WasmIR.Import]
  private let functionNamed: [Name: WasmIR.Function]
  private let globalNamed: [Name: WasmIR.Global]
  private let typeNamed: [Name: WasmIR.TypeDef]
  private let datumNamed: [Name: WasmIR.Datum]

  init(_ root: WasmIR.Root) throws {
    importNamed = Dictionary(root.imports.map { ($0.name, $0) }) { first, _ in first }
    functionNamed = Dictionary(root.functions.map { ($0.name, $0) }) { first, _ in first }
    globalNamed = Dictionary(root.globals.map { ($0.name, $0) }) { first, _ in first }
    typeNamed = Dictionary(root.types.map { ($0.name, $0) }) { first, _ in first }
    datumNamed = Dictionary(root.data.map { ($0.name, $0) }) { first, _ in first }
    use(function: root.entry)
    while let next = pending.popLast() {
      if let function = next as? WasmIR.Function {
        for result in function.results { use(type: result.mentioned) }
        try visit(function)
      } else if let global = next as? WasmIR.Global {
        use(type: global.ty.mentioned)
        try visit(global)
      } else if let type = next as? WasmIR.TypeDef {
        for field in type.fields { use(type: field.storage.type?.mentioned) }
      }
    }
  }

  private mutating func use(function name: Name) {
    if functions.insert(name).inserted, let function = functionNamed[name] { pending.append(function) }
  }

  private mutating func use(type name: Name?) {
    if let name, types.insert(name).inserted, let type = typeNamed[name] { pending.append(type) }
  }

  /// The type without parents that nothing else mentions: nothing is used for them.
  func withoutParent(_ type: WasmIR.TypeDef) -> WasmIR.TypeDef {
    guard case .struct(let span, let name, let parent?, let fields) = type else { return type }
    var next: Name? = parent
    while let ancestor = next, !types.contains(ancestor) { next = typeNamed[ancestor]?.parent }
    return .struct(span, name: name, parent: next, fields: fields)
  }

  private mutating func use(global name: Name) {
    if globals.insert(name).inserted, let global = globalNamed[name] { pending.append(global) }
  }

  private mutating func use(datum name: Name) {
    if data.insert(name).inserted, let datum = datumNamed[name] {
      for other in datum.mentions { use(datum: other) }
    }
  }

  private mutating func use(import name: Name) {
    guard imports.insert(name).inserted, let found = importNamed[name] else { return }
    for type in found.parameters + found.results { use(type: type.mentioned) }
  }

  mutating func visit(_ node: WasmIR.Parameter) throws { use(type: node.ty.mentioned) }

  mutating func visit(_ node: WasmIR.Step) throws {
    if case .let(_, _, let type, _) = node { use(type: type.mentioned) }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.End) throws {
    switch node {
    case .tailCall(_, let name, _), .attempt(_, _, let name, _, _, _): use(function: name)
    default: break
    }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.Expr) throws {
    switch node {
    case .call(_, let name, _): use(function: name)
    case .host(_, let name, _): use(import: name)
    case .global(_, let name), .setGlobal(_, let name, _): use(global: name)
    case .address(_, let datum), .size(_, let datum): use(datum: datum)
    case .choose(_, _, let type, _, _): use(type: type.mentioned)
    case .newFromDatum(_, let type, let datum):
      use(type: type)
      use(datum: datum)
    case .null(_, let type), .new(_, let type, _), .get(_, let type, _, _), .set(_, let type, _, _, _),
      .newArray(_, let type, _, _), .newZeroed(_, let type, _), .newFixed(_, let type, _),
      .element(_, let type, _, _), .setElement(_, let type, _, _, _), .copy(_, let type, _, _, _, _, _),
      .fill(_, let type, _, _, _, _), .is(_, let type, _), .cast(_, let type, _):
      use(type: type)
    case .local, .i32, .i64, .f64, .compute, .length, .isNull, .notNull, .same, .elements: break
    }
    try walk(node)
  }
}
