/// What a module asks its host for, read from the bytes alone: a second opinion, which shares nothing with the decoder
/// but the reading of numbers. It takes modules of any kind.
public struct ImportList: Sendable, Hashable {
  /// One import.
  public struct Entry: Sendable, Hashable, CustomStringConvertible {
    public var module: String
    public var field: String

    public init(module: String, field: String) {
      self.module = module
      self.field = field
    }

    public var description: String { "\(module).\(field)" }
  }

  /// The imports in order.
  public let entries: [Entry]

  /// - Throws: `BinaryError` if the bytes are no module, or import something other than functions.
  public init(of bytes: [UInt8]) throws {
    var entries: [Entry] = []
    for var section in try ByteReader.sections(numbered: 2, of: bytes) {
      for _ in 0..<(try section.unsigned()) {
        let entry = Entry(module: try section.text(), field: try section.text())
        guard try section.byte() == 0 else { throw section.error("`\(entry)` is no function") }
        _ = try section.unsigned()
        entries.append(entry)
      }
      try section.finish("the list of imports")
    }
    self.entries = entries
  }
}

/// The functions that a module lets its host call, read from the bytes alone. It takes modules of any kind.
public struct ExportList: Sendable, Hashable {
  /// The names of the functions in order.
  public let functions: [String]

  /// - Throws: `BinaryError` if the bytes are no module.
  public init(of bytes: [UInt8]) throws {
    var functions: [String] = []
    for var section in try ByteReader.sections(numbered: 7, of: bytes) {
      for _ in 0..<(try section.unsigned()) {
        let (field, kind) = (try section.text(), try section.byte())
        _ = try section.unsigned()
        if kind == 0 { functions.append(field) }
      }
      try section.finish("the list of exports")
    }
    self.functions = functions
  }
}
