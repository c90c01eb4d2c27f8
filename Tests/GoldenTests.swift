import Diagnostics
import Foundation
import Fuzzing
import Languages
import Nanopass
import Passes
import Testing

/// A program in `golden/`: its sources and a snapshot behind every pass.
struct GoldenProgram: Sendable, CustomTestStringConvertible {
  var name: String
  var testDescription: String { name }
  var folder: String { "golden/\(name)" }

  static let all = Repository.entries("golden").filter { !$0.hasPrefix(".") }.map(GoldenProgram.init)

  /// The passes that a build runs, with their positions among all passes.
  static let stages = Array(allStages.enumerated().filter { !$0.element.isAdvice })

  /// Those on the way to native code.
  static let nativeStages = stages.filter { $0.offset < nativePipeline.stages.count }

  /// The name of the snapshot behind a stage.
  static func file(_ index: Int, _ stage: Stage) -> String {
    (index < 9 ? "0" : "") + "\(index + 1)-\(stage.name).zst"
  }

  /// The stage on the road of another behind which the nearest snapshot of that road stands, with its position among
  /// all, and the stages from there to it: a pass that several roads have shows what it does on the first.
  private static func nearest(before index: Int) -> (known: (offset: Int, element: Stage)?, between: [Stage]) {
    let own = (Road.through(allStages[index].name)?.stages ?? []).filter { !$0.isAdvice }
    let before = own.prefix { $0.name != allStages[index].name }
    for position in before.indices.reversed() {
      let first = (Road.through(before[position].name)?.stages ?? []).filter { !$0.isAdvice }
      guard first.prefix(position + 1).map(\.name) == before.prefix(position + 1).map(\.name) else { continue }
      return (stages.first { $0.element.name == before[position].name }, Array(before[(position + 1)...]))
    }
    return (nil, Array(before))
  }

  func bytes(_ file: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: Repository.path("\(folder)/\(file)")) else {
      throw Problem("\(folder)/\(file) is missing; run `make golden`")
    }
    return [UInt8](data)
  }

  /// The snapshot behind a stage.
  func snapshot(_ index: Int, _ stage: Stage) throws -> Snapshot {
    try Snapshot(decoding: try bytes(Self.file(index, stage)))
  }

  /// The program behind the stage before `index`, as that stage's snapshot has it, and a context for the next pass.
  func program(before index: Int) throws -> (AnyProgram, PassContext) {
    let context = PassContext(sources: SourceMap(), files: FolderFiles(root: Repository.path(folder)))
    let (known, between) = Self.nearest(before: index)
    guard let (previous, stage) = known else {
      return (try startingProgram("\(name).av", try bytes("\(name).av"), in: context), context)
    }
    let snapshot = try snapshot(previous, stage)
    var program = try snapshot.program(by: stage, sources: context.sources)
    context.options = snapshot.options
    for stage in between { program = try stage.run(program, context) }
    return (program, context)
  }
}

/// Source files below one folder, named relative to it.
struct FolderFiles: SourceFiles {
  var root: String
  func read(_ path: String, inRoot: Bool) -> SourceRead {
    FileManager.default.contents(atPath: root + "/" + path).map { .bytes([UInt8]($0), identity: path) } ?? .missing
  }
}

/// What a program looks like from outside: its text and the places of its nodes.
struct Face: Equatable {
  var text: String
  var spans: [Span]

  init(_ program: AnyProgram) {
    var printer = Printer()
    program.root.write(to: &printer)
    text = printer.finish()
    spans = printer.spans
  }

  init(_ snapshot: Snapshot) {
    text = snapshot.text
    spans = snapshot.spans
  }

  /// What differs, if anything does.
  func difference(from expected: Face) -> String? {
    if text != expected.text { return firstDifference(expected.text, text) }
    guard spans != expected.spans else { return nil }
    let index =
      zip(spans, expected.spans).enumerated().first { $1.0 != $1.1 }?.offset ?? min(spans.count, expected.spans.count)
    return "the same text, but other places in the source, from node \(index + 1) on"
  }
}

@Suite struct GoldenTests {
  @Test func thereAreEnough() { #expect(GoldenProgram.all.count >= 8) }

  /// Runs every pass alone, on what the snapshot before it holds, and compares with the snapshot behind it. Together
  /// with `whatIsReadIsWhatWasWritten` this is the resume law, by induction over the passes.
  @Test(arguments: GoldenProgram.all) func eachPassAlone(_ program: GoldenProgram) throws {
    try checkOnLargeStack { findings in
      for (index, stage) in GoldenProgram.stages {
        do {
          try check(program, index, stage)
        } catch {
          findings.expect(false, "\(stage.name) on \(program.name): \(error)")
        }
      }
    }
  }

  private func check(_ golden: GoldenProgram, _ index: Int, _ stage: Stage) throws {
    let expected = try golden.snapshot(index, stage)
    guard expected.pass == stage.name, expected.definition == stage.output.definitionHash else {
      throw Problem("the snapshot is of an older \(stage.output.name); run `make golden`")
    }
    let (input, context) = try golden.program(before: index)
    let output = try stage.run(input, context)
    let errors = context.diagnostics.filter { $0.severity == .error }.map(\.summary)
    guard errors.isEmpty else { throw Problem("errors: \(errors)") }
    let broken = stage.verify(output)
    guard broken.isEmpty else {
      throw Problem("broken: \(broken.map { "\($0.invariant): \($0.violation.message)" }.joined(separator: "\n"))")
    }
    if let difference = Face(output).difference(from: Face(expected)) { throw Problem(difference) }
  }

  @Test(arguments: GoldenProgram.all) func whatIsReadIsWhatWasWritten(_ golden: GoldenProgram) throws {
    try checkOnLargeStack { findings in
      for (index, stage) in GoldenProgram.stages {
        let snapshot = try golden.snapshot(index, stage)
        let context = PassContext(sources: SourceMap(), options: snapshot.options)
        let program = try snapshot.program(by: stage, sources: context.sources)
        if let difference = Face(program).difference(from: Face(snapshot)) {
          throw Problem("\(stage.name): \(difference)")
        }
        let again = Snapshot(of: program, after: stage.name, in: context)
        let bytes = try again.encoded()
        let isSame = try Snapshot(decoding: bytes).encoded() == bytes
        findings.expect(isSame, "\(stage.name): the file changes")
        let sources = (again.sources.map(\.path), again.sources.map(\.bytes))
        findings.expect(
          sources == (snapshot.sources.map(\.path), snapshot.sources.map(\.bytes)), "\(stage.name): the sources change")
      }
    }
  }

  @Test(arguments: GoldenProgram.all) func noOrphans(_ golden: GoldenProgram) {
    let expected = Set(GoldenProgram.stages.map { GoldenProgram.file($0, $1) })
    for file in Repository.entries(golden.folder) where file.hasSuffix(".zst") {
      let isKnown = expected.contains(file)
      #expect(isKnown, "\(golden.folder)/\(file) belongs to no pass; run `make golden`")
    }
  }

  /// Resuming behind any stage gives the object of an uninterrupted run, byte for byte.
  @Test(arguments: GoldenProgram.all) func resumeLaw(_ golden: GoldenProgram) throws {
    let work = try TemporaryFolder()
    let whole = try nanoc(
      ["\(golden.name).av", "--target=object", "-o", work.path + "/whole.o", "--snapshots=" + work.path + "/stages"],
      in: Repository.path(golden.folder))
    #expect(whole.code == 0, "\(whole.errors)")
    let expected = try #require(work.bytes("whole.o"))
    let files = GoldenProgram.nativeStages.map { GoldenProgram.file($0, $1) }
    // All stages of one program; of the others some that tell the most, since each start of the compiler takes its time.
    let chosen = golden.name == "tree" ? files : files.enumerated().filter { $0.offset % 9 == 4 }.map(\.element)
    for file in chosen {
      let snapshot = work.path + "/stages/" + file
      let resumed = try nanoc(["--resume=" + snapshot, "--target=object", "-o", work.path + "/resumed.o"])
      #expect(resumed.code == 0, "\(file): \(resumed.errors)")
      #expect(work.bytes("resumed.o") == expected, "resuming from \(file) gives another object")
    }
  }
}
