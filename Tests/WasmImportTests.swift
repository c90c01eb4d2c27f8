import Diagnostics
import Foundation
import Languages
import Nanopass
import Passes
import Testing
import WasmBinary
import WasmPasses

/// What modules import is what their programs declare, effect by effect, and a module that asks for more is refused.
@Suite struct WasmImportTests {
  private let work: TemporaryFolder

  init() throws { work = try TemporaryFolder() }

  /// An effect, a statement that performs it with what has to be declared beside it, and what the module then imports on
  /// wasm-gc and on wasm32; nil where the target lacks it.
  struct Effect: Sendable, CustomTestStringConvertible {
    var name: String
    var statement: String
    var aver: [String]
    var wasi: [String]?
    var testDescription: String { name }
  }

  static let effects = [
    Effect(name: "Console.print", statement: "Console.print(\"a\")", aver: ["Console.print"], wasi: ["fd_write"]),
    Effect(name: "Console.error", statement: "Console.error(\"a\")", aver: ["Console.error"], wasi: ["fd_write"]),
    Effect(name: "Console.warn", statement: "Console.warn(\"a\")", aver: ["Console.warn"], wasi: ["fd_write"]),
    Effect(
      name: "Console.readLine", statement: "_ = Console.readLine()", aver: ["Console.readLine", "take"],
      wasi: ["fd_read", "fd_write"]),
    Effect(
      name: "Args.get", statement: "_ = Args.get()", aver: ["Args.get", "take"], wasi: ["args_get", "args_sizes_get"]),
    Effect(
      name: "Env.get", statement: "_ = Env.get(\"a\")", aver: ["Env.get", "take"],
      wasi: ["environ_get", "environ_sizes_get"]),
    Effect(name: "Env.set", statement: "_ = Env.set(\"a\", \"b\")", aver: ["Env.set", "take"], wasi: nil),
    Effect(name: "Time.now", statement: "_ = Time.now()", aver: ["Time.now"], wasi: ["clock_time_get"]),
    Effect(name: "Time.unixMs", statement: "_ = Time.unixMs()", aver: ["Time.unixMs"], wasi: ["clock_time_get"]),
    Effect(name: "Time.sleep", statement: "Time.sleep(1)", aver: ["Time.sleep"], wasi: ["fd_write", "poll_oneoff"]),
    Effect(name: "Random.int", statement: "_ = Random.int(1, 6)", aver: ["Random.int"], wasi: ["random_get"]),
    Effect(name: "Random.float", statement: "_ = Random.float()", aver: ["Random.float"], wasi: ["random_get"]),
  ]

  /// What tells how a program ended may be imported by all.
  private static let ends: Set<String> = ["fail", "fd_write", "proc_exit"]

  private func imports(_ target: String, _ level: String) throws -> (fields: [String], modules: Set<String>) {
    let result = try nanoc(["one.av", "--target=\(target)", level, "-o", "one.wasm"], in: work.path)
    try #require(result.code == 0, "\(result.errors)")
    let entries = try ImportList(of: try #require(work.bytes("one.wasm"))).entries
    return (entries.map(\.field).sorted(), Set(entries.map(\.module)))
  }

  @Test(arguments: WasmImportTests.effects, ["-O0", "-O2"]) func eachEffectHasItsImports(
    _ effect: Effect, _ level: String
  ) throws {
    let text = "fn main() -> Unit\n    ! [\(effect.name)]\n    \(effect.statement)\n    Unit\n"
    try work.write("one.av", text)
    let aver = try imports("wasm-gc", level)
    #expect(aver.modules == ["aver"])
    #expect(aver.fields.filter { !Self.ends.contains($0) } == effect.aver, "\(aver.fields)")
    guard let expected = effect.wasi else { return }
    let wasi = try imports("wasm32", level)
    #expect(wasi.modules == ["wasi_snapshot_preview1"])
    let others = expected.filter { !Self.ends.contains($0) }
    #expect(wasi.fields.filter { !Self.ends.contains($0) } == others, "\(wasi.fields)")
  }

  @Test func allEffectsAreListed() {
    let operations = EffectOperation.all.filter { $0.access != .compiler }.map(\.name.text)
    #expect(Self.effects.map(\.name).sorted() == operations.sorted())
  }

  /// A program without effects that can't fail asks for nothing.
  @Test func aPureProgramImportsNothing() throws {
    try work.write("one.av", "fn main() -> Unit\n    Unit\n")
    for target in ["wasm-gc", "wasm32"] {
      _ = try nanoc(["one.av", "--target=\(target)", "-o", "one.wasm"], in: work.path)
      #expect(try ImportList(of: try #require(work.bytes("one.wasm"))).entries.isEmpty)
    }
  }

  /// A module with one import, in a program that declares some effects.
  private func module(_ effects: String, _ module: String, _ field: String, for effect: String) throws -> AnyProgram {
    let text = """
      (module [\(effects)] [(group [(function [] [])])]
        [(import asked "\(module)" "\(field)" \(effect) 0)]
        - [] []
        [(function main 0 [] [] [(indexed call 0)])]
        [(function "main" 1)]
        [])
      """
    return try read(WasmCode.self, text)
  }

  private func bytes(of program: AnyProgram) throws -> [UInt8] {
    try WasmBackEnd.module(of: try #require(program.root as? WasmCode.Root), names: false).bytes
  }

  @Test(arguments: [
    ("Console.print", "aver", "Disk.delete", "`aver.Disk.delete`, which is for no effect"),
    ("Console.print", "env", "print", "`env.print`, which is for no effect"),
    ("Console.print", "aver", "Console.error", "`aver.Console.error`, which is for `Console.error`"),
    ("", "aver", "Console.print", "the program declares no effects"),
    ("Console.print", "aver", "take", "`aver.take`, which is for `Console.readLine`, `Args.get`"),
    ("Console Args.get", "wasi_snapshot_preview1", "random_get", "`wasi_snapshot_preview1.random_get`"),
    ("Time.sleep Random.int", "wasi_snapshot_preview1", "clock_time_get", "declares `Time.sleep`, `Random.int`"),
    ("Console", "wasi_snapshot_preview1", "sock_send", "`wasi_snapshot_preview1.sock_send`, which is for no effect"),
  ]) func aModuleThatAsksForMoreIsRefused(_ effects: String, _ module: String, _ field: String, _ words: String) throws
  {
    let program = try self.module(effects, module, field, for: "-")
    let error = #expect(throws: BinaryError.self) { try bytes(of: program) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [
    ("Console.print", "aver", "Console.print"), ("Console", "aver", "Console.readLine"), ("Args", "aver", "take"),
    ("", "aver", "fail"), ("", "wasi_snapshot_preview1", "proc_exit"),
    ("Time", "wasi_snapshot_preview1", "poll_oneoff"),
  ]) func whatIsDeclaredIsGranted(_ effects: String, _ module: String, _ field: String) throws {
    let program = try self.module(effects, module, field, for: "-")
    #expect(try ImportList(of: try bytes(of: program)).entries.map(\.field) == [field])
  }

  /// In a snapshot an import may say what it is for; what no program of that kind declares is found when it is read.
  @Test func anUndeclaredEffectBreaksAnInvariant() throws {
    let program = try module("Console.print", "aver", "Console.error", for: "Console.error")
    let found = violations(WasmCode.self, program).map(\.text)
    #expect(found.contains { $0.contains("declared-effects") && $0.contains("Console.error") }, "\(found)")
    #expect(violations(WasmCode.self, try module("Console", "aver", "Console.error", for: "Console.error")).isEmpty)
  }
}
