import Foundation
import Testing

/// `nanoc run` of modules: by each engine that may be installed, by none, and of modules that nanoc did not make.
@Suite struct WasmEngineTests {
  private let work: TemporaryFolder
  private static let guest = """
    module Guest
        effects [Args.get, Console.error, Console.print, Console.readLine, Env.get]

    fn show(texts: List<String>) -> Unit
        ! [Console.print]
        match texts
            [] -> Unit
            [text, ..rest] -> showFirst(text, rest)

    fn showFirst(text: String, rest: List<String>) -> Unit
        ! [Console.print]
        Console.print("<{text}>")
        show(rest)

    fn main() -> Result<Unit, String>
        ! [Args.get, Console.error, Console.print, Console.readLine, Env.get]
        show(Args.get())
        Console.print(Option.withDefault(Env.get("GUEST"), "nobody"))
        Console.error("reads")
        line = Console.readLine()?
        Console.print(line)
        Result.Err("ends so")

    """

  init() throws {
    work = try TemporaryFolder()
    try work.write("guest.av", Self.guest)
  }

  /// Runs the compiler with a search path of its own.
  private func nanoc(_ arguments: [String], path: String, input: String = "") throws -> ProcessResult {
    try run(
      "/usr/bin/env", ["PATH=\(path)", "GUEST=Ada", "EMPTY=", Repository.nanoc] + arguments, in: work.path,
      input: Array(input.utf8))
  }

  private static let engines = ["node", "wasmtime"] + (WasmTools.wasmkit == nil ? [] : ["wasmkit"])

  /// Arguments, environment, input, both streams and the exit code go through every engine as they are.
  @Test(arguments: [("node", "wasm-gc")] + engines.map { ($0, "wasm32") })
  func everyEngineIsLikeNativeCode(_ engine: String, _ target: String) throws {
    let rest = ["guest.av", "--", "one", "two words", "", "--help", "-W", "é\u{1F600}"]
    let native = try nanoc(["run"] + rest, path: "/nowhere", input: "a line\nanother")
    #expect(native.code == 1 && native.output.hasSuffix("\nAda\na line\n"), "\(native)")
    let path = try WasmTools.folder(with: engine, in: work)
    let result = try nanoc(["run", "--target=\(target)"] + rest, path: path, input: "a line\nanother")
    #expect(result == native, "\(result)")
  }

  @Test func aNodeThatIsTooOldIsNamed() throws {
    let path = try WasmTools.folder(with: "old node", in: work)
    let refused = try nanoc(["run", "--target=wasm-gc", "guest.av"], path: path)
    let message = "error: Node 20.1.0 is too old for wasm-gc modules; install Node 22 or newer (https://nodejs.org)\n"
    #expect(refused == ProcessResult(code: 2, output: "", errors: message))
    let result = try nanoc(["run", "--target=wasm32", "guest.av"], path: path, input: "line")
    #expect(result.code == 1 && result.output.hasSuffix("line\n"), "\(result)")
  }

  /// Node 24.14 has a flag for the exceptions that abandoned runs end by.
  @Test func exceptionsAreAskedFor() throws {
    try work.write("fib.av", try Repository.text("Tests/benchmarks/fib/fib.av"))
    #expect(try nanoc(["--target=wasm-gc", "fib.av"], path: "/nowhere").code == 0)
    let bytes = try #require(work.bytes("fib.wasm"))
    let plain = WasmTools.features.replacing(",exceptions", with: "")
    #expect(try WasmTools.complaint(about: bytes, features: plain)?.contains("exceptions") == true)
    let path = try WasmTools.folder(with: "node without exceptions", in: work)
    let result = try nanoc(["run", "--target=wasm-gc", "fib.av", "--", "12"], path: path)
    #expect(result == (try nanoc(["run", "fib.av", "--", "12"], path: "/nowhere")) && result.code == 0, "\(result)")
  }

  @Test(arguments: ["wasmtime", "wasmkit", "nothing"]) func onlyNodeRunsProgramsOnTheHeap(_ engine: String) throws {
    let path = engine == "nothing" ? "/nowhere" : try WasmTools.folder(with: engine, in: work)
    let result = try nanoc(["run", "--target=wasm-gc", "guest.av"], path: path)
    #expect(result.code == 2 && result.errors.contains("install Node 22 or newer"), "\(result)")
  }

  // MARK: Modules of other origin

  private static let strangers: [(text: String, error: String)] = [
    ("(module (import \"env\" \"foo\" (func)) (func (export \"main\")))", "it imports `env.foo`"),
    ("(module (import \"aver\" \"memory\" (memory 1)) (func (export \"main\")))", "`aver.memory` is no function"),
    ("(module (func (export \"run\")))", "it exports neither `main` nor `_start`"),
    ("(module (memory (export \"main\") 1))", "it exports neither `main` nor `_start`"),
    (
      "(module (import \"wasi_snapshot_preview1\" \"sched_yield\" (func)) (import \"env\" \"foo\" (func)) "
        + "(func (export \"_start\")))", "it imports `env.foo`"
    ),
  ]

  @Test(arguments: strangers) func otherModulesAreRefused(_ text: String, _ error: String) throws {
    try work.write("other.wasm", try WasmTools.assemble(text))
    let result = try nanoc(["run", "other.wasm"], path: "/nowhere")
    #expect(result.code == 2 && result.output.isEmpty, "\(result)")
    #expect(result.errors.hasPrefix("error: can't run other.wasm: ") && result.errors.contains(error), "\(result)")
  }

  /// The rest of a module, bytes of no module, and a module whose code is damaged.
  @Test(arguments: ["wasm-gc", "wasm32"]) func damagedModulesAreRefused(_ target: String) throws {
    let compiled = try nanoc(["--target=\(target)", "guest.av", "-o", "guest.wasm"], path: "/nowhere")
    try #require(compiled.code == 0, "\(compiled.errors)")
    let whole = try #require(work.bytes("guest.wasm"))
    var damaged = whole
    for index in whole.indices.suffix(whole.count / 2).prefix(200) { damaged[index] = 0xff }
    let pieces = [0, 3, 8, 9, whole.count / 2, whole.count - 1].map { Array(whole.prefix($0)) }
    for bytes in pieces + [Array("hello".utf8), damaged] {
      try work.write("part.wasm", bytes)
      let result = try nanoc(["run", "part.wasm"], path: WasmTools.searchPath)
      #expect(result.code == 2 && result.errors.hasPrefix("error: can't run "), "\(bytes.count) bytes: \(result)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(bytes.count) bytes: \(result)")
    }
  }

  /// A trap is told with where it was.
  @Test(arguments: [("main", "node", "wasm"), ("_start", "node", "wasm"), ("_start", "wasmtime", "unreachable")])
  func trapsAreTold(_ entry: String, _ engine: String, _ message: String) throws {
    let text = "(module (memory (export \"memory\") 1) (func (export \"\(entry)\") unreachable))"
    try work.write("trap.wasm", try WasmTools.assemble(text))
    let result = try nanoc(["run", "trap.wasm"], path: try WasmTools.folder(with: engine, in: work))
    #expect(result.code == (engine == "node" ? 2 : 134), "\(result)")
    #expect(result.errors.contains("unreachable") && result.errors.contains(message), "\(result)")
  }

  @Test(arguments: ["-O0", "--profile", "--check-leaks", "-g", "--interpret=core"])
  func modulesHaveBeenCompiled(_ option: String) throws {
    try work.write("program.wasm", [])
    let result = try nanoc(["run", option, "program.wasm"], path: "/nowhere")
    let name = option.split(separator: "=")[0]
    #expect(result.code == 2 && result.errors.contains("has been compiled; leave \(name) out"), "\(result)")
  }

  /// Where Node has no memory left, that is the fault of the language, behind what was printed before.
  @Test func aHeapThatIsUsedUpIsAFault() throws {
    try work.write(
      "large.av",
      """
      module Large

      fn build(n: Int, list: List<Int>) -> List<Int>
          match n == 0
              true -> list
              false -> build(n - 1, List.prepend(n, list))

      fn main() -> Unit
          ! [Args.get, Console.print]
          Console.print("begins")
          Console.print("{List.len(build(10000000 + List.len(Args.get()), []))}")

      """)
    let command = ["run", "--target=wasm-gc", "large.av"]
    let path = try WasmTools.folder(with: "node", in: work)
    #expect(try nanoc(command, path: path).output == "begins\n10000000\n")
    let limited = try run(
      Repository.nanoc, command, in: work.path,
      environment: ["PATH": WasmTools.searchPath, "NODE_OPTIONS": "--max-old-space-size=60"])
    #expect(limited.code == 70 && limited.output == "begins\n", "\(limited)")
    #expect(limited.errors.hasSuffix("runtime fault: out of memory\n"), "\(limited)")
  }

  // MARK: Signals and streams

  /// What ends `nanoc run` ends the engine, too.
  @Test(arguments: ["node", "wasmtime"], [("TERM", 143), ("HUP", 129)])
  func signalsReachTheEngine(_ engine: String, _ signal: (name: String, code: Int)) throws {
    try work.write(
      "waits.av",
      """
      module Waits

      fn main() -> Unit
          ! [Console.print, Console.readLine]
          Console.print("ready")
          match Console.readLine()
              Result.Ok(line) -> Console.print(line)
              Result.Err(error) -> Console.print(error)

      """)
    let path = try WasmTools.folder(with: engine, in: work)
    try work.write(
      "signal.sh",
      """
      mkfifo input
      exec 3<>input
      PATH='\(path)' '\(Repository.nanoc)' run --target=wasm32 waits.av <input >output 2>errors &
      nanoc=$!
      until grep -qs ready output; do sleep 0.1; done
      engine=$(ps -o pid= --ppid $nanoc)
      kill -\(signal.name) $nanoc
      wait $nanoc
      echo "code $?"
      kill -0 $engine 2>errors && echo "the engine goes on"
      exit 0
      """)
    let result = try run("/bin/sh", ["signal.sh"], in: work.path)
    #expect(result == ProcessResult(code: 0, output: "code \(signal.code)\n", errors: ""), "\(result)")
  }

  /// What nobody takes is dropped, and is no fault.
  @Test(arguments: ["native", "wasm-gc", "wasm32"]) func outputThatNobodyTakesIsDropped(_ target: String) throws {
    try work.write(
      "many.av",
      """
      module Many

      fn count(n: Int) -> Unit
          ! [Console.print]
          Console.print("line {n}")
          match n == 0
              true -> Unit
              false -> count(n - 1)

      fn main() -> Unit
          ! [Console.error, Console.print]
          count(100000)
          Console.error("done")

      """)
    let command = "PATH='\(WasmTools.searchPath)' '\(Repository.nanoc)' run --target=\(target) many.av"
    for place in [">/dev/full", "| head -n 1 >/dev/null"] {
      let result = try run("/bin/bash", ["-c", "set -o pipefail; \(command) \(place)"], in: work.path)
      #expect(result == ProcessResult(code: 0, output: "", errors: "done\n"), "\(place): \(result)")
    }
  }

  // MARK: Embedding

  /// What functions of the embedding program throw is theirs; only the stack is the program's.
  @Test func functionsOfTheHostFailAsThemselves() throws {
    let compiled = try nanoc(["--target=wasm-gc", "--host", "guest.av"], path: "/nowhere")
    try #require(compiled.code == 0, "\(compiled.errors)")
    try work.write(
      "embed.mjs",
      #"""
      import { readFileSync } from "node:fs";
      import { Exit, run } from "./aver.mjs";
      const module = await WebAssembly.compile(readFileSync("guest.wasm"));
      async function embed(options) {
        const lines = [];
        const keep = (line) => lines.push(line);
        const end = await run(module, { print: keep, error: keep, ...options }).catch((failure) => `${failure}`);
        console.log(end, lines.join("/"));
      }
      const deep = (n) => deep(n + 1) + 1;
      await embed({ args: ["a\ud800", 5], env: { GUEST: 7 }, readLine: () => 42 });
      await embed({ readLine: () => new Uint8Array([65, 66]) });
      await embed({ readLine: async () => "later" });
      await embed({ print: () => { throw new Error("mine"); } });
      await embed({ print: () => { throw new RangeError("mine"); } });
      await embed({ print: () => { throw "text"; } });
      await embed({ print: () => { throw new Exit(9); } });
      await embed({ print: () => deep(0) });
      console.log(await Promise.all([1, 2, 3].map(() => run(module, { print() {}, error() {} }))));
      await run(new Response("", { status: 404, statusText: "Not Found" })).catch(({ message }) => console.log(message));
      """#)
    let result = try run(WasmTools.node, ["embed.mjs"], in: work.path)
    #expect(
      result.output == """
        1 <a\u{FFFD}>/<5>/7/reads/42/Main returned error: ends so
        1 nobody/reads/AB/Main returned error: ends so
        TypeError: readLine gave a promise; awaitLine may do so nobody/reads
        Error: mine\u{20}
        RangeError: mine\u{20}
        text\u{20}
        9\u{20}
        70 runtime fault: out of memory
        [ 1, 1, 1 ]
        : 404 Not Found

        """, "\(result)")
  }
}
