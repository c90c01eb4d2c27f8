import ArgumentParser
import Foundation

/// `nanoc`: the command line.
@main
struct Nanoc: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nanoc",
    abstract: "Compiles Aver programs (.av), and shows every step of it.",
    usage: """
      nanoc FILE.av [-o OUT] [options]
      nanoc run FILE.av [options] [-- ARGS...]
      nanoc check PATH... [--json]
      nanoc explain [SLUG]
      nanoc snapshot show|diff|verify SNAPSHOT...
      """,
    discussion: """
      FIRST STEPS
        nanoc hello.av                                 make the executable `hello`
        nanoc run hello.av -- some arguments           compile and run at once
        nanoc check hello.av                           errors and warnings alone
        nanoc explain type-mismatch                    what an error means, with an example
        nanoc --list-passes                            what the compiler does, step by step
        nanoc --stop-after=lower-effects hello.av      print the program behind a pass
        nanoc --snapshots=stages hello.av              keep every stage as a file
        nanoc --resume=stages/12-lower-lists.zst -o hello    go on from one of them
        nanoc help compile                             all options

      EXIT CODES
        0  done     1  the program has errors     2  wrong call or unreadable file     71  a bug in nanoc
      """,
    version: "nanoc 0.1.0",
    subcommands: [Compile.self, Run.self, Check.self, Explain.self, SnapshotCommand.self],
    defaultSubcommand: Compile.self)

  /// Runs the command; wrong calls end with 2, as `--help` says.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as ExitCode {
      exit(withCode: error.rawValue)
    } catch {
      guard exitCode(for: error) != .success else {
        print(fullMessage(for: error))
        exit(withCode: 0)
      }
      Console.error(fullMessage(for: error))
      exit(withCode: 2)
    }
  }

  private static func exit(withCode code: Int32) -> Never {
    fflush(nil)
    Foundation.exit(code)
  }
}

/// The two streams that people see.
enum Console {
  /// Writes a line to standard error.
  static func error(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Writes text to standard output as it is; a closed pipe ends the program quietly.
  static func output(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }
}

/// Where colours are used.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// Whether text on standard error is coloured.
  var isOn: Bool {
    switch self {
    case .always: return true
    case .never: return false
    case .auto: return isatty(2) != 0 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }
  }
}
