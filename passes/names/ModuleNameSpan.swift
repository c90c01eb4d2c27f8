import Diagnostics
import Languages

extension Program.Module {
  /// The name in the header; it stands behind the first word of a line without indentation, comments aside.
  func nameSpan(in sources: SourceMap) -> Span {
    guard let source = sources.file(at: span.start) else { return span.atStart }
    let keyword = Array("module ".utf8)
    for line in 1...source.lineCount {
      guard let range = source.byteRange(ofLine: line), source.bytes[range].starts(with: keyword) else { continue }
      let name = source.bytes[range].dropFirst(keyword.count).drop { $0 == 0x20 }.prefix { $0 > 0x20 }
      return Span(start: source.base + UInt32(name.startIndex), length: UInt32(name.count))
    }
    return span.atStart
  }
}
