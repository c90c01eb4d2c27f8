import Foundation
import Testing

/// What `--html` and `--host` write, and that they write nothing if they can't.
@Suite struct WasmOutputTests {
  private let work: TemporaryFolder

  init() throws {
    work = try TemporaryFolder()
    try work.write(
      "hello.av", "module Hello\n\nfn main() -> Unit\n    ! [Console.print]\n    Console.print(\"hello\")\n")
    try work.write("wrong.av", "module Wrong\n\nfn main() -> Unit\n    ! [Console.print]\n    Console.print(helo)\n")
  }

  private func compile(_ arguments: String...) throws -> ProcessResult {
    try nanoc(["--target=wasm-gc"] + arguments, in: work.path)
  }

  private func text(_ name: String) throws -> String { String(decoding: try #require(work.bytes(name)), as: UTF8.self) }

  @Test func thePageIsNamedAfterTheProgram() throws {
    let result = try compile("--html", "hello.av")
    #expect(result.code == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result.errors)")
    #expect(work.entries == ["hello.av", "hello.html", "wrong.av"])
    #expect(try compile("--html", "hello.av", "-o", "a/b").code == 0)
    #expect(work.bytes("a/b") == work.bytes("hello.html"))
    #expect(try compile("--html", "hello.av", "-o", "-").output == text("hello.html"))
  }

  /// Nothing is loaded, nothing but the page's own script runs, and no place of the template is left.
  @Test func thePageStandsAlone() throws {
    #expect(try compile("--html", "hello.av").code == 0)
    let page = try text("hello.html")
    for word in ["http:", "https:", "src=", "@import", " onclick", " onload", "{{", "'unsafe-inline'", "'unsafe-eval'"]
    {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("default-src 'none'") && page.contains("<html lang=\"en\">"))
    #expect(page.components(separatedBy: "</script>").count == 4)
  }

  @Test func aPageWithoutAHeaderOrOfASnapshotIsNamedAfterItsFile() throws {
    try work.write("a<b>&.av", "fn main() -> Unit\n    ! [Console.print]\n    Console.print(\"hello\")\n")
    #expect(try compile("--html", "a<b>&.av", "-o", "x.html").code == 0)
    #expect(try text("x.html").contains("<title>a&lt;b&gt;&amp;</title>"))
    #expect(try nanoc(["--stop-after=lower-effects", "hello.av", "-o", "kept.zst"], in: work.path).code == 0)
    #expect(try compile("--html", "--resume=kept.zst").code == 0)
    #expect(try text("kept.html").contains("<title>kept</title>"))
  }

  /// What engines would not take is an error of the program, and no module is written.
  @Test func programsTooLargeForTheFormatAreErrors() throws {
    let names = (0..<600).map { "n\($0)" }
    let sum = names.joined(separator: " + ")
    try work.write(
      "many.av",
      """
      module Many

      fn sum(\(names.map { "\($0): Int" }.joined(separator: ", "))) -> Int
          \(sum)

      fn main() -> Unit
          ! [Console.print]
          Console.print("{sum(\(names.indices.map(String.init).joined(separator: ", ")))}")

      """)
    let result = try compile("-O0", "many.av")
    #expect(result.code == 1)
    #expect(result.errors.contains("error[module-limit]: the program is too large for a module: "), "\(result.errors)")
    #expect(result.errors.contains("has 1200 parameters, but engines take at most 1000"), "\(result.errors)")
    #expect(result.errors.contains("top-level bindings are parameters"), "\(result.errors)")
    #expect(work.bytes("many.wasm") == nil)
    #expect(try nanoc(["run", "--target=wasm-gc", "-O0", "many.av"], in: work.path).code == 1)
  }

  @Test func typesAndVariablesHaveLimitsToo() throws {
    let fields = (0..<6000).map { "f\($0)" }
    let declared = fields.map { "    \($0): Int" }.joined(separator: "\n")
    let given = fields.map { "\($0) = n" }.joined(separator: ", ")
    try work.write(
      "fields.av",
      """
      module Fields

      record Wide
      \(declared)

      fn main() -> Unit
          ! [Args.get, Console.print]
          n = List.len(Args.get())
          w = Wide(\(given))
          Console.print("{w.f7}")

      """)
    let wide = try compile("-O0", "fields.av")
    #expect(wide.code == 1 && wide.errors.contains("`Fields.Wide`: it has 12000 fields, but engines"), "\(wide.errors)")
    #expect(wide.errors.contains("fields.av:3:8") && wide.errors.contains("divide the type"), "\(wide.errors)")
    let count = 26_000
    let first = (0..<count).map { "    x\($0) = g(n + \($0))" }.joined(separator: "\n")
    let last = (1..<count).map { "    y\($0) = y\($0 - 1) * 3 + x\(count - $0)" }.joined(separator: "\n")
    try work.write(
      "locals.av",
      """
      module Locals

      fn g(n: Int) -> Int
          match n > 3
              true -> n
              false -> g(n + 1) + 1

      fn big(n: Int) -> Int
      \(first)
          y0 = x0 + 1
      \(last)
          y\(count - 1)

      fn main() -> Unit
          ! [Args.get, Console.print]
          Console.print("{big(List.len(Args.get()))}")

      """)
    let many = try compile("-O0", "locals.av")
    #expect(many.code == 1 && many.errors.contains("`Locals.big`: it has "), "\(many.errors)")
    #expect(many.errors.contains("but engines take at most 50000") && many.errors.contains("locals.av:8:4"))
    #expect(work.entries.allSatisfy { !$0.hasSuffix(".wasm") })
  }

  @Test func theHostStandsBesideTheModule() throws {
    let result = try compile("--host", "hello.av")
    #expect(result.code == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result.errors)")
    #expect(work.entries == ["aver.mjs", "hello.av", "hello.wasm", "wrong.av"])
    #expect(try text("aver.mjs") == Repository.text("Sources/WasmHost/aver.mjs"))
    #expect(try compile("--host", "hello.av", "-o", "a/b/c.wasm").code == 0)
    #expect(work.bytes("a/b/aver.mjs") == work.bytes("aver.mjs"))
    #expect(work.bytes("a/b/c.wasm") == work.bytes("hello.wasm"))
  }

  @Test(arguments: [
    (["hello.av", "--html"], "add --target=wasm-gc"), (["hello.av", "--host"], "add --target=wasm-gc"),
    (["hello.av", "--html", "--target=object"], "add --target=wasm-gc"),
    (["hello.av", "--host", "--target=wasm32"], "the host of wasm32 is the WebAssembly System Interface"),
    (["hello.av", "--check-leaks", "--target=wasm-gc"], "native and wasm32"),
    (["hello.av", "--html", "--host", "--target=wasm-gc"], "a page has the host inside"),
    (["hello.av", "--html", "--target=wasm-gc", "--stop-after=lower-effects"], "--stop-after"),
    (["hello.av", "--host", "--target=wasm-gc", "-o", "-"], "name one with -o"),
    (["hello.av", "--host", "--target=wasm-gc", "-o", "/dev/null"], "name one with -o"),
    (["hello.av", "--host", "--target=wasm-gc", "-o", "aver.mjs"], "name another with -o"),
    (["hello.av", "--html", "--target=wasm-gc", "-o", "hello.av"], "would overwrite hello.av"),
    (["hello.av", "--html", "--target=wasm-gc", "-o", "/proc/nowhere/x.html"], "/proc/nowhere"),
    (["hello.av", "--host", "--target=wasm-gc", "-o", "/proc/nowhere/x.wasm"], "/proc/nowhere"),
    (["hello.av", "--html", "--target=wasm-gc", "-o", "a/"], "`a/`: that names no file"),
    (["hello.av", "--host", "--target=wasm-gc", "-o", "a/"], "`a/`: that names no file"),
    (["hello.av", "--host", "--target=wasm-gc", "-o", ""], "``: that names no file"),
    (["hello.av", "--html", "--target=wasm-gc", "-o", "."], "it is a directory"),
    (["wrong.av", "--html", "--target=wasm-gc"], "unknown-ident"),
    (["wrong.av", "--host", "--target=wasm-gc"], "unknown-ident"),
    (["run", "hello.av", "--html"], "--html"),
  ]) func wrongCalls(_ arguments: [String], _ words: String) throws {
    let result = try nanoc(arguments, in: work.path)
    #expect(result.code == (words == "unknown-ident" ? 1 : 2), "\(arguments): \(result.errors)")
    #expect(result.errors.contains(words) && result.output.isEmpty, "\(result.errors)")
    #expect(work.entries == ["hello.av", "wrong.av"])
  }

  @Test func aServiceThatTheTargetLacksIsAnErrorAtItsCall() throws {
    try work.write("read.av", "fn main() -> Unit\n    ! [Disk.delete]\n    x = Disk.delete(\"a\")\n")
    for option in ["--html", "--host"] {
      let result = try compile(option, "read.av")
      #expect(result.code == 2 && result.errors.contains("not-yet") && result.errors.contains("read.av:3:9"))
      #expect(work.entries == ["hello.av", "read.av", "wrong.av"])
    }
  }

  /// Two files are written together or not at all.
  @Test func neitherFileIsWrittenIfOneCannotBe() throws {
    try work.write("aver.mjs/kept", "")
    try work.write("hello.wasm", "precious")
    let result = try compile("--host", "hello.av")
    #expect(result.code == 2 && result.errors.contains("can't write aver.mjs: it is a directory"), "\(result.errors)")
    #expect(try text("hello.wasm") == "precious")
    try work.write("b/x.wasm/kept", "")
    #expect(try compile("--host", "hello.av", "-o", "b/x.wasm").code == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: work.path + "/b") == ["x.wasm"])
  }

  /// The program itself may have the host's name, or the module may be another name of the host.
  @Test func theHostNeverTakesThePlaceOfAnotherFile() throws {
    try work.write("aver.mjs", "fn main() -> Unit\n    ! [Console.print]\n    Console.print(\"hello\")\n")
    let own = try compile("--host", "aver.mjs", "-o", "x.wasm")
    #expect(own.code == 2 && own.errors.contains("would overwrite aver.mjs"), "\(own.errors)")
    try FileManager.default.linkItem(atPath: work.path + "/aver.mjs", toPath: work.path + "/y.wasm")
    let linked = try compile("--host", "hello.av", "-o", "y.wasm")
    #expect(linked.code == 2 && linked.errors.contains("are one file"), "\(linked.errors)")
    #expect(work.entries == ["aver.mjs", "hello.av", "wrong.av", "y.wasm"])
  }
}
