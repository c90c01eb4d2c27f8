import Diagnostics
import Foundation
import Fuzzing
import Languages
import Nanopass
import Passes
import Testing

/// Snapshot files, whole and damaged.
@Suite struct SnapshotTests {
  /// A small program behind the first pass, as a file.
  private func sample() throws -> (file: [UInt8], stage: Stage) {
    let stage = try #require(nativePipeline.stages.first)
    let context = PassContext(sources: SourceMap(), options: CompilerOptions(optimization: 3))
    let text = Array("fn main() -> Unit\n    ! [Console.print]\n    Console.print(\"é\")\n".utf8)
    let program = try stage.run(try startingProgram("a b.av", text, in: context), context)
    return (try Snapshot(of: program, after: stage.name, in: context).encoded(), stage)
  }

  private func expectError(_ bytes: [UInt8], _ text: String? = nil) {
    #expect {
      _ = try Snapshot(decoding: bytes)
    } throws: { error in
      error is SnapshotError && text.map { "\(error)".contains($0) } ?? true
    }
  }

  @Test func aWholeFileIsReadBack() throws {
    let (file, stage) = try sample()
    let snapshot = try Snapshot(decoding: file)
    #expect(snapshot.pass == stage.name)
    #expect(snapshot.language == stage.output.name)
    #expect(snapshot.options.optimization == 3)
    #expect(snapshot.sources.map(\.path).first == "a b.av")
    #expect(try snapshot.encoded() == file)
    let sources = SourceMap()
    let program = try snapshot.program(by: stage, sources: sources)
    #expect(Printer.text(of: program.root) == snapshot.text)
    #expect(sources.files.first?.path == "a b.av")
  }

  @Test func zstdPrintsTheProgram() throws {
    let (file, _) = try sample()
    let folder = try TemporaryFolder()
    let path = try folder.write("x.zst", file)
    let result = try run("zstd", ["-dcq", path])
    #expect(result.code == 0)
    #expect(result.output == (try Snapshot(decoding: file).text))
    let shown = try run(Repository.path("scripts/show-snapshot"), [path])
    #expect(shown.output.hasPrefix("; nanoc snapshot 1\n; language Source\n"))
    #expect(shown.output.hasSuffix(result.output))
  }

  @Test func aFileThatIsCutOffIsRefused() throws {
    let (file, _) = try sample()
    for length in 0..<file.count { expectError(Array(file.prefix(length))) }
  }

  @Test func anyChangedByteIsNoticedOrHarmless() throws {
    let (file, stage) = try sample()
    let text = try Snapshot(decoding: file).text
    for place in file.indices {
      var changed = file
      changed[place] ^= 0x20
      do {
        let snapshot = try Snapshot(decoding: changed)
        let program = try snapshot.program(by: stage, sources: SourceMap())
        #expect(Printer.text(of: program.root) == text, "byte \(place)")
      } catch is SnapshotError {
      }
    }
  }

  @Test func otherFilesAreRefused() throws {
    expectError([], "no snapshot")
    expectError(Array("hello, this is only a text file".utf8), "no snapshot")
    expectError([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0, 0], "no snapshot")
    expectError([UInt8](repeating: 0xff, count: 1000))
    let (file, _) = try sample()
    expectError(file + [0], "behind its end")
  }

  @Test func aNewerFormatIsNamed() throws {
    let (file, _) = try sample()
    let old = Array("nanoc snapshot 1".utf8)
    var newer = file
    newer.replaceSubrange(try #require(file.firstRange(of: old)), with: Array("nanoc snapshot 9".utf8))
    expectError(newer, "newer")
  }

  @Test func anotherDefinitionIsRefused() throws {
    let (file, stage) = try sample()
    var snapshot = try Snapshot(decoding: file)
    snapshot.definition = "0123456789abcdef"
    #expect(throws: SnapshotError.self) { _ = try snapshot.program(by: stage, sources: SourceMap()) }
  }

  @Test func placesThatDoNotFitAreRefused() throws {
    let (file, stage) = try sample()
    var snapshot = try Snapshot(decoding: file)
    snapshot.spans.removeLast()
    #expect(throws: SnapshotError.self) { _ = try snapshot.program(by: stage, sources: SourceMap()) }
    snapshot.spans += [.none, .none]
    #expect(throws: SnapshotError.self) { _ = try snapshot.program(by: stage, sources: SourceMap()) }
  }

  @Test func sourcesThatOverlapAreRefused() throws {
    let (file, stage) = try sample()
    var snapshot = try Snapshot(decoding: file)
    snapshot.sources.append(contentsOf: snapshot.sources)
    #expect(throws: SnapshotError.self) { _ = try snapshot.program(by: stage, sources: SourceMap()) }
  }

  @Test func randomBytesNeverTrap() throws {
    let (file, stage) = try sample()
    var random = RandomSource(seed: 4)
    for _ in 0..<2000 {
      let bytes = mutate(file, &random)
      if let snapshot = try? Snapshot(decoding: bytes) {
        _ = try? snapshot.program(by: stage, sources: SourceMap())
      }
    }
  }

  /// A program that says gigabytes in a few bytes is refused before it fills the memory.
  @Test func aBombIsRefused() throws {
    let (file, _) = try sample()
    let folder = try TemporaryFolder()
    let bomb = try run("sh", ["-c", "head -c 1200000000 /dev/zero | zstd -1 -q -o \(folder.path)/bomb.zst"])
    try #require(bomb.code == 0, "\(bomb.errors)")
    let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
    let header = try #require(file.ranges(of: magic).last).lowerBound
    expectError(Array(file[..<header]) + (folder.bytes("bomb.zst") ?? []), "MiB")
  }
}
