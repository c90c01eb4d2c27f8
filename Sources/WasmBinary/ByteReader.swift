/// Reads the number formats of WebAssembly from untrusted bytes. Nothing it is given makes it read beyond their end.
struct ByteReader {
  private let bytes: [UInt8]
  private(set) var position: Int
  private let end: Int

  init(_ bytes: [UInt8]) { self.init(bytes, 0, bytes.count) }

  private init(_ bytes: [UInt8], _ position: Int, _ end: Int) {
    self.bytes = bytes
    self.position = position
    self.end = end
  }

  /// Whether all has been read.
  var isAtEnd: Bool { position >= end }

  /// The bytes that are left.
  var left: Int { end - position }

  func error(_ message: String, at offset: Int? = nil) -> BinaryError {
    BinaryError(offset: offset ?? position, message)
  }

  mutating func byte() throws -> UInt8 {
    guard position < end else { throw error("the bytes end here") }
    defer { position += 1 }
    return bytes[position]
  }

  /// The next byte, which stays.
  func peek() throws -> UInt8 {
    guard position < end else { throw error("the bytes end here") }
    return bytes[position]
  }

  mutating func unsigned() throws -> UInt32 {
    let start = position
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 35, by: 7) {
      let next = try byte()
      result |= UInt64(next & 0x7f) << shift
      if next & 0x80 == 0 {
        guard let number = UInt32(exactly: result) else { break }
        return number
      }
    }
    throw error("this number does not fit 32 bits", at: start)
  }

  /// A signed number of at most `bits` bits.
  mutating func signed(bits: Int) throws -> Int64 {
    let start = position
    var result: Int64 = 0
    var shift = 0
    while shift < bits {
      let next = try byte()
      // Of the last byte of 64 bits only the lowest is the number's; the others must equal it.
      if shift == 63, next != 0, next != 0x7f { break }
      result |= Int64(next & 0x7f) << Int64(shift)
      shift += 7
      if next & 0x80 == 0 {
        if shift < 64, next & 0x40 != 0 { result |= -1 << Int64(shift) }
        let limit: Int64 = bits == 64 ? .max : (1 << Int64(bits - 1)) - 1
        guard (-limit - 1...limit).contains(result) else { break }
        return result
      }
    }
    throw error("this number does not fit \(bits) bits", at: start)
  }

  mutating func fixed() throws -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) { result |= UInt64(try byte()) << shift }
    return result
  }

  /// Bytes with their number before them.
  mutating func block() throws -> ArraySlice<UInt8> {
    let inner = try sized()
    return bytes[inner.position..<inner.end]
  }

  /// A reader of the bytes whose number stands here; they are skipped.
  mutating func sized() throws -> ByteReader {
    let start = position
    let size = Int(try unsigned())
    guard size <= left else { throw error("there are not \(size) bytes left", at: start) }
    defer { position += size }
    return ByteReader(bytes, position, position + size)
  }

  mutating func text() throws -> String {
    let start = position
    guard let text = String(validating: try block(), as: UTF8.self) else {
      throw error("this text is not UTF-8", at: start)
    }
    return text
  }

  /// A list with its number of elements before it.
  mutating func list<Element>(_ read: (inout ByteReader) throws -> Element) throws -> [Element] {
    let start = position
    let count = Int(try unsigned())
    // Each element has a byte at least, so that no number makes this ask for much memory.
    guard count <= left else { throw error("there is no room for \(count) elements", at: start) }
    var elements: [Element] = []
    elements.reserveCapacity(min(count, 1024))
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }

  /// Makes sure that nothing is left over.
  func finish(_ what: String) throws {
    if !isAtEnd { throw error("\(what) has \(left) bytes more than it should") }
  }
}
