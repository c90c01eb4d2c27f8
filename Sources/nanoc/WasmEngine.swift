import Foundation
import NativePasses

/// Runs WebAssembly modules by an engine that is installed.
enum WasmEngine {
  /// Runs a module that imports its effects from "aver".
  ///
  /// - Returns: the program's exit code.
  /// - Throws: `InvocationError` if there is no engine for it.
  static func run(_ module: [UInt8], arguments: [String]) throws -> Int32 {
    guard let node = inSearchPath("node") else {
      throw InvocationError(
        "no engine for wasm-gc modules is in PATH; install Node 22 or newer (https://nodejs.org), or run the module in a browser"
      )
    }
    let host = try SupportFiles.locate("run-node.mjs", "the host for Node")
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/program.wasm"
    try writeFile(module, to: path)
    // Recursion is bounded by the engine's stack: it may have what the system grants this process.
    let kilobytes = raiseStackLimit() / 1024
    return try spawn(node, ["--stack-size=\(max(984, kilobytes * 15 / 16))", host, path] + arguments)
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

  /// Runs a command with this process's input and output; gives its exit code, 128 and its number for a signal.
  private static func spawn(_ path: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    do {
      try process.run()
    } catch {
      throw InvocationError("can't run \(path)")
    }
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
  }
}
