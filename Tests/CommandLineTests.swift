import Diagnostics
import Foundation
import Nanopass
import Passes
import Testing

/// The compiler as people call it.
@Suite struct CommandLineTests {
  let work: TemporaryFolder
  static let hello = "module Hello\n\nfn main() -> Unit\n    ! [Console.print]\n    Console.print(\"hello\")\n"
  static let wrong =
    "module Wrong\nfn main() -> Unit\n    ! [Console.print]\n    Console.print(helo)\n    Console.print(1)\n"

  init() throws {
    work = try TemporaryFolder()
    try work.write("hello.av", Self.hello)
    try work.write("wrong.av", Self.wrong)
  }

  private func nanoc(_ arguments: String...) throws -> ProcessResult { try nanocTests.nanoc(arguments, in: work.path) }

  private func json(_ text: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(value as? [String: Any])
  }

  // MARK: Compiling

  @Test func optimisationsCanBeLeftOut() throws {
    let sum = "module Sum\n\nfn main() -> Unit\n    ! [Console.print]\n    Console.print(\"{1 + 2}\")\n"
    try work.write("sum.av", sum)
    let folded = try nanoc("--stop-after=eliminate-dead-code", "sum.av")
    let plain = try nanoc("--without", "fold-constants", "--stop-after=eliminate-dead-code", "sum.av")
    #expect(!folded.output.contains("int.add") && plain.output.contains("int.add"), "\(folded.output)\(plain.output)")
    let part = try nanoc("--without", "small-versions", "sum.av")
    #expect(part.code == 0, "\(part.errors)")
    let needed = try nanoc("--without", "lower-lists", "sum.av")
    #expect(needed.code == 2 && needed.errors.contains("`lower-lists` cannot be left out"), "\(needed.errors)")
    let unknown = try nanoc("--without", "fold-constant", "sum.av")
    #expect(unknown.code == 2 && unknown.errors.contains("fold-constants"), "\(unknown.errors)")
  }

  @Test func compilesToTheStemOfTheFile() throws {
    let result = try nanoc("hello.av")
    #expect(result.code == 0)
    #expect(result.output.isEmpty && result.errors.isEmpty, "a compilation that succeeds prints nothing")
    #expect(work.entries == ["hello", "hello.av", "wrong.av"])
    #expect(try run(work.path + "/hello", []).output == "hello\n")
  }

  @Test func makesFoldersForTheOutput() throws {
    #expect(try nanoc("hello.av", "-o", "a/b/c").code == 0)
    #expect(try run(work.path + "/a/b/c", []).output == "hello\n")
  }

  @Test(arguments: [("object", "hello.o"), ("llvm-ir", "hello.ll"), ("assembly", "hello.s")])
  func otherTargets(_ target: String, _ file: String) throws {
    #expect(try nanoc("hello.av", "--target=" + target).code == 0)
    let bytes = try #require(work.bytes(file))
    #expect(!bytes.isEmpty)
    if target == "llvm-ir" { #expect(String(decoding: bytes, as: UTF8.self).contains("define ")) }
    if target == "object" { #expect(Array(bytes.prefix(4)) == [0x7f, 0x45, 0x4c, 0x46]) }
  }

  /// What runs once is not worth LLVM's time, unless LLVM puts a function with a loop into it.
  @Test func loopsAreOptimisedWhereverTheyAre() throws {
    let benchmark = Repository.path("Tests/benchmarks/string_building/string_building.av")
    #expect(try nanoc(benchmark, "--target=llvm-ir", "-o", "out.ll").code == 0)
    let lines = try #require(work.bytes("out.ll").map { String(decoding: $0, as: UTF8.self) }).split(separator: "\n")
    func attributes(_ function: String) throws -> Substring {
      let header = try #require(lines.first { $0.hasPrefix("define") && $0.contains("@\(function)(") })
      let group = try #require(header.split(separator: " ").first { $0.hasPrefix("#") })
      return try #require(lines.first { $0.hasPrefix("attributes \(group) ") })
    }
    #expect(try !attributes("aver.StringBuilding.main").contains("optnone"))
    #expect(try attributes("\"aver.$entry\"").contains("optnone"))
  }

  @Test(arguments: ["-O0", "-O1", "-O2", "-O3", "-Os"]) func levels(_ level: String) throws {
    #expect(try nanoc("hello.av", level, "-o", "out").code == 0)
    #expect(try run(work.path + "/out", []).output == "hello\n")
  }

  @Test func equalCallsGiveEqualBytes() throws {
    for name in ["one", "two"] { #expect(try nanoc("hello.av", "--target=object", "-o", name).code == 0) }
    #expect(work.bytes("one") == work.bytes("two"))
  }

  @Test func runPassesArgumentsAndExitCodes() throws {
    try work.write(
      "args.av",
      """
      module Listing

      fn main() -> Result<Unit, String>
          ! [Console.print, Args.get]
          Console.print(String.join(Args.get(), "|"))
          Result.Err("no luck")

      """)
    let result = try nanoc("run", "args.av", "--", "a b", "--help", "-o")
    #expect(result.output == "a b|--help|-o\n")
    #expect(result.errors == "Main returned error: no luck\n")
    #expect(result.code == 1)
  }

  // MARK: What is not there

  @Test(arguments: ["verify", "replay", "fmt", "effects", "context", "audit", "test"])
  func plannedCommandsAreRefusedByName(_ command: String) throws {
    for arguments in [[command], [command, "hello.av"], ["help", command]] {
      let result = try nanocTests.nanoc(arguments, in: work.path)
      #expect(result.code == 2)
      #expect(result.output.isEmpty)
      #expect(result.errors == "error[not-yet]: the command `nanoc \(command)` is not there yet\n")
    }
  }

  @Test(arguments: [
    ["hello.av", "--with-replay"], ["--policy=embed", "hello.av"],
    ["--world", "x", "hello.av"],
    ["compile", "hello.av", "--guest-entry", "f"], ["run", "hello.av", "--record", "d"],
    ["run", "-e", "f()", "hello.av"],
    ["run", "--input-file=-", "hello.av"], ["check", "--verbose", "hello.av"], ["check", "-j4", "hello.av"],
    ["hello.av", "--with-self-host-support"], ["hello.av", "--target=wasip2"], ["hello.av", "--target", "rust"],
  ])
  func plannedOptionsAreRefusedByName(_ arguments: [String]) throws {
    let result = try nanocTests.nanoc(arguments, in: work.path)
    #expect(result.code == 2)
    #expect(result.errors.contains("error[not-yet]: the "), "\(result.errors)")
    #expect(work.entries == ["hello.av", "wrong.av"])
  }

  @Test func optionsBehindTheDashesAreTheProgramsOwn() throws {
    #expect(try nanoc("run", "hello.av", "--", "-g", "--policy").code == 0)
  }

  @Test func misspeltCommands() throws {
    let result = try nanoc("chekc", "hello.av")
    #expect(result.code == 2)
    #expect(result.errors == "error: there is no command `chekc`; did you mean `check`?\n")
  }

  @Test(arguments: ["compile", "run", "check", "explain", "snapshot"]) func helpOfCommands(_ command: String) throws {
    let result = try nanoc("help", command)
    #expect(result.code == 0)
    #expect(result.output.contains("nanoc \(command)"))
  }

  // MARK: Errors

  /// What people wrote is quoted, but not without end.
  @Test func longNamesAreCut() throws {
    let name = String(repeating: "abcdefghij", count: 100_000)
    let type = "T" + name
    try work.write(
      "long.av",
      "module Long\n\nrecord \(type)\n    \(name): Int\n\nfn f(a: \(type)) -> Int\n    a\n\n"
        + "fn g() -> Int\n    \(name)\n\nfn main() -> Unit\n    a = \(type)()\n    b = \(name)x(1)\n    Unit\n")
    for arguments in [["long.av"], ["long.av", "--json"]] {
      let result = try nanocTests.nanoc(arguments, in: work.path)
      #expect(result.code == 1)
      let text = result.output + result.errors
      #expect(text.count < 20_000, "\(text.count) characters")
      #expect(text.contains("nothing here is called `abcdefghij") && text.contains("fghij...") || text.contains("..."))
    }
  }

  @Test func allErrorsAreShownWithTheirLines() throws {
    let result = try nanoc("wrong.av")
    #expect(result.code == 1)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("error[unknown-ident]"))
    #expect(result.errors.contains(" --> wrong.av:4:19"))
    #expect(result.errors.contains("Console.print(helo)"))
    #expect(result.errors.contains("^^^^"))
  }

  @Test func errorsLeaveNoOutput() throws {
    #expect(try nanoc("wrong.av", "-o", "out").code == 1)
    #expect(work.entries == ["hello.av", "wrong.av"])
  }

  @Test func errorsKeepAnOlderOutput() throws {
    try work.write("out", "precious")
    #expect(try nanoc("wrong.av", "-o", "out").code == 1)
    #expect(work.bytes("out") == Array("precious".utf8))
    #expect(work.entries == ["hello.av", "out", "wrong.av"])
  }

  @Test func outputThatCannotBeWritten() throws {
    let result = try nanoc("hello.av", "-o", "/proc/nowhere/out")
    #expect(result.code == 2)
    #expect(result.errors.contains("/proc/nowhere"))
    #expect(try nanoc("hello.av", "-o", work.path).code == 2)
  }

  /// A pipe or a device, such as /dev/null, is written to; a file never takes its place.
  @Test func specialFilesAreNotReplaced() throws {
    let pipe = work.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let script = "cat pipe > got & \"$0\" hello.av --stop-after=lower-effects -o pipe; wait"
    let result = try run("bash", ["-c", script, Repository.nanoc], in: work.path, seconds: 10)
    #expect(result.code == 0, "\(result.errors)")
    let kind = try FileManager.default.attributesOfItem(atPath: pipe)[.type] as? FileAttributeType
    #expect(kind == .typeUnknown, "the pipe has become a file")
    #expect(work.bytes("got")?.first == UInt8(ascii: "("))
  }

  @Test func diagnosticsAsJSON() throws {
    let result = try nanoc("wrong.av", "--json")
    #expect(result.code == 1)
    #expect(result.errors.isEmpty)
    let lines = result.output.split(separator: "\n").map(String.init)
    let summary = try json(try #require(lines.last))
    #expect(summary["kind"] as? String == "summary")
    let analysis = try json(try #require(lines.first))
    #expect(analysis["kind"] as? String == "analysis")
    let diagnostics = try #require(analysis["diagnostics"] as? [[String: Any]])
    #expect(diagnostics.contains { $0["slug"] as? String == "unknown-ident" })
  }

  @Test(arguments: [
    ["missing.av"], ["hello.av", "--no-such-option"], ["hello.av", "--target=vax"], ["hello.av", "other.av"], ["run"],
    ["run", "missing.av"], ["hello.av", "--resume=x.zst"], ["snapshot", "show", "missing.zst"], ["hello.av", "-O7"],
    ["--resume=missing.zst"], ["."], ["snapshot", "diff", "one.zst"],
  ]) func wrongCalls(_ arguments: [String]) throws {
    let result = try nanocTests.nanoc(arguments, in: work.path)
    #expect(result.code == 2, "\(arguments): \(result.errors)")
    #expect(!result.errors.isEmpty)
    #expect(work.entries == ["hello.av", "wrong.av"])
  }

  @Test func misspeltPassesAreSuggested() throws {
    let result = try nanoc("hello.av", "--stop-after=lower-efects")
    #expect(result.code == 2)
    #expect(result.errors.contains("lower-effects"))
  }

  // MARK: Passes and snapshots

  @Test func listsPasses() throws {
    let result = try nanoc("--list-passes")
    #expect(result.code == 0)
    let names = result.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(names.starts(with: nativePipeline.stages.map(\.name)))
    let list = try #require(try json(try nanoc("--list-passes", "--json").output)["passes"] as? [[String: Any]])
    #expect(list.compactMap { $0["pass"] as? String } == names)
    // The last step of each target is there.
    #expect(names.suffix(2) == ["link", "encode-module"])
    #expect(list.last?["targets"] as? [String] == ["wasm-gc", "wasm32"])
  }

  /// The passes of one target are those that it goes through, in that order.
  @Test(arguments: Road.allCases) func listsThePassesOfATarget(_ road: Road) throws {
    let result = try nanoc("--list-passes", "--target=\(road.rawValue)")
    let names = result.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(names == road.stages.map(\.name) + road.steps.map(\.name))
    let list = try json(try nanoc("--list-passes", "--json", "--target=\(road.rawValue)").output)["passes"]
    #expect((list as? [[String: Any]])?.compactMap { $0["pass"] as? String } == names)
  }

  @Test func explainsWhatAModuleWeighs() throws {
    let result = try nanoc("hello.av", "--target=wasm-gc", "-Os", "--explain-passes")
    let size = try #require(work.bytes("hello.wasm")).count
    #expect(result.output.contains("\nencode-module: Wrote \(size) bytes: 24 for imports, "), "\(result)")
  }

  /// The steps behind the passes lead to the target that they belong to.
  @Test func stopsBehindEveryStep() throws {
    let module = try nanoc("hello.av", "--stop-after=encode-module")
    #expect(module.code == 0 && module.output.hasPrefix("(module"), "\(module)")
    #expect(try nanoc("hello.av", "--stop-after=encode-module", "--target=wasm32", "-o", "x.wasm").code == 0)
    #expect(try nanoc("hello.av", "--target=wasm32", "-o", "y.wasm").code == 0)
    #expect(work.bytes("x.wasm") == work.bytes("y.wasm"))
    let code = try nanoc("hello.av", "--stop-after=emit-llvm", "--target=wasm-gc")
    #expect(code.code == 0 && code.output.contains("define "), "\(code)")
    #expect(try nanoc("hello.av", "--stop-after=emit-object", "--target=wasm32", "-o", "x.o").code == 0)
    #expect(work.bytes("x.o")?.starts(with: [0x7f, 0x45, 0x4c, 0x46]) == true)
    #expect(work.entries == ["hello.av", "wrong.av", "x.o", "x.wasm", "y.wasm"])
  }

  /// A function in which many values flow into one.
  private static func flows(_ count: Int) -> String {
    let calls = (0..<count).map { "    x\($0) = g(n + \($0))" }.joined(separator: "\n")
    let sums = (1..<count).map { "    y\($0) = y\($0 - 1) * 3 + x\(count - $0)" }.joined(separator: "\n")
    return """
      module Long

      fn g(n: Int) -> Int
          match n > 3
              true -> n
              false -> g(n + 1) + 1

      fn main() -> Unit
          ! [Args.get, Console.print]
          n = List.len(Args.get())
      \(calls)
          y0 = x0
      \(sums)
          Console.print("{y\(count - 1)}")

      """
  }

  /// A function in which many choices stand in one another.
  private static func choices(_ count: Int) -> String {
    let steps = (1..<count).map { "    x\($0) = g(x\($0 - 1))?" }.joined(separator: "\n")
    return """
      module Long

      fn g(n: Int) -> Result<Int, String>
          match n
              777777 -> Result.Err("bad")
              _ -> Result.Ok(n + 1)

      fn main() -> Result<Unit, String>
          ! [Args.get, Console.print]
          x0 = List.len(Args.get())
      \(steps)
          Console.print("{x\(count - 1)}")
          Result.Ok(Unit)

      """
  }

  /// The time of a pass follows the length of a function; for four times the length, these took nine times and twenty
  /// times as long.
  @Test(arguments: [("infer-ranges", 1000, flows), ("lower-to-wasm-gc", 500, choices)])
  func longFunctionsTakeLinearTime(_ pass: String, _ count: Int, _ program: @Sendable (Int) -> String) throws {
    func milliseconds(_ count: Int) throws -> Double {
      try work.write("long.av", program(count))
      let result = try nanoc("long.av", "--stop-after=\(pass)", "-o", "long.zst", "--time-passes", "--json")
      let passes = try #require(try json(result.errors)["passes"] as? [[String: Any]])
      let found = try #require(passes.first { $0["pass"] as? String == pass })
      return try #require(found["cpu_ms"] as? Double)
    }
    let (short, long) = (try milliseconds(count), try milliseconds(4 * count))
    #expect(long < 6 * short, "\(short) ms, then \(long) ms")
  }

  @Test func thereAreThirtyPasses() {
    #expect(nativePipeline.stages.count >= 30)
    #expect(Set(nativePipeline.stages.map(\.name)).count == nativePipeline.stages.count)
    for stage in allStages {
      // An order, not a sentence: "Find", not "Finds".
      let verb = stage.summary.prefix { $0 != " " }
      #expect(
        verb.first?.isUppercase == true && (verb.last != "s" || verb.hasSuffix("ss")), "\(stage.name): \(stage.summary)"
      )
      #expect(stage.summary.last != ".", "\(stage.name): \(stage.summary)")
    }
  }

  @Test func stopsBehindEveryPass() throws {
    let work = work
    for (index, stage) in nativePipeline.stages.enumerated() where index % 6 == 0 {
      let result = try nanoc("hello.av", "--stop-after=" + stage.name)
      #expect(result.code == 0 && result.output.hasPrefix("("), "\(stage.name)")
      let file = work.path + "/x.zst"
      #expect(try nanoc("hello.av", "--stop-after=" + stage.name, "-o", file).code == 0)
      #expect(try nanoc("snapshot", "show", file).output == result.output)
    }
  }

  @Test func everySnapshotIsWhole() throws {
    #expect(try nanoc("hello.av", "--snapshots=stages", "-o", "out").code == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: work.path + "/stages").sorted()
    #expect(files == GoldenProgram.nativeStages.map { GoldenProgram.file($0, $1) })
    let verified = try nanocTests.nanoc(["snapshot", "verify"] + files.map { "stages/" + $0 }, in: work.path)
    #expect(verified.code == 0, "\(verified.errors)")
    try FileManager.default.removeItem(atPath: work.path + "/hello.av")
    let last = try #require(files.last)
    #expect(try nanoc("--resume=stages/" + (files.first ?? ""), "-o", "again").code == 0)
    #expect(try nanoc("--resume=stages/" + last, "-o", "last").code == 0)
    #expect(work.bytes("again") == work.bytes("out"))
    #expect(work.bytes("last") == work.bytes("out"))
    let same = try nanoc("snapshot", "diff", "stages/" + last, "stages/" + last)
    #expect(same.code == 0 && same.output.isEmpty)
    #expect(try nanoc("snapshot", "diff", "stages/" + (files.first ?? ""), "stages/" + last).code == 1)
  }

  @Test func damagedSnapshotsAreTheInputsFault() throws {
    try work.write("bad.zst", "no snapshot at all")
    for arguments in [["--resume=bad.zst"], ["snapshot", "show", "bad.zst"], ["snapshot", "verify", "bad.zst"]] {
      let result = try nanocTests.nanoc(arguments, in: work.path)
      #expect(result.code == 1, "\(arguments)")
      #expect(result.errors.contains("bad.zst"))
    }
    #expect(work.entries == ["bad.zst", "hello.av", "wrong.av"])
  }

  @Test func explainsPasses() throws {
    let text = try nanoc("hello.av", "--explain-passes", "-o", "out")
    #expect(text.code == 0 && text.output.contains("lower-effects"))
    let explained = try json(try nanoc("hello.av", "--explain-passes", "--json", "-o", "out").output)
    #expect(explained["schema_version"] as? Int == 1)
    let passes = try #require(explained["passes"] as? [[String: Any]])
    #expect(!passes.isEmpty)
    for pass in passes {
      #expect(
        pass["pass"] is String && pass["phase"] is String && pass["summary"] is String && pass["data"] is [String: Any])
    }
  }

  @Test func timesPasses() throws {
    let result = try nanoc("hello.av", "--time-passes", "-o", "out")
    #expect(result.code == 0 && result.output.isEmpty)
    for (_, stage) in GoldenProgram.nativeStages { #expect(result.errors.contains(stage.name)) }
  }

  /// What the options changed before a snapshot holds behind it, too.
  /// Both ways to modules have languages in common, but what one has made is of no use to the other.
  @Test(arguments: [("wasm-gc", "wasm32"), ("wasm32", "wasm-gc")], ["link-wasm-library", "lower-to-wasm-code"])
  func resumesForTheSameTarget(_ targets: (String, String), _ pass: String) throws {
    let (target, other) = targets
    let whole = try nanoc("hello.av", "--target=\(target)", "-o", "whole.wasm")
    let stopped = try nanoc("hello.av", "--target=\(target)", "--stop-after=\(pass)", "-o", "half.zst")
    #expect(whole.code == 0 && stopped.code == 0, "\(stopped.errors)")
    for wrong in [["--target=\(other)"], []] {
      let result = try nanocTests.nanoc(["--resume=half.zst", "-o", "x"] + wrong, in: work.path)
      #expect(result.code == 2 && result.errors.contains("--target=\(target)"), "\(result)")
    }
    #expect(try nanoc("--resume=half.zst", "--target=\(target)", "-o", "half.wasm").code == 0)
    #expect(work.bytes("half.wasm") == work.bytes("whole.wasm"))
  }

  @Test(arguments: ["-O0", "-O1", "-O3", "-Os", "--check-leaks"]) func resumesWithTheSameOptions(_ option: String)
    throws
  {
    #expect(try nanoc("hello.av", option, "--snapshots=stages", "-o", "whole").code == 0)
    let stage = try #require(nativePipeline.stages.firstIndex { $0.name == "drop-unused-functions" }) + 1
    let snapshot = "stages/\(stage)-drop-unused-functions.zst"
    #expect(try nanoc("--resume=\(snapshot)", "-o", "resumed").code == 0)
    #expect(work.bytes("whole") == work.bytes("resumed"))
    if option != "--check-leaks" { #expect(try nanoc("--resume=\(snapshot)", "-O2", "-o", "other").code == 2) }
  }

  @Test func editsASnapshot() throws {
    #expect(try nanoc("hello.av", "--stop-after=lower-effects", "-o", "old.zst").code == 0)
    let text = try nanoc("snapshot", "show", "old.zst").output
    try work.write("new.txt", text.replacingOccurrences(of: "\"hello\"", with: "\"good morning\""))
    #expect(text.contains("\"hello\""))
    #expect(try nanoc("snapshot", "pack", "new.txt", "--like", "old.zst", "-o", "new.zst").code == 0)
    #expect(try nanoc("run", "--resume=new.zst").output == "good morning\n")
    try work.write("broken.txt", text.replacingOccurrences(of: "console.print", with: "console.paint"))
    let broken = try nanoc("snapshot", "pack", "broken.txt", "--like", "old.zst", "-o", "broken.zst")
    #expect(broken.code == 1 && work.bytes("broken.zst") == nil, "\(broken)")
    try work.write("malformed.txt", text + ")")
    let malformed = try nanoc("snapshot", "pack", "malformed.txt", "--like", "old.zst", "-o", "broken.zst")
    #expect(malformed.code == 1 && malformed.errors.contains("malformed.txt:"), "\(malformed)")
  }

  @Test func readFailuresAreJSON() throws {
    let missing = try nanoc("--json", "missing.av")
    #expect(missing.code == 2 && missing.output.contains("\"kind\":\"file-error\"") && missing.errors.isEmpty)
    let damaged = try nanoc("--json", "--resume=hello.av")
    #expect(damaged.code == 1 && damaged.output.contains("\"error_kind\":\"bad-snapshot\""))
  }

  @Test func neverOverwritesItsInput() throws {
    let source = try #require(work.bytes("hello.av"))
    try work.write("bare", source)
    for call in [["hello.av", "-o", "hello.av"], ["hello.av", "-o", "./hello.av", "--stop-after=lex"], ["bare"]] {
      #expect(try nanocTests.nanoc(call, in: work.path).code == 2)
    }
    #expect(work.bytes("hello.av") == source && work.bytes("bare") == source)
  }

  @Test func writesToTheStandardOutput() throws {
    #expect(try nanoc("hello.av", "--target=llvm-ir", "-o", "-").output.contains("define"))
    #expect(try nanoc("hello.av", "-o", "-").code == 2)
    #expect(work.bytes("-") == nil)
  }

  @Test func verifiesBetweenPasses() throws { #expect(try nanoc("hello.av", "--verify-ir", "-o", "out").code == 0) }

  /// A snapshot whose program breaks an invariant is blamed on no pass that only took it.
  @Test func brokenProgramsInSnapshotsAreReported() throws {
    let context = PassContext(sources: SourceMap())
    let stage = try #require(nativePipeline.stages.last)
    let program = try read(
      stage.output, "(program [] [(function main [] [word] [(block b.0 [] [] (return [(local x.1)]))])] main)")
    try work.write("broken.zst", try Snapshot(of: program, after: stage.name, in: context).encoded())
    let verified = try nanoc("snapshot", "verify", "broken.zst")
    #expect(verified.code == 1 && verified.errors.contains("dominating-definitions"), "\(verified.errors)")
    let resumed = try nanoc("--resume=broken.zst", "-o", "out")
    #expect(resumed.code == 1 && resumed.errors.contains("dominating-definitions"), "\(resumed.errors)")
    #expect(work.bytes("out") == nil)
  }

  // MARK: Help

  @Test func helpIsForNewcomers() throws {
    let result = try nanoc("--help")
    #expect(result.code == 0)
    for word in ["nanoc hello.av", "run", "--stop-after", "snapshot", "EXIT CODES"] {
      #expect(result.output.contains(word), "`\(word)` is missing")
    }
    #expect(try nanoc("help", "run").code == 0)
    #expect(try nanoc("--version").output.hasPrefix("nanoc "))
  }

  /// What follows `nanoc` on the command line, its last word to be completed, and one of the words offered.
  @Test(arguments: [
    (["hel"], "hello.av"), (["ru"], "run"), (["hello.av", "--tar"], "--target"),
    (["--stop-after", "lower-e"], "lower-effects"),
    (["hello.av", "--target", "ob"], "object"), (["compile", "hello.av", "--co"], "--color"),
    (["run", "hel"], "hello.av"),
  ]) func completesInBash(_ words: [String], _ offered: String) throws {
    let script = try nanoc("--generate-completion-script", "bash")
    try work.write("completions.bash", script.output)
    let asking = """
      source completions.bash
      COMP_WORDS=(nanoc "$@"); COMP_CWORD=$#; COMP_LINE="nanoc $*"; COMP_POINT=${#COMP_LINE}
      _nanoc nanoc "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
      printf '%s\n' "${COMPREPLY[@]}"
      """
    let result = try run("/bin/bash", ["-c", asking, "bash"] + words, in: work.path)
    #expect(result.output.split(separator: "\n").contains(Substring(offered)), "\(result)")
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completions(_ shell: String) throws {
    let result = try nanoc("--generate-completion-script", shell)
    #expect(result.code == 0)
    #expect(result.output.contains("lower-effects"), "pass names are completed")
  }
}
