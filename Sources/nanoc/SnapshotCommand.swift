import ArgumentParser
import Diagnostics
import Nanopass
import Passes

/// `nanoc snapshot show|diff|verify|pack`.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Read, compare and check snapshots.",
    discussion: """
      A snapshot is one stage of one program. `zstd -dc FILE` prints its program, too. To change one by hand:

        nanoc snapshot show before.zst > program.txt
        edit program.txt
        nanoc snapshot pack program.txt --like before.zst -o after.zst
        nanoc --resume=after.zst -o program
      """,
    subcommands: [Show.self, Diff.self, Verify.self, Pack.self])

  /// Prints a snapshot.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a snapshot's program.")
    @Argument(help: "The snapshot.", completion: .file(extensions: ["zst"])) var snapshot: String
    @Flag(help: "Print what is known about it instead.") var metadata = false

    func run() throws {
      try reportingFailures {
        let snapshot = try readSnapshot(snapshot)
        guard metadata else {
          Console.output(snapshot.text)
          return 0
        }
        Console.output("language      \(snapshot.language)\npass          \(snapshot.pass)\n")
        Console.output("definition    \(snapshot.definition)\noptimization  \(snapshot.options.optimization)\n")
        for source in snapshot.sources { Console.output("source        \(source.path)\n") }
        return 0
      }
    }
  }

  /// Compares two snapshots.
  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare two snapshots structurally; exit code 1 if they differ.")
    @Argument(help: "The first snapshot.") var left: String
    @Argument(help: "The second snapshot.") var right: String

    func run() throws {
      try reportingFailures {
        let left = try readSnapshot(left)
        let right = try readSnapshot(right)
        guard left.text != right.text else { return 0 }
        if left.language != right.language {
          Console.output("languages differ: \(left.language), \(right.language)\n")
        }
        Console.output(LineDiff.text(left.text, right.text))
        return 1
      }
    }
  }

  /// Makes a snapshot of a text.
  struct Pack: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a snapshot of an edited program.",
      discussion: "The pass, the options and the sources are those of the snapshot that the text came from.")
    @Argument(help: "The program's text, as `snapshot show` prints it.") var text: String
    @Option(help: ArgumentHelp("The snapshot that the text came from.", valueName: "snapshot")) var like: String
    @Option(name: .shortAndLong, help: ArgumentHelp("The new snapshot.", valueName: "out")) var output: String

    func run() throws {
      let (path, like, output) = (text, like, output)
      try reportingFailures {
        let old = try readSnapshot(like)
        guard let stage = allStages.first(where: { $0.name == old.pass }) else {
          throw SnapshotFailure(path: like, error: SnapshotError("this nanoc has no pass `\(old.pass)`"))
        }
        guard let text = String(validating: try readFile(path), as: UTF8.self) else {
          throw SnapshotFailure(path: path, error: SnapshotError("the text is not UTF-8"))
        }
        do {
          let (new, violation) = try old.edited(text, by: stage)
          if let violation {
            throw SnapshotFailure(
              path: path, error: SnapshotError("the program breaks an invariant: \(violation.message)"))
          }
          try writeFile(try new.encoded(), to: output)
        } catch let error as SnapshotError {
          throw SnapshotFailure(path: path, error: error, text: text)
        }
        return 0
      }
    }
  }

  /// Checks a snapshot.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check that snapshots are undamaged and their programs keep their languages' invariants.")
    @Argument(help: "The snapshots.") var snapshots: [String]

    func run() throws {
      let paths = snapshots
      try reportingFailures {
        var failed = false
        for path in paths {
          let snapshot = try readSnapshot(path)
          guard let stage = allStages.first(where: { $0.name == snapshot.pass }) else {
            throw SnapshotFailure(path: path, error: SnapshotError("this nanoc has no pass `\(snapshot.pass)`"))
          }
          do {
            let program = try snapshot.program(by: stage, sources: SourceMap())
            for (invariant, violation) in stage.verify(program) {
              failed = true
              Console.error("\(path): \(snapshot.language) breaks `\(invariant)`: \(violation.message)")
              for line in violation.form.split(separator: "\n") { Console.error("    " + line) }
            }
          } catch let error as SnapshotError {
            throw SnapshotFailure(path: path, error: error)
          }
        }
        return failed ? 1 : 0
      }
    }
  }
}

/// Reads a snapshot file.
func readSnapshot(_ path: String) throws -> Snapshot {
  do {
    return try Snapshot(decoding: try readFile(path))
  } catch let error as SnapshotError {
    throw SnapshotFailure(path: path, error: error)
  }
}

/// Runs a command on the large stack and turns its failures into messages and exit codes.
func reportingFailures(_ body: @escaping @Sendable () throws -> Int32) throws {
  let code: Int32 = onLargeStack {
    do {
      return try body()
    } catch let failure as SnapshotFailure {
      failure.report()
      return 1
    } catch {
      Console.error("error: \(error)")
      return 2
    }
  }
  if code != 0 { throw ExitCode(code) }
}

extension SnapshotFailure {
  /// Prints the failure with its place.
  func report(json: Bool = false) {
    var place = path
    if let offset = error.offset, let text = text ?? (try? Snapshot(decoding: readFile(path)).text) {
      let before = text.utf8.prefix(offset)
      let line = before.count { $0 == 10 } + 1
      let column = before.reversed().prefix { $0 != 10 }.count + 1
      place += ":\(line):\(column)"
    }
    if json { return Reports.unreadable(place, "bad-snapshot", "\(error)") }
    Console.error("error[bad-snapshot]: \(error)\n --> \(place)")
  }
}
