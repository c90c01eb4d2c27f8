import ArgumentParser
import CAllocator
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
      nanoc snapshot show|diff|verify|pack SNAPSHOT...
      """,
    discussion: """
      FIRST STEPS
        nanoc hello.av                                 make the executable `hello`
        nanoc run hello.av -- some arguments           compile and run at once
        nanoc run --profile hello.av                   and report where time and allocations went
        nanoc -g -O0 hello.av                          with what debuggers need; see --gdb-script
        nanoc run --target=wasm-gc hello.av            compile to WebAssembly, and run that by Node
        nanoc --target=wasm-gc --html hello.av         make a page that runs it in a browser
        nanoc --target=wasm32 hello.av                 make a module with WASI, for wasmtime and others
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
    nanoc_prefer_large_pages()
    nanoc_end_without_memory()
    TemporaryFiles.removeOnSignals()
    if let refusal = PlannedParts.refusal(of: Array(CommandLine.arguments.dropFirst())) {
      Console.error(refusal)
      exit(withCode: 2)
    }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as ExitCode {
      exit(withCode: error.rawValue)
    } catch {
      guard exitCode(for: error) != .success else {
        Console.output(Completions.offeringDefaultCommand(in: fullMessage(for: error)) + "\n")
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
