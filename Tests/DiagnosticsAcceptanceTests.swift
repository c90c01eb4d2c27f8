import Diagnostics
import Foundation
import Fuzzing
import Languages
import Nanopass
import Passes
import Testing

/// A wrong program in `Tests/diagnostics/`. Comments `// expect: slug line:col`, in order of place, name all its errors;
/// the file of the same name with `.txt` holds what is printed about it, `NANOC_BLESS=1` writes that. One that begins with `// checked` is looked at as by `nanoc check`.
struct WrongProgram: Sendable, CustomTestStringConvertible {
  var name: String
  var testDescription: String { name }

  static let all: [WrongProgram] = Repository.entries("Tests/diagnostics").flatMap { entry in
    if entry.hasSuffix(".av") { return [WrongProgram(name: String(entry.dropLast(3)))] }
    let inner = Repository.entries("Tests/diagnostics/\(entry)")
    return inner.contains("\(entry).av") ? [WrongProgram(name: "\(entry)/\(entry)")] : []
  }

  /// The folder of the file and the file's own name.
  var place: (folder: String, file: String) {
    let parts = name.split(separator: "/").map(String.init)
    let folder = (["Tests/diagnostics"] + parts.dropLast()).joined(separator: "/")
    return (folder, (parts.last ?? "") + ".av")
  }
}

@Suite struct DiagnosticsAcceptanceTests {
  private static let blesses = ProcessInfo.processInfo.environment["NANOC_BLESS"] != nil

  /// The errors stand where the program says, and all that is printed is what its `.txt` file holds.
  @Test(arguments: WrongProgram.all) func reportsWhatIsExpected(_ program: WrongProgram) throws {
    let (folder, file) = program.place
    let bytes = [UInt8](try #require(FileManager.default.contents(atPath: Repository.path("\(folder)/\(file)"))))
    let expected = expectations(String(decoding: bytes, as: UTF8.self))
    #expect(!expected.isEmpty, "\(file) lacks `// expect: slug line:col`")
    let (errors, text) = try onLargeStack { try findings(file, bytes, Repository.path(folder)) }
    #expect(errors == expected)
    let textFile = Repository.path("Tests/diagnostics/\(program.name).txt")
    if Self.blesses { return try text.write(toFile: textFile, atomically: true, encoding: .utf8) }
    let wanted = try String(contentsOfFile: textFile, encoding: .utf8)
    #expect(text == wanted, "\(firstDifference(wanted, text))")
  }

  private func expectations(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      line.range(of: "// expect: ").map { line[$0.upperBound...].trimmingCharacters(in: .whitespaces) }
    }
  }

  /// The errors that the pipeline reports, and all that is printed.
  private func findings(_ file: String, _ bytes: [UInt8], _ root: String) throws -> (errors: [String], text: String) {
    let isChecked = bytes.starts(with: Array("// checked\n".utf8))
    let context = PassContext(
      sources: SourceMap(), options: CompilerOptions(needsMain: !isChecked, isCheck: isChecked),
      files: FolderFiles(root: root))
    var runner = PipelineRunner(stages: nativePipeline.stages)
    runner.verifies = true
    let start = try startingProgram(file, bytes, in: context)
    _ = try runner.run(start, through: nativePipeline.stages.count - 1, in: context)
    let sorted = DiagnosticList(context.diagnostics).sorted(by: context.sources)
    let text = TextRenderer(color: false, sources: context.sources).render(sorted)
    return (errors(sorted, in: file, context), text)
  }

  /// The errors as `slug line:col`, with the path in front if it is another file's.
  private func errors(_ found: [Diagnostic], in file: String, _ context: PassContext) -> [String] {
    found.filter { $0.severity == .error }.map { diagnostic in
      guard let place = context.sources.location(of: diagnostic.span.start) else { return "\(diagnostic.slug)" }
      let path = place.file.path == file ? "" : place.file.path + ":"
      return "\(diagnostic.slug) \(path)\(place.line):\(place.column)"
    }
  }
}
