import Foundation
import Testing

/// What the tables in `Tests/README.md` promise, and the rules that need several runs of the compiler.
@Suite struct RulesTests {
  private static let page = (try? Repository.text("Tests/README.md")) ?? ""

  /// The rows of all tables behind the list of places, as cells.
  private static let rows: [[String]] = page.split(separator: "\n").filter { $0.hasPrefix("| ") }
    .map { row in row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }

  /// The tests that a row names, which stand between backticks.
  private static func tests(in row: [String]) -> [String] {
    guard let cell = row.count > 2 ? row.last : row.first else { return [] }
    return cell.split(separator: "`").map(String.init).filter { name in
      name.first?.isLetter == true && !name.hasSuffix("/") && (name.contains("/") || name.contains("Tests."))
    }
  }

  @Test func everyNamedTestExists() throws {
    let suites = try Repository.entries("Tests").filter { $0.hasSuffix(".swift") }
      .map { try Repository.text("Tests/\($0)") }
    let names = Set(Self.rows.flatMap { Self.tests(in: $0) })
    #expect(names.count > 200)
    for name in names {
      let parts = name.split(separator: ".").map(String.init)
      if parts.count == 2, parts[0].hasSuffix("Tests") {
        let isThere = suites.contains { $0.contains("struct \(parts[0])") && $0.contains("func \(parts[1])(") }
        #expect(isThere, "there is no test \(name)")
      } else {
        #expect(Self.fileExists(name), "there is no test \(name)")
      }
    }
  }

  /// Whether a program, a wrong program or a script of that name is there.
  private static func fileExists(_ name: String) -> Bool {
    let last = name.split(separator: "/").last.map(String.init) ?? ""
    return [name, name + ".av", "\(name)/main.av", "\(name)/\(last).av"].contains { path in
      var isFolder: ObjCBool = false
      let full = Repository.path("Tests/\(path)")
      return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) && !isFolder.boolValue
    }
  }

  @Test func everySectionHasARow() {
    let sections = Set(
      Self.rows.compactMap(\.first).flatMap { $0.split(separator: ",") }.map { section in
        section.trimmingCharacters(in: .whitespaces)
      })
    let subsections = [1: 7, 2: 4, 3: 4, 4: 5, 5: 7, 6: 4, 7: 7, 8: 5]
    for (section, count) in subsections {
      for part in 1...count { #expect(sections.contains("\(section).\(part)"), "\(section).\(part) has no row") }
    }
    for section in Array(1...16) + [23, 24] { #expect(sections.contains("\(section)"), "\(section) has no row") }
  }

  private static let careless = """
    type My_Type
        Bad_Variant(Int)
        Good

    record R
        bad_field: Int

    fn bad_name(n: Int) -> Int
        ? "Does more than it should."
        ! [Console.print, Args.get]
        unread = "\\q"
        Int.fromString("1")
        Console.print("a")
        match n
            0 -> 0
            _ -> 1 + bad_name(n - 1)

    fn wide() -> Unit
        ! [Console, Args.get]
        _ = (bad_name(1), bad_name(2))!
        Console.print("b\\q")

    fn main() -> Unit
        ! [Console, Args.get]
        wide()

    """

  @Test func warnings() throws {
    let folder = try TemporaryFolder()
    try folder.write("main.av", Self.careless)
    let result = try nanoc(["check", "main.av"], in: folder.path)
    for slug in [
      "bad-type-name", "bad-variant-name", "bad-field-name", "bad-fn-name", "unused-effect", "unused-binding",
      "unknown-escape", "discarded-result", "non-tail-recursion", "missing-description", "effect-granularity",
      "independence-hazard",
    ] {
      #expect(result.errors.contains("warning[\(slug)]"), "\(slug) is missing in \(result.errors)")
    }
    #expect(result.errors.contains("error[missing-module]"))
    let run = try nanoc(["run", "main.av"], in: folder.path)
    #expect(run.code == 0 && run.output == "a\na\na\na\na\nbq\n")
    #expect(run.errors.contains("warning[missing-module]") && run.errors.contains("warning[unknown-escape]"))
  }

  private static let there = """
    module There
        exposes [back]
        effects []

    fn back(f: Fn(Int) -> Int, n: Int) -> Int
        ? "A tail call of a function of another module."
        f(n)

    """

  private static let here = """
    module Here
        depends [There]
        effects [Console.print, Args.get]

    fn step(n: Int) -> Int
        ? "A tail call into another module."
        match n
            0 -> 7
            _ -> There.back(step, n - 1)

    fn deep(n: Int) -> Int
        ? "No tail call."
        match n
            0 -> 7
            _ -> 1 + deep(n - 1)

    fn main() -> Unit
        ! [Console.print, Args.get]
        Console.print("{step(10000000)}")
        match Args.get()
            [] -> Unit
            _ -> Console.print("{deep(10000000)}")

    """

  /// Little memory is enough for ten million tail calls, and not for as many others.
  @Test(arguments: ["-O0", "-O2"]) func tailCallsUseNoStack(_ level: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("here.av", Self.here)
    try folder.write("there.av", Self.there)
    for program in ["here.av", Repository.path("Tests/programs/tail_calls.av")] {
      let name = program == "here.av" ? "here" : "calls"
      #expect(try nanoc([program, level, "-o", name], in: folder.path).code == 0)
    }
    let script = "ulimit -v 300000; ./calls | tail -1; ./here"
    #expect(try run("bash", ["-c", script], in: folder.path).output == "landed\n7\n")
    guard level == "-O0" else { return }
    let deep = try run("bash", ["-c", "ulimit -v 300000; ./here deep"], in: folder.path)
    #expect(deep.code == 70 && deep.output == "7\n" && deep.errors == "runtime fault: out of memory\n")
  }

  @Test func shadowedModules() throws {
    let folder = try TemporaryFolder()
    try folder.write("main.av", "module Bad_Name\n    depends [Bytes]\n\nfn main() -> Unit\n    Unit\n")
    try folder.write("bytes.av", "this is never read\n")
    let result = try nanoc(["check", "main.av"], in: folder.path)
    for slug in ["stdlib-shadow", "bad-module-name", "missing-effects"] {
      #expect(result.errors.contains("warning[\(slug)]"), "\(slug) is missing in \(result.errors)")
    }
    #expect(try nanoc(["run", "main.av"], in: folder.path).code == 0)
  }

  /// Names of services are known, so that only their use is refused.
  @Test(arguments: [
    "Disk.exists(\"a\")", "Terminal.clear()", "Tcp.ping(\"a\", 1)", "Http.get(\"a\")",
  ]) func servicesToCome(_ call: String) throws {
    let effect = call.prefix { $0 != "(" }
    let folder = try TemporaryFolder()
    try folder.write(
      "main.av", "module Main\n    effects [\(effect)]\n\nfn main() -> Unit\n    ! [\(effect)]\n    _ = \(call)\n")
    let result = try nanoc(["main.av", "-o", "main"], in: folder.path)
    #expect(result.code == 2 && result.errors.components(separatedBy: "error[").count == 2)
    #expect(result.errors.contains("error[not-yet]: `\(effect)` is not supported yet"))
  }
}
