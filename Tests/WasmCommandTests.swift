import Foundation
import Testing

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

  /// An import is named after an effect of the program.
  @Test func theImportOfAModuleIsAnEffectOfTheProgram() throws {
    let result = try nanoc(["--target=wasm32", "--stop-after=lower-to-wasm-memory", "loud.av"], in: work.path)
    let host = "\"wasi_snapshot_preview1\" \"fd_write\" Console.error"
    #expect(result.code == 0 && result.output.contains(host), "\(result)")
  }
}
