import Diagnostics
public import Languages
public import Nanopass
import WasmLibrary

/// Adds the declarations of the library that the program uses, and those that these use.
///
///     (run (call console.print [(local s.0)]))
///
/// brings along the function `console.print`, the import `Console.print`, the type `string` and what they need. If small
/// output is asked for, a function `NAME.small` of the library stands for the one called NAME.
///
/// Needs: bound-locals. Ensures: known-names.
public struct LinkWasmLibrary: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Add the functions and types of the library that are used"

  private var program = WasmIR.Root.empty(.engine)
  private var types: [Name: WasmIR.TypeDef] = [:]
  private var declared: Set<Name> = []
  private var wanted: [Name] = []
  private var reader = LibraryReader(.engine)
  private var favoursSize = false

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    program = input
    favoursSize = context.options.favoursSize
    reader = LibraryReader(input.heap)
    program.types = []
    for type in input.types { types[type.name] = type }
    declared = Set(input.declaredNames)
    mention(input)
    do {
      while let name = wanted.popLast() { try add(name) }
    } catch let error as ReadError {
      throw PassBug(Self.self, "the library can't be read: \(error.message)", broke: "known-names", in: input.entry)
    }
    let functions = program.functions.count - input.functions.count
    let structs = types.count - input.types.count
    context.explain(
      "Added \(functions) functions and \(structs) types of the library.",
      data: [("functions", functions), ("types", structs)])
    program.types = ordered()
    return program
  }

  /// Remembers the names in a tree that are not declared yet.
  private mutating func mention(_ node: some Node) {
    var sink = NameSink()
    node.write(to: &sink)
    for name in sink.names where declared.insert(name).inserted { wanted.append(name) }
  }

  private mutating func add(_ name: Name) throws {
    let small = favoursSize ? try reader.text(of: Name("\(name).small")) : nil
    guard let text = try small ?? reader.text(of: name) else { return }
    let parts = text.items
    guard let kind = parts.first?.text, parts.count >= 3 else { return }
    switch kind {
    case "struct": try add(try reader.structure(text))
    case "array": try add(.array(.none, name: name, element: try reader.field(parts[2])))
    case "function":
      var function = try reader.function(text)
      function.name = name
      program.functions.append(function)
      mention(function)
    case "global": try add(global: name, parts)
    case "import":
      var reader = NodeReader()
      let function = try WasmIR.Import(reading: text, from: &reader)
      program.imports.append(function)
    case "text", "bytes", "words", "space":
      var reader = NodeReader()
      let datum = try WasmIR.Datum(reading: text, from: &reader)
      program.data.append(datum)
      mention(datum)
    default: throw ReadError(offset: text.start, message: "`\(kind)` is no declaration")
    }
  }

  private mutating func add(_ type: WasmIR.TypeDef) throws {
    types[type.name] = type
    mention(type)
  }

  /// `(global NAME TYPE VALUE)`, the type in `(mutable ...)` if it may change.
  private mutating func add(global name: Name, _ parts: [SExpression]) throws {
    let field = try reader.field(parts[2])
    guard parts.count == 4, case .whole(let ty) = field.storage else {
      throw ReadError(offset: parts[0].start, message: "expected a type and a value")
    }
    let value = try reader.expression(parts[3])
    let global = WasmIR.Global(.none, name: name, ty: ty, isMutable: field.isMutable, value: value)
    program.globals.append(global)
    mention(global)
  }

  /// The types by name, each behind its parent, with the fields of parents.
  private func ordered() -> [WasmIR.TypeDef] {
    var result: [WasmIR.TypeDef] = []
    var done: Set<Name> = []
    func visit(_ name: Name) {
      guard done.insert(name).inserted, let type = types[name] else { return }
      if case .struct(_, _, let parent?, _) = type { visit(parent) }
      result.append(type)
    }
    for name in types.keys.sorted() { visit(name) }
    return result
  }
}

/// Gathers the names in a tree.
private struct NameSink: NodeSink {
  private(set) var names: [Name] = []

  mutating func name(_ name: Name) { names.append(name) }
  mutating func open(_ form: StaticString, _ span: Span, spanned: Bool) {}
  mutating func close(empty: Bool) {}
  mutating func local(_ local: Local) {}
  mutating func atom(_ text: String) {}
  mutating func beginList(count: Int, minimum: Int) {}
  mutating func endList() {}
  mutating func absent() {}
}
