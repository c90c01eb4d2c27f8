import Languages
import Nanopass

/// The numbers of all that a program declares, for the lowering of its functions.
struct ProgramTables {
  var types: TypeLayout
  let data: DataLayout
  /// Imports stand before functions.
  private(set) var functions: [Name: Int] = [:]
  /// The number of results of functions and imports.
  private(set) var resultCounts: [Name: Int] = [:]
  private(set) var imports: [Name: Int] = [:]
  private(set) var globals: [Name: Int] = [:]
  /// The function types of exceptions.
  private(set) var tags: [Int] = []

  init(_ root: WasmIR.Root, _ mentions: ProgramMentions) throws {
    types = try TypeLayout(root.types, tested: mentions.tested)
    data = DataLayout(root.data, addressed: mentions.addressed, copied: mentions.copied(root, types))
    for (number, each) in root.imports.enumerated() {
      imports[each.name] = number
      resultCounts[each.name] = each.results.count
    }
    for (number, each) in root.functions.enumerated() {
      functions[each.name] = root.imports.count + number
      resultCounts[each.name] = each.results.count
    }
  }

  /// Numbers the globals, which are in the order of the module.
  mutating func number(_ globals: [WasmIR.Global]) {
    for (number, each) in globals.enumerated() { self.globals[each.name] = number }
  }

  /// The tag of the exception that abandons an attempt; it carries nothing.
  mutating func exceptionTag() -> Int {
    if tags.isEmpty { tags.append(types.function([], [])) }
    return 0
  }

  /// The number under a name.
  func find(_ name: Name, in table: [Name: Int]) throws -> Int {
    guard let number = table[name] else {
      throw PassBug(LowerToWasmCode.name, "`\(name)` is not declared", broke: "known-names")
    }
    return number
  }

  /// What is stored in a field of a struct, or in the elements of an array.
  func storage(of type: Name, field: Int = 0) throws -> WasmIR.Storage {
    guard let fields = types.fields[type], fields.indices.contains(field) else {
      throw PassBug(LowerToWasmCode.name, "`\(type)` has no field \(field)", broke: "well-typed")
    }
    return fields[field].storage
  }

  /// The number of results of an expression.
  func resultCount(of node: WasmIR.Expr) -> Int {
    switch node {
    case .call(_, let name, _), .host(_, let name, _): resultCounts[name] ?? 0
    case .setGlobal, .set, .setElement, .copy, .fill: 0
    case .compute(_, let name, _): WasmOperator.named(name)?.results.count ?? 1
    default: 1
    }
  }
}

/// What the expressions of a program mention that decides how types and data are laid out.
struct ProgramMentions: WasmIRWalker {
  /// The types that a test asks for.
  private(set) var tested: Set<Name> = []
  /// The data whose address is asked for.
  private(set) var addressed: Set<Name> = []
  /// The data that arrays are made from, by the array's type.
  private var sources: [Name: Set<Name>] = [:]
  /// Whether an instruction is about memory.
  private(set) var usesMemory = false

  init(_ root: WasmIR.Root) throws { try visit(root) }

  mutating func visit(_ node: WasmIR.Datum) throws { addressed.formUnion(node.mentions) }

  mutating func visit(_ node: WasmIR.Expr) throws {
    switch node {
    case .is(_, let type, _): tested.insert(type)
    case .address(_, let datum): addressed.insert(datum)
    case .newFromDatum(_, let type, let datum): sources[datum, default: []].insert(type)
    case .compute(_, let name, _):
      if let known = WasmOperator.named(name), known.readsMemory || known.hasEffect { usesMemory = true }
    default: break
    }
    try walk(node)
  }

  /// The data that are copied into arrays by an instruction that names the datum.
  func copied(_ root: WasmIR.Root, _ types: TypeLayout) -> Set<Name> {
    Set(
      root.data.filter { datum in
        sources[datum.name, default: []].contains { type in
          let storage = types.fields[type]?.first?.storage
          return !ShortArrays.isShort(bytes: datum.content { _ in 0 }.count, of: storage)
        }
      }.map(\.name))
  }
}

/// Arrays that take less room as constants on the stack than as data.
enum ShortArrays {
  /// - Parameters:
  ///   - bytes: the bytes of the datum.
  ///   - storage: what the elements are.
  static func isShort(bytes: Int, of storage: WasmIR.Storage?) -> Bool {
    guard let storage, let width = width(of: storage) else { return false }
    return bytes % width == 0 && bytes <= 4
  }

  /// The bytes of an element; nil for references.
  static func width(of storage: WasmIR.Storage) -> Int? {
    switch storage {
    case .i8: 1
    case .i16: 2
    case .whole(.i32): 4
    case .whole(.i64), .whole(.f64): 8
    case .whole: nil
    }
  }
}
