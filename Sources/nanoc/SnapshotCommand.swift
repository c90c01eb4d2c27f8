import ArgumentParser
import Diagnostics
import Nanopass
import Passes

/// `nanoc snapshot show|diff|verify`.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Read, compare and check snapshots.",
    discussion: "A snapshot is one stage of one program. `zstd -dc FILE` prints its program, too.",
    subcommands: [Show.self, Diff.self, Verify.self])

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
          guard let stage = nativePipeline.stages.first(where: { $0.name == snapshot.pass }) else {
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
  func report() {
    var place = path
    if let offset = error.offset, let text = try? Snapshot(decoding: readFile(path)).text {
      let before = text.utf8.prefix(offset)
      let line = before.count { $0 == 10 } + 1
      let column = before.reversed().prefix { $0 != 10 }.count + 1
      place += ":\(line):\(column)"
    }
    Console.error("error[bad-snapshot]: \(error)\n --> \(place)")
  }
}
