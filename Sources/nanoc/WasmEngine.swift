@preconcurrency import Foundation
import NativePasses
import WasmBinary

/// Runs WebAssembly modules by an engine that is installed.
enum WasmEngine {
  /// Runs a module: one that imports its effects from "aver", or a command of the WebAssembly System Interface.
  ///
  /// - Returns: the program's exit code.
  /// - Throws: `InvocationError` if there is no engine for it.
  static func run(_ module: [UInt8], arguments: [String]) throws -> Int32 {
    let engine = try isCommand(module) ? commandEngine() : heapEngine()
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/program.wasm"
    try writeFile(module, to: path)
    // Recursion is bounded by the engine's stack: it may have what the system grants this process.
    let stack = raiseStackLimit() / 16 * 15
    return try spawn(engine.path, engine.options(stack) + [path] + arguments)
  }

  /// A program that runs modules.
  private struct Engine {
    var path: String
    /// What stands before the module, by the bytes of stack that there may be.
    var options: (Int) -> [String]
  }

  /// Whether a module is a command, which begins at the export `_start`.
  private static func isCommand(_ module: [UInt8]) -> Bool {
    if let decoded = try? BinaryModule(decoding: module) { return decoded.exports.contains { $0.field == "_start" } }
    // It may have instructions that nanoc does not use.
    return (try? ImportList(of: module))?.entries.contains { $0.module == "wasi_snapshot_preview1" } ?? false
  }

  private static func node(_ script: String, _ what: String, _ more: [String] = []) throws -> Engine? {
    guard let node = inSearchPath("node") else { return nil }
    let host = try SupportFiles.locate(script, what)
    return Engine(path: node) { stack in more + ["--stack-size=\(max(984, stack / 1024))", host] }
  }

  private static func heapEngine() throws -> Engine {
    if let engine = try node("run-node.mjs", "the host for Node") { return engine }
    throw InvocationError(
      "no engine for wasm-gc modules is in PATH; install Node 22 or newer (https://nodejs.org), or run the module in a browser"
    )
  }

  /// An engine for commands: those that compile modules first, since they are many times faster than one that
  /// interprets them; of the former the one that is made for commands.
  private static func commandEngine() throws -> Engine {
    if let wasmtime = inSearchPath("wasmtime") {
      return Engine(path: wasmtime) { ["run", "-W", "max-wasm-stack=\($0)", "-S", "inherit-env=y"] }
    }
    // Node says of its interface that it is an experiment.
    if let engine = try node("run-wasi.mjs", "the host of commands for Node", ["--no-warnings"]) { return engine }
    if let wasmkit = inSearchPath("wasmkit") {
      let environment = ProcessInfo.processInfo.environment.sorted { $0.key < $1.key }
      return Engine(path: wasmkit) { stack in
        ["run", "--stack-size", "\(stack)"] + environment.flatMap { ["--env", "\($0.key)=\($0.value)"] }
      }
    }
    throw InvocationError(
      "no engine for wasm32 modules is in PATH; install wasmtime (https://wasmtime.dev), Node 22 or newer (https://nodejs.org) or wasmkit, which comes with Swift"
    )
  }

  /// The file that a command stands for.
  private static func inSearchPath(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static func temporaryFolder() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nanoc-\(UUID().uuidString)")
    try makeDirectory(folder.path)
    return folder.path
  }

  /// The bytes of stack that child processes get: up to 2 GiB, the most that V8 counts, if that is allowed.
  private static func raiseStackLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0 else { return 8 << 20 }
    let wanted = min(rlim_t(2) << 30, limit.rlim_max)
    if limit.rlim_cur < wanted {
      limit.rlim_cur = wanted
      guard setrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0 else { return 8 << 20 }
    }
    return Int(clamping: min(limit.rlim_cur, wanted))
  }

  /// Runs a command with this process's input, output, environment and process group, and hands signals on to it; gives
  /// its exit code, 128 and its number for a signal.
  ///
  /// Foundation's `Process` would repair values of the environment that are not UTF-8.
  private static func spawn(_ path: String, _ arguments: [String]) throws -> Int32 {
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    guard posix_spawn(&process, path, nil, nil, &words, environ) == 0 else {
      throw InvocationError("can't run \(path)")
    }
    running = process
    for number in [SIGINT, SIGTERM] { signal(number) { _ = kill(running, $0) } }
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1, errno == EINTR {}
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  }
}

/// The engine that runs; set before signals are handed on to it.
private nonisolated(unsafe) var running: pid_t = 0
