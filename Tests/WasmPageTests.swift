import Foundation
import Testing

/// Pages that run a program, in Chromium.
@Suite struct WasmPageTests {
  private let work: TemporaryFolder

  init() throws { work = try TemporaryFolder() }

  /// Compiles a program to a page and gives its path.
  private func page(_ source: String) throws -> String {
    try work.write("program.av", source)
    let result = try nanoc(["--target=wasm-gc", "--html", "program.av"], in: work.path)
    guard result.code == 0 else { throw Problem(result.errors) }
    return work.path + "/program.html"
  }

  /// A page with a module in the text format in the place of its own.
  private func page(module: String) throws -> String {
    let path = try page("module Given\n\nfn main() -> Unit\n    ! [Console.print]\n    Console.print(\"no\")\n")
    var text = try String(contentsOfFile: path, encoding: .utf8)
    let before = "<script id=\"module\" type=\"text/plain\">"
    let start = try #require(text.range(of: before)).upperBound
    let end = try #require(text[start...].range(of: "</script>")).lowerBound
    text.replaceSubrange(start..<end, with: Data(try WasmTools.assemble(module)).base64EncodedString())
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// Opens a page and takes steps in it; gives what the expressions among them gave. Nothing may go wrong in the page,
  /// be forbidden by its policy, or be loaded.
  private func browse(_ path: String, query: String = "", _ steps: String...) throws -> [String] {
    let url = URL(fileURLWithPath: path).absoluteString + query
    let script = Repository.path("Tests/wasm/browser.mjs")
    let result = try run(
      WasmTools.node, [script, WasmTools.chromium, work.path + "/profile", url] + steps,
      environment: ["HOME": work.path])
    #expect(result.errors.isEmpty, "\(result.errors)")
    #expect(result.code == 0)
    return try result.output.split(separator: "\n").map {
      let value = try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
      return value as? String ?? "\(value)"
    }
  }

  private static let ended =
    "until(() => ['ended', 'failed', 'stopped'].includes(\(status).dataset.state)).then(() => 'ended')"
  private static let status = "document.querySelector('#status')"
  private static let output = "document.querySelector('#output').textContent"

  @Test func aProgramGetsItsArgumentsAndShowsItsOutput() throws {
    let page = try page(try Repository.text("Tests/programs/greet.av"))
    let found = try browse(
      page, query: "?args=Ada%20%22Grace%20%3CH%3E%22", Self.ended, Self.output, Self.status + ".textContent",
      "document.title", "document.documentElement.lang", "document.querySelector('header p').textContent",
      "document.querySelector('#arguments').checkVisibility()", "document.querySelector('#answer').checkVisibility()",
      "document.querySelector('#args').focus()", "type: 'Joan  Clarke'", "press:Enter",
      "until(() => \(Self.output).includes('Clarke'))", Self.ended, Self.output)
    let both = "1. Hello, Ada (3 letters)!\n2. Hello, Grace <H> (9 letters)!\n"
    // What is typed stands behind the arguments of the query.
    #expect(
      found == [
        "ended", both + "That was 2.\n", "Ended with exit code 0.", "Greet", "en", "Greets every argument.", "1", "0",
        "<null>", "1", "ended", both + "3. Hello, Joan  Clarke (12 letters)!\nThat was 3.\n",
      ])
  }

  @Test func linesOfAllKindsAreToldApartAndNothingIsMarkup() throws {
    let page = try page(
      """
      module Kinds
          intent = "<b>All</b> \\"kinds\\" & {{module}} </script>"

      fn main() -> Unit
          ! [Console.print, Console.warn, Console.error]
          Console.print("<script>alert(1)</script> &amp;")
          Console.print("")
          Console.warn("warm")
          Console.error("hot </main>")
          Console.print("été")

      """)
    let found = try browse(
      page, Self.ended,
      "[...document.querySelectorAll('#output > div')].map(e => e.className + ':' + e.textContent).join()",
      "document.querySelector('header p').textContent", "document.querySelector('#arguments').checkVisibility()",
      "new Set([...document.querySelectorAll('#output > div')].map(e => getComputedStyle(e).backgroundColor)).size",
      "light", "getComputedStyle(document.body).backgroundColor", "dark",
      "getComputedStyle(document.body).backgroundColor")
    #expect(
      found == [
        "ended", "print:<script>alert(1)</script> &amp;\n\n,warn:[warn] warm\n,error:hot </main>\n,print:été\n",
        "<b>All</b> \"kinds\" & {{module}} </script>", "0", "3", "rgb(255, 255, 255)", "rgb(21, 24, 28)",
      ])
  }

  /// The page stays alive while the program prints without end, and keeps the last lines only.
  @Test func anEndlessProgramIsStoppedAndRunAgain() throws {
    let page = try page(
      """
      module Endless

      fn count(n: Int) -> Unit
          ! [Console.print]
          Console.print("line {n}")
          count(n + 1)

      fn main() -> Unit
          ! [Console.print]
          count(1)

      """)
    let found = try browse(
      page, "until(() => \(Self.output).includes('are not kept'))", "document.querySelector('#stop').focus()",
      "press:Enter", Self.ended, Self.status + ".textContent",
      "\(Self.output).split('\\n').length < 250000", "document.querySelector('#run').click()",
      "until(() => \(Self.output).startsWith('line 1\\n')).then(() => \(Self.status).dataset.state)",
      "document.querySelector('#stop').click()", Self.status + ".dataset.state")
    #expect(found == ["1", "<null>", "ended", "Stopped.", "1", "<null>", "running", "<null>", "stopped"])
  }

  /// Prints every line that it reads, and ends with the code 3 behind the last.
  private static let reader = """
    (module
      (import "aver" "Console.readLine" (func $read (result i32)))
      (import "aver" "Console.print" (func $print (param i32 i32)))
      (import "aver" "take" (func $take (param i32)))
      (import "aver" "fail" (func $fail (param i32 i32 i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "no more")
      (func (export "main") (local $count i32)
        (loop $next
          (local.set $count (call $read))
          (if (i32.lt_s (local.get $count) (i32.const 0))
            (then (call $fail (i32.const 0) (i32.const 7) (i32.const 3))))
          (call $take (i32.const 16))
          (call $print (i32.const 16) (local.get $count))
          (br $next))))
    """

  @Test func linesAreTypedWhileTheProgramWaits() throws {
    let waits = "until(() => \(Self.status).dataset.state === 'waiting')"
    let found = try browse(
      try page(module: Self.reader), waits, "document.querySelector('#answer').checkVisibility()",
      "document.querySelector('#line').focus()", "type:one", "press:Enter",
      "until(() => \(Self.output).includes('one\\none'))",
      waits, "type:zwölf", "press:Enter", "until(() => \(Self.output).includes('zwölf\\nzwölf'))",
      "document.querySelector('#end').click()", Self.ended, Self.output, Self.status + ".dataset.code",
      Self.status + ".textContent", "document.querySelector('#output > .error').textContent")
    let expected = [
      "1", "1", "<null>", "1", "1", "1", "<null>", "ended",
      "one\none\nzwölf\nzwölf\n(end of input)\nno more\n", "3", "Ended with exit code 3.", "no more\n",
    ]
    #expect(found == expected)
  }

  /// A program waits for lines while the page stays alive, sees what was typed in advance, and sleeps.
  @Test func aProgramReadsLinesAndSleeps() throws {
    let page = try page(
      """
      module Asker
          effects [Console, Time, Env, Random]

      fn main() -> Result<Unit, String>
          ! [Console, Time, Env, Random]
          Console.print("Name?")
          name = Console.readLine()?
          before = Time.unixMs()
          Console.print("Hello, {name}! {Random.int(5, 5)} {Random.float() < 1.0}")
          Time.sleep(200)
          waited = Time.unixMs() - before >= 199
          text = Time.now()
          Console.print("{waited} {String.len(text)} {Option.withDefault(Env.get("HOME"), "nowhere")}")
          _ = Env.set("HOME", "here")
          Console.print("{Option.withDefault(Env.get("HOME"), "nowhere")}: {Console.readLine()?}")
          Console.print(Console.readLine()?)
          Result.Ok(Unit)

      """)
    let waits = "until(() => \(Self.status).dataset.state === 'waiting')"
    let found = try browse(
      page, waits, "until(() => \(Self.output) === 'Name?\\n')", "document.querySelector('#line').focus()",
      "type:Ada é", "press:Enter",
      "until(() => \(Self.output).includes('Hello')).then(() => \(Self.output).includes('true 24'))",
      "type:two", "press:Enter", "until(() => \(Self.output).includes('here'))", Self.output,
      "document.querySelector('#end').click()", Self.ended,
      Self.output + ".split('\\n').slice(-3).join()", Self.status + ".dataset.code")
    let asked = "Name?\nAda é\nHello, Ada é! 5 true\n"
    #expect(
      found == [
        "1", "1", "<null>", "0", "1", asked + "two\ntrue 24 nowhere\nhere: two\n", "<null>", "ended",
        "(end of input),Main returned error: EOF,", "1",
      ])
  }

  @Test func faultsEndTheProgram() throws {
    let deep = """
      (module (func $deep (param i32) (result i32) (i32.add (call $deep (i32.add (local.get 0) (i32.const 1))) (local.get 0)))
        (func (export "main") (drop (call $deep (i32.const 0)))))
      """
    let found = try browse(try page(module: deep), Self.ended, Self.output, Self.status + ".dataset.code")
    #expect(found == ["ended", "runtime fault: out of memory\n", "70"])
    let trap = try browse(
      try page(module: "(module (func (export \"main\") unreachable))"), Self.ended, Self.status + ".textContent")
    #expect(trap.last?.hasPrefix("The program failed: RuntimeError") == true, "\(trap)")
  }
}
