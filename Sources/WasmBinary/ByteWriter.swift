/// Bytes as they grow, with the number formats of WebAssembly.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  /// One byte.
  mutating func byte(_ value: UInt8) { bytes.append(value) }

  /// Bytes as they are.
  mutating func raw(_ values: [UInt8]) { bytes += values }

  /// Unsigned LEB128 (DWARF 5, 7.6).
  mutating func unsigned(_ value: UInt32) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Signed LEB128.
  mutating func signed(_ value: Int64) {
    var rest = value
    // The last byte's bit 6 is the sign.
    while !(-64..<64).contains(rest) {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest) & 0x7f)
  }

  /// Eight bytes, the lowest first.
  mutating func fixed(_ value: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
  }

  /// The number of some things.
  ///
  /// - Throws: `BinaryError` if the format has no room for it.
  mutating func count(_ value: Int) throws {
    guard let count = UInt32(exactly: value) else { throw BinaryError("the format has no room for \(value) things") }
    unsigned(count)
  }

  /// A text with its length.
  mutating func text(_ text: String) throws { try block(Array(text.utf8)) }

  /// Bytes with their number.
  mutating func block(_ block: [UInt8]) throws {
    try count(block.count)
    raw(block)
  }

  /// The number of elements, and each of them.
  mutating func list<Elements: Collection>(
    _ elements: Elements, _ write: (inout ByteWriter, Elements.Element) throws -> Void
  ) throws {
    try count(elements.count)
    for element in elements { try write(&self, element) }
  }

  /// What `content` writes, with its size before it.
  mutating func sized(_ content: (inout ByteWriter) throws -> Void) throws {
    var inner = ByteWriter()
    try content(&inner)
    try block(inner.bytes)
  }

  /// A section with its number and size.
  mutating func section(_ number: UInt8, _ content: (inout ByteWriter) throws -> Void) throws {
    byte(number)
    try sized(content)
  }

  /// A section of elements; nothing if there are none.
  mutating func section<Elements: Collection>(
    _ number: UInt8, _ elements: Elements, _ write: (inout ByteWriter, Elements.Element) throws -> Void
  ) throws {
    if !elements.isEmpty { try section(number) { try $0.list(elements, write) } }
  }
}

extension Int {
  /// How many bytes a number that is not negative takes as unsigned LEB128.
  public var unsignedSize: Int { Swift.max(1, (UInt.bitWidth - leadingZeroBitCount + 6) / 7) }

  /// How many bytes a number takes as signed LEB128.
  public var signedSize: Int {
    let size = self < 0 ? ~self : self
    return (UInt.bitWidth - size.leadingZeroBitCount) / 7 + 1
  }
}
