import Diagnostics
import Languages
import Nanopass

extension Lexer {
  /// Reads a name or keyword that begins with an ASCII letter or `_`.
  mutating func word() {
    let start = position
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    while true {
      let byte = bytes[position]
      if isWordByte(byte) {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        position += 1
      } else if byte >= 0x80, case let (scalar, length) = decode(at: position), continuesName(scalar) {
        for offset in 0..<length { hash = (hash ^ UInt64(bytes[position + offset])) &* 0x100_0000_01b3 }
        position += length
      } else {
        break
      }
    }
    addWord(from: start, hash: hash)
  }

  /// Reads what begins with a scalar beyond ASCII.
  mutating func scalar() {
    let (scalar, length) = decode(at: position)
    if scalar.properties.isAlphabetic { return word() }
    badCharacter(length)
  }

  private mutating func addWord(from start: Int, hash: UInt64) {
    let entry = names.entry(of: bytes, start: start, length: position - start, hash: hash ^ (hash >> 32))
    let span = span(start, position)
    if entry.isKeyword {
      add(.keyword(span, name: entry.name))
    } else if entry.isUpper {
      add(.upper(span, name: entry.name))
    } else {
      add(.lower(span, name: entry.name))
    }
  }

  func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x5F: return true
    default: return false
    }
  }

  private func continuesName(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isAlphabetic { return true }
    switch scalar.properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: return true
    default: return false
    }
  }

  /// The scalar at an offset and its number of bytes; the bytes are known to be UTF-8.
  func decode(at offset: Int) -> (scalar: Unicode.Scalar, length: Int) {
    let first = UInt32(bytes[offset])
    let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard offset + length <= end else { return ("\u{FFFD}", max(1, end - offset)) }
    var value = length == 1 ? first : first & (0x7F >> UInt32(length))
    for index in 1..<max(1, length) { value = value << 6 | UInt32(bytes[offset + index] & 0x3F) }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  /// Reads an integer or a float.
  mutating func number() {
    let start = position
    skipDigits()
    if bytes[position] == 0x2E, isDigit(bytes[position + 1]) {
      position += 1
      skipDigits()
      if startsName(at: position) { return badNumber(from: start) }
      return addFloat(from: start)
    }
    if bytes[position] == 0x2E, bytes[position + 1] != 0x2E, !startsName(at: position + 1) {
      position += 1
      let mended = text(start, position) + "0"
      report(
        from: start, "a float needs digits behind its point",
        help: Advice(mended, edits: [Edit(span(start, position), mended)]))
      return add(.integer(span(start, position), value: .small(0)))
    }
    if startsName(at: position) { return badNumber(from: start) }
    addInteger(from: start)
  }

  private mutating func addInteger(from start: Int) {
    let span = span(start, position)
    if position - start <= 18 {
      var value = 0
      for index in start..<position { value = value &* 10 &+ Int(bytes[index] & 0xF) }
      add(.integer(span, value: .small(value)))
    } else {
      add(.integer(span, value: Integer(decimal: text(start, position)) ?? .small(0)))
    }
  }

  private mutating func addFloat(from start: Int) {
    let value = Double(text(start, position)) ?? .infinity
    if value.isInfinite { report(from: start, "this float is too large", help: nil) }
    add(.float(span(start, position), value: value.isInfinite ? 0 : value))
  }

  /// Takes in what is stuck to a number.
  private mutating func badNumber(from start: Int) {
    let digitsEnd = position
    while true {
      let (scalar, length) = decode(at: position)
      guard position < end, isWordByte(bytes[position]) || bytes[position] >= 0x80 && continuesName(scalar) else {
        break
      }
      position += length
    }
    let (digits, tail) = (text(start, digitsEnd), text(digitsEnd, position))
    if tail.lowercased() == "e", bytes[position] == 0x2D, isDigit(bytes[position + 1]) {
      return smallNumber(digits, from: start)
    }
    report(
      from: start, "`\(digits)\(tail)` is no number: `\(tail)` is stuck to its digits",
      help: !interpolations.isEmpty && start > 0 && ":.".utf8.contains(bytes[start - 1])
        ? "values have no format behind a `:`: round or cut the text before" : Self.numberHelp(digits, tail))
    add(.integer(span(start, position), value: .small(0)))
  }

  /// Reports a number with a negative exponent, at its sign.
  private mutating func smallNumber(_ digits: String, from start: Int) {
    position += 1
    let power = position
    skipDigits()
    let whole = text(start, position)
    var help: Advice = "numbers are decimal, without exponents and separators"
    if let places = Int(text(power, position)), places <= 30, digits.utf8.count <= 20 {
      let parts = digits.split(separator: ".")
      let (before, behind) = (parts.first.map(String.init) ?? "", parts.count > 1 ? String(parts[1]) : "")
      let padded = String(repeating: "0", count: max(0, places + 1 - before.utf8.count)) + before
      help = "\(code: "\(padded.dropLast(places)).\(padded.suffix(places))\(behind)"); \(help)"
    }
    report(from: start, "`\(whole)` is no number: `e` is stuck to its digits", help: help)
    add(.integer(span(start, position), value: .small(0)))
  }

  /// What was probably meant by digits with something stuck to them.
  private static func numberHelp(_ digits: String, _ tail: String) -> Advice {
    let plain: Advice = "numbers are decimal, without exponents and separators"
    guard tail.utf8.count <= 20, digits.utf8.count <= 20 else { return plain }
    let joined = tail.filter { $0 != "_" }
    if !joined.isEmpty, joined.allSatisfy({ $0.isASCII && $0.isNumber }) { return "\(code: digits + joined); \(plain)" }
    let rest = joined.dropFirst()
    let radix = ["x": 16, "o": 8, "b": 2][joined.prefix(1).lowercased()]
    if digits == "0", let radix, let value = Int(rest, radix: radix) { return "\(code: value); \(plain)" }
    let isExponent = joined.lowercased().hasPrefix("e")
    if isExponent, let power = Int(rest), power <= 15, !digits.contains(".") {
      return "\(code: "\(digits)\(String(repeating: "0", count: power)).0"); \(plain)"
    }
    if isExponent || tail.hasPrefix("_") || radix != nil && digits == "0" { return plain }
    return "\(code: "\(digits) * \(tail)"), if a product is meant; a name does not begin with a digit"
  }

  private mutating func report(from start: Int, _ summary: String, help: Advice?) {
    error("bad-number", start, position, summary, help: help)
  }

  private mutating func skipDigits() {
    while isDigit(bytes[position]) { position += 1 }
  }

  private func startsName(at offset: Int) -> Bool {
    let byte = bytes[offset]
    if byte < 0x80 { return isWordByte(byte) && !isDigit(byte) }
    return decode(at: offset).scalar.properties.isAlphabetic
  }

  func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// The source from one offset to another.
  func text(_ start: Int, _ end: Int) -> String { String(decoding: bytes[start..<end], as: UTF8.self) }
}
