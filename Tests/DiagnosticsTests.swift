import Diagnostics
import Testing

/// A program of one file, `a.av` unless named otherwise.
struct OneFile {
  let sources = SourceMap()
  let file: SourceFile

  init(_ text: String, path: String = "a.av") throws { try self.init(Array(text.utf8), path: path) }

  init(_ bytes: [UInt8], path: String = "a.av") throws { file = try sources.add(path: path, bytes: bytes) }

  /// The span of the first place where `needle` stands, not before the byte `offset`; `none` if it is missing.
  func span(_ needle: String, from offset: Int = 0) -> Span {
    let wanted = Array(needle.utf8)
    for start in stride(from: offset, through: file.bytes.count - wanted.count, by: 1)
    where file.bytes[start...].starts(with: wanted) {
      return Span(start: file.base + UInt32(start), length: UInt32(wanted.count))
    }
    return .none
  }

  /// The empty span at the end of the file.
  var end: Span { Span(start: file.end, length: 0) }

  /// The diagnostic as text without colours.
  func text(_ diagnostic: Diagnostic) -> String {
    TextRenderer(color: false, sources: sources, relativeTo: "/home/me").render(diagnostic)
  }
}

/// Where a span begins and ends, as `line:column-line:column`.
private func places(_ span: Span, _ sources: SourceMap) -> String? {
  sources.range(of: span).map { "\($0.start.line):\($0.start.column)-\($0.end.line):\($0.end.column)" }
}

@Suite("Source positions") struct SourcePositionTests {
  @Test("A span is eight bytes and unites with another")
  func spans() {
    #expect(MemoryLayout<Span>.size == 8)
    let (a, b) = (Span(start: 4, length: 2), Span(start: 9, length: 3))
    #expect(a.union(b) == Span(start: 4, length: 8))
    #expect(b.union(a) == a.union(b))
    #expect(a.union(.none) == a && Span.none.union(a) == a)
    #expect(Span.none.isNone && !a.isNone)
    #expect(Span(start: .max, length: 9).end == .max)
  }

  @Test("Files lie one behind the other with a free position between")
  func layout() throws {
    let sources = SourceMap()
    let first = try sources.add(path: "a.av", bytes: Array("ab".utf8))
    let empty = try sources.add(path: "b.av", bytes: [])
    let last = try sources.add(path: "c.av", bytes: Array("x".utf8))
    #expect([first.base, empty.base, last.base] == [1, 4, 5])
    #expect(sources.file(at: 0) == nil)
    #expect(sources.file(at: 3) === first)
    #expect(sources.file(at: 4) === empty)
    #expect(sources.file(at: 6) === last)
    #expect(sources.file(at: 7) == nil)
    #expect(places(Span(start: 4, length: 0), sources) == "1:1-1:1")
  }

  @Test("A file can be restored at its old base, but not over another")
  func restoring() throws {
    let sources = SourceMap()
    let late = try sources.restore(path: "b.av", bytes: Array("bb".utf8), base: 10)
    let early = try sources.restore(path: "a.av", bytes: Array("aaa".utf8), base: 6)
    #expect(sources.files.map(\.path) == ["b.av", "a.av"])
    #expect(sources.file(at: 9) === early)
    #expect(sources.file(at: 12) === late)
    for base: UInt32 in [0, 5, 7, 12] {
      #expect(throws: SourceMapError.positionsTaken(path: "c.av")) {
        try sources.restore(path: "c.av", bytes: [1], base: base)
      }
    }
    #expect(throws: SourceMapError.tooMuchSource(path: "c.av")) {
      try sources.restore(path: "c.av", bytes: [1, 2], base: .max - 1)
    }
    #expect(try sources.add(path: "d.av", bytes: []).base == 13)
    let full = SourceMap()
    try full.restore(path: "a.av", bytes: [1], base: .max - 2)
    #expect(throws: SourceMapError.tooMuchSource(path: "b.av")) { try full.add(path: "b.av", bytes: [1]) }
  }

  @Test("Lines end at LF or CRLF and columns count scalars")
  func columns() throws {
    let program = try OneFile("aé\u{1F600}x\r\n\tb\n")
    let (sources, file) = (program.sources, program.file)
    #expect(places(program.span("x"), sources) == "1:4-1:5")
    #expect(places(program.span("b"), sources) == "2:2-2:3")
    #expect(places(Span(start: file.end, length: 0), sources) == "3:1-3:1")
    #expect([1, 2, 3, 4, 0].map(file.text(ofLine:)) == ["aé\u{1F600}x", "\tb", "", "", ""])
  }

  @Test("A byte order mark takes no column")
  func byteOrderMark() throws {
    let program = try OneFile("\u{FEFF}x = 1\n")
    let (sources, file) = (program.sources, program.file)
    #expect(places(program.span("x"), sources) == "1:1-1:2")
    #expect(places(Span(start: file.base, length: 0), sources) == "1:1-1:1")
    #expect(file.text(ofLine: 1) == "x = 1")
  }

  @Test("Columns far into a long line of wide text are exact")
  func longLines() throws {
    let program = try OneFile(String(repeating: "é", count: 5000) + "x")
    #expect(places(program.span("x"), program.sources) == "1:5001-1:5002")
  }

  @Test("A span beyond the end of its file is cut off there")
  func beyondTheEnd() throws {
    let program = try OneFile("ab")
    let (sources, file) = (program.sources, program.file)
    #expect(places(Span(start: file.base, length: 90), sources) == "1:1-1:3")
    #expect(sources.range(of: .none) == nil)
    #expect(sources.text(of: Span(start: file.base + 1, length: 90)) == "b")
  }
}
