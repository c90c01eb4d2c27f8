import CRuntime

/// The character at a raw index. `ok` becomes 1, or 0 when there is none.
@c(nanoc_string_char_at)
public func character(_ text: Cell, at index: Int, _ ok: UnsafeMutablePointer<Word>) -> Cell {
  let exists = index >= 0 && index < text.scalarCount
  ok.pointee = exists ? 1 : 0
  return exists ? character(at: text.textStart + byteOffset(of: index, in: text)) : emptyString()
}

/// The characters from one raw index to another, both clamped to the string.
@c(nanoc_string_slice)
public func slice(_ text: Cell, from first: Int, to last: Int) -> Cell {
  let count = text.scalarCount
  let (from, to) = (min(max(first, 0), count), min(max(last, 0), count))
  if from >= to { return emptyString() }
  if from == 0 && to == count { return retained(text) }
  if text.isASCII { return sliceBytes(text, from: from, to: to) }
  let start = byteOffset(of: from, in: text)
  let end = to == count ? text.byteLength : byteOffset(of: to, in: text)
  return makeString(text.part(start, end), scalarCount: to &- from)
}

/// The text between two raw byte offsets, which the caller knows to lie between scalars.
@c(nanoc_string_slice_bytes)
public func sliceBytes(_ text: Cell, from start: Int, to end: Int) -> Cell {
  if start >= end { return emptyString() }
  if start == 0 && end == text.byteLength { return retained(text) }
  if end &- start == 1 { return character(at: text.textStart + start) }
  let part = text.part(start, end)
  let count = part.count
  if count <= 8, start &+ 8 <= text.byteLength, text.isASCII {
    let cell = makeString(byteLength: count, scalarCount: count)
    let bytes = text.textStart.loadUnaligned(fromByteOffset: start, as: UInt64.self)
    cell.storeBytes(of: bytes & (UInt64.max &>> UInt64(64 &- count &* 8)), toByteOffset: 24, as: UInt64.self)
    return cell
  }
  return makeString(part, scalarCount: text.isASCII ? part.count : countScalars(part))
}

/// All characters as a list of strings.
@c(nanoc_string_chars)
public func characters(_ text: Cell) -> Word {
  var result = ListBuilder()
  var offset = 0
  while offset < text.byteLength {
    let start = text.textStart + offset
    result.append(character(at: start).word)
    offset &+= scalarLength(start.load(as: UInt8.self))
  }
  return result.list
}

/// The text without the white space around it.
@c(nanoc_string_trim)
public func trim(_ text: Cell) -> Cell {
  var (start, end) = (0, text.byteLength)
  while start < end, case let first = scalar(at: text.textStart + start), isWhiteSpace(first.value) {
    start &+= first.length
  }
  while start < end {
    var last = end &- 1
    while text.utf8[last] & 0xC0 == 0x80 { last &-= 1 }
    if !isWhiteSpace(scalar(at: text.textStart + last).value) { break }
    end = last
  }
  return sliceBytes(text, from: start, to: end)
}

/// Whether a scalar has the Unicode property White_Space, of which there have been no new ones for decades.
private func isWhiteSpace(_ value: UInt32) -> Bool {
  switch value {
  case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
  default: false
  }
}

extension UnsafeMutableRawPointer {
  /// The bytes of a string between two byte offsets.
  func part(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: textStart + start, count: end &- start)
  }
}
