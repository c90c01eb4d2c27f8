import Diagnostics
public import Languages
public import Nanopass
import WasmBinary

/// The step behind the last language of the WebAssembly pipeline.
public enum WasmBackEnd {
  /// The bytes of a module, and its source map if that is a file of its own.
  public struct Module: Sendable {
    public var bytes: [UInt8]
    public var sourceMap: String?
  }

  /// The bytes of a module. They have been read again, and import nothing but what serves effects that the program
  /// declares.
  ///
  /// - Parameters:
  ///   - root: the module.
  ///   - names: whether the names of functions, variables, types and globals are in it, for people and tools.
  ///   - map: what its source map is to be like, if it gets one.
  ///   - host: what there is to import.
  /// - Throws: `LimitExceeded` if the program is too large for the format; `BinaryError` if the module breaks an
  ///   invariant of its language, if the bytes do not say what the module does, or if they ask the host for more than
  ///   the program declares.
  public static func module(
    of root: WasmCode.Root, names: Bool, map: ModuleSourceMap? = nil, host: HostInterface = .standard
  ) throws -> Module {
    var encoded = try ModuleEncoder().module(root, names: names)
    let first = try checkedBytes(of: encoded.module)
    var bytes = first.bytes
    var file: String?
    if let map {
      let text = try map.text(offsets: first.offsets, spans: encoded.spans)
      encoded.module.sourceMapURL = map.url(of: text)
      if !map.isInside { file = text }
      // The place of the map stands behind all else, so that nothing moves.
      bytes = try checkedBytes(of: encoded.module).bytes
    }
    let imports = try ImportList(of: bytes)
    try check(imports, against: root.imports)
    try host.check(imports, declared: root.effects)
    return Module(bytes: bytes, sourceMap: file)
  }

  /// The bytes of a module that read as the module, and where each instruction stands in them.
  private static func checkedBytes(of module: BinaryModule) throws -> (bytes: [UInt8], offsets: [[Int]]) {
    let bytes = try module.encoded()
    var offsets: [[Int]] = []
    guard try BinaryModule(decoding: bytes, offsets: &offsets) == module else {
      throw BinaryError("the bytes of the module do not read as the module")
    }
    return (bytes, offsets)
  }

  /// The same, with an error reported for a program that is too large for the format.
  ///
  /// - Returns: nil if it is.
  /// - Throws: `BinaryError`, as above.
  public static func module(
    of root: WasmCode.Root, names: Bool, map: ModuleSourceMap? = nil, in context: PassContext
  ) throws -> Module? {
    do {
      return try module(of: root, names: names, map: map)
    } catch let limit as LimitExceeded {
      context.report(error(limit, in: root))
      return nil
    }
  }

  /// The error of a program that is too large for the format, at the function or type that has too much, if it is one's.
  private static func error(_ limit: LimitExceeded, in root: WasmCode.Root) -> Diagnostic {
    let index = limit.function.map { $0 - root.imports.count }
    let function =
      index.flatMap { root.functions.indices.contains($0) ? root.functions[$0] : nil }
      ?? limit.type.flatMap { number in root.functions.first { $0.type == number } }
    let types = root.groups.flatMap(\.types)
    let type = function == nil ? limit.type.flatMap { types.indices.contains($0) ? types[$0] : nil } : nil
    let places = [function?.span, type?.span].compactMap { $0 } + root.functions.map(\.span)
    let name = (function?.name ?? type?.name).map { "`\($0)`: " } ?? ""
    let part = function != nil ? "function" : type != nil ? "type" : nil
    let hasParameters = function.map { $0.parameters.count > BinaryLimits.parameters } ?? false
    let origin = hasParameters ? "; top-level bindings are parameters of the functions that need them" : ""
    var error = Diagnostic.error(
      "module-limit", at: places.first { $0 != .none } ?? .none,
      "the program is too large for a module: \(name)\(limit.message)",
      help: part.map { "divide the \($0) into smaller ones, or choose another target\(origin)" }
        ?? "leave parts of the program out, or choose another target")
    error.fnName = function?.name.text
    return error
  }

  /// What there is to say of a module: what its parts weigh, the heaviest first.
  ///
  /// - Throws: `BinaryError` if the bytes are no module.
  public static func report(on bytes: [UInt8]) throws -> PassReport {
    let sections = try SectionSizes(of: bytes).sections.enumerated()
      .sorted { ($1.element.bytes, $0.offset) < ($0.element.bytes, $1.offset) }.map(\.element)
    let list = sections.map { "\($0.bytes) for \($0.content)" }.joined(separator: ", ")
    return PassReport(
      summary: "Wrote \(bytes.count) bytes: \(list).",
      data: [("bytes", bytes.count)] + sections.map { ($0.content, $0.bytes) })
  }

  /// The module in the text format of WebAssembly.
  ///
  /// - Throws: `BinaryError` as `bytes` does.
  public static func text(of root: WasmCode.Root) throws -> String {
    try ModuleEncoder().module(root, names: true).module.text
  }

  /// What the bytes import must be what the program's imports say.
  private static func check(_ found: ImportList, against declared: [WasmCode.Import]) throws {
    let expected = declared.map { ImportList.Entry(module: $0.module, field: $0.field) }
    guard found.entries == expected else {
      throw BinaryError("the bytes import \(found.entries), but the program declares \(expected)")
    }
  }
}

extension WasmCode.TypeDef {
  /// What the type is called, if it is one of data.
  fileprivate var name: Name? {
    switch self {
    case .struct(_, let name, _, _, _), .array(_, let name, _): name
    case .function: nil
    }
  }
}
