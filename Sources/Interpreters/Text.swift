import Nanopass

/// A string of a program: a sequence of Unicode scalar values, which are what lengths and positions count.
struct Text: Hashable {
  var scalars: [Unicode.Scalar]

  init(_ scalars: some Sequence<Unicode.Scalar>) { self.scalars = Array(scalars) }
  init(_ string: String) { self.init(string.unicodeScalars) }

  /// The same as a Swift string.
  var string: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  static func + (left: Text, right: Text) -> Text { Text(left.scalars + right.scalars) }
}

extension Text: Comparable {
  static func < (left: Text, right: Text) -> Bool { left.scalars.lexicographicallyPrecedes(right.scalars) }
}

// Searching.

extension Text {
  /// Where another text begins in this one, at `start` or behind it.
  private func place(of part: [Unicode.Scalar], from start: Int) -> Int? {
    guard scalars.count - part.count >= start else { return nil }
    return (start...(scalars.count - part.count)).first { scalars[$0...].starts(with: part) }
  }

  func contains(_ part: Text) -> Bool { place(of: part.scalars, from: 0) != nil }
  func starts(with part: Text) -> Bool { scalars.starts(with: part.scalars) }
  func ends(with part: Text) -> Bool { scalars.reversed().starts(with: part.scalars.reversed()) }

  /// The pieces between separators, left to right. The empty separator stands between all scalars and at both ends.
  func split(by separator: Text) -> [Text] {
    if separator.scalars.isEmpty { return [Text("")] + scalars.map { Text([$0]) } + [Text("")] }
    var pieces: [Text] = []
    var start = 0
    while let place = place(of: separator.scalars, from: start) {
      pieces.append(Text(scalars[start..<place]))
      start = place + separator.scalars.count
    }
    return pieces + [Text(scalars[start...])]
  }

  /// The pieces with this text between them.
  func joining(_ pieces: [Text]) -> Text { Text(pieces.map(\.scalars).joined(separator: scalars)) }

  /// Every occurrence of `old` replaced, left to right.
  func replacing(_ old: Text, with new: Text) -> Text {
    if old.scalars.isEmpty, scalars.isEmpty { return new }
    return new.joining(split(by: old))
  }

  /// The scalars from `start` up to `end`, both clamped.
  func slice(_ start: Int, _ end: Int) -> Text {
    let first = min(max(start, 0), scalars.count)
    let last = min(max(end, 0), scalars.count)
    return first < last ? Text(scalars[first..<last]) : Text("")
  }

  /// Without white space at both ends.
  var trimmed: Text {
    let rest = scalars.drop { $0.properties.isWhitespace }
    return Text(rest.reversed().drop { $0.properties.isWhitespace }.reversed())
  }
}

// Case.

extension Text {
  var uppercased: Text { Text(scalars.flatMap { $0.properties.uppercaseMapping.unicodeScalars }) }

  /// Full lower case; a sigma at the end of a word becomes a final one (Unicode Standard, table 3-17).
  var lowercased: Text {
    Text(
      scalars.indices.flatMap { index -> [Unicode.Scalar] in
        if scalars[index] == "Σ", isFinal(index) { return ["ς"] }
        return Array(scalars[index].properties.lowercaseMapping.unicodeScalars)
      })
  }

  private func isFinal(_ index: Int) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let behind = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && behind?.properties.isCased != true
  }
}

// Numbers.

extension Text {
  /// Shortest decimal digits that read back as the same value, without exponent and without a trailing `.0`.
  init(_ value: Double) {
    guard value.isFinite else {
      self.init(value.isNaN ? "NaN" : value < 0 ? "-inf" : "inf")
      return
    }
    let sign = value.sign == .minus ? "-" : ""
    let parts = value.magnitude.description.split(separator: "e")
    let exponent = parts.dropFirst().first.flatMap { Int($0) } ?? 0
    let numeral = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
    let (whole, fraction) = (String(numeral.first ?? ""), String(numeral.dropFirst().first ?? ""))
    // The point moves by the exponent; zeros fill the places that it passes.
    let zeros = String(repeating: "0", count: abs(exponent))
    let digits = Array((exponent < 0 ? zeros : "") + whole + fraction + (exponent > 0 ? zeros : ""))
    let point = whole.count + (exponent < 0 ? 0 : exponent)
    let left = String(digits[..<point].drop { $0 == "0" })
    let right = String(digits[point...].reversed().drop { $0 == "0" }.reversed())
    self.init(sign + (left.isEmpty ? "0" : left) + (right.isEmpty ? "" : "." + right))
  }

  /// The integer of an optional sign and decimal digits; nil for anything else.
  var whole: Whole? {
    let hasPlus = scalars.first == "+"
    let text = Text(scalars.dropFirst(hasPlus ? 1 : 0)).string
    if hasPlus, text.hasPrefix("-") { return nil }
    return Integer(decimal: text).map { Whole($0) }
  }

  /// The number of an optional sign, then an infinity, a NaN or a decimal numeral; nil for anything else.
  var float: Double? {
    let isSigned = scalars.first == "+" || scalars.first == "-"
    let sign = scalars.first == "-" ? "-" : ""
    let text = Text(scalars.dropFirst(isSigned ? 1 : 0)).string.lowercased()
    switch text {
    case "inf", "infinity": return sign.isEmpty ? .infinity : -.infinity
    case "nan": return .nan
    default: break
    }
    guard scalars.allSatisfy(\.isASCII) else { return nil }
    let parts = text.split(separator: "e", omittingEmptySubsequences: false)
    let mantissa = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
    var exponent = parts.dropFirst().first.map { Text(String($0)) } ?? Text("0")
    if exponent.scalars.first == "+" || exponent.scalars.first == "-" { exponent.scalars.removeFirst() }
    let digits = mantissa.joined()
    guard parts.count <= 2, mantissa.count <= 2, Self.isDigits(digits), Self.isDigits(exponent.string) else {
      return nil
    }
    let numeral = "0" + mantissa.joined(separator: ".") + (mantissa.count == 2 ? "0" : "")
    return Double(sign + numeral + (parts.count == 2 ? "e" + parts[1] : ""))
  }

  private static func isDigits(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }
}
