import Diagnostics
import Foundation
import Fuzzing
import Nanopass
import Passes
import Testing

/// The repairs that are offered as changes of the source: each is carried out on the wrong programs in
/// `Tests/diagnostics`, and must leave all other errors and no new one. A comment `// then: slug` allows errors that only
/// come to light when another one is mended, as those of a call behind a misspelt name.
@Suite struct RepairTests {
  /// How often a repair is carried out where the same mistake is at several places.
  private static let mostRepeated = 8

  @Test(arguments: WrongProgram.all) func mends(_ program: WrongProgram) throws {
    let (folder, file) = program.place
    let bytes = [UInt8](try #require(FileManager.default.contents(atPath: Repository.path("\(folder)/\(file)"))))
    let start = EditedProgram(entry: file, files: [file: bytes], root: Repository.path(folder))
    try onLargeStack {
      let (before, sources) = try start.errors()
      var allowed = self.allowed(in: String(decoding: bytes, as: UTF8.self))
      for error in before where !error.repair.edits.isEmpty {
        let (after, count) = try self.mended(error, among: before, start, sources)
        let place = sources.location(of: error.span.start).map { "\($0.line):\($0.column)" } ?? ""
        let what = "\(error.slug) \(place) `\(error.repair.primary ?? "")`"
        #expect(after.count { $0.isSame(as: error) } < count, "\(what) changes nothing")
        var left = before
        for other in after {
          if let known = left.firstIndex(where: { $0.isSame(as: other) }) {
            left.remove(at: known)
          } else if allowed[other.slug.rawValue] != nil {
            allowed[other.slug.rawValue] = true
          } else {
            Issue.record("\(what) leads to \(other.slug): \(other.summary)")
          }
        }
      }
      for (slug, isMet) in allowed { #expect(isMet, "no repair leads to \(slug)") }
    }
  }

  /// Most errors say how they are mended; this many of those in the cases can be mended by a tool.
  @Test func areOffered() throws {
    var (errors, mended) = (0, 0)
    for program in WrongProgram.all {
      let (folder, file) = program.place
      let bytes = FileManager.default.contents(atPath: Repository.path("\(folder)/\(file)")).map { [UInt8]($0) } ?? []
      let start = EditedProgram(entry: file, files: [file: bytes], root: Repository.path(folder))
      let found = try onLargeStack { try start.errors().errors }
      errors += found.count
      mended += found.count { !$0.repair.edits.isEmpty }
    }
    #expect(errors > 1300)
    #expect(mended > 450, "\(mended) of \(errors)")
  }

  private func allowed(in text: String) -> [String: Bool] {
    let slugs = text.split(separator: "\n").compactMap { line in
      line.range(of: "// then: ").map { line[$0.upperBound...].trimmingCharacters(in: .whitespaces) }
    }
    return Dictionary(slugs.map { ($0, false) }) { first, _ in first }
  }

  /// The errors that are left when one is mended, wherever it stands, and how many there were of it.
  private func mended(_ error: Diagnostic, among before: [Diagnostic], _ start: EditedProgram, _ sources: SourceMap)
    throws
    -> ([Diagnostic], Int)
  {
    let count = before.count { $0.isSame(as: error) }
    let position = before.prefix { $0 != error }.count { $0.isSame(as: error) }
    var (changed, places, current) = (start, sources, error)
    var after = before
    for _ in 0..<Self.mostRepeated {
      changed = try changed.applying(current.repair.edits, places)
      (after, places) = try changed.errors()
      let same = after.filter { $0.isSame(as: error) }
      if same.count < count { break }
      // The first place of a mistake may be all that is told.
      let next = same.count > count ? same.count - 1 : position
      guard same.indices.contains(next), !same[next].repair.edits.isEmpty else { break }
      current = same[next]
    }
    return (after, count)
  }
}

/// A program whose files may have been changed.
struct EditedProgram: SourceFiles {
  let entry: String
  var files: [String: [UInt8]]
  let root: String

  func read(_ path: String, inRoot: Bool) -> SourceRead {
    if let changed = files[path], path != entry { return .bytes(changed, identity: path) }
    return FolderFiles(root: root).read(path, inRoot: inRoot)
  }

  /// The errors of the front end; those of `nanoc check` if the program says so in its first line.
  func errors(isChecked: Bool = false) throws -> (errors: [Diagnostic], sources: SourceMap) {
    let bytes = files[entry] ?? []
    let isChecked = isChecked || bytes.starts(with: Array("// checked\n".utf8))
    let context = PassContext(
      sources: SourceMap(), options: CompilerOptions(needsMain: !isChecked, isCheck: isChecked), files: self)
    var runner = PipelineRunner(stages: nativePipeline.stages)
    let last = try #require(nativePipeline.stages.firstIndex { $0.name == "check-uses" })
    _ = try runner.run(try startingProgram(entry, bytes, in: context), through: last, in: context)
    let sorted = DiagnosticList(context.diagnostics).sorted(by: context.sources)
    return (sorted.filter { $0.severity == .error }, context.sources)
  }

  /// The program with changes made.
  func applying(_ edits: [Edit], _ sources: SourceMap) throws -> EditedProgram {
    var result = self
    for file in sources.files {
      let own = edits.filter { sources.file(at: $0.span.start) === file }
      if own.isEmpty { continue }
      let whole = Span(start: file.base, length: UInt32(file.bytes.count))
      let text = try #require(sources.text(of: whole, with: own), "changes overlap")
      result.files[file.path] = Array(text.utf8)
    }
    return result
  }
}

extension Diagnostic {
  /// Whether another error is about the same mistake.
  fileprivate func isSame(as other: Diagnostic) -> Bool { slug == other.slug && summary == other.summary }
}
