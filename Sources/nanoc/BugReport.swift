import Nanopass
import Passes

/// A bug of the compiler, with the program that shows it.
struct BugReport: Error {
  let bug: PassBug
  /// The program before the pass; nil if none had run.
  let snapshot: Snapshot?

  init(_ bug: PassBug, _ program: AnyProgram, behind stage: Stage?, in context: PassContext) {
    self.bug = bug
    snapshot = stage.map { Snapshot(of: program, after: $0.name, in: context) }
  }

  /// The name of the snapshot for the report.
  static let file = "nanoc-bug.zst"

  /// Tells the user what is wrong and keeps the snapshot in a folder. Gives the exit code.
  func report(to folder: String = ".") -> Int32 {
    Console.error("error[internal]: the pass `\(bug.pass)` broke the invariant `\(bug.invariant)`: \(bug.message)")
    if !bug.form.isEmpty {
      Console.error("  in this form:")
      for line in bug.form.split(separator: "\n") { Console.error("    " + line) }
    }
    Console.error("  = note: this is a bug in nanoc, not in your program")
    guard let snapshot else {
      Console.error("  = help: please report it with the source")
      return 71
    }
    do {
      try writeFile(try snapshot.encoded(), to: folder + "/" + Self.file)
      Console.error(
        """
          = help: please report it with \(Self.file), the program before that pass; this shows the bug again:
                  nanoc --resume=\(Self.file) --stop-after=\(bug.pass) --verify-ir
        """)
    } catch {
      Console.error("  = help: please report it with the source; the snapshot could not be written: \(error)")
    }
    return 71
  }
}
