import Diagnostics
import Testing

@Suite("Rendering diagnostics as JSON") struct JSONRendererTests {
  @Test("The records of a run, every field in its place")
  func records() throws {
    let program = try OneFile("fn f() -> Int\n    x = 1\n    Disk.readText(é)\n", path: "/w/a.av")
    let other = try program.sources.add(path: "/w/b.av", bytes: Array("\nfine\n".utf8))
    var diagnostic = Diagnostic.error(
      "effect-violation", at: program.span("Disk.readText(é)"), "a \"sentence\"", label: "needs it", help: "add it",
      example: "! [Disk.readText]", note: "n\n",
      regions: [Region(program.span("fn"), "here"), Region(other.span, nil)],
      fields: [Field("missing", "Disk.readText")], fnName: "f")
    diagnostic.related = [Region(Span(start: other.base + 1, length: 4), "calls f")]
    diagnostic.intent = "i"
    diagnostic.conflict = "c"
    diagnostic.fromHostile = true
    let list = DiagnosticList([diagnostic, .warning("missing-main", at: .none, "w")])
    let output = JSONRenderer(sources: program.sources, relativeTo: "/w").render(list, files: [program.file, other])
    #expect(output.split(separator: "\n", omittingEmptySubsequences: false).count == 4)
    let expected =
      #"{"schema_version":1,"kind":"analysis","file_label":"a.av","diagnostics":[{"severity":"error","#
      + #""slug":"effect-violation","summary":"a \"sentence\"","span":{"file":"a.av","line":3,"col":5,"#
      + #""end_line":3,"end_col":21},"fn_name":"f","intent":"i","conflict":"c","fields":[["missing","#
      + #""Disk.readText"]],"note":"n\n","repair":{"primary":"add it","alternatives":[],"#
      + #""example":"! [Disk.readText]"},"regions":[{"source_lines":[{"line_num":3,"#
      + #""text":"    Disk.readText(é)"}],"underline":{"col":5,"len":16,"label":"needs it"}},"#
      + #"{"source_lines":[{"line_num":1,"text":"fn f() -> Int"}],"underline":{"col":1,"len":2,"label":"here"}},"#
      + #"{"file":"b.av","source_lines":[{"line_num":1,"text":""}]}],"#
      + #""related":[{"span":{"file":"b.av","line":2,"col":1},"label":"calls f"}],"from_hostile":true}]}"# + "\n"
      + #"{"schema_version":1,"kind":"analysis","file_label":"b.av","diagnostics":[{"severity":"warning","#
      + #""slug":"missing-main","summary":"w","span":{"file":"b.av","line":1,"col":1,"end_line":1,"end_col":1},"#
      + #""repair":{"primary":null,"alternatives":[],"example":null}}]}"# + "\n"
      + #"{"schema_version":1,"kind":"summary","files":2,"passed":1,"failed":1,"errors":1,"warnings":1}"# + "\n"
    #expect(output == expected)
  }

  @Test("The changes that carry a repair out, each with its place")
  func edits() throws {
    let program = try OneFile("x = 1\ny = f(n)\n")
    let place = program.span("n", from: 5)
    var error = Diagnostic.error(
      "type-mismatch", at: place, "no", help: "convert it: \(code: "Float.fromInt(n)")")
    let renderer = JSONRenderer(sources: program.sources)
    #expect(
      renderer.analysis(label: "a.av", [error]).contains(
        #""repair":{"primary":"convert it: `Float.fromInt(n)`","alternatives":[],"example":null,"edits":[{"span":"#
          + #"{"file":"a.av","line":2,"col":7,"end_line":2,"end_col":8},"replacement":"Float.fromInt(n)"}]}"#))
    #expect(
      program.sources.text(of: Span(start: 1, length: 13), with: error.repair.edits) == "x = 1\ny = f(Float.fromInt(n)")
    // Another sentence has other changes.
    error.repair.primary = "leave it out"
    #expect(error.repair.edits.isEmpty)
    // What has dots in it can't be written as it stands.
    error.advise("give a default: \(code: "Option.withDefault(n, ...)")")
    #expect(error.repair.edits.isEmpty)
  }

  @Test("Changes that overlap, or lie beside what is written anew, are none")
  func overlappingEdits() throws {
    let program = try OneFile("abcdef")
    let (ab, bc) = (program.span("ab"), program.span("bc"))
    let whole = Span(start: program.file.base, length: 6)
    #expect(program.sources.text(of: whole, with: [Edit(ab, "x"), Edit(bc, "y")]) == nil)
    #expect(program.sources.text(of: ab, with: [Edit(bc, "y")]) == nil)
    #expect(
      program.sources.text(of: whole, with: [.insert("1", before: ab), Edit(ab, "2"), .remove(program.span("f"))])
        == "12cde")
    #expect(SourceMap.postfixed("a + b", "?") == "(a + b)?")
    #expect(SourceMap.postfixed("f(a, b)", "?") == "f(a, b)?")
  }

  @Test("Files without findings, added summaries and unreadable files")
  func otherRecords() {
    let renderer = JSONRenderer(sources: SourceMap(), relativeTo: "/w")
    #expect(
      renderer.analysis(label: "a.av", [], extra: ("verify_summary", ["cases": 2, "ok": true]))
        == #"{"schema_version":1,"kind":"analysis","file_label":"a.av","verify_summary":{"cases":2,"ok":true}}"#)
    #expect(
      renderer.fileError(path: "/w/a.av", error: "no such file") == #"{"schema_version":1,"kind":"file-error","#
        + #""file_label":"a.av","error_kind":"read-failed","error":"no such file"}"#)
  }

  @Test("Of a very long line a part is given, with its column")
  func longLine() throws {
    let program = try OneFile(String(repeating: "a", count: 9000) + "x")
    let text = JSONRenderer(sources: program.sources).analysis(
      label: "a.av", [.error("parse-error", at: program.span("x"), "no")])
    #expect(text.contains(#"aaax","from_col":8501}],"underline":{"col":9001,"len":1,"label":""}"#))
  }

  @Test("The writer escapes what must not stand in a line")
  func writer() {
    #expect(
      JSONWriter.text(of: "\"\\\n\r\t\u{8}\u{C}\u{1}\u{7F}\u{2028}é/")
        == #""\"\\\n\r\t\b\f\u0001\u007f\u2028é/""#)
    #expect(
      JSONWriter.text(of: ["z": [1, 2.5, nil, true, []], "a": ["b": [:]], "n": .double(.nan)])
        == #"{"z":[1,2.5,null,true,[]],"a":{"b":{}},"n":null}"#)
  }
}

@Suite("Lists of diagnostics") struct DiagnosticListTests {
  @Test("Sorted by file, place and slug, exact repetitions dropped")
  func sorting() throws {
    let program = try OneFile("ab\n")
    let other = try program.sources.add(path: "b.av", bytes: Array("c".utf8))
    let (a, b, c) = (program.span("a"), program.span("b"), other.span)
    var list = DiagnosticList([
      .error("z", at: b, "1"), .error("y", at: b, "2"), .error("z", at: b, "1"), .error("x", at: c, "3"),
    ])
    list.append(contentsOf: DiagnosticList([.warning("w", at: a, "4"), .warning("v", at: .none, "5")]))
    #expect(list.sorted(by: program.sources).map(\.summary) == ["5", "4", "2", "1", "3"])
    let order = [other, program.file]
    #expect(list.sorted(by: program.sources, fileOrder: order).map(\.summary) == ["5", "3", "4", "2", "1"])
    #expect(list.count(.warning) == 2)
  }

  @Test("Only errors stop later steps")
  func errors() throws {
    var list = DiagnosticList()
    list.append(.warning("w", at: .none, "w"))
    list.append(Diagnostic(.fail, "verify-mismatch", at: .none, "f"))
    #expect(!list.hasErrors)
    try list.throwIfErrors()
    list.append(.error("e", at: .none, "e"))
    #expect(throws: DiagnosticList.self) { try list.throwIfErrors() }
  }
}

@Suite("Names that may have been meant") struct NearestNamesTests {
  @Test("By distance, then by name")
  func order() {
    let names = ["printed", "print", "sprint", "prints", "paint", "point", "print"]
    #expect(nearestNames(to: "prnit", among: names) == ["print", "paint", "point"])
    #expect(nearestNames(to: "prin", among: names, limit: 9) == ["print", "paint", "point", "prints", "sprint"])
    #expect(nearestNames(to: "PRINT", among: names) == ["print"])
    #expect(nearestNames(to: "print", among: names, limit: 1) == ["paint"])
  }

  @Test("Short names allow one change, single letters and no names none")
  func thresholds() {
    #expect(nearestNames(to: "x", among: ["y", "X", "xy", "yz"]) == ["X"])
    #expect(nearestNames(to: "abc", among: ["ab", "abcd", "acb", "axy"], limit: 9) == ["ab", "abcd", "acb"])
    #expect(nearestNames(to: "", among: ["a", "b"]) == [])
    #expect(nearestNames(to: "größe", among: ["grösse", "grose", "gr"]) == ["grose", "grösse"])
    #expect(nearestNames(to: "a", among: ["b"], limit: -1) == [])
  }

  @Test("Agrees with the distance computed over the whole table")
  func againstTheTable() {
    let alphabet = Array("ab")
    var words = [""]
    for _ in 0..<5 { words += words.flatMap { word in alphabet.map { word + String($0) } } }
    let all = Set(words).sorted()
    for word in all.filter({ $0.count >= 4 }) {
      let expected = all.filter { $0 != word && tableDistance(Array(word), Array($0)) <= 2 }
      #expect(Set(nearestNames(to: word, among: all, limit: .max)) == Set(expected))
    }
  }

  @Test("The question names all of them")
  func question() {
    #expect(didYouMean([]) == nil)
    #expect(didYouMean(["a"])?.text == "did you mean `a`?")
    #expect(didYouMean(["a", "b"])?.text == "did you mean `a` or `b`?")
    #expect(didYouMean(["a", "b", "c"])?.text == "did you mean `a`, `b` or `c`?")
  }

  /// The textbook table, without bounds.
  private func tableDistance(_ a: [Character], _ b: [Character]) -> Int {
    var table = [[Int]](repeating: Array(0...b.count), count: a.count + 1)
    for i in stride(from: 1, through: a.count, by: 1) {
      table[i][0] = i
      for j in stride(from: 1, through: b.count, by: 1) {
        let change = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, change)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
        }
      }
    }
    return table[a.count][b.count]
  }
}
