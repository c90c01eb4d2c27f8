public import Languages
import Nanopass
import WasmBinary

/// The step behind the last language of the WebAssembly pipeline.
public enum WasmBackEnd {
  /// The bytes of a module. They have been read again, and import nothing but what the program declares.
  ///
  /// - Parameters:
  ///   - root: the module.
  ///   - names: whether the names of functions, variables, types and globals are in it, for people and tools.
  /// - Throws: `BinaryError` if the module exceeds a limit of the format or breaks an invariant of its language, or if
  ///   the bytes do not say what the module does.
  public static func bytes(of root: WasmCode.Root, names: Bool) throws -> [UInt8] {
    let module = try ModuleEncoder().module(root, names: names)
    let bytes = try module.encoded()
    guard try BinaryModule(decoding: bytes) == module else {
      throw BinaryError("the bytes of the module do not read as the module")
    }
    try check(try ImportList(of: bytes), against: root.imports)
    return bytes
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
