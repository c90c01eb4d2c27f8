/// What the parts of a module weigh.
public struct SectionSizes: Sendable {
  /// The sections in order: what each holds, and its bytes with those of its head.
  public let sections: [(content: String, bytes: Int)]

  /// - Throws: `BinaryError` if the bytes are no module.
  public init(of bytes: [UInt8]) throws {
    sections = try ByteReader.sections(of: bytes).map { section in
      var content = section.content
      let name = section.number == 0 ? try content.text() : Self.names[section.number] ?? "section \(section.number)"
      return (name, section.content.position + section.content.left - section.start)
    }
  }

  private static let names: [UInt8: String] = [
    1: "types", 2: "imports", 3: "functions", 4: "tables", 5: "memory", 6: "globals", 7: "exports", 8: "start",
    9: "elements", 10: "code", 11: "data", 12: "data count", 13: "tags",
  ]
}

extension ByteReader {
  /// The sections of a module that have a number.
  static func sections(numbered wanted: UInt8, of bytes: [UInt8]) throws -> [ByteReader] {
    try sections(of: bytes).filter { $0.number == wanted }.map(\.content)
  }

  /// The sections of a module with where they start. Of their contents nothing is read.
  static func sections(of bytes: [UInt8]) throws -> [(number: UInt8, start: Int, content: ByteReader)] {
    var reader = ByteReader(bytes)
    for expected in BinaryModule.header {
      guard !reader.isAtEnd, try reader.byte() == expected else {
        throw reader.error("this is no module of WebAssembly", at: max(0, reader.position - 1))
      }
    }
    var found: [(number: UInt8, start: Int, content: ByteReader)] = []
    while !reader.isAtEnd {
      let start = reader.position
      found.append((try reader.byte(), start, try reader.sized()))
    }
    return found
  }
}
