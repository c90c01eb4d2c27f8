import Diagnostics
import Foundation
import Nanopass
import Testing

/// A right program in `Tests/mistakes`, in which single mistakes are made.
struct RightProgram: Sendable {
  let folder: String
  let entry: String
  let files: [String]

  /// A program of several modules, and three that are one file each.
  static let all =
    [RightProgram(folder: "Tests/mistakes", entry: "main.av", files: ["main.av", "store/catalog.av", "store/fee.av"])]
    + ["shapes.av", "tasks.av", "calc.av"].map { RightProgram(folder: "Tests/mistakes/single", entry: $0, files: [$0]) }

  func read() throws -> EditedProgram {
    let texts = try files.map { ($0, [UInt8](try Repository.text("\(folder)/\($0)").utf8)) }
    return EditedProgram(
      entry: entry, files: Dictionary(uniqueKeysWithValues: texts), root: Repository.path(folder))
  }
}

/// A mistake in a right program: a text of one of its files that is written otherwise.
struct SingleMistake: Sendable, CustomTestStringConvertible {
  let program: RightProgram
  let file: String
  let name: String
  let right: String
  let wrong: String
  /// The slug of the error and its place, `slug line:column`; empty if any will do.
  let expected: String
  var testDescription: String { name }

  /// The entries of the files `mistakes.txt`: `# file: name`, the right text, `==>` with what is found, the wrong text.
  static let all: [SingleMistake] = Set(RightProgram.all.map(\.folder)).sorted().flatMap { folder -> [SingleMistake] in
    let text = (try? Repository.text("\(folder)/mistakes.txt")) ?? ""
    return ("\n" + text).components(separatedBy: "\n# ").dropFirst().compactMap { entry -> SingleMistake? in
      let lines = entry.components(separatedBy: "\n")
      let title = lines[0].components(separatedBy: ": ")
      guard let arrow = lines.firstIndex(where: { $0.hasPrefix("==>") }), title.count > 1,
        let program = RightProgram.all.first(where: { $0.folder == folder && $0.files.contains(title[0]) })
      else { return nil }
      let wrong = lines[(arrow + 1)...].joined(separator: "\n")
      return SingleMistake(
        program: program, file: title[0], name: title.dropFirst().joined(separator: ": "),
        right: lines[1..<arrow].joined(separator: "\n"), wrong: wrong.trimmingCharacters(in: .newlines),
        expected: lines[arrow].dropFirst(3).trimmingCharacters(in: .whitespaces))
    }
  }
}

/// One mistake, as people make them who come from other languages, gives one error; where its repair is a change of the
/// source, the program is right again behind it.
@Suite struct SingleMistakeTests {
  @Test func theProgramsAreRight() throws {
    for program in RightProgram.all {
      let right = try program.read()
      let errors = try onLargeStack { try right.mistakes().errors }
      #expect(errors.isEmpty, "\(program.entry)")
    }
    #expect(SingleMistake.all.count >= 330)
  }

  @Test(arguments: SingleMistake.all) func isOneError(_ mistake: SingleMistake) throws {
    var wrong = try mistake.program.read()
    let text = String(decoding: wrong.files[mistake.file] ?? [], as: UTF8.self)
    let place = try #require(text.range(of: mistake.right), "\(mistake.file) lacks what is to be written otherwise")
    wrong.files[mistake.file] = Array(text.replacingCharacters(in: place, with: mistake.wrong).utf8)
    let program = wrong
    try onLargeStack {
      var current = program
      var (errors, sources) = try current.mistakes()
      #expect(errors.count == 1, "\(errors.map(\.summary))")
      if let error = errors.first, !mistake.expected.isEmpty, let place = sources.location(of: error.span.start) {
        #expect("\(error.slug) \(place.line):\(place.column)" == mistake.expected)
      }
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
