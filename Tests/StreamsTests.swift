import Foundation
import Testing

/// The compiler where streams are closed or full, memory is short, or it is interrupted.
@Suite struct StreamsTests {
  private let work: TemporaryFolder

  init() throws {
    work = try TemporaryFolder()
    try work.write(
      "hello.av", "module Hello\n\nfn main() -> Unit\n    ! [Console.print]\n    Console.print(\"hello\")\n")
  }

  private func shell(_ script: String) throws -> ProcessResult {
    try run("bash", ["-c", script], in: work.path, environment: ["NANOC": Repository.nanoc])
  }

  @Test(arguments: ["2>&-", "2>/dev/full"]) func standardErrorIsGone(_ redirection: String) throws {
    #expect(try shell("\"$NANOC\" missing.av \(redirection)").code == 2)
    #expect(try shell("\"$NANOC\" --no-such-option \(redirection)").code == 2)
    #expect(try shell("\"$NANOC\" hello.av --time-passes -o out \(redirection)").code == 0)
    try work.write("wrong.av", "module Wrong\n\nfn main() -> Unit\n    missing\n")
    #expect(try shell("\"$NANOC\" check wrong.av \(redirection)").code == 1)
    try work.write(
      "loud.av", "module Loud\n\nfn main() -> Unit\n    ! [Console.error]\n    Console.error(\"loud\")\n")
    #expect(try shell("\"$NANOC\" run --interpret=typed loud.av \(redirection)").code == 0)
  }

  @Test(arguments: ["--stop-after=lex hello.av", "--list-passes", "--help", "hello.av --target=llvm-ir -o -"])
  func standardOutputIsFull(_ call: String) throws {
    for redirection in [">/dev/full", ">&-"] {
      let result = try shell("\"$NANOC\" \(call) \(redirection)")
      #expect(result.code == 2 && result.errors.hasPrefix("error: can't write to the standard output: "), "\(result)")
    }
  }

  @Test(arguments: [300_000, 500_000, 800_000, 1_200_000]) func littleMemoryIsNoHang(_ limit: Int) throws {
    let result = try shell("ulimit -v \(limit); timeout 60 \"$NANOC\" hello.av -o out")
    #expect(result.code != 124, "\(result)")
  }

  /// Wherever the compiler is when it is interrupted, it leaves whole files only.
  @Test func anInterruptionLeavesNoUnfinishedFile() throws {
    for milliseconds in stride(from: 20, through: 400, by: 40) {
      let seconds = Double(milliseconds) / 1000
      _ = try shell("timeout -s INT \(seconds) \"$NANOC\" hello.av --snapshots=stages -o made/out")
    }
    let files = FileManager.default
    for folder in ["stages", "made"] {
      let names = (try? files.contentsOfDirectory(atPath: work.path + "/" + folder)) ?? []
      #expect(names.allSatisfy { $0 == "out" || $0.hasSuffix(".zst") }, "\(names)")
    }
  }

  @Test(arguments: ["-o out", "--target=object -o out", "--target=assembly -o out"])
  func filesThatAreTooLarge(_ options: String) throws {
    let result = try shell("ulimit -f 1; \"$NANOC\" hello.av \(options)")
    #expect(result.code == 2, "\(result)")
    #expect(
      result.errors.hasPrefix("error: can't write out") && result.errors.contains(": File too large"), "\(result)")
  }

  @Test func outputThatIsTooLarge() throws {
    try work.write("long.av", Self.long)
    let interpreted = try shell("ulimit -f 1; \"$NANOC\" run --interpret=typed long.av >out")
    #expect(interpreted.code == 2 && interpreted.errors.contains("File too large"), "\(interpreted)")
    // What a program prints is dropped where it is not taken.
    let run = try shell("ulimit -f 1; \"$NANOC\" run -O0 long.av >out")
    #expect(run.code == 0 && run.errors.isEmpty, "\(run)")
  }

  @Test(arguments: ["/proc/x", "/proc/x/y"]) func outputInAFolderThatTakesNone(_ path: String) throws {
    let result = try shell("\"$NANOC\" hello.av -o \(path)")
    #expect(result.code == 2 && result.errors.hasPrefix("error: can't write \(path): "), "\(result)")
  }

  private static let long = """
    module Long
        effects [Console.print]

    fn lines(n: Int) -> Unit
        ! [Console.print]
        Console.print("a line that is printed often")
        match n
            0 -> Unit
            _ -> lines(n - 1)

    fn main() -> Unit
        ! [Console.print]
        lines(100)

    """
}
