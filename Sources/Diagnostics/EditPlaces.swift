/// Places of the source where repairs put something.
extension SourceMap {
  /// The place before the first thing on the line of a span, and the blanks before that; nil without a file.
  public func lineStart(of span: Span) -> (place: Span, indentation: String)? {
    guard !span.isNone, let file = file(at: span.start) else { return nil }
    let line = file.line(ofOffset: span.start - file.base)
    guard let range = file.byteRange(ofLine: line) else { return nil }
    let blanks = file.bytes[range].prefix { $0 == 0x20 }.count
    let place = Span(start: file.base + UInt32(range.lowerBound + blanks), length: 0)
    return (place, String(repeating: " ", count: blanks))
  }

  /// The place behind the bracket that closes the one opened first behind a span, in source without strings; nil if
  /// there is none.
  public func closingBracket(behind span: Span) -> Span? {
    guard !span.isNone, let file = file(at: span.start) else { return nil }
    var depth = 0
    for index in Int(span.end - file.base)..<max(Int(span.end - file.base), file.bytes.count) {
      switch file.bytes[index] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth <= 0 { return depth < 0 ? nil : Span(start: file.base + UInt32(index) + 1, length: 0) }
      case UInt8(ascii: "\""): return nil
      default: break
      }
    }
    return nil
  }

  /// The source of a span as changes leave it; nil if no file holds it, or one of the changes is beside it. Of changes at
  /// one place the first comes first.
  public func text(of span: Span, with edits: [Edit]) -> String? {
    guard let file = file(at: span.start), !span.isNone else { return nil }
    let sorted = edits.enumerated().sorted { ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset) }
    var (bytes, place): ([UInt8], UInt32) = ([], span.start)
    for edit in sorted.map(\.element) {
      guard edit.span.start >= place, edit.span.end <= min(span.end, file.end) else { return nil }
      bytes += file.bytes[Int(place - file.base)..<Int(edit.span.start - file.base)]
      bytes += edit.replacement.utf8
      place = edit.span.end
    }
    bytes += file.bytes[Int(place - file.base)..<Int(max(place, min(span.end, file.end)) - file.base)]
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A piece of source with something behind it that binds tighter than all operators, in brackets where these are needed.
  public func postfixed(_ span: Span, _ sign: String) -> String { Self.postfixed(excerpt(of: span), sign) }

  /// As for a span, of a text.
  public static func postfixed(_ text: String, _ sign: String) -> String {
    var (depth, isInString) = (0, false)
    for character in text {
      switch character {
      case "\"": isInString.toggle()
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case "-" where depth == 0 && !isInString, " " where depth == 0 && !isInString: return "(\(text))\(sign)"
      default: break
      }
    }
    return text + sign
  }
}
