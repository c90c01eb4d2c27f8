import CRuntime

/// The decimal digits of a machine word.
struct DecimalDigits {
  private var storage: InlineArray<20, UInt8> = .init(repeating: 0)
  private var first = 20

  init(_ value: UInt) {
    var value = value
    repeat {
      first &-= 1
      storage[first] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10)
      value /= 10
    } while value != 0
  }

  /// Calls `body` with the digits in ASCII.
  mutating func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let start = first
    return withUnsafeBytes(of: &storage) { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
  }
}

/// The decimal text of an integer.
@c(nanoc_int_to_string)
public func integerToString(_ value: Word) -> Cell {
  if !isSmall(value) { return bigToString(value) }
  let magnitude = (value &>> 1).magnitude
  if magnitude < 10_000_000 { return shortText(UInt32(truncatingIfNeeded: magnitude), isNegative: value < 0) }
  var digits = DecimalDigits(magnitude)
  let sign = value < 0 ? 1 : 0
  return digits.withBytes { bytes in
    let cell = makeString(byteLength: bytes.count &+ sign, scalarCount: bytes.count &+ sign)
    cell.textStart.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
    if let start = bytes.baseAddress { memcpy(cell.textStart + sign, start, bytes.count) }
    return cell
  }
}

/// The decimal text of at most seven digits and a sign, which is put together in a word.
private func shortText(_ magnitude: UInt32, isNegative: Bool) -> Cell {
  var rest = magnitude
  var bytes: UInt64 = 0
  var length = 0
  repeat {
    let tenth = rest / 10
    bytes = bytes &<< 8 | UInt64(48 &+ (rest &- tenth &* 10))
    rest = tenth
    length &+= 1
  } while rest != 0
  if isNegative {
    bytes = bytes &<< 8 | UInt64(UInt8(ascii: "-"))
    length &+= 1
  }
  let cell = makeString(byteLength: length, scalarCount: length)
  cell.setField(2, Int(truncatingIfNeeded: bytes))
  return cell
}

/// The decimal text of a big integer.
private func bigToString(_ value: Word) -> Cell {
  useOwnMemoryFunctions()
  return withNumber(value) { number in
    let capacity = __gmpz_sizeinbase(number, 10) &+ 2
    let cell = makeString(byteLength: capacity, scalarCount: capacity)
    let text = cell.textStart.assumingMemoryBound(to: CChar.self)
    __gmpz_get_str(text, 10, number)
    let length = strlen(text)
    cell.setField(0, length)
    cell.setField(1, length)
    return cell
  }
}

/// The integer written as decimal digits with an optional minus sign in front, as the compiler stores literals.
@c(nanoc_int_from_decimal)
public func integer(decimal start: UnsafePointer<UInt8>, _ count: Int) -> Word {
  let text = UnsafeBufferPointer(start: start, count: count)
  let negative = text.first == UInt8(ascii: "-")
  return integer(digits: UnsafeBufferPointer(rebasing: text[(negative ? 1 : 0)...]), negative: negative)
}

/// The integer that a text spells: an optional sign and one or more ASCII digits, nothing else.
/// `ok` becomes 1, or 0 when the text is no integer, in which case the result is zero.
@c(nanoc_int_parse)
public func parseInteger(_ text: Cell, _ ok: UnsafeMutablePointer<Word>) -> Word {
  var digits = text.utf8.bindMemory(to: UInt8.self)[...]
  let negative = digits.first == UInt8(ascii: "-")
  if negative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
  ok.pointee = !digits.isEmpty && digits.allSatisfy(isDigit) ? 1 : 0
  if ok.pointee == 0 { return small(0) }
  return integer(digits: UnsafeBufferPointer(rebasing: digits), negative: negative)
}

/// Whether a byte is an ASCII digit.
func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

/// The integer with the given ASCII digits.
private func integer(digits: UnsafeBufferPointer<UInt8>, negative: Bool) -> Word {
  if digits.count > 18 { return bigInteger(digits: digits, negative: negative) }
  var value = 0
  for digit in digits { value = value &* 10 &+ Int(digit &- UInt8(ascii: "0")) }
  return small(negative ? 0 &- value : value)
}

/// The integer with the given ASCII digits, by GMP.
private func bigInteger(digits: UnsafeBufferPointer<UInt8>, negative: Bool) -> Word {
  useOwnMemoryFunctions()
  guard let values = malloc(digits.count)?.assumingMemoryBound(to: UInt8.self) else { fault("out of memory") }
  for index in 0..<digits.count { values[index] = digits[index] &- UInt8(ascii: "0") }
  let cell = makeBigInteger(limbs: digits.count / 19 &+ 2)
  let count = __gmpn_set_str(cell.limbs, values, digits.count, 10)
  free(values)
  return finish(cell, count: count, negative: negative)
}
