import CRuntime

// Bytes are held in cells like those of strings, whose number of scalars then says nothing.

/// The same value again, where types differ that are held alike.
@c(nanoc_same)
public func same(_ value: Cell) -> Cell { retained(value) }

/// Bytes that the caller fills in, at least one.
private func makeBytes(_ count: Int) -> Cell { makeString(byteLength: count, scalarCount: count) }

/// Bytes that might have been missing: a copy behind one byte.
func optionalBytes(_ bytes: UnsafeRawBufferPointer) -> Cell {
  let result = makeBytes(bytes.count &+ 1)
  result.setByte(0, UInt8(ascii: "="))
  if let start = bytes.baseAddress { memcpy(result.textStart + 1, start, bytes.count) }
  return result
}

/// The bytes from one raw index to another, both clamped.
@c(nanoc_bytes_slice)
public func sliceOctets(_ bytes: Cell, from first: Int, to last: Int) -> Cell {
  let count = bytes.byteLength
  let (from, to) = (min(max(first, 0), count), min(max(last, 0), count))
  if from >= to { return emptyString() }
  if from == 0 && to == count { return retained(bytes) }
  return makeString(bytes.part(from, to), scalarCount: to &- from)
}

/// The bytes from the last to the first.
@c(nanoc_bytes_reversed)
public func reverse(_ bytes: Cell) -> Cell {
  let count = bytes.byteLength
  if count < 2 { return retained(bytes) }
  let result = makeBytes(count)
  for index in 0..<count { result.setByte(count &- 1 &- index, bytes.utf8[index]) }
  return result
}

/// The bytes of a list of octets.
@c(nanoc_bytes_of_list)
public func bytes(octets list: Word) -> Cell {
  var count = 0
  forEach(list) { _ in count &+= 1 }
  if count == 0 { return emptyString() }
  let result = makeBytes(count)
  var index = 0
  forEach(list) { octet in
    result.setByte(index, UInt8(truncatingIfNeeded: octet &>> 1))
    index &+= 1
  }
  return result
}

/// The octets as a list of integers.
@c(nanoc_bytes_to_list)
public func octets(_ bytes: Cell) -> Word {
  var result = ListBuilder()
  for octet in bytes.utf8 { result.append(small(Int(octet))) }
  return result.list
}

/// 1 when the bytes are valid UTF-8, else 0.
@c(nanoc_bytes_is_text)
public func isText(_ bytes: Cell) -> Int { validScalarCount(bytes.utf8) == nil ? 0 : 1 }

/// The string with these UTF-8 bytes; the empty string if they are not valid.
@c(nanoc_bytes_to_text)
public func text(_ bytes: Cell) -> Cell {
  guard let count = validScalarCount(bytes.utf8) else { return emptyString() }
  return count == bytes.scalarCount ? retained(bytes) : makeString(bytes.utf8, scalarCount: count)
}

// MARK: Hexadecimal digits

/// The raw index of the first character that is no hexadecimal digit and has its pair complete, or -1. Pairs are
/// counted from the left, so that a last character alone is in none.
@c(nanoc_bytes_hex_problem)
public func hexProblem(_ text: Cell) -> Int {
  let paired = text.scalarCount & ~1
  var index = 0
  // Up to the first problem every character is a byte.
  while index < paired {
    if hexValue(text.utf8[index]) == nil { return index }
    index &+= 1
  }
  return -1
}

/// The bytes that pairs of hexadecimal digits spell.
@c(nanoc_bytes_of_hex)
public func bytes(hex text: Cell) -> Cell {
  let count = text.byteLength / 2
  if count == 0 { return emptyString() }
  let result = makeBytes(count)
  for index in 0..<count {
    let high = hexValue(text.utf8[2 &* index]) ?? 0
    result.setByte(index, high &<< 4 | (hexValue(text.utf8[2 &* index &+ 1]) ?? 0))
  }
  return result
}

/// Two lower-case hexadecimal digits for each byte.
@c(nanoc_bytes_to_hex)
public func hexDigits(_ bytes: Cell) -> Cell {
  let count = bytes.byteLength
  if count == 0 { return emptyString() }
  let result = makeBytes(2 &* count)
  for index in 0..<count {
    let octet = bytes.utf8[index]
    result.setByte(2 &* index, hexDigit(octet &>> 4))
    result.setByte(2 &* index &+ 1, hexDigit(octet & 15))
  }
  return result
}

/// The value of a hexadecimal digit in either case.
private func hexValue(_ digit: UInt8) -> UInt8? {
  if isDigit(digit) { return digit &- UInt8(ascii: "0") }
  let lower = digit | 0x20
  return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "f") ? lower &- UInt8(ascii: "a") &+ 10 : nil
}

/// The lower-case digit of a value below 16.
private func hexDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ value &- 10
}

// MARK: Integers

/// An integer that is not negative as big-endian bytes of a raw number, which it fits.
@c(nanoc_bytes_of_int)
public func bytes(integer value: Word, width: Int) -> Cell {
  if width <= 0 { return emptyString() }
  let result = makeBytes(width)
  withMagnitude(value) { magnitude in
    for place in 0..<width {
      let limb = place / 8 < magnitude.count ? magnitude.limbs[place / 8] : 0
      result.setByte(width &- 1 &- place, UInt8(truncatingIfNeeded: limb &>> (place % 8 &* 8)))
    }
  }
  return result
}

/// The integer that big-endian bytes spell.
@c(nanoc_bytes_to_int)
public func integer(bytes: Cell) -> Word {
  let length = bytes.byteLength
  if length == 0 { return small(0) }
  let count = (length &+ 7) / 8
  let cell = makeBigInteger(limbs: count)
  for index in 0..<count { cell.limbs[index] = 0 }
  for place in 0..<length {
    cell.limbs[place / 8] |= UInt(bytes.utf8[length &- 1 &- place]) &<< (place % 8 &* 8)
  }
  return finish(cell, count: count, negative: false)
}

extension UnsafeMutableRawPointer {
  /// Writes one byte of bytes or of a string.
  func setByte(_ index: Int, _ byte: UInt8) { textStart.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
}
