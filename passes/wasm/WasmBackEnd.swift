import Diagnostics
public import Languages
public import Nanopass
import WasmBinary

/// The step behind the last language of the WebAssembly pipeline.
public enum WasmBackEnd {
  /// The bytes of a module. They have been read again, and import nothing but what the program declares.
  ///
  /// - Parameters:
  ///   - root: the module.
  ///   - names: whether the names of functions, variables, types and globals are in it, for people and tools.
  /// - Throws: `LimitExceeded` if the program is too large for the format; `BinaryError` if the module breaks an
  ///   invariant of its language, or if the bytes do not say what the module does.
  public static func bytes(of root: WasmCode.Root, names: Bool) throws -> [UInt8] {
    let module = try ModuleEncoder().module(root, names: names)
    let bytes = try module.encoded()
    guard try BinaryModule(decoding: bytes) == module else {
      throw BinaryError("the bytes of the module do not read as the module")
    }
    try check(try ImportList(of: bytes), against: root.imports)
    return bytes
  }

  /// The same, with an error reported for a program that is too large for the format.
  ///
  /// - Returns: nil if it is.
  /// - Throws: `BinaryError`, as above.
  public static func bytes(of root: WasmCode.Root, names: Bool, in context: PassContext) throws -> [UInt8]? {
    do {
      return try bytes(of: root, names: names)
    } catch let limit as LimitExceeded {
      context.report(error(limit, in: root))
      return nil
    }
  }

  /// The error of a program that is too large for the format, at the function that has too much, if it is one's.
  private static func error(_ limit: LimitExceeded, in root: WasmCode.Root) -> Diagnostic {
    let index = limit.function.map { $0 - root.imports.count }
    let function = index.flatMap { root.functions.indices.contains($0) ? root.functions[$0] : nil }
    let place = function?.span ?? root.functions.map(\.span).first { $0 != .none } ?? .none
    let name = function.map { "`\($0.name)`: " } ?? ""
    var error = Diagnostic.error(
      "module-limit", at: place, "the program is too large for a module: \(name)\(limit.message)",
      help: function == nil
        ? "leave parts of the program out, or choose another target"
        : "divide the function into smaller ones, or choose another target")
    error.fnName = function?.name.text
    return error
  }

  /// The module in the text format of WebAssembly.
  ///
  /// - Throws: `BinaryError` as `bytes` does.
  public static func text(of root: WasmCode.Root) throws -> String {
    try ModuleEncoder().module(root, names: true).text
  }

  /// What a module gets from its host must be what the program's imports declare, each with the effect that it is for.
  private static func check(_ found: ImportList, against declared: [WasmCode.Import]) throws {
    let expected = declared.map { ImportList.Entry(module: $0.module, field: $0.field) }
    guard found.entries == expected else {
      throw BinaryError("the bytes import \(found.entries), but the program declares \(expected)")
    }
  }
}
