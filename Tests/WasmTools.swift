import Foundation
import Testing

/// The programs that check and run modules of WebAssembly. `scripts/deps` installs them under `build/tools`; one that
/// is named in the environment comes first.
enum WasmTools {
  /// `WASM_TOOLS`, or what has been installed.
  static let wasmTools = path("WASM_TOOLS", "bin/wasm-tools")
  /// `NODE`, or what has been installed.
  static let node = path("NODE", "bin/node")
  /// The Python that has wasmtime: `WASM_PYTHON`, or what has been installed.
  static let python = path("WASM_PYTHON", "bin/python3")
  /// `CHROMIUM`, or the one of the system.
  static let chromium = ProcessInfo.processInfo.environment["CHROMIUM"] ?? "chromium"

  /// The wasmkit of the Swift toolchain; nil if it has none.
  static let wasmkit = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/wasmkit" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Where commands are looked for, that Node first.
  static let searchPath =
    URL(fileURLWithPath: node).deletingLastPathComponent().path + ":"
    + (ProcessInfo.processInfo.environment["PATH"] ?? "")

  /// The path of a folder that holds one engine by its name: `node`, `wasmtime`, `wasmkit`, a Node that is too old, or
  /// one that has exceptions only if it is asked for them. Of wasmtime there is the library alone, which a script makes a
  /// command of.
  static func folder(with engine: String, in work: TemporaryFolder) throws -> String {
    let folder = "engines/" + engine
    func script(_ name: String, _ command: String) throws {
      let file = try work.write("\(folder)/\(name)", "#!/bin/sh\nexec \(command) \"$@\"\n")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }
    switch engine {
    case "wasmtime": try script("wasmtime", "'\(python)' '\(Repository.path("Tests/wasm/wasmtime-command.py"))'")
    case "wasmkit": try script("wasmkit", "'\(wasmkit ?? "/nowhere")'")
    case "old node":
      let old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })"
      try script("node", "'\(node)' --import='\(try work.write("old.mjs", old))'")
    case "node without exceptions": try script("node", "'\(node)' --no-experimental-wasm-exnref")
    default: try script("node", "'\(node)'")
    }
    return work.path + "/" + folder
  }

  private static func path(_ variable: String, _ installed: String) -> String {
    ProcessInfo.processInfo.environment[variable] ?? Repository.path("build/tools/wasm/\(installed)")
  }

  /// The features that modules with values in memory may use: what engines have had for years, and tail calls.
  static let memoryFeatures =
    "-all,mvp,mutable-global,multi-value,sign-extension,saturating-float-to-int,bulk-memory,tail-call"
  /// The features that modules may use: these, and garbage collection with typed references.
  static let features = memoryFeatures + ",reference-types,function-references,gc,gc-types,exceptions"

  /// Why the bytes are no valid module; nil if they are.
  static func complaint(about bytes: [UInt8], features: String = features) throws -> String? {
    let folder = try TemporaryFolder()
    let file = try folder.write("module.wasm", bytes)
    let result = try run(wasmTools, ["validate", "--features=\(features)", file])
    return result.code == 0 ? nil : result.errors
  }

  /// The bytes of a module in the text format.
  static func assemble(_ text: String) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let file = try folder.write("module.wat", text)
    let result = try run(wasmTools, ["parse", file, "-o", folder.path + "/module.wasm"])
    guard result.code == 0 else { throw Problem("\(result.errors)\n\(text)") }
    return folder.bytes("module.wasm") ?? []
  }

  /// What a module prints in Node: the host's functions `aver.print` (an address and a number of bytes), `aver.i32`,
  /// `aver.i64` and `aver.f64` print a line each.
  static func output(of bytes: [UInt8]) throws -> ProcessResult {
    let folder = try TemporaryFolder()
    let module = try folder.write("module.wasm", bytes)
    let host = try folder.write(
      "host.mjs",
      """
      import { readFileSync } from 'node:fs'
      let memory
      const line = value => console.log(String(value))
      const print = (start, size) => line(new TextDecoder().decode(new Uint8Array(memory.buffer, start, size)))
      const aver = { print, i32: line, i64: line, f64: line }
      const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), { aver })
      memory = instance.exports.memory
      instance.exports.main()
      """)
    return try run(node, [host, module])
  }
}
