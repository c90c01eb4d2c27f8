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
      result.output == "Check: shapes.av: 0 errors, 0 warnings\nCheck: main.av: 2 errors, 3 warnings\n")
    for slug in [
      "error[missing-verify]", "error[effect-boundary]", "warning[unused-binding]", "warning[missing-description]",
      "warning[effect-granularity]",
    ] {
      #expect(result.errors.contains(slug), "\(slug) is missing in \(result.errors)")
    }
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
}
