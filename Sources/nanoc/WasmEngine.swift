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
    let module = engine.isOurs ? module : writingAtOnce(module)
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/program.wasm"
    try writeFile(module, to: path)
    // Recursion is bounded by the engine's stack: it may have what the system grants this process.
    let stack = raiseStackLimit() / 16 * 15
    return try spawn(engine, engine.options(stack) + [path] + arguments)
  }

  /// A module that keeps nothing it prints in memory, for engines without a host of ours, which could have that written
  /// where the stack is used up: whatever changes the number of bytes that wait, the first thing that the export `flush`
  /// reads, is followed by a call of that.
  private static func writingAtOnce(_ bytes: [UInt8]) -> [UInt8] {
    guard var module = try? BinaryModule(decoding: bytes), let call = Opcode.named("call"),
      case .function(let flush)? = module.exports.first(where: { $0.field == "flush" })?.item,
      let own = Int(exactly: flush).map({ $0 - module.imports.count }), module.functions.indices.contains(own),
      let waiting = module.functions[own].body.first(where: { $0.opcode.name == "global.get" })?.immediates
    else { return bytes }
    for index in module.functions.indices where index != own {
      module.functions[index].body = module.functions[index].body.flatMap { instruction in
        let isChange = instruction.opcode.name == "global.set" && instruction.immediates == waiting
        return isChange ? [instruction, Instruction(call, .index(flush))] : [instruction]
      }
    }
    return (try? module.encoded()) ?? bytes
  }

  /// A program that runs modules.
  private struct Engine {
    var path: String
    /// Whether it runs modules by a host of ours.
    var isOurs = false
    /// How the line begins with which it reports that a program failed; nil for ours, which says what it should.
    var failure: String?
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
    return Engine(path: node, isOurs: true) { stack in more + ["--stack-size=\(max(984, stack / 1024))", host] }
  }

  private static func heapEngine() throws -> Engine {
    if let engine = try node("run-node.cjs", "the host for Node") { return engine }
    throw InvocationError(
      "no engine for wasm-gc modules is in PATH; install Node 22 or newer (https://nodejs.org), or run the module in a browser"
    )
  }

  /// An engine for commands: those that compile modules first, since they are many times faster than one that
  /// interprets them; of the former the one that is made for commands.
  private static func commandEngine() throws -> Engine {
    if let wasmtime = inSearchPath("wasmtime") {
      return Engine(path: wasmtime, failure: "Error: failed to run main module") {
        ["run", "-W", "max-wasm-stack=\($0)", "-S", "inherit-env=y"]
      }
    }
    // Node says of its interface that it is an experiment.
    if let engine = try node("run-wasi.cjs", "the host of commands for Node", ["--no-warnings"]) { return engine }
    if let wasmkit = inSearchPath("wasmkit") {
      // It refuses values that are empty.
      let environment = ProcessInfo.processInfo.environment.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
      return Engine(path: wasmkit, failure: "Error: Trap:") { stack in
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

  /// Runs an engine with this process's input, output, environment and process group, and hands signals on to it; gives
  /// its exit code, 128 and its number for a signal.
  private static func spawn(_ engine: Engine, _ arguments: [String]) throws -> Int32 {
    let process: ChildProcess
    var failures: SystemPipe?
    do {
      failures = engine.failure == nil ? nil : try SystemPipe()
      process = try ChildProcess(engine.path, arguments, errors: failures?.end)
    } catch {
      throw InvocationError("can't run \(engine.path): \(error)")
    }
    running = process.identifier
    for number in [SIGINT, SIGTERM] { signal(number) { _ = kill(running, $0) } }
    var report = ""
    if let failure = engine.failure, failures != nil {
      failures?.closeWriting()
      report = handOn(failures?.reading ?? -1, upTo: failure)
    }
    let end = process.wait()
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    let code: Int32
    switch end {
    case .exit(let own): code = own
    case .signal(let number): code = 128 + number
    }
    if code != 0, report.contains("call stack exhausted") {
      Console.error("runtime fault: out of memory")
      return 70
    }
    Console.errorText(report)
    return code
  }

  /// Hands what an engine writes on to the standard error, as it comes; gives what follows from the last line on that
  /// begins with `failure`, which is held back.
  private static func handOn(_ descriptor: Int32, upTo failure: String) -> String {
    let wanted = Array(failure.utf8)
    var piece = [UInt8](repeating: 0, count: 65_536)
    // A line that may be the one, or what began with one.
    var held: [UInt8] = []
    var isHolding = false
    var isLineStart = true
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return String(decoding: held, as: UTF8.self) }
      var passed: [UInt8] = []
      for byte in piece[..<count] {
        if isHolding || isLineStart {
          held.append(byte)
          if !isHolding, !wanted.starts(with: held) {
            passed += held
            held = []
            isLineStart = byte == 0x0a
          } else if held.count == wanted.count {
            isHolding = true
          }
        } else {
          passed.append(byte)
          isLineStart = byte == 0x0a
        }
      }
      _ = try? write(passed, to: STDERR_FILENO)
    }
  }
}

/// The engine that runs; set before signals are handed on to it.
private nonisolated(unsafe) var running: pid_t = 0
