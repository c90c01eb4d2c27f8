import Foundation
import Testing

/// What the file system can hold in the place of a module.
@Suite struct ModuleFileTests {
  let work: TemporaryFolder

  init() throws {
    work = try TemporaryFolder()
    try work.write(
      "main.av", "module Main\n    depends [Part]\n\nfn main() -> Unit\n    _ = Part.one()\n    Unit\n")
  }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: work.path + "/" + name, withDestinationPath: target)
  }

  /// The message is the only one, at the name in `depends`.
  private func expectError(_ summary: String, help: String? = nil) throws {
    let result = try nanoc(["main.av"], in: work.path)
    #expect(result.code == 1)
    let lines =
      [
        "error[module-not-found]: \(summary)", "  --> main.av:2:14", "   |", " 2 |     depends [Part]",
        "   |              ^^^^",
      ]
      + (help.map { ["   = help: \($0)"] } ?? [])
    #expect(result.errors == lines.joined(separator: "\n") + "\n")
  }

  @Test func nothing() throws {
    try expectError("there is no module `Part`", help: "no file `part.av` or `Part.av` below the module root")
  }

  @Test func smallLettersFirst() throws {
    try work.write("Part.av", "module Part\n\nfn one() -> Int\n    1\n")
    #expect(try nanoc(["main.av", "-o", "first"], in: work.path).code == 0)
    try work.write("part.av", "module Other\n")
    #expect(try nanoc(["main.av", "-o", "second"], in: work.path).errors.contains("part.av:1:8"))
  }

  @Test func aFolder() throws {
    try work.write("part.av/inner.txt", "")
    try expectError("the file `part.av` of `Part` can't be read: it is a directory")
  }

  @Test func aLoopOfLinks() throws {
    try link("part.av", to: "other.av")
    try link("other.av", to: "part.av")
    try expectError("the file `part.av` of `Part` can't be read: Too many levels of symbolic links")
  }

  @Test func aPipeOrADevice() throws {
    #expect(mkfifo(work.path + "/part.av", 0o600) == 0)
    try expectError("the file `part.av` of `Part` can't be read: it is no regular file")
    try FileManager.default.removeItem(atPath: work.path + "/part.av")
    try link("part.av", to: "/dev/zero")
    try expectError("the file `part.av` of `Part` can't be read: it is no regular file")
    #expect(try nanoc(["/dev/zero"]).code == 2)
  }

  @Test func aFileThatCannotBeRead() throws {
    try link("part.av", to: "/proc/self/mem")
    try expectError("the file `part.av` of `Part` can't be read: Input/output error")
  }

  /// As from a shell's `<(...)`.
  @Test func aProgramFromAPipe() throws {
    let pipe = work.path + "/pipe.av"
    #expect(mkfifo(pipe, 0o600) == 0)
    let writer = Thread {
      guard let handle = FileHandle(forWritingAtPath: pipe) else { return }
      handle.write(Data("fn main() -> Unit\n    ! [Console.print]\n    Console.print(\"piped\")\n".utf8))
      try? handle.close()
    }
    writer.start()
    #expect(try nanoc(["run", "pipe.av"], in: work.path).output == "piped\n")
  }

  /// Permissions bind everybody but the superuser.
  @Test(.enabled(if: getuid() != 0)) func aFileOfOthers() throws {
    try work.write("part.av", "module Part\n")
    #expect(chmod(work.path + "/part.av", 0) == 0)
    try expectError("the file `part.av` of `Part` can't be read: Permission denied")
  }

  @Test func aLinkToNothing() throws {
    try link("part.av", to: "nowhere.av")
    try expectError("there is no module `Part`", help: "no file `part.av` or `Part.av` below the module root")
  }

  /// The same file under two names is one module, which has one name.
  @Test func twoNamesOfOneFile() throws {
    try work.write("part.av", "module Part\n\nfn one() -> Int\n    1\n")
    try link("alias.av", to: "part.av")
    try work.write(
      "both.av", "module Both\n    depends [Part, Alias]\n\nfn main() -> Unit\n    _ = Part.one()\n    Unit\n")
    let result = try nanoc(["both.av"], in: work.path)
    #expect(result.code == 1)
    #expect(result.errors.hasPrefix("error[module-name-mismatch]: `Alias` and `Part` are two names for one file"))
  }

  @Test func checkingAFolderWithALinkToItself() throws {
    try work.write("part.av", "module Part\n    effects []\n\nfn one() -> Int\n    ? \"One.\"\n    1\n")
    try link("loop", to: ".")
    try FileManager.default.createDirectory(atPath: work.path + "/deep", withIntermediateDirectories: true)
    try link("deep/up", to: "..")
    let result = try nanoc(["check", "."], in: work.path)
    #expect(result.output.split(separator: "\n").count == 2, "\(result.output)")
  }
}
