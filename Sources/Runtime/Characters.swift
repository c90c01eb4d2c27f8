import CRuntime

/// The strings of one ASCII character, made on first use and never freed: 128 cells of 32 bytes.
nonisolated(unsafe) private var asciiCells: UnsafeMutableRawPointer? = nil

private let asciiCellSize = 32

/// The string of one ASCII character.
func character(ascii byte: UInt8) -> Cell {
  (asciiCells ?? makeASCIICells()) + Int(byte & 0x7F) &* asciiCellSize
}

/// Makes the strings of one ASCII character.
private func makeASCIICells() -> UnsafeMutableRawPointer {
  guard let cells = malloc(128 &* asciiCellSize) else { fault("out of memory") }
  for byte in 0..<128 {
    let cell = cells + byte &* asciiCellSize
    cell.setHeader(references: immortal, tag: stringTag, counted: 0)
    cell.setField(0, 1)
    cell.setField(1, 1)
    cell.setField(2, byte)
  }
  asciiCells = cells
  return cells
}

/// The string of the one character whose UTF-8 bytes begin at `start`.
func character(at start: UnsafeRawPointer) -> Cell {
  let lead = start.load(as: UInt8.self)
  if lead < 0x80 { return character(ascii: lead) }
  return makeString(UnsafeRawBufferPointer(start: start, count: scalarLength(lead)), scalarCount: 1)
}

/// The number of bytes of the scalar with the given first byte.
@inline(__always)
func scalarLength(_ lead: UInt8) -> Int {
  lead < 0x80 ? 1 : (lead < 0xE0 ? 2 : (lead < 0xF0 ? 3 : 4))
}

/// The scalar whose UTF-8 bytes begin at `start`, and their number.
func scalar(at start: UnsafeRawPointer) -> (value: UInt32, length: Int) {
  let lead = start.load(as: UInt8.self)
  let length = scalarLength(lead)
  if length == 1 { return (UInt32(lead), 1) }
  var value = UInt32(lead) & (0x7F &>> UInt32(length))
  for index in 1..<length {
    value = value &<< 6 | UInt32(start.load(fromByteOffset: index, as: UInt8.self) & 0x3F)
  }
  return (value, length)
}

/// Writes a scalar in UTF-8 and returns the number of its bytes, at most four.
func encode(_ value: UInt32, to target: UnsafeMutableRawPointer) -> Int {
  let length = value < 0x80 ? 1 : (value < 0x800 ? 2 : (value < 0x10000 ? 3 : 4))
  if length == 1 {
    target.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
    return 1
  }
  var rest = value
  var index = length &- 1
  while index > 0 {
    target.storeBytes(of: 0x80 | UInt8(truncatingIfNeeded: rest & 0x3F), toByteOffset: index, as: UInt8.self)
    rest &>>= 6
    index &-= 1
  }
  let mark = UInt8(truncatingIfNeeded: 0xF00 &>> length)
  target.storeBytes(of: mark | UInt8(truncatingIfNeeded: rest), as: UInt8.self)
  return length
}

/// The value of the first scalar as a raw word, or -1 for the empty string.
@c(nanoc_string_first_code_point)
public func firstCodePoint(_ text: Cell) -> Int {
  let lead = text.textStart.load(as: UInt8.self)
  if lead > 0 && lead < 0x80 { return Int(lead) }
  return text.byteLength == 0 ? -1 : Int(scalar(at: text.textStart).value)
}

/// The value of the first scalar as a raw word; a fault for the empty string.
@c(nanoc_char_to_code)
public func code(_ text: Cell) -> Int {
  let code = firstCodePoint(text)
  if code < 0 { fault("Char.toCode: string is empty") }
  return code
}

/// The string of the scalar with the given raw value. `ok` becomes 1, or 0 when there is no such scalar.
@c(nanoc_string_from_code_point)
public func string(fromCodePoint value: Int, _ ok: UnsafeMutablePointer<Word>) -> Cell {
  let isScalar = (value >= 0 && value < 0xD800) || (value > 0xDFFF && value <= 0x10FFFF)
  ok.pointee = isScalar ? 1 : 0
  if !isScalar { return emptyString() }
  if value < 0x80 { return character(ascii: UInt8(truncatingIfNeeded: value)) }
  var bytes: UInt32 = 0
  return withUnsafeMutableBytes(of: &bytes) { buffer in
    guard let start = buffer.baseAddress else { return emptyString() }
    let length = encode(UInt32(truncatingIfNeeded: value), to: start)
    return makeString(UnsafeRawBufferPointer(start: start, count: length), scalarCount: 1)
  }
}

/// The byte offset of the scalar with the given index, which may be the number of scalars.
func byteOffset(of index: Int, in text: Cell) -> Int {
  if text.isASCII { return index }
  let start = text.textStart
  var offset = 0
  var left = index
  while left >= 8 && offset &+ 8 <= text.byteLength {
    left &-= scalarStarts(start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    offset &+= 8
  }
  // The scalar under way at a step of eight bytes belongs to the count already taken.
  while offset < text.byteLength && start.load(fromByteOffset: offset, as: UInt8.self) & 0xC0 == 0x80 { offset &+= 1 }
  while left > 0 {
    offset &+= scalarLength(start.load(fromByteOffset: offset, as: UInt8.self))
    left &-= 1
  }
  return offset
}

/// The number of bytes among eight that begin a scalar, that is, are not of the form `10xxxxxx`.
@inline(__always)
private func scalarStarts(_ bytes: UInt64) -> Int {
  8 &- (bytes & ~(bytes &<< 1) & 0x8080_8080_8080_8080).nonzeroBitCount
}

/// The number of scalars in valid UTF-8.
func countScalars(_ bytes: UnsafeRawBufferPointer) -> Int {
  var count = 0
  var index = 0
  while index &+ 8 <= bytes.count {
    count &+= scalarStarts(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    index &+= 8
  }
  while index < bytes.count {
    if bytes[index] & 0xC0 != 0x80 { count &+= 1 }
    index &+= 1
  }
  return count
}
