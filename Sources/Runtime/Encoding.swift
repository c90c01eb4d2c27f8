import CRuntime

/// The length of the valid UTF-8 sequence at the front of the bytes, or, negated, the number of bytes that a decoder
/// replaces by one U+FFFD: the longest start of a valid sequence, at least one byte (the practice that Unicode
/// recommends). `bytes` is not empty.
func sequenceLength(_ bytes: UnsafeRawBufferPointer) -> Int {
  let lead = bytes[0]
  if lead < 0x80 { return 1 }
  if lead < 0xC2 || lead > 0xF4 { return -1 }
  let length = scalarLength(lead)
  var least: UInt8 = 0x80
  var greatest: UInt8 = 0xBF
  switch lead {
  case 0xE0: least = 0xA0
  case 0xED: greatest = 0x9F
  case 0xF0: least = 0x90
  case 0xF4: greatest = 0x8F
  default: break
  }
  for index in 1..<length {
    if index >= bytes.count || bytes[index] < least || bytes[index] > greatest { return 0 &- index }
    least = 0x80
    greatest = 0xBF
  }
  return length
}

/// The number of scalars in the bytes, or nil when they are not valid UTF-8.
func validScalarCount(_ bytes: UnsafeRawBufferPointer) -> Int? {
  var count = 0
  var index = 0
  while index < bytes.count {
    if index &+ 8 <= bytes.count,
      bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      index &+= 8
      count &+= 8
      continue
    }
    let length = sequenceLength(UnsafeRawBufferPointer(rebasing: bytes[index...]))
    if length < 0 { return nil }
    index &+= length
    count &+= 1
  }
  return count
}

/// A string of bytes that may be invalid UTF-8; what is invalid becomes U+FFFD.
func makeString(repairing bytes: UnsafeRawBufferPointer) -> Cell {
  if let count = validScalarCount(bytes) { return makeString(bytes, scalarCount: count) }
  let cell = makeString(byteLength: bytes.count &* 3, scalarCount: 0)
  var end = 0
  var index = 0
  while index < bytes.count {
    let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
    let length = sequenceLength(rest)
    if length > 0, let start = rest.baseAddress {
      memcpy(cell.textStart + end, start, length)
      end &+= length
    } else {
      end &+= encode(0xFFFD, to: cell.textStart + end)
    }
    index &+= abs(length)
  }
  cell.setField(0, end)
  cell.setField(1, countScalars(cell.utf8))
  return cell
}
