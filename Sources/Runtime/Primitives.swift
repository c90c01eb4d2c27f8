import CRuntime

// Operations in the form in which compiled programs ask for them: without a flag, since the standard library has made
// sure of the arguments.

/// 1 when the text spells an integer, else 0.
@c(nanoc_int_is_numeral)
public func isIntegerNumeral(_ text: Cell) -> Int {
  var digits = text.utf8[...]
  if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
  return !digits.isEmpty && digits.allSatisfy(isDigit) ? 1 : 0
}

/// The integer that a text spells; zero if it spells none.
@c(nanoc_int_parse_numeral)
public func integer(numeral text: Cell) -> Word {
  var isValid = 0
  return parseInteger(text, &isValid)
}

/// 1 when the text spells a float, else 0.
@c(nanoc_float_is_numeral)
public func isFloatNumeral(_ text: Cell) -> Int {
  var isValid = 0
  _ = parseFloat(text, &isValid)
  return isValid
}

/// The float that a text spells; zero if it spells none.
@c(nanoc_float_parse_numeral)
public func float(numeral text: Cell) -> Double {
  var isValid = 0
  return parseFloat(text, &isValid)
}

/// The float without its sign.
@c(nanoc_float_abs)
public func magnitude(_ value: Double) -> Double { value.magnitude }

/// The correctly rounded square root.
@c(nanoc_float_sqrt)
public func squareRoot(_ value: Double) -> Double { value.squareRoot() }

/// The lesser of two floats; the other one if exactly one is NaN. `-0.0` is less than `0.0`.
@c(nanoc_float_min)
public func minimum(_ first: Double, _ second: Double) -> Double {
  if first.isNaN { return second }
  if second.isNaN { return first }
  return first < second || (first == second && first.sign == .minus) ? first : second
}

/// The greater of two floats; the other one if exactly one is NaN. `0.0` is greater than `-0.0`.
@c(nanoc_float_max)
public func maximum(_ first: Double, _ second: Double) -> Double {
  if first.isNaN { return second }
  if second.isNaN { return first }
  return first > second || (first == second && first.sign == .plus) ? first : second
}

/// The character at a raw index inside the string.
@c(nanoc_string_at)
public func character(_ text: Cell, at index: Int) -> Cell {
  if text.isASCII { return character(ascii: text.textStart.load(fromByteOffset: index, as: UInt8.self)) }
  return character(at: text.textStart + byteOffset(of: index, in: text))
}

/// The value of the scalar at a raw index inside the string, as a raw word.
@c(nanoc_string_code_at)
public func code(_ text: Cell, at index: Int) -> Int {
  Int(scalar(at: text.textStart + byteOffset(of: index, in: text)).value)
}

/// The string of the scalar with the given raw value; the empty string if there is no such scalar.
@c(nanoc_string_from_scalar)
public func string(scalar value: Int) -> Cell {
  var exists = 0
  return string(fromCodePoint: value, &exists)
}

/// The key order of two strings: negative, zero or positive.
@c(nanoc_string_order)
public func order(_ left: Cell, _ right: Cell) -> Int { compareStrings(left, right) }
