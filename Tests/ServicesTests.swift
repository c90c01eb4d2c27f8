import Diagnostics
import Foundation
import Fuzzing
import Interpreters
import Languages
import Nanopass
import Passes
import Testing

/// What programs of `programs/` can't show of Console.readLine, Env, Time and Random: input that waits, signals, values
/// that are no text, and dates.
@Suite struct ServicesTests {
  /// How a program runs, as a command of the shell.
  enum Way: String, CaseIterable {
    case compiled, inMemory, inNode, asCommand

    func command(_ source: String, in work: TemporaryFolder) throws -> String {
      try work.write("program.av", source)
      switch self {
      case .compiled:
        let made = try nanoc(["program.av", "-o", "program"], in: work.path)
        guard made.code == 0 else { throw Problem(made.errors) }
        return "./program"
      case .inMemory: return "'\(Repository.nanoc)' run program.av"
      case .inNode, .asCommand:
        let target = self == .inNode ? "wasm-gc" : "wasm32"
        let made = try nanoc(["--target=\(target)", "program.av"], in: work.path)
        guard made.code == 0 else { throw Problem(made.errors) }
        return "'\(Repository.nanoc)' run program.wasm"
      }
    }
  }

  /// Runs a script in which `"$@"` is a program.
  private func shell(_ source: String, _ way: Way, _ script: String) throws -> ProcessResult {
    let work = try TemporaryFolder()
    let command = try way.command(source, in: work)
    let text = "program() { exec \(command); }\n" + script
    return try run(
      "bash", ["-c", text], in: work.path, environment: ["PATH": WasmTools.searchPath, "NO_COLOR": "1"])
  }

  // MARK: Console.readLine

  private static let asker = """
    module Asker
        effects [Console.print, Console.readLine]

    fn main() -> Result<Unit, String>
        ! [Console.print, Console.readLine]
        Console.print("Name?")
        name = Console.readLine()?
        Console.print("Hello, {name}! Age?")
        age = Console.readLine()?
        Console.print("{name} is {age}.")
        Result.Ok(Unit)

    """

  /// What was printed is seen before the program waits for a line, and a line is taken when it is there.
  @Test(arguments: Way.allCases) func questionsComeBeforeAnswers(_ way: Way) throws {
    let script = """
      mkfifo answers questions
      (program <answers >questions) &
      exec 3>answers 4<questions
      read -r -t 60 -u 4 line && echo "heard: $line" && echo "Ada" >&3
      read -r -t 60 -u 4 line && echo "heard: $line" && echo "36" >&3
      read -r -t 60 -u 4 line && echo "heard: $line"
      """
    let result = try shell(Self.asker, way, script)
    #expect(result.output == "heard: Name?\nheard: Hello, Ada! Age?\nheard: Ada is 36.\n", "\(way): \(result.errors)")
  }

  /// Pieces of a line come one by one; the end of input ends the last line; a closed input has none.
  @Test(arguments: Way.allCases) func linesComeInPieces(_ way: Way) throws {
    let pieces = try shell(Self.asker, way, "{ printf A; sleep 0.1; printf 'da\\n3'; sleep 0.1; printf 6; } | program")
    #expect(pieces.output == "Name?\nHello, Ada! Age?\nAda is 36.\n", "\(way): \(pieces.errors)")
    let closed = try shell(Self.asker, way, "program <&-")
    #expect(closed.code == 1 && closed.errors == "Main returned error: EOF\n", "\(way)")
  }

  @Test(arguments: Way.allCases) func linesMayBeLongAndMany(_ way: Way) throws {
    let source = """
      module Counter
          effects [Console.print, Console.readLine]

      fn count(lines: Int, characters: Int) -> String
          ! [Console.readLine]
          match Console.readLine()
              Result.Ok(line) -> count(lines + 1, characters + String.len(line))
              Result.Err(end) -> "{lines} lines, {characters} characters, {end}"

      fn main() -> Unit
          ! [Console.print, Console.readLine]
          Console.print(count(0, 0))

      """
    let input = "{ yes é | head -n 3000000 | tr -d '\\n'; echo; yes 'a line' | head -n 50000; }"
    let result = try shell(source, way, "\(input) | program")
    #expect(result.output == "50001 lines, 3300000 characters, EOF\n", "\(way): \(result.errors)")
  }

  // MARK: Env

  /// Values that are not UTF-8 are none, and never change into other texts.
  @Test(arguments: Way.allCases) func valuesThatAreNoText(_ way: Way) throws {
    let source = """
      module Values
          effects [Console.print, Env.get]

      fn shown(name: String) -> String
          ! [Env.get]
          Option.withDefault(Env.get(name), "none")

      fn main() -> Unit
          ! [Console.print, Env.get]
          Console.print("{shown("BROKEN")}, {shown("MARK")}, {shown("WHOLE")}")

      """
    let result = try shell(source, way, "export BROKEN=$'a\\xff' MARK=$'\\ufffd' WHOLE=é; program")
    #expect(result.output == "none, \u{fffd}, é\n", "\(way): \(result.errors)")
  }

  // MARK: Time

  /// What was printed is seen while the program sleeps, and a signal ends it at once.
  @Test(arguments: Way.allCases, [("INT", 130), ("TERM", 143)])
  func aSignalEndsSleep(_ way: Way, _ signal: (name: String, code: Int)) throws {
    let source = """
      module Sleeper
          effects [Console.print, Time.sleep]

      fn main() -> Unit
          ! [Console.print, Time.sleep]
          Console.print("tired")
          Time.sleep(9223372036854775807)
          Console.print("awake")

      """
    // The group gets the signal, as from a terminal: the engine runs in a process of its own.
    let script = """
      set -m
      program >out &
      until [ -s out ]; do sleep 0.05; done
      kill -\(signal.name) -$!
      wait $!
      echo "$? $(cat out)"
      """
    let result = try shell(source, way, script)
    #expect(result.output == "\(signal.code) tired\n", "\(way): \(result.errors)")
  }

  /// Dates of ten thousand years, by the C library's calendar, and what lies before and behind them.
  @Test func dates() throws {
    let source = """
      module Dates
          effects [Console.print, Time.now]

      fn print(times: Int) -> Unit
          ! [Console.print, Time.now]
          Console.print(Time.now())
          match times
              1 -> Unit
              _ -> print(times - 1)

      fn main() -> Unit
          ! [Console.print, Time.now]
          print(4000)

      """
    let (first, last) = (-62_167_219_200_000, 253_402_300_799_999)
    // Steps of about two and a half years and something of each unit, and the borders of years and days.
    var times = (0..<3900).map { first + $0 * 80_954_725_931 }
    times += [first - 1, .min, last + 1, .max, first, last, 0, -1, 951_782_399_999, 951_782_400_000, 1_709_251_199_999]
    let leapYears = [1600, 1900, 2000, 2100, 2400].flatMap { year in
      [-1, 0, 58, 59, 60, 364, 365, 366].map { day in
        (year * 365 + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400 + day) * 86_400_000 + first
      }
    }
    times += leapYears
    times += (0..<(4000 - times.count)).map { $0 * 86_400_000 - 1 }
    let clock = times
    let outcome = try onLargeStack {
      let level = Level(interpreter: .typed, optimisation: 0)
      let levels = try Levels(path: "test.av", text: source, files: NoSourceFiles(), [level])
      let program = try #require(levels.program(level))
      return try Interpreter.run(
        program,
        system: {
          var system = System.fixed()
          var next = 0
          system.milliseconds = {
            defer { next += 1 }
            return clock[next]
          }
          return system
        })
    }
    let expected = times.map { time in
      let clamped = max(first, min(last, time))
      let milliseconds = (clamped % 1000 + 1000) % 1000
      var seconds = time_t((clamped - milliseconds) / 1000)
      var parts = tm()
      gmtime_r(&seconds, &parts)
      func digits(_ number: Int32, _ count: Int) -> String {
        String(repeating: "0", count: count - String(number).count) + String(number)
      }
      let date = "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
      let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits($0, 2) }.joined(separator: ":")
      return "\(date)T\(clock).\(digits(Int32(milliseconds), 3))Z"
    }
    let found = outcome.output.split(separator: "\n").map(String.init)
    #expect(found.count == times.count, "\(outcome.errors)")
    let wrong = zip(found, expected).first { $0 != $1 }
    #expect(wrong == nil, "\(String(describing: wrong))")
    #expect(Set(found).count > 3900)
  }

  // MARK: Random

  /// Two runs draw other numbers.
  @Test(arguments: Way.allCases) func theSeedIsAnotherEachTime(_ way: Way) throws {
    let source = """
      module Seeds
          effects [Console.print, Random]

      fn main() -> Unit
          ! [Console.print, Random]
          Console.print("{Random.int(-9223372036854775808, 9223372036854775807)}")
          Console.print("{Random.int(-9223372036854775808, 9223372036854775807)}")

      """
    let result = try shell(source, way, "(program); (program)")
    #expect(Set(result.output.split(separator: "\n")).count == 4, "\(way): \(result.errors)")
  }

  // MARK: Targets

  private static let setter = """
    module Setter
        effects [Env]

    fn main() -> Unit
        ! [Env]
        prepare("A")
        _ = Env.set("B", "b")
        Unit

    fn prepare(name: String) -> Unit
        ! [Env.get, Env.set]
        match Env.get(name)
            Option.None -> fill(Env.set, name)
            Option.Some(_) -> Unit

    fn fill(set: Fn(String, String) -> Result<Unit, String> ! [Env.set], name: String) -> Unit
        ! [Env.set]
        _ = set(name, "")
        Unit

    fn unused() -> Unit
        ! [Env.set]
        _ = Env.set("C", "c")
        Unit

    """

  private func errors(for platform: Platform) throws -> String {
    try onLargeStack {
      let context = PassContext(
        sources: SourceMap(), options: CompilerOptions(platform: platform.rawValue), files: NoSourceFiles())
      let start = try startingProgram("setter.av", Array(Self.setter.utf8), in: context)
      var runner = PipelineRunner(stages: nativePipeline.stages)
      _ = try runner.run(start, through: nativePipeline.stages.count - 1, in: context)
      let renderer = TextRenderer(color: false, sources: context.sources, relativeTo: "/")
      let errors = context.diagnostics.filter { $0.severity == .error }
      return renderer.render(DiagnosticList(errors).sorted(by: context.sources), most: 10)
    }
  }

  /// What a target never has is one error where it is declared, which names the targets that have it.
  @Test func whatATargetLacksIsAnErrorWhereItIsDeclared() throws {
    #expect(try errors(for: .native) == "" && errors(for: .wasmGC) == "")
    let text = try errors(for: .wasm32)
    #expect(
      text == """
        error[target-effect-unsupported]: programs for wasm32 can't have the effect `Env.set`
           --> setter.av:5:8
            |
          5 |     ! [Env]
            |        ^^^
          6 |     prepare("A")
          7 |     _ = Env.set("B", "b")
            |         ------- performed here
        ...
         13 |         Option.None -> fill(Env.set, name)
            |                             ------- performed here too
            = effect: Env.set
            = target: wasm32
            = help: do without it, or choose another target: native, object, assembly, llvm-ir and wasm-gc have it

        """)
  }
}
