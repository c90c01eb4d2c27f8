import Diagnostics
import Foundation
import Languages
import Nanopass
import Passes
import Testing
import WasmBinary
import WasmPasses

/// Programs of `WasmIR` in its own text, lowered, encoded, validated and run.
@Suite struct WasmBackEndTests {
  /// The module of a program: `optimised` or straight.
  static func code(_ text: String, optimised: Bool) throws -> WasmCode.Root {
    let context = PassContext(
      sources: SourceMap(), options: CompilerOptions(optimization: optimised ? 2 : 0))
    var runner = PipelineRunner(stages: wasmPipeline.stages)
    runner.verifies = true
    let program = try read(WasmIR.self, text)
    let problems = violations(WasmIR.self, program)
    guard problems.isEmpty else { throw Problem(problems.map(\.text).joined(separator: "\n")) }
    let result = try runner.run(program, through: wasmPipeline.stages.count - 1, in: context)
    guard let root = result?.root as? WasmCode.Root else { throw Problem("\(context.diagnostics)") }
    return root
  }

  /// The bytes of a module for the host of these tests, whose functions serve any program.
  private static func bytes(of code: WasmCode.Root, names: Bool) throws -> [UInt8] {
    let host = ["print", "i32", "i64", "f64"].map { field in
      (ImportList.Entry(module: "aver", field: field), HostInterface.Service.ends)
    }
    return try WasmBackEnd.module(
      of: code, names: names, host: HostInterface(Dictionary(uniqueKeysWithValues: host))
    ).bytes
  }

  /// What a program prints, which must be the same at all levels; its module is validated, with and without names.
  static func output(_ text: String) throws -> String {
    var outputs: [String] = []
    for optimised in [false, true] {
      let code = try code(text, optimised: optimised)
      for names in [true, false] {
        let bytes = try bytes(of: code, names: names)
        if let complaint = try WasmTools.complaint(about: bytes) {
          throw Problem("\(complaint)\n\(try WasmBackEnd.text(of: code))")
        }
        let result = try WasmTools.output(of: bytes)
        guard result.code == 0 else { throw Problem("\(result.errors)\n\(try WasmBackEnd.text(of: code))") }
        outputs.append(result.output)
      }
    }
    #expect(Set(outputs).count == 1, "the levels differ: \(outputs)")
    return outputs[0]
  }

  static let hello = """
    (program engine [Console.print] []
      [(import print aver "print" Console.print [i32 i32] [])]
      []
      [(text greeting "Hello, world!")]
      [(function main [] [] (block [(run (host print [(address greeting) (size greeting)]))] (return [])))]
      main)
    """.replacing("aver \"print\"", with: "\"aver\" \"print\"")

  @Test func helloWorldIsSmall() throws {
    let code = try Self.code(Self.hello, optimised: true)
    let bytes = try Self.bytes(of: code, names: false)
    #expect(bytes.count <= 110, "it has \(bytes.count) bytes")
    #expect(try Self.output(Self.hello) == "Hello, world!\n")
  }

  /// Each program of the folder is compiled and prints what stands in its first lines.
  @Test(arguments: Repository.entries("Tests/wasm").filter { $0.hasSuffix(".wasmir") })
  func program(_ file: String) throws {
    let text = try Repository.text("Tests/wasm/\(file)")
    let expected = text.split(separator: "\n").prefix { $0.hasPrefix("; ") }.map { $0.dropFirst(2) + "\n" }.joined()
    #expect(!expected.isEmpty, "the file says nothing of its output")
    let actual = try onLargeStack { try Self.output(text) }
    #expect(actual == expected)
  }
}
