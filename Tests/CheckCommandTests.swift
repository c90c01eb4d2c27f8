import Testing

@Suite struct CheckCommandTests {
  private static let program = """
    module Main
        depends [Shapes]
        effects [Console.print]

    fn scale(n: Int) -> Int
        unused = n
        n * Shapes.sides()

    fn main() -> Unit
        ! [Console]
        Console.print("{scale(2)}")

    """
  private static let shapes = """
    module Shapes
        effects []

    fn sides() -> Int
        ? "Sides of a square."
        4

    """

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("main.av", Self.program)
    try folder.write("shapes.av", Self.shapes)
    return folder
  }

  @Test func warnsAndFailsForWhatIsNotVerified() throws {
    let folder = try folder()
    let result = try nanoc(["check", "main.av"], in: folder.path)
    #expect(result.code == 1)
    #expect(
      result.output == "Check: Shapes: 0 errors, 0 warnings\nCheck: Main: 2 errors, 3 warnings\n")
    for slug in [
      "error[missing-verify]", "error[effect-boundary]", "warning[unused-binding]", "warning[missing-description]",
      "warning[effect-granularity]",
    ] {
      #expect(result.errors.contains(slug), "\(slug) is missing in \(result.errors)")
    }
  }

  /// A file that says no name is called by its own.
  @Test func namesModules() throws {
    let folder = try TemporaryFolder()
    try folder.write("data/map.av", "module Map\n    effects []\n\nrecord R\n    n: Int\n")
    try folder.write("main.av", "module Main\n    depends [Data.Map]\n    effects []\n\nrecord S\n    r: R\n")
    try folder.write("script.av", "x = 1\n")
    #expect(
      try nanoc(["check", "main.av"], in: folder.path).output
        == "Check: Data.Map: 0 errors, 0 warnings\nCheck: Main: 0 errors, 0 warnings\n")
    #expect(try nanoc(["check", "script.av"], in: folder.path).output.hasPrefix("Check: script.av: 1 error, "))
  }

  /// People see a hundred findings of a kind and how many more there are; tools see all.
  @Test func boundsWhatIsShown() throws {
    let folder = try TemporaryFolder()
    let functions = (0..<150).map { "fn f\($0)(n: Int) -> Int\n    n + true\n\n" }.joined()
    try folder.write("main.av", "module Main\n    effects []\n\n" + functions)
    let result = try nanoc(["check", "main.av"], in: folder.path)
    #expect(result.output == "Check: Main: 300 errors, 150 warnings\n")
    #expect(result.errors.split(separator: "\n").count { $0.hasPrefix("error[") } == 100)
    #expect(result.errors.split(separator: "\n").count { $0.hasPrefix("warning[") } == 100)
    #expect(result.errors.hasSuffix("\nand 200 more errors and 50 more warnings; --json lists them all\n"))
    let records = try nanoc(["check", "main.av", "--json"], in: folder.path).output
    #expect(records.split(separator: #""severity":"#).count == 451)
  }

  /// A pass that only warns ends a build as any other; what only a check refuses is a warning there.
  @Test func buildsStopBehindAdvice() throws {
    let folder = try TemporaryFolder()
    try folder.write("main.av", "module Main\n\nfn double(n: Int) -> Int\n    n + n\n\nfn main() -> Unit\n    Unit\n")
    let result = try nanoc(["--stop-after=check-style", "main.av"], in: folder.path)
    #expect(result.code == 0)
    #expect(result.output.hasPrefix("(program"))
    for slug in ["missing-description", "missing-verify", "missing-effects"] {
      #expect(result.errors.contains("warning[\(slug)]"), "\(slug) is missing in \(result.errors)")
    }
    #expect(!result.errors.contains("error["))
  }

  @Test func writesRecords() throws {
    let folder = try folder()
    let result = try nanoc(["check", "main.av", "--json"], in: folder.path)
    let lines = result.output.split(separator: "\n")
    try #require(lines.count == 3)
    #expect(lines[0] == #"{"schema_version":1,"kind":"analysis","file_label":"shapes.av"}"#)
    #expect(lines[1].contains(#""slug":"missing-verify""#))
    #expect(lines[2].hasPrefix(#"{"schema_version":1,"kind":"summary","files":2,"passed":1,"failed":1"#))
    #expect(result.errors.isEmpty)
  }

  @Test func reportsEachModuleOfAFolderOnce() throws {
    let folder = try folder()
    try folder.write(".hidden/a.av", "x = ")
    let result = try nanoc(["check", "."], in: folder.path)
    #expect(result.output.split(separator: "\n").count == 2)
    #expect(try nanoc(["check", "shapes.av"], in: folder.path).code == 0)
    #expect(try nanoc(["check", "nowhere.av"], in: folder.path).code == 2)
  }

  @Test func buildsAreSilentAboutStyle() throws {
    let folder = try TemporaryFolder()
    try folder.write("main.av", Self.program.replacing("[Console]", with: "[Console.print]"))
    try folder.write("shapes.av", Self.shapes)
    let result = try nanoc(["run", "main.av"], in: folder.path)
    #expect(result.code == 0)
    #expect(result.output == "8\n")
    #expect(result.errors == "")
  }

  /// The programs in `Tests/diagnostics` that are looked at as by this command.
  private static let checked = WrongProgram.all.filter { program in
    (try? Repository.text("Tests/diagnostics/\(program.name).av"))?.hasPrefix("// checked\n") == true
  }

  @Test(arguments: checked) func printsWhatTheCompilerFinds(_ program: WrongProgram) throws {
    let (folder, file) = program.place
    let result = try nanoc(["check", file], in: Repository.path(folder))
    #expect(result.code == 1)
    let wanted = try Repository.text("Tests/diagnostics/\(program.name).txt")
    // Without a build nothing has to be there to run.
    #expect(result.errors == wanted, "\(firstDifference(wanted, result.errors))")
  }

  @Test func recordsHaveAllFieldsInOrder() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "main.av",
      """
      module Main
          effects []

      fn show() -> Unit
          Console.print("x")

      fn two() -> Int
          ? "Two."
          "2"

      """)
    let result = try nanoc(["check", "main.av", "--json"], in: folder.path)
    #expect(result.code == 1)
    let show =
      #"{"severity":"warning","slug":"missing-description","summary":"`show` has no description","#
      + #""span":{"file":"main.av","line":4,"col":4,"end_line":4,"end_col":8},"fn_name":"show","#
      + #""repair":{"primary":"say in a line below its header what it is for: `? \"...\"`","alternatives":[],"#
      + #""example":null},"regions":[{"source_lines":[{"line_num":4,"text":"fn show() -> Unit"}],"#
      + #""underline":{"col":4,"len":4,"label":""}}]}"#
    let effect =
      #"{"severity":"error","slug":"effect-violation","summary":"`show` performs `Console.print`, but does not "#
      + #"declare it","span":{"file":"main.av","line":5,"col":5,"end_line":5,"end_col":18},"fn_name":"show","#
      + #""fields":[["caller","Main.show"],["callee","Console.print"],["effect","Console.print"]],"#
      + #""repair":{"primary":"declare it below the header of `show`: `! [Console.print]`","alternatives":[],"#
      + #""example":null,"edits":[{"span":{"file":"main.av","line":5,"col":5,"end_line":5,"end_col":5},"#
      + #""replacement":"! [Console.print]\n    "},{"span":{"file":"main.av","line":2,"col":5,"end_line":2,"end_col":15},"#
      + #""replacement":"effects [Console.print]"}]},"regions":[{"source_lines":[{"line_num":5,"text":"    Console.print(\"x\")"}],"#
      + #""underline":{"col":5,"len":13,"label":""}},{"source_lines":[{"line_num":4,"text":"fn show() -> Unit"}]}]}"#
    let type =
      #"{"severity":"error","slug":"type-mismatch","summary":"`two` returns `Int`, but this is `String`","#
      + #""span":{"file":"main.av","line":9,"col":5,"end_line":9,"end_col":8},"fn_name":"two","#
      + #""fields":[["expected","Int"],["found","String"]],"repair":{"primary":"write `2`","#
      + #""alternatives":["declare what it returns: `-> String`"],"example":null,"#
      + #""edits":[{"span":{"file":"main.av","line":9,"col":5,"end_line":9,"end_col":8},"replacement":"2"}]},"#
      + #""regions":[{"source_lines":[{"line_num":9,"text":"    \"2\""}],"underline":{"col":5,"len":3,"label":"this is `String`"}},{"source_lines":[{"#
      + #""line_num":7,"text":"fn two() -> Int"}],"underline":{"col":13,"len":3,"label":"its result is declared here"}}]}"#
    #expect(
      result.output == #"{"schema_version":1,"kind":"analysis","file_label":"main.av","diagnostics":["#
        + [show, effect, type].joined(separator: ",") + "]}\n"
        + #"{"schema_version":1,"kind":"summary","files":1,"passed":0,"failed":1,"errors":2,"warnings":1}"# + "\n")
  }
}
