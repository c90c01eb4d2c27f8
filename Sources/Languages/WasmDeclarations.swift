import Nanopass
import WasmLibrary

/// What a program of WasmIR declares, by name. One for all that look things up in it.
public final class WasmDeclarations: Sendable {
  /// What a function takes and gives.
  public struct Signature: Sendable {
    /// The types of the parameters.
    public let parameters: [WasmIR.Ty]
    /// The types of the results.
    public let results: [WasmIR.Ty]
  }

  /// Where values lie.
  public let heap: WasmIR.Heap
  /// The types.
  public let types: [Name: WasmIR.TypeDef]
  /// The functions.
  public let functions: [Name: Signature]
  /// The imports.
  public let imports: [Name: Signature]
  /// The globals.
  public let globals: [Name: WasmIR.Global]
  /// The data.
  public let data: Set<Name>

  public init(_ root: WasmIR.Root) {
    heap = root.heap
    types = Dictionary(root.types.map { ($0.name, $0) }) { first, _ in first }
    functions = Dictionary(
      root.functions.map { ($0.name, Signature(parameters: $0.parameters.map(\.ty), results: $0.results)) }
    ) { first, _ in first }
    imports = Dictionary(
      root.imports.map { ($0.name, Signature(parameters: $0.parameters, results: $0.results)) }
    ) { first, _ in first }
    globals = Dictionary(root.globals.map { ($0.name, $0) }) { first, _ in first }
    data = Set(root.data.map(\.name))
  }

  /// The fields of a struct; nil if there is none of that name.
  public func fields(of type: Name) -> [WasmIR.Field]? {
    guard case .struct(_, _, _, let fields)? = types[type] else { return nil }
    return fields
  }

  /// The element of an array; nil if there is none of that name.
  public func element(of type: Name) -> WasmIR.Field? {
    guard case .array(_, _, let element)? = types[type] else { return nil }
    return element
  }

  /// Whether values of one heap type are values of another.
  public func isSubtype(_ type: Name, of other: Name) -> Bool {
    var type = type
    for _ in 0...types.count {
      if type == other { return true }
      guard case .struct(_, _, let parent?, _)? = types[type] else { return false }
      type = parent
    }
    return false
  }

  /// Whether a value of one type may stand where one of another is asked for.
  public func fits(_ found: WasmIR.Ty, _ wanted: WasmIR.Ty) -> Bool {
    switch (found, wanted) {
    case (.ref(let type), .ref(let other)), (.ref(let type), .nullable(let other)),
      (.nullable(let type), .nullable(let other)):
      isSubtype(type, of: other)
    case (.i32, .ref), (.i32, .nullable), (.ref, .i32), (.nullable, .i32): heap == .memory
    default: found == wanted
    }
  }

  func violations(of type: WasmIR.TypeDef) -> [Violation] {
    guard case .struct(_, let name, let parent?, let fields) = type else { return [] }
    guard types[parent] != nil else { return [] }
    guard let inherited = self.fields(of: parent) else {
      return [Violation("the parent of `\(name)` is no struct", in: type)]
    }
    if name == parent || isSubtype(parent, of: name) {
      return [Violation("`\(name)` is above its parent", in: type)]
    }
    let repeats = fields.count >= inherited.count && zip(fields, inherited).allSatisfy { $0 == $1 }
    return repeats ? [] : [Violation("`\(name)` does not begin with the fields of its parent", in: type)]
  }
}

extension WasmIR.Storage {
  /// The type of what is read from it and written to it.
  public var ty: WasmIR.Ty {
    switch self {
    case .whole(let ty): ty
    case .i8, .i16: .i32
    }
  }
}

extension WasmIR.Heap {
  /// The text of the library's declaration of a name for programs whose values lie here; nil if there is none.
  public func declaration(of name: Name) -> String? {
    (self == .memory ? wasmMemoryLibrary[name.text] : nil) ?? wasmLibrary[name.text]
  }
}
