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
    var reader = ByteReader(bytes)
    for expected in BinaryModule.header where try reader.byte() != expected {
      throw reader.error("this is no module of WebAssembly", at: reader.position - 1)
    }
    var entries: [Entry] = []
    while !reader.isAtEnd {
      let number = try reader.byte()
      var section = try reader.sized()
      guard number == 2 else { continue }
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
