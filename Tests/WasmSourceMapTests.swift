import Foundation
import Testing
import WasmBinary

/// Source maps of modules: another reader of the format, that of Node, finds the lines of calls by them.
@Suite struct WasmSourceMapTests {
  private let work: TemporaryFolder

  init() throws {
    work = try TemporaryFolder()
    try work.write(
      "src/main.av",
      """
      module Main
          depends [Loud]
          effects [Console.print]

      fn outer(n: Int) -> Int
          ! [Console.print]
          x = n + 1
          y = Loud.inner(x)
          x + y

      fn main() -> Unit
          ! [Console.print]
          z = String.len("ünïcode 🎈")
          Console.print("{outer(z)}")

      """)
    try work.write(
      "src/Loud.av",
      """
      module Loud
          effects [Console.print]
          exposes [inner]

      fn inner(n: Int) -> Int
          ! [Console.print]
          Console.print("stop")
          n * 2

      """)
    // Every line that is printed asks where it comes from.
    try work.write(
      "trace.mjs",
      """
      import { readFileSync } from "node:fs";
      import { SourceMap } from "node:module";
      import { run } from "./aver.mjs";

      const bytes = readFileSync(process.argv[2]);
      const [url] = WebAssembly.Module.customSections(await WebAssembly.compile(bytes), "sourceMappingURL");
      // A text behind its length, which is one byte but for maps.
      const place = new TextDecoder().decode(url);
      const [, inside] = place.split("data:application/json;base64,");
      const isInside = inside !== undefined;
      const text = isInside ? Buffer.from(inside, "base64") : readFileSync(process.argv[3]);
      const map = new SourceMap(JSON.parse(text));
      console.log(isInside ? "inside" : place.slice(1));
      Error.stackTraceLimit = 100;
      await run(bytes, {
        print: () => {
          for (const [, hex] of new Error().stack.matchAll(/wasm-function\\[\\d+\\]:0x([0-9a-f]+)/g)) {
            const { originalSource, originalLine, originalColumn } = map.findEntry(0, parseInt(hex, 16));
            if (originalSource) console.log(`${originalSource}:${originalLine + 1}:${originalColumn + 1}`);
          }
          console.log("-");
        },
      });
      """)
    try work.write("aver.mjs", try Repository.text("Sources/WasmHost/aver.mjs"))
  }

  private func trace(_ arguments: String...) throws -> [String] {
    let result = try run(WasmTools.node, [work.path + "/trace.mjs"] + arguments, in: work.path)
    try #require(result.code == 0, "\(result.errors)")
    return result.output.split(separator: "\n").map(String.init)
  }

  /// The lines of the calls that were under way when the program printed.
  private static func lines(_ folder: String) -> [String] {
    [
      folder + "Loud.av:7:5", folder + "main.av:8:9", folder + "main.av:14:21", "-", folder + "main.av:14:5", "-",
    ]
  }

  @Test func callsAreFoundInTheSource() throws {
    let compiled = try nanoc(
      ["src/main.av", "--module-root=src", "--target=wasm-gc", "-O0", "-g", "-o", "out/main program.wasm"],
      in: work.path)
    try #require(compiled.code == 0, "\(compiled.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: work.path + "/out").sorted() == [
        "main program.wasm", "main program.wasm.map",
      ])
    let found = try trace("out/main program.wasm", "out/main program.wasm.map")
    #expect(found == ["main%20program.wasm.map"] + Self.lines("../src/"))
    let map = String(decoding: try #require(work.bytes("out/main program.wasm.map")), as: UTF8.self)
    #expect(map.hasPrefix("{\"version\":3,") && map.contains("ünïcode 🎈") && !map.contains(work.path), "\(map)")
    // The module is as without -g but for what stands behind the code.
    let module = try BinaryModule(decoding: try #require(work.bytes("out/main program.wasm")))
    #expect(module.names != nil && module.producer?.name == "nanoc")
  }

  /// At other levels functions are gone, but what is left comes from the same lines; names are not asked for.
  @Test func aSmallModuleHasAMapWithoutNames() throws {
    let plain = try nanoc(["main.av", "--target=wasm-gc", "-Os", "-o", "plain.wasm"], in: work.path + "/src")
    let mapped = try nanoc(
      ["main.av", "--target=wasm-gc", "-Os", "--source-map", "-o", "main.wasm"], in: work.path + "/src")
    try #require(plain.code == 0 && mapped.code == 0, "\(mapped.errors)")
    var module = try BinaryModule(decoding: try #require(work.bytes("src/main.wasm")))
    #expect(module.names == nil && module.sourceMapURL == "main.wasm.map")
    module.sourceMapURL = nil
    #expect(try module.encoded() == work.bytes("src/plain.wasm"))
    let found = try trace("src/main.wasm", "src/main.wasm.map")
    #expect(found.contains("Loud.av:7:5") && found.suffix(3).contains { $0.hasPrefix("main.av:14:") }, "\(found)")
  }

  /// Where no file can stand beside the module the map is inside.
  @Test func aStreamHasTheMapInside() throws {
    let folder = try TemporaryFolder()
    let piped = try run(
      "/bin/sh",
      ["-c", "\"$0\" src/main.av --module-root=src --target=wasm-gc -O0 -g -o - > \"$1\"/a.wasm"]
        + [Repository.nanoc, folder.path], in: work.path)
    try #require(piped.code == 0, "\(piped.errors)")
    #expect(try trace(folder.path + "/a.wasm") == ["inside"] + Self.lines("src/"))
    #expect(folder.entries == ["a.wasm"])
  }

  /// A module with values in memory has one, too, and a snapshot keeps what it needs.
  @Test func snapshotsKeepTheMap() throws {
    let direct = try nanoc(["main.av", "--target=wasm32", "-g", "-o", "a.wasm"], in: work.path + "/src")
    try #require(direct.code == 0, "\(direct.errors)")
    let kept = try nanoc(
      ["main.av", "--target=wasm32", "--stop-after=lower-to-wasm-code", "-o", "a.zst"], in: work.path + "/src")
    try #require(kept.code == 0, "\(kept.errors)")
    let first = work.bytes("src/a.wasm.map")
    #expect(first != nil)
    let resumed = try nanoc(["--resume=a.zst", "--target=wasm32", "-g", "-o", "a.wasm"], in: work.path + "/src")
    #expect(resumed.code == 0 && work.bytes("src/a.wasm.map") == first, "\(resumed.errors)")
  }

  @Test(arguments: [
    (["main.av", "--source-map"], "--source-map is for modules"),
    (["main.av", "--target=wasm-gc", "-g", "-o", "../aver.mjs/x.wasm"], "../aver.mjs"),
  ]) func wrongCalls(_ arguments: [String], _ words: String) throws {
    let result = try nanoc(arguments, in: work.path + "/src")
    #expect(result.code == 2 && result.errors.contains(words), "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: work.path + "/src").sorted() == ["Loud.av", "main.av"])
  }
}
