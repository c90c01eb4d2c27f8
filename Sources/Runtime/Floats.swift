import CRuntime

/// The text of a float: the shortest decimal digits that read back as the same value, without exponent and without a
/// trailing `.0`; `NaN`, `inf`, `-inf`.
@c(nanoc_float_to_string)
public func floatToString(_ value: Double) -> Cell {
  if value.isNaN { return makeString(ascii: "NaN") }
  if value.isInfinite { return value < 0 ? makeString(ascii: "-inf") : makeString(ascii: "inf") }
  let decimal = Decimal(value)
  return decimal.makeText(negative: value.sign == .minus)
}

/// The shortest decimal form of a finite float: `0.DIGITS` times ten to the power of `point`.
private struct Decimal {
  /// At most 17 digits without leading or trailing zeros.
  private var digits = InlineArray<24, UInt8>(repeating: 0)
  private var count = 0
  private var point = 0

  /// Takes the digits and the exponent out of the description that Swift gives of the number.
  init(_ value: Double) {
    var seenPoint = false
    var exponent = 0
    var exponentSign = 0
    for byte in value.magnitude.description.utf8 {
      switch byte {
      case UInt8(ascii: "."): seenPoint = true
      case UInt8(ascii: "e"): exponentSign = 1
      case UInt8(ascii: "-"): exponentSign = -1
      case UInt8(ascii: "0")...UInt8(ascii: "9") where exponentSign != 0:
        exponent = exponent &* 10 &+ Int(byte &- UInt8(ascii: "0"))
      case UInt8(ascii: "0")...UInt8(ascii: "9"): append(byte, afterPoint: seenPoint)
      default: break
      }
    }
    point &+= exponent &* exponentSign
    while count > 0 && digits[count &- 1] == UInt8(ascii: "0") { count &-= 1 }
    if count == 0 { point = 0 }
  }

  /// Adds one digit of the description.
  private mutating func append(_ digit: UInt8, afterPoint: Bool) {
    if count == 0 && digit == UInt8(ascii: "0") {
      if afterPoint { point &-= 1 }
      return
    }
    if count < 24 {
      digits[count] = digit
      count &+= 1
    }
    if !afterPoint { point &+= 1 }
  }

  /// The number written out.
  func makeText(negative: Bool) -> Cell {
    let sign = negative ? 1 : 0
    let whole = max(point, 1)
    let fraction = max(count &- point, 0)
    let length = count == 0 ? sign &+ 1 : sign &+ whole &+ (fraction > 0 ? fraction &+ 1 : 0)
    let text = makeString(byteLength: length, scalarCount: length)
    memset(text.textStart, Int32(UInt8(ascii: "0")), length)
    let bytes = text.textStart.assumingMemoryBound(to: UInt8.self)
    if negative { bytes[0] = UInt8(ascii: "-") }
    if count == 0 { return text }
    if fraction > 0 { bytes[sign &+ whole] = UInt8(ascii: ".") }
    for index in 0..<count {
      let place = point > 0 ? index : index &- point &+ 1
      bytes[sign &+ (place < whole ? place : place &+ 1)] = digits[index]
    }
    return text
  }
}

/// The float that a text spells: an optional sign, then `inf`, `infinity` or `nan` in any case, or decimal digits with
/// an optional point and an optional exponent. `ok` becomes 1, or 0 when the text is no float.
@c(nanoc_float_parse)
public func parseFloat(_ text: Cell, _ ok: UnsafeMutablePointer<Word>) -> Double {
  var rest = text.utf8[...]
  let negative = rest.first == UInt8(ascii: "-")
  if negative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
  ok.pointee = 1
  if matches(rest, "inf") || matches(rest, "infinity") { return negative ? -.infinity : .infinity }
  if matches(rest, "nan") { return .nan }
  ok.pointee = isDecimal(rest) ? 1 : 0
  return ok.pointee == 1 ? convert(text.utf8) : 0
}

/// Whether bytes spell a word of lower-case letters in any case.
private func matches(_ bytes: Slice<UnsafeRawBufferPointer>, _ word: StaticString) -> Bool {
  if bytes.count != word.utf8CodeUnitCount { return false }
  for index in 0..<bytes.count where bytes[bytes.startIndex &+ index] | 0x20 != word.utf8Start[index] { return false }
  return true
}

/// Whether bytes are decimal digits with an optional point and exponent, with a digit before the exponent.
private func isDecimal(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
  var rest = bytes
  var digits = skipDigits(&rest)
  if rest.first == UInt8(ascii: ".") {
    rest = rest.dropFirst()
    digits &+= skipDigits(&rest)
  }
  if digits == 0 { return false }
  if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    if skipDigits(&rest) == 0 { return false }
  }
  return rest.isEmpty
}

/// Skips the digits at the front and returns their number.
private func skipDigits(_ bytes: inout Slice<UnsafeRawBufferPointer>) -> Int {
  let count = bytes.prefix(while: isDigit).count
  bytes = bytes.dropFirst(count)
  return count
}

/// The correctly rounded value of a text that `strtod` of the C locale, the only one in use, reads as a whole.
private func convert(_ bytes: UnsafeRawBufferPointer) -> Double {
  withUnsafeTemporaryAllocation(byteCount: bytes.count &+ 1, alignment: 1) { buffer in
    guard let start = buffer.baseAddress, let source = bytes.baseAddress else { return 0 }
    memcpy(start, source, bytes.count)
    buffer[bytes.count] = 0
    return strtod(start.assumingMemoryBound(to: CChar.self), nil)
  }
}
