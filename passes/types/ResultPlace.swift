import Diagnostics
import Languages
import Nanopass

extension Inference {
  /// Whether the header of a function says what it returns.
  func declaresResult(of function: Resolved.Function) -> Bool { resultPlace(behind: function.span) != nil }

  /// Where the header of the function that is checked says what it returns; nil for what has no header.
  var resultRegion: Region? {
    if function.span.isNone { return nil }
    return resultPlace(behind: function.span).map { Region($0, "its result is declared here") }
      ?? Region(function.span, "without `->` it returns `Unit`")
  }

  /// The type behind the `->` of a header, given the place of the function's name; nil if there is none.
  private func resultPlace(behind name: Span) -> Span? {
    guard let file = sources.file(at: name.start), let end = Self.parametersEnd(in: file, from: name.end - file.base)
    else { return nil }
    var rest = file.bytes[end...].prefix { $0 != 0x0A && $0 != 0x0D }.drop { $0 == 0x20 }
    guard rest.starts(with: "->".utf8) else { return nil }
    rest = rest.dropFirst(2).drop { $0 == 0x20 }
    if let comment = rest.indices.first(where: { rest[$0...].starts(with: "//".utf8) }) { rest = rest[..<comment] }
    while rest.last == 0x20 { rest.removeLast() }
    return rest.isEmpty
      ? nil : Span(start: file.base + UInt32(clamping: rest.startIndex), length: UInt32(clamping: rest.count))
  }

  /// The offset behind the bracket that closes the parameters, which may stand on several lines with comments.
  private static func parametersEnd(in file: SourceFile, from start: UInt32) -> Int? {
    var (depth, isComment) = (0, false)
    for index in file.bytes.indices.dropFirst(Int(start)) {
      switch file.bytes[index] {
      case 0x0A: isComment = false
      case _ where isComment: break
      case UInt8(ascii: "/"): isComment = file.bytes[index...].starts(with: "//".utf8)
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth <= 0 { return index + 1 }
      default: break
      }
    }
    return nil
  }
}
