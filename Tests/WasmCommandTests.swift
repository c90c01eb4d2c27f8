import Foundation
import Testing
import WasmBinary

/// Modules with the WebAssembly System Interface: what they weigh, and that other engines than Node run them.
@Suite struct WasmCommandTests {
  private let work: TemporaryFolder

  init() throws {
    work = try TemporaryFolder()
    try work.write(
      "fib.av",
      """
      module Fib
          effects [Args.get, Console.print]

      fn fib(n: Int) -> Int
          match n < 2
              true -> n
              false -> fib(n - 1) + fib(n - 2)

      fn main() -> Unit
          ! [Args.get, Console.print]
          Console.print("fib(90) is above {fib(20)}; {List.len(Args.get())} arguments")

      """)
    try work.write("loud.av", "module Loud\n\nfn main() -> Unit\n    ! [Console.error]\n    Console.error(\"no!\")\n")
  }

  private func compile(_ arguments: String...) throws -> [UInt8] {
    let result = try nanoc(["--target=wasm32", "-o", "program.wasm"] + arguments, in: work.path)
    try #require(result.code == 0, "\(result.errors)")
    return try #require(work.bytes("program.wasm"))
  }

  /// A program that prints a literal has nothing of the library, and memory for nothing but the literal.
  @Test func smallProgramsAreSmall() throws {
    let hello = try compile("-Os", Repository.path("golden/hello/hello.av"))
    #expect(hello.count <= 160, "\(hello.count) bytes")
    let fib = try compile("-Os", "fib.av")
    #expect(fib.count <= 5_000, "\(fib.count) bytes")
  }

  /// The wasmkit that comes with Swift runs them too, if it is there.
  @Test(.enabled(if: WasmTools.wasmkit != nil)) func wasmkitRunsThem() throws {
    _ = try compile("fib.av")
    let wasmkit = try #require(WasmTools.wasmkit)
    let result = try run(wasmkit, ["run", work.path + "/program.wasm", "one", "two"])
    #expect(result.output == "fib(90) is above 6765; 2 arguments\n" && result.code == 0, "\(result)")
    _ = try compile("loud.av")
    let loud = try run(wasmkit, ["run", work.path + "/program.wasm"])
    #expect(loud.errors == "no!\n" && loud.output.isEmpty && loud.code == 0, "\(loud)")
  }

  @Test func modulesRunWithArgumentsAndAreToldApart() throws {
    let direct = try nanoc(["run", "--target=wasm32", "fib.av", "--", "one"], in: work.path)
    #expect(direct.output == "fib(90) is above 6765; 1 arguments\n" && direct.code == 0, "\(direct)")
    _ = try compile("fib.av")
    let compiled = try nanoc(["run", "program.wasm", "--", "one", "two"], in: work.path)
    #expect(compiled.output == "fib(90) is above 6765; 2 arguments\n" && compiled.code == 0, "\(compiled)")
  }

  @Test func withoutAnEngineItSaysWhatToInstall() throws {
    _ = try compile("fib.av")
    let result = try run("/usr/bin/env", ["PATH=/nowhere", Repository.nanoc, "run", "program.wasm"], in: work.path)
    #expect(result.code == 2 && result.errors.contains("install wasmtime"), "\(result)")
  }

  /// Sums a list of a million numbers by a recursion that is no loop, and says before what it does.
  private func deepProgram() throws {
    try work.write(
      "deep.av",
      """
      module Deep
          effects [Args.get, Console.print]

      fn numbers(n: Int, rest: List<Int>) -> List<Int>
          match n == 0
              true -> rest
              false -> numbers(n - 1, List.prepend(n, rest))

      fn mixed(first: Int, rest: Int) -> Int
          match rest > 1000000
              true -> first
              false -> rest * 3 + first

      fn total(xs: List<Int>) -> Int
          match xs
              [] -> 0
              [first, ..rest] -> mixed(first, total(rest))

      fn main() -> Unit
          ! [Args.get, Console.print]
          Console.print("begins")
          n = 1000000 + List.len(Args.get())
          xs = numbers(n, [])
          Console.print("made {n}")
          Console.print("total {total(xs)}")

      """)
  }

  private static let made = "begins\nmade 1000000\n"

  /// A million calls in one another are nothing special.
  @Test(arguments: ["wasm-gc", "wasm32"], ["-O0", "-O2", "-Os"])
  func recursionMayBeDeep(_ target: String, _ level: String) throws {
    try deepProgram()
    let native = try nanoc(["run", "deep.av"], in: work.path)
    #expect(native.output.hasPrefix(Self.made + "total ") && native.code == 0)
    let result = try nanoc(["run", "--target=\(target)", level, "deep.av"], in: work.path)
    #expect(result == native, "\(result)")
  }

  /// Where the stack is too small for it, that is the fault of the language, behind all that was printed before, by every
  /// host of ours.
  @Test(arguments: ["wasm-gc", "wasm32"], ["-O0", "-O2", "-Os"])
  func aStackThatIsUsedUpIsAFault(_ target: String, _ level: String) throws {
    try deepProgram()
    let compiled = try nanoc(["--target=\(target)", level, "deep.av", "-o", "deep.wasm"], in: work.path)
    try #require(compiled.code == 0, "\(compiled.errors)")
    let expected = ProcessResult(code: 70, output: Self.made, errors: "runtime fault: out of memory\n")
    let host = Repository.path("Sources/WasmHost/\(target == "wasm32" ? "run-wasi" : "run-node").cjs")
    let direct = try run(WasmTools.node, ["--no-warnings", host, "deep.wasm"], in: work.path)
    #expect(direct == expected, "\(direct)")
    let limited = try run(
      "/bin/sh", ["-c", "ulimit -s 8192; exec '\(Repository.nanoc)' run deep.wasm"], in: work.path,
      environment: ["PATH": WasmTools.searchPath])
    #expect(limited == expected, "\(limited)")
  }

  /// The lines that README shows for embedding come to the same end.
  @Test func theHostForJavaScriptTellsOfTheFault() throws {
    try deepProgram()
    let compiled = try nanoc(["--target=wasm-gc", "--host", "deep.av"], in: work.path)
    try #require(compiled.code == 0, "\(compiled.errors)")
    try work.write(
      "embed.mjs",
      """
      import { readFile } from "node:fs/promises";
      import { run } from "./aver.mjs";
      const lines = [];
      const code = await run(readFile("deep.wasm"), { print: line => lines.push(line), error: line => lines.push(line) });
      console.log(lines.join(), code);
      """)
    let result = try run(WasmTools.node, ["embed.mjs"], in: work.path)
    #expect(result.output == "begins,made 1000000,runtime fault: out of memory 70\n", "\(result)")
  }

  /// wasmkit has no host of ours; what programs print is written at once there.
  @Test(.enabled(if: WasmTools.wasmkit != nil)) func wasmkitEndsWithTheFault() throws {
    try deepProgram()
    let folder = URL(fileURLWithPath: try #require(WasmTools.wasmkit)).deletingLastPathComponent().path
    let command = "PATH='\(folder)'; EMPTY=; export EMPTY; exec '\(Repository.nanoc)' run --target=wasm32 deep.av"
    let limited = try run("/bin/sh", ["-c", "ulimit -s 8192; " + command], in: work.path)
    let fault = ProcessResult(code: 70, output: Self.made, errors: "runtime fault: out of memory\n")
    #expect(limited == fault, "\(limited)")
    let whole = try run("/bin/sh", ["-c", command], in: work.path)
    #expect(whole.output.hasPrefix(Self.made + "total ") && whole.code == 0, "\(whole)")
  }

  /// Engines that only know the system interface find what is left to write by an export.
  @Test func modulesThatKeepOutputExportItsEnd() throws {
    try deepProgram()
    for level in ["-O0", "-O2", "-Os"] {
      let module = try BinaryModule(decoding: try compile(level, "deep.av"))
      #expect(module.exports.map(\.field) == ["_start", "memory", "flush"], "\(level)")
    }
  }

  /// Where people watch, a line is there when it has been printed.
  @Test(arguments: ["wasm-gc", "wasm32"]) func aTerminalGetsLinesAtOnce(_ target: String) throws {
    try work.write(
      "slow.av",
      """
      module Slow
          effects [Console.print]

      fn fib(n: Int) -> Int
          match n < 2
              true -> n
              false -> fib(n - 1) + fib(n - 2)

      fn show(n: Int) -> Unit
          ! [Console.print]
          Console.print("line {n}: {fib(n)}")
          match n == 35
              true -> Unit
              false -> show(n + 1)

      fn main() -> Unit
          ! [Console.print]
          show(33)

      """)
    let command = [
      Repository.path("Tests/wasm/on-terminal.py"), Repository.nanoc, "run", "--target=\(target)", "slow.av",
    ]
    let result = try run(WasmTools.python, command, in: work.path, environment: ["PATH": WasmTools.searchPath])
    // Each number takes longer than to read the line before it.
    let pieces = result.output.split(separator: "\n")
    #expect(pieces.joined() == "line 33: 3524578/line 34: 5702887/line 35: 9227465/", "\(result)")
    #expect(pieces.filter { $0.contains("line") }.count > 1, "\(pieces)")
  }

  /// An import is named after an effect of the program.
  @Test func theImportOfAModuleIsAnEffectOfTheProgram() throws {
    let result = try nanoc(["--target=wasm32", "--stop-after=lower-to-wasm-memory", "loud.av"], in: work.path)
    let host = "\"wasi_snapshot_preview1\" \"fd_write\" Console.error"
    #expect(result.code == 0 && result.output.contains(host), "\(result)")
  }
}
