import CRuntime

/// A text under construction whose length is not known beforehand.
private struct TextBuilder {
  private var cell: Cell
  private var capacity: Int
  private var byteLength = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 16)
    cell = makeString(byteLength: self.capacity, scalarCount: 0)
  }

  /// Adds one scalar.
  mutating func append(_ value: UInt32) {
    if byteLength &+ 4 > capacity {
      let larger = makeString(byteLength: capacity &* 2, scalarCount: 0)
      memcpy(larger.textStart, cell.textStart, byteLength)
      release(cell)
      cell = larger
      capacity &*= 2
    }
    byteLength &+= encode(value, to: cell.textStart + byteLength)
  }

  /// The text.
  func finish() -> Cell {
    cell.setField(0, byteLength)
    cell.setField(1, countScalars(cell.utf8))
    return cell
  }
}

/// The text in upper case by the full mapping of Unicode, without locale.
@c(nanoc_string_to_upper)
public func uppercase(_ text: Cell) -> Cell {
  if text.isASCII { return mapASCII(text, from: UInt8(ascii: "a"), to: UInt8(ascii: "z")) }
  var result = TextBuilder(capacity: text.byteLength &+ 8)
  forEachScalar(text) { scalar, _ in
    for mapped in scalar.properties.uppercaseMapping.unicodeScalars { result.append(mapped.value) }
  }
  return result.finish()
}

/// The text in lower case by the full mapping of Unicode, without locale, a sigma at the end of a word included.
@c(nanoc_string_to_lower)
public func lowercase(_ text: Cell) -> Cell {
  if text.isASCII { return mapASCII(text, from: UInt8(ascii: "A"), to: UInt8(ascii: "Z")) }
  var result = TextBuilder(capacity: text.byteLength &+ 8)
  forEachScalar(text) { scalar, offset in
    if scalar.value == 0x3A3 {
      return result.append(isFinalSigma(text, offset) ? 0x3C2 : 0x3C3)
    }
    for mapped in scalar.properties.lowercaseMapping.unicodeScalars { result.append(mapped.value) }
  }
  return result.finish()
}

/// The ASCII text with the letters of the given range in the other case; the text itself when it has none.
private func mapASCII(_ text: Cell, from first: UInt8, to last: UInt8) -> Cell {
  guard text.utf8.contains(where: { $0 >= first && $0 <= last }) else { return retained(text) }
  let result = makeString(text.utf8, scalarCount: text.scalarCount)
  for index in 0..<result.byteLength {
    let byte = text.utf8[index]
    if byte >= first && byte <= last {
      result.textStart.storeBytes(of: byte ^ 0x20, toByteOffset: index, as: UInt8.self)
    }
  }
  return result
}

/// Calls `body` with every scalar and its byte offset.
private func forEachScalar(_ text: Cell, _ body: (Unicode.Scalar, Int) -> Void) {
  var offset = 0
  while offset < text.byteLength {
    let (value, length) = scalar(at: text.textStart + offset)
    if let scalar = Unicode.Scalar(value) { body(scalar, offset) }
    offset &+= length
  }
}

/// The condition Final_Sigma of Unicode (section 3.13): a cased letter before the sigma at `offset` and none after it,
/// where case-ignorable scalars between do not count.
private func isFinalSigma(_ text: Cell, _ offset: Int) -> Bool {
  var before = offset
  var follows = false
  while before > 0 {
    before &-= 1
    while text.utf8[before] & 0xC0 == 0x80 { before &-= 1 }
    if let cased = casing(text, before) {
      follows = cased
      break
    }
  }
  if !follows { return false }
  var after = offset &+ 2
  while after < text.byteLength {
    if let cased = casing(text, after) { return !cased }
    after &+= scalarLength(text.utf8[after])
  }
  return true
}

/// Whether the scalar at a byte offset is cased; nil when it is case-ignorable.
private func casing(_ text: Cell, _ offset: Int) -> Bool? {
  guard let scalar = Unicode.Scalar(scalar(at: text.textStart + offset).value) else { return false }
  return scalar.properties.isCaseIgnorable ? nil : scalar.properties.isCased
}
