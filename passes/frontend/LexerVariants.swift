import Diagnostics
import Languages
import Nanopass

/// Variants and arms as other languages write them, with `=` and `|` before and between them.
extension Lexer {
  /// The longest declaration that is written anew, in bytes, and the most variants that a message shows.
  private static let longestRewritten = 2000, mostShownVariants = 8

  /// Whether the item at hand is a `type`.
  var isInType: Bool { itemStart >= 0 && bytes[itemStart...].starts(with: "type ".utf8) }

  /// Reports the sign at the current place, the first one between the variants of a type, for all of them, and goes
  /// behind the type; false if it is no such sign.
  mutating func variantSigns() -> Bool {
    guard isInType, depth == 0, interpolations.isEmpty else { return false }
    let itemEnd = endOfItem
    let isAssign = bytes[position] == UInt8(ascii: "=")
    guard !isAssign || isAtLineStart || hasBar(in: position..<itemEnd) else { return false }
    var edits: [Edit] = []
    var help = "each variant stands on a line of its own, without a sign"
    if let (place, variants) = rewrittenVariants(to: itemEnd) {
      edits = [Edit(place, variants.map { "\n    " + $0 }.joined())]
      if variants.count <= Self.mostShownVariants {
        let name = text(itemStart, Int(place.start - base))
        help += ":\n" + ([name] + variants.map { "    " + $0 }).joined(separator: "\n")
      }
    }
    error(
      isAssign ? "parse-error" : "rejected-operator", position, position + 1,
      isAssign ? "variants have no `=` and no `|` before them" : "variants have no `|` before them",
      help: Advice(help, edits: edits))
    // What is skipped were variants, so that the type is no second mistake.
    if isAtLineStart { add(.upper(span(position, position + 1), name: "Variant")) }
    position = itemEnd
    return true
  }

  /// Reports a `|` at the start of a line, such as that of an arm: once for all in an item.
  mutating func barAtLineStart() -> Bool {
    guard isAtLineStart, interpolations.isEmpty else { return false }
    var next = position + 1
    while next < end, bytes[next] == 0x20 { next += 1 }
    let edit = Edit(span(position, next), "    ")
    let place = span(position, position + 1)
    position = next
    if let first = firstBar, first.item == itemStart, diagnostics.indices.contains(first.index) {
      diagnostics[first.index].regions.append(Region(place, "here too"))
      diagnostics[first.index].repair.edits.append(edit)
      return true
    }
    firstBar = (itemStart, diagnostics.count)
    diagnostics.append(
      .error(
        "rejected-operator", at: place, "there is no operator `|`",
        help: Advice("each variant or arm stands on a line of its own, without a sign", edits: [edit])))
    return true
  }

  /// Offset of the line break before the next item.
  private var endOfItem: Int {
    var (place, last) = (position, position)
    while place < end {
      if bytes[place] == 0x0A {
        let next = bytes[place + 1]
        let isComment = next == UInt8(ascii: "/") && place + 2 < end && bytes[place + 2] == next
        if place + 1 < end, ![0x20, 0x0A, 0x0D, UInt8(ascii: "|")].contains(next) || isComment { break }
      } else if bytes[place] != 0x20, bytes[place] != 0x0D {
        last = place + 1
      }
      place += 1
    }
    return last
  }

  private func hasBar(in range: Range<Int>) -> Bool {
    var depth = 0
    for byte in bytes[range] {
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "|") where depth == 0: return true
      default: break
      }
    }
    return false
  }

  /// The place behind the name of the type up to an offset, and its variants as they are written here; nil if they are
  /// not understood.
  private func rewrittenVariants(to itemEnd: Int) -> (place: Span, variants: [String])? {
    guard itemEnd - itemStart <= Self.longestRewritten else { return nil }
    var nameEnd = itemStart + "type ".utf8.count
    while nameEnd < itemEnd, isWordByte(bytes[nameEnd]) { nameEnd += 1 }
    let content = text(nameEnd, itemEnd)
    guard !content.contains("//"), !content.contains("\"") else { return nil }
    let parts = content.split(whereSeparator: { $0 == "|" || $0 == "\n" || $0 == "\r\n" }).map { $0.trimmed }
    var variants: [String] = []
    for (index, part) in parts.enumerated() {
      var part = part[...]
      if variants.isEmpty, part.hasPrefix("=") { part = part.dropFirst().drop { $0 == " " } }
      if part.isEmpty { continue }
      guard let variant = Self.variant(String(part)) else { return nil }
      variants.append(variant)
      if index > 500 { return nil }
    }
    return variants.isEmpty ? nil : (span(nameEnd, itemEnd), variants)
  }

  /// A variant as it is written here: `Circle of Float * Int` and `Circle Float Int` as `Circle(Float, Int)`.
  private static func variant(_ text: String) -> String? {
    func isName(_ text: Substring) -> Bool {
      text.first?.isUppercase == true && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
    let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    guard isName(name) else { return nil }
    let rest = text[name.endIndex...].trimmed
    if rest.isEmpty { return String(name) }
    if rest.hasPrefix("("), rest.hasSuffix(")"), rest.count > 2, !rest.contains(":") { return "\(name)\(rest)" }
    let words = rest.split(whereSeparator: { $0 == " " || $0 == "*" })
    let types = words.first == "of" ? words.dropFirst() : words[...]
    guard !types.isEmpty, types.allSatisfy({ isName($0.prefix { $0 != "<" }) && !$0.contains("(") }) else { return nil }
    return "\(name)(\(types.joined(separator: ", ")))"
  }
}

extension StringProtocol {
  /// The text without blanks at its ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
