import Diagnostics
import Foundation
import Nanopass
import Testing

/// A mistake in the program of several modules in `Tests/mistakes`: a text of one of its files that is written otherwise.
struct SingleMistake: Sendable, CustomTestStringConvertible {
  let file: String
  let name: String
  let right: String
  let wrong: String
  var testDescription: String { name }

  /// The entries of `mistakes.txt`: `# file: name`, the right text, `==>`, the wrong one.
  static let all: [SingleMistake] = {
    let text = (try? Repository.text("Tests/mistakes/mistakes.txt")) ?? ""
    return ("\n" + text).components(separatedBy: "\n# ").dropFirst().compactMap { entry in
      let lines = entry.components(separatedBy: "\n")
      let title = lines[0].components(separatedBy: ": ")
      guard let arrow = lines.firstIndex(of: "==>"), title.count > 1 else { return nil }
      let wrong = lines[(arrow + 1)...].joined(separator: "\n")
      return SingleMistake(
        file: title[0], name: title.dropFirst().joined(separator: ": "),
        right: lines[1..<arrow].joined(separator: "\n"), wrong: wrong.trimmingCharacters(in: .newlines))
    }
  }()
}

/// One mistake, as people make them who come from other languages, gives one error; where its repair is a change of the
/// source, the program is right again behind it.
@Suite struct SingleMistakeTests {
  private static let folder = Repository.path("Tests/mistakes")
  private static let files = ["main.av", "store/catalog.av", "store/fee.av"]

  private func program() throws -> EditedProgram {
    let texts = try Self.files.map { ($0, [UInt8](try Repository.text("Tests/mistakes/\($0)").utf8)) }
    return EditedProgram(entry: "main.av", files: Dictionary(uniqueKeysWithValues: texts), root: Self.folder)
  }

  @Test func theProgramIsRight() throws {
    let right = try program()
    let errors = try onLargeStack { try right.mistakes().errors }
    #expect(errors.isEmpty)
    #expect(SingleMistake.all.count >= 75)
  }

  @Test(arguments: SingleMistake.all) func isOneError(_ mistake: SingleMistake) throws {
    var wrong = try program()
    let text = String(decoding: wrong.files[mistake.file] ?? [], as: UTF8.self)
    let place = try #require(text.range(of: mistake.right), "\(mistake.file) lacks what is to be written otherwise")
    wrong.files[mistake.file] = Array(text.replacingCharacters(in: place, with: mistake.wrong).utf8)
    let program = wrong
    try onLargeStack {
      var current = program
      var (errors, sources) = try current.mistakes()
      #expect(errors.count == 1, "\(errors.map(\.summary))")
      guard let first = errors.first, !first.repair.edits.isEmpty else { return }
      // The same mistake may be at several places.
      for _ in 0..<5 {
        guard let error = errors.first, error.summary == first.summary, !error.repair.edits.isEmpty else { break }
        current = try current.applying(error.repair.edits, sources)
        (errors, sources) = try current.mistakes()
      }
      #expect(errors.isEmpty, "\(first.repair.primary ?? "") leads to \(errors.map(\.summary))")
    }
  }
}

extension EditedProgram {
  /// The errors that `nanoc check` finds, but for functions without examples.
  fileprivate func mistakes() throws -> (errors: [Diagnostic], sources: SourceMap) {
    let (errors, sources) = try errors(isChecked: true)
    return (errors.filter { $0.slug != "missing-verify" }, sources)
  }
}
