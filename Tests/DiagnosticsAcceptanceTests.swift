import Diagnostics
import Foundation
import Languages
import Nanopass
import Passes
import Testing

/// A wrong program in `Tests/diagnostics/`. Comments `// expect: slug line:col`, in order of place, name all its errors. One
/// that begins with `// checked` is looked at as by `nanoc check`.
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
  @Test(arguments: WrongProgram.all) func reportsWhatIsExpected(_ program: WrongProgram) throws {
    let (folder, file) = program.place
    let bytes = [UInt8](try #require(FileManager.default.contents(atPath: Repository.path("\(folder)/\(file)"))))
    let expected = expectations(String(decoding: bytes, as: UTF8.self))
    #expect(!expected.isEmpty, "\(file) lacks `// expect: slug line:col`")
    let found = try onLargeStack { try errors(file, bytes, Repository.path(folder)) }
    #expect(found == expected)
  }

  private func expectations(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      line.range(of: "// expect: ").map { line[$0.upperBound...].trimmingCharacters(in: .whitespaces) }
    }
  }

  /// The errors that the pipeline reports, as `slug line:col`, with the path in front if it is another file's.
  private func errors(_ file: String, _ bytes: [UInt8], _ root: String) throws -> [String] {
    let isChecked = bytes.starts(with: Array("// checked\n".utf8))
    let context = PassContext(
      sources: SourceMap(), options: CompilerOptions(isCheck: isChecked), files: FolderFiles(root: root))
    var runner = PipelineRunner(stages: nativePipeline.stages)
    runner.verifies = true
    let start = try startingProgram(file, bytes, in: context)
    _ = try runner.run(start, through: nativePipeline.stages.count - 1, in: context)
    return DiagnosticList(context.diagnostics).sorted(by: context.sources).filter { $0.severity == .error }
      .map { diagnostic in
        guard let place = context.sources.location(of: diagnostic.span.start) else { return "\(diagnostic.slug)" }
        let path = place.file.path == file ? "" : place.file.path + ":"
        return "\(diagnostic.slug) \(path)\(place.line):\(place.column)"
      }
  }
}
