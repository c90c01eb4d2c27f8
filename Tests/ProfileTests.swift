import Foundation
import Testing

/// `nanoc run --profile`.
@Suite struct ProfileTests {
  let work: TemporaryFolder
  static let program = """
    module Hot

    fn build(n: Int, acc: List<Int>) -> List<Int>
        match n
            0 -> acc
            _ -> build(n - 1, List.prepend(n, acc))

    fn fib(n: Int) -> Int
        match n < 2
            true -> n
            false -> fib(n - 1) + fib(n - 2)

    fn main() -> Unit
        ! [Console.print]
        Console.print("{List.len(build(1000, []))} {fib(33)}")

    """

  /// A line of the table.
  struct Row {
    var calls, allocations, bytes: Int
    var function: String
  }

  init() throws { work = try TemporaryFolder() }

  private func rows(_ report: String) throws -> [Row] {
    let lines = report.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.first?.first == "profile:")
    #expect(lines.dropFirst().first == ["time", "calls", "allocations", "bytes", "function"])
    return try lines.dropFirst(2).map { words in
      try #require(words.count == 5 && words[0].hasSuffix("%"), "\(words)")
      let numbers = try words[1...3].map { try #require(Int($0)) }
      return Row(calls: numbers[0], allocations: numbers[1], bytes: numbers[2], function: String(words[4]))
    }
  }

  @Test func theTableIsExactAndStartsWithWhatTookMost() throws {
    try work.write("hot.av", Self.program)
    let result = try nanoc(["run", "--profile", "-O0", "hot.av"], in: work.path)
    #expect(result.code == 0 && result.output == "1000 3524578\n")
    let table = try rows(result.errors)
    let functions = Dictionary(table.map { ($0.function, $0) }) { first, _ in first }
    #expect(table.first?.function == "Hot.fib")
    #expect(functions["Hot.fib"]?.calls == 11_405_773)
    #expect(functions["Hot.fib"]?.allocations == 0)
    let prepend = try #require(functions["List.prepend<Int>"])
    #expect(prepend.calls == 1000 && prepend.allocations == 1000 && prepend.bytes == 24000)
    #expect(functions["Hot.build"]?.calls == 1, "a tail call to oneself is a loop")
    #expect(functions["Hot.main"]?.calls == 1)
  }

  /// At -O2 too what is allocated is counted, whoever it counts for.
  @Test func optimisedProgramsAreCounted() throws {
    // Long enough for many samples.
    try work.write("hot.av", Self.program.replacing("fib(33)", with: "fib(38)"))
    let result = try nanoc(["run", "--profile", "hot.av"], in: work.path)
    #expect(result.code == 0 && result.output == "1000 39088169\n")
    let table = try rows(result.errors)
    #expect(table.first?.function.hasPrefix("Hot.fib") == true)
    #expect(table.contains { $0.allocations >= 1000 && $0.bytes >= 24000 })
  }

  /// However a program ends, it reports.
  @Test func faultsAndErrorsAreReportedBehind() throws {
    try work.write(
      "wrong.av",
      """
      module Wrong

      fn main() -> Result<Unit, String>
          Result.Err("no {1 + 1}")

      """)
    let result = try nanoc(["run", "--profile", "-O0", "wrong.av"], in: work.path)
    #expect(result.code == 1)
    let lines = result.errors.split(separator: "\n", maxSplits: 1).map(String.init)
    #expect(lines.first == "Main returned error: no 2")
    #expect(try rows(lines.last ?? "").contains { $0.function == "Wrong.main" })
  }

  @Test func otherVariantsOfTheLibraryAreRefused() throws {
    try work.write("hot.av", Self.program)
    let result = try nanoc(["run", "--profile", "--check-leaks", "hot.av"], in: work.path)
    #expect(result.code == 2 && result.errors.contains("--profile goes neither"))
  }
}
