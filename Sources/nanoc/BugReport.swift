import Nanopass
import Passes

/// A bug of the compiler, with the program that shows it.
struct BugReport: Error {
  let bug: PassBug
  /// The program before the pass, and the last pass behind which it stands; nil if nothing had run.
  let program: AnyProgram?
  let stage: Stage?
  let context: PassContext

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
    guard let program, let stage else {
      Console.error("  = help: please report it with the source")
      return 71
    }
    do {
      try writeFile(try Snapshot(of: program, after: stage.name, in: context).encoded(), to: folder + "/" + Self.file)
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
