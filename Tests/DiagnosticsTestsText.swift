import Diagnostics
import Testing

@Suite("Rendering diagnostics as text") struct TextRendererTests {
  @Test("Context, secondary and primary place, note and example")
  func anatomy() throws {
    let program = try OneFile(
      """
      module Report
          intent = "x"





      fn report(path: String) -> Result<String, String>
          ! [Console.print]
          text = Disk.readText(path)?
      """, path: "/home/me/tasks/report.av")
    let diagnostic = Diagnostic.error(
      "effect-violation", at: program.span("Disk.readText"), "`report` calls Disk.readText but does not declare it",
      label: "needs Disk.readText", help: "add Disk.readText to the effect list",
      example: "! [Console.print, Disk.readText]", note: "effects propagate",
      regions: [Region(program.span("fn report"), nil), Region(program.span("[Console.print]"), "declared here")])
    #expect(
      program.text(diagnostic) == """
        error[effect-violation]: `report` calls Disk.readText but does not declare it
           --> tasks/report.av:10:12
            |
          8 | fn report(path: String) -> Result<String, String>
          9 |     ! [Console.print]
            |       --------------- declared here
         10 |     text = Disk.readText(path)?
            |            ^^^^^^^^^^^^^ needs Disk.readText
            = note: effects propagate
            = help: ! [Console.print, Disk.readText]

        """)
  }

  @Test("Distant lines are elided, a single line between is shown")
  func elision() throws {
    let program = try OneFile("a = 1\nb = 2\nc = 3\nd = 4\ne = 5\nf = 6\n")
    let diagnostic = Diagnostic.warning(
      "unused-binding", at: program.span("c"), "`c` is never used",
      regions: [Region(program.span("a"), "one"), Region(program.span("f"), "two")], fields: [Field("name", "c")])
    #expect(
      program.text(diagnostic) == """
        warning[unused-binding]: `c` is never used
          --> a.av:3:1
           |
         1 | a = 1
           | - one
         2 | b = 2
         3 | c = 3
           | ^
        ...
         6 | f = 6
           | - two
           = name: c

        """)
  }

  @Test("Several places in one line hang their labels")
  func severalOnOneLine() throws {
    let program = try OneFile("x = add(one, two)\n")
    let diagnostic = Diagnostic.error(
      "type-mismatch", at: program.span("two"), "Int is wanted, String found", label: "String",
      regions: [Region(program.span("add"), "wants Int"), Region(program.span("one"), "Int")])
    #expect(
      program.text(diagnostic) == """
        error[type-mismatch]: Int is wanted, String found
          --> a.av:1:14
           |
         1 | x = add(one, two)
           |     --- ---  ^^^ String
           |     |   |
           |     |   Int
           |     wants Int

        """)
  }

  @Test("A place inside another keeps its own label")
  func nested() throws {
    let program = try OneFile("x = add(one, two)\n")
    let diagnostic = Diagnostic.error(
      "type-mismatch", at: program.span("one"), "no", label: "here",
      regions: [Region(program.span("add(one, two)"), "in this call")])
    #expect(
      program.text(diagnostic) == """
        error[type-mismatch]: no
          --> a.av:1:9
           |
         1 | x = add(one, two)
           |     ----^^^------
           |     |   |
           |     |   here
           |     in this call

        """)
  }

  @Test("Places beyond three are counted")
  func manyRegions() throws {
    let program = try OneFile("a\nb\nc\nd\ne\n")
    let regions = ["b", "c", "d", "e"].map { Region(program.span($0), "also \($0)") }
    let diagnostic = Diagnostic.error("module-cycle", at: program.span("a"), "cycle", regions: regions)
    #expect(
      program.text(diagnostic) == """
        error[module-cycle]: cycle
          --> a.av:1:1
           |
         1 | a
           | ^
         2 | b
           | - also b
         3 | c
           | - also c
           = note: and 2 more

        """)
  }

  @Test("A place in another file gets a header of its own")
  func otherFile() throws {
    let program = try OneFile("fn f() -> Int\n", path: "/home/me/a.av")
    let other = try program.sources.add(path: "/usr/lib/b.av", bytes: Array("\n\nfn f() -> Int\n".utf8))
    let diagnostic = Diagnostic.error(
      "duplicate-definition", at: program.span("f"), "`f` is defined twice",
      regions: [Region(Span(start: other.base + 5, length: 1), "first here")])
    #expect(
      program.text(diagnostic) == """
        error[duplicate-definition]: `f` is defined twice
          --> a.av:1:1
           |
         1 | fn f() -> Int
           | ^
          ::: /usr/lib/b.av:3:4
           |
         3 | fn f() -> Int
           |    - first here

        """)
  }

  @Test("A span over several lines is underlined to the end of the first")
  func multiLine() throws {
    let program = try OneFile("xs = [\r\n  1,\r\n]\r\n")
    #expect(
      program.text(.error("parse-error", at: program.span("[\r\n  1,\r\n]"), "bad list", label: "here")) == """
        error[parse-error]: bad list
          --> a.av:1:6
           |
         1 | xs = [
           |      ^ here

        """)
  }

  @Test("The end of a file, with and without a last line break, and an empty file")
  func endOfFile() throws {
    func rendered(_ text: String) throws -> String {
      let program = try OneFile(text)
      return program.text(.error("missing-body", at: program.end, "no body"))
    }
    #expect(
      try rendered("fn f()") == """
        error[missing-body]: no body
          --> a.av:1:7
           |
         1 | fn f()
           |       ^

        """)
    let empty = "error[missing-body]: no body\n  --> a.av:1:1\n   |\n 1 |\n   | ^\n"
    #expect(try rendered("") == empty)
    #expect(try rendered("fn f()\n") == empty.replacing("a.av:1", with: "a.av:2").replacing(" 1 |", with: " 2 |"))
  }

  @Test("Carets stand below wide, combining and tabbed text")
  func widths() throws {
    let program = try OneFile("\ts = \"日本e\u{301}\u{1F600}\" + x")
    #expect(
      program.text(.error("type-mismatch", at: program.span("x"), "no")) == """
        error[type-mismatch]: no
          --> a.av:1:16
           |
         1 |     s = "日本e\u{301}\u{1F600}" + x
           |                     ^

        """)
  }

  @Test("What is not UTF-8 or steers a terminal is shown by a stand-in")
  func invalidText() throws {
    let program = try OneFile([0x61, 0xFF, 0xE2, 0x82, 0x1B, 0x5B] + Array("\u{202E}x".utf8))
    let place = Span(start: program.file.base + 1, length: 1)
    #expect(
      program.text(.error("invalid-utf8", at: place, "bad\u{7}\nbyte", label: "FF")) == """
        error[invalid-utf8]: bad\u{2407} byte
          --> a.av:1:2
           |
         1 | a\u{FFFD}\u{FFFD}\u{241B}[\u{FFFD}x
           |  ^ FF

        """)
  }

  @Test("Of a long line only the part around each place is shown")
  func longLine() throws {
    let filler = String(repeating: "é", count: 400)
    let program = try OneFile("\(filler)here\(filler)there\(filler)")
    let text = program.text(
      .error("parse-error", at: program.span("here"), "no", label: "A", regions: [Region(program.span("there"), "B")]))
    let lines = text.split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines.allSatisfy { $0.count < 220 })
    let lead = String(repeating: "é", count: 60)
    #expect(lines[3].hasPrefix(" 1 | ...\(lead)hereé") && lines[3].hasSuffix("é..."))
    #expect(lines[4] == "   |    \(String(repeating: " ", count: 60))^^^^ A")
    #expect(lines[5].hasPrefix(" 1 | ...\(lead)thereé"))
    #expect(lines[6] == "   |    \(String(repeating: " ", count: 60))----- B")
  }

  @Test("Without a place only the words are shown, repairs of several lines aligned")
  func noPlace() throws {
    var diagnostic = Diagnostic.error(
      "missing-main", at: .none, "nothing to run", help: "fn main() -> Unit\n    Console.print(\"\")")
    diagnostic.repair.alternatives = ["compile a file that has one"]
    #expect(
      try OneFile("").text(diagnostic) == """
        error[missing-main]: nothing to run
           = help: fn main() -> Unit
                       Console.print("")
           = help: compile a file that has one

        """)
  }

  @Test("Colours only on request, and around the same text")
  func colours() throws {
    let program = try OneFile("x = y\n")
    let diagnostic = Diagnostic.error("unknown-ident", at: program.span("y"), "no `y`", label: "unknown")
    let colored = TextRenderer(color: true, sources: program.sources).render(diagnostic)
    #expect(colored.hasPrefix("\u{1B}[1;31merror[unknown-ident]\u{1B}[0m\u{1B}[1m: no `y`\u{1B}[0m\n"))
    #expect(colored.contains("\u{1B}[1;31m^ unknown\u{1B}[0m"))
    #expect(colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == program.text(diagnostic))
  }

  @Test("A thousand diagnostics in one line of a megabyte cost no more than what they show")
  func manyDiagnostics() throws {
    let program = try OneFile(String(repeating: "é", count: 500_000))
    let diagnostics = (0..<1000).map { index in
      Diagnostic.error("bad-character", at: Span(start: program.file.base + UInt32(index * 1000), length: 2), "no")
    }
    let renderer = TextRenderer(color: false, sources: program.sources)
    let clock = ContinuousClock()
    let time = clock.measure { #expect(renderer.render(diagnostics).utf8.count < 1000 * 1000) }
    #expect(time < .seconds(30))
  }

  @Test("Any bytes and any spans can be rendered")
  func anything() throws {
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let bytes: [UInt8] = [
      0x61, 0x20, 0x0A, 0x0D, 0x09, 0x00, 0x1B, 0x80, 0xC3, 0xA9, 0xEF, 0xBB, 0xBF, 0xF0, 0x9F, 0xFF,
    ]
    for _ in 0..<300 {
      let sources = SourceMap()
      for name in ["a.av", "b.av"] {
        let usable = 1 + random(bytes.count)
        try sources.add(path: name, bytes: (0..<random(random(2) == 0 ? 20 : 1500)).map { _ in bytes[random(usable)] })
      }
      func place() -> Span { Span(start: UInt32(random(1600)), length: UInt32(random(random(2) == 0 ? 3 : 900))) }
      let regions = [Region(place(), "b"), Region(place(), nil), Region(place(), "c")]
      let diagnostic = Diagnostic.error("parse-error", at: place(), "no", label: "a", regions: regions)
      let text = TextRenderer(color: false, sources: sources).render(diagnostic)
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
      let records = JSONRenderer(sources: sources).render(DiagnosticList([diagnostic]), files: sources.files)
      #expect(records.utf8.count { $0 == 0x0A } == 3)
    }
  }
}
