import Foundation
import Testing

/// A fenced block of the README: its language, the file it is the content of, if one is named, and its lines.
struct Block {
  var heading: String
  var language: String
  var path: String?
  var text: String
}

/// Everything that the README tells people to do, done.
@Suite struct ReadmeTests {
  static func blocks() throws -> [Block] {
    var blocks: [Block] = []
    var heading = ""
    var open: Block?
    for line in try Repository.text("README.md").split(separator: "\n", omittingEmptySubsequences: false) {
      if let block = open {
        if line == "```" {
          blocks.append(block)
          open = nil
        } else {
          open?.text += line + "\n"
        }
      } else if line.hasPrefix("```") {
        let words = line.dropFirst(3).split(separator: " ").map(String.init)
        open = Block(heading: heading, language: words.first ?? "", path: words.dropFirst().first, text: "")
      } else if line.hasPrefix("## ") {
        heading = String(line.dropFirst(3))
      }
    }
    return blocks
  }

  /// Commands behind `$ ` print what stands below them.
  @Test func consoleBlocksAreTrue() throws {
    let folder = try TemporaryFolder()
    let programs = URL(fileURLWithPath: Repository.nanoc).deletingLastPathComponent().path
    let path = programs + ":" + WasmTools.searchPath
    var commands = 0
    for block in try Self.blocks() {
      if ["av", "js"].contains(block.language), let path = block.path { try folder.write(path, block.text) }
      guard block.language == "console" else { continue }
      for part in ("\n" + block.text).components(separatedBy: "\n$ ").dropFirst() {
        let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let expected = lines.dropFirst().first.map { $0.isEmpty || $0.hasSuffix("\n") ? String($0) : $0 + "\n" } ?? ""
        let result = try run("bash", ["-c", String(lines[0])], in: folder.path, environment: ["PATH": path])
        #expect(result.code == 0, "\(lines[0]): \(result.errors)")
        #expect(result.output == expected, "\(lines[0])")
        commands += 1
      }
    }
    #expect(commands >= 8)
  }

  @Test func theFirstScreenNamesTheCommands() throws {
    let top = try Repository.text("README.md").split(separator: "\n").prefix(30).joined(separator: "\n")
    for word in ["make demo", "make test", "lower-effects"] { #expect(top.contains(word)) }
    let help = try run("make", ["help"], in: Repository.root.path).output
    for target in ["deps", "build", "test", "golden", "bench", "lint", "install", "clean", "help", "demo"] {
      #expect(help.contains("make \(target) "), "`make help` lacks \(target)")
    }
  }

  @Test func thePictureShowsTheLanguages() throws {
    let picture = try #require(try Self.blocks().first { $0.language == "mermaid" }).text
    for name in LanguageTests.names { #expect(picture.contains(name), "\(name) is not in the picture") }
  }

  /// The worked example, in a copy of the repository that keeps what it built.
  @Test func theWorkedExampleWorks() throws {
    let blocks = try Self.blocks().filter { $0.heading == "Add a language and a pass" }
    let work = try TemporaryFolder()
    let copy = work.path + "/nanoc"
    try Example.copyRepository(to: copy)
    for block in blocks {
      guard let path = block.path else { continue }
      let folder = URL(fileURLWithPath: copy + "/" + path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try block.text.write(toFile: copy + "/" + path, atomically: true, encoding: .utf8)
    }
    let commands = try #require(blocks.first { $0.language == "sh" }).text.split(separator: "\n")
    #expect(commands.last == "make golden ALL=1")
    let edits = try run("bash", ["-ec", commands.dropLast().joined(separator: "\n")], in: copy)
    #expect(edits.code == 0, "\(edits.errors)")

    let diff = try run("diff", ["-rN", "-x", ".build", Repository.root.path + "/passes", copy + "/passes"])
    let languages = try run("diff", ["-rN", Repository.root.path + "/Sources/Languages", copy + "/Sources/Languages"])
    let cases = try run("diff", ["-rN", Repository.root.path + "/Tests/passes", copy + "/Tests/passes"])
    let lines = (diff.output + languages.output + cases.output).split(separator: "\n").count { $0.hasPrefix(">") }
    #expect(lines > 20 && lines < 60, "the example takes \(lines) lines")

    let kept = Repository.path("build/worked-example")
    try Example.synchronise(copy, with: kept)
    let build = try run("swift", ["build", "--build-tests"], in: kept, seconds: 1500)
    try #require(build.code == 0, "\(build.output.suffix(3000))\(build.errors.suffix(1000))")
    let golden = try run(
      "scripts/golden", [], in: kept,
      environment: [
        "ALL": "1", "NANOC": kept + "/.build/debug/nanoc", "NANOC_RUNTIME_PATH": Repository.path("build/lib/nanoc"),
      ])
    #expect(golden.code == 0, "\(golden.output.suffix(2000))\(golden.errors)")
    try checkGolden(kept)
    let passCase = try run(
      "swift", ["test", "--skip-build", "--filter", "PassCaseTests/expected"], in: kept,
      environment: ["NANOC_ONLY": "bind-statements"])
    #expect(passCase.code == 0 && passCase.output.contains("with 1 test case passed"), "\(passCase.output)")
  }

  /// The pass's snapshots are there, and what was there before has not changed but for what the pass does.
  private func checkGolden(_ folder: String) throws {
    let compiler = folder + "/.build/debug/nanoc"
    for program in GoldenProgram.all {
      let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/golden/" + program.name)
      let made = try #require(files.first { $0.hasSuffix("-bind-statements.zst") }, "\(program.name)")
      let text = try run(compiler, ["snapshot", "show", "golden/\(program.name)/\(made)"], in: folder).output
      #expect(!text.contains("(evaluate"), "\(program.name)")
    }
    let hello = try run(
      compiler, ["run", "golden/hello/hello.av"], in: folder,
      environment: ["NANOC_RUNTIME_PATH": Repository.path("build/lib/nanoc")])
    #expect(hello.output == "hello, world!\n", "\(hello.errors)")
  }
}

/// Copies of the repository in which examples are tried.
private enum Example {
  /// What a build needs.
  static let parts = ["Package.swift", "Package.resolved", "Sources", "passes", "scripts", "golden", "Tests"]

  static func copyRepository(to copy: String) throws {
    let files = FileManager.default
    try files.createDirectory(atPath: copy, withIntermediateDirectories: true)
    for part in parts where files.fileExists(atPath: Repository.path(part)) {
      try files.copyItem(atPath: Repository.path(part), toPath: copy + "/" + part)
    }
    // Of the tests only those of pass cases; each further file would cost time.
    let kept = ["TestSupport.swift", "WasmTools.swift", "PassCaseTests.swift"]
    for file in try files.contentsOfDirectory(atPath: copy + "/Tests")
    where file.hasSuffix(".swift") && !kept.contains(file) {
      try files.removeItem(atPath: copy + "/Tests/" + file)
    }
  }

  /// Makes `target` hold the files of `source`. Equal files are left alone, so that little has to be built again.
  static func synchronise(_ source: String, with target: String) throws {
    let files = FileManager.default
    try files.createDirectory(atPath: target, withIntermediateDirectories: true)
    let wanted = Set(try files.subpathsOfDirectory(atPath: source))
    for part in parts {
      for path in (try? files.subpathsOfDirectory(atPath: target + "/" + part)) ?? []
      where !wanted.contains(part + "/" + path) { try? files.removeItem(atPath: target + "/" + part + "/" + path) }
    }
    for path in wanted.sorted() {
      var isFolder: ObjCBool = false
      let (from, to) = (source + "/" + path, target + "/" + path)
      _ = files.fileExists(atPath: from, isDirectory: &isFolder)
      if isFolder.boolValue {
        try files.createDirectory(atPath: to, withIntermediateDirectories: true)
      } else if !files.contentsEqual(atPath: from, andPath: to) {
        try? files.removeItem(atPath: to)
        try files.copyItem(atPath: from, toPath: to)
      }
    }
  }
}
