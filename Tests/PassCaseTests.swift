import Diagnostics
import Foundation
import Nanopass
import Passes
import Testing

/// One file of `Tests/passes/PASS/`: what a pass takes and what must come out of it.
///
///     pass: lower-interpolation
///     # what is shown
///     must: a text that the output contains        never: one that it does not
///     error: a slug that is reported               verify: an invariant that the input breaks
///     bug: an invariant whose breach the pass finds     optimize: 0
///     --- input
///     (program ...)
///     --- output
///     (program ...)
///
/// With `NANOC_BLESS=1` outputs that are wrong, or that nothing stands for yet, are written; the other lines never are.
struct PassCase: Sendable, CustomTestStringConvertible {
  var path: String
  var pass = ""
  var must: [String] = []
  var never: [String] = []
  var errors: [String] = []
  var verify: String?
  var bug: String?
  var optimization = 2
  var favoursSize = false
  var input = ""
  var output: String?
  /// The lines up to the input.
  private var head = ""

  var testDescription: String { path }

  /// Whether the file says nothing of what is expected.
  var isOpen: Bool {
    (output ?? "").isEmpty && must.isEmpty && never.isEmpty && errors.isEmpty && verify == nil && bug == nil
  }

  /// All cases, or those of the pass in `NANOC_ONLY`.
  static let all: [PassCase] = Repository.entries("Tests/passes").flatMap { folder in
    let only = ProcessInfo.processInfo.environment["NANOC_ONLY"] ?? ""
    return only != "" && folder != only
      ? []
      : Repository.entries("Tests/passes/\(folder)").filter { $0.hasSuffix(".test") }
        .map { PassCase(path: "Tests/passes/\(folder)/\($0)") }
  }

  init(path: String) { self.path = path }

  /// Reads the file.
  mutating func load() throws {
    var section = ""
    for line in try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("--- ") {
        section = line.dropFirst(4).trimmingCharacters(in: .whitespaces)
        guard ["input", "output"].contains(section) else { throw Problem("unknown section `\(line)`") }
        if section == "output" { output = "" }
        if section == "input" { head += line + "\n" }
        continue
      }
      switch section {
      case "input": input += line + "\n"
      case "output": output = (output ?? "") + line + "\n"
      default:
        head += line + "\n"
        try header(String(line))
      }
    }
    input = input.trimmingCharacters(in: .newlines) + "\n"
    output = output.map { $0.trimmingCharacters(in: .newlines) }
    guard !pass.isEmpty, input != "\n" else { throw Problem("a case needs `pass:` and `--- input`") }
  }

  private mutating func header(_ line: String) throws {
    guard !line.isEmpty, !line.hasPrefix("#") else { return }
    guard let colon = line.firstIndex(of: ":") else { throw Problem("`\(line)` is no `key: value`") }
    let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    switch line[..<colon] {
    case "pass": pass = value
    case "must": must.append(value)
    case "never": never.append(value)
    case "error": errors.append(value)
    case "verify": verify = value
    case "bug": bug = value
    case "optimize": optimization = Int(value) ?? 2
    case "size": favoursSize = value == "small"
    default: throw Problem("unknown key in `\(line)`")
    }
  }

  /// Writes the file with another output.
  func bless(_ text: String) throws {
    try (head + input + "--- output\n" + text).write(toFile: Repository.path(path), atomically: true, encoding: .utf8)
  }
}

@Suite struct PassCaseTests {
  static let isBlessing = ProcessInfo.processInfo.environment["NANOC_BLESS"] == "1"

  @Test(arguments: PassCase.all) func expected(of unread: PassCase) throws {
    try checkOnLargeStack { findings in
      var test = unread
      try test.load()
      try check(test, findings)
    }
  }

  private func check(_ test: PassCase, _ findings: Findings) throws {
    let stage = try stage(test.pass)
    findings.expect(test.path.contains("/\(test.pass)/"), "the file is in another pass's folder")
    let context = PassContext(
      sources: SourceMap(), options: CompilerOptions(optimization: test.optimization, favoursSize: test.favoursSize))
    let base = try context.sources.add(path: test.path, bytes: Array(test.input.utf8)).base
    let input: AnyProgram
    do {
      input = try read(stage.input, test.input, textBase: base)
    } catch let error as ReadError {
      let place = context.sources.location(of: base + UInt32(error.offset)).map { "\($0.line):\($0.column)" } ?? ""
      throw Problem("the input's line \(place): \(error)")
    }
    let broken = violations(stage.input, input)
    if let invariant = test.verify {
      findings.expect(
        broken.map(\.invariant).contains(invariant), "broken is not \(invariant) but \(broken.map(\.text))")
      return
    }
    findings.expect(
      broken.isEmpty, "the input is no \(stage.input.name): \(broken.map(\.text).joined(separator: "\n"))")
    let output: AnyProgram
    do {
      output = try stage.run(input, context)
    } catch let bug as PassBug where test.bug != nil {
      findings.expect(bug.invariant == test.bug, "the bug is \(bug)")
      return
    }
    findings.expect(test.bug == nil, "the pass did not find the breach of \(test.bug ?? "")")
    let errors = Set(context.diagnostics.filter { $0.severity == .error }.map(\.slug.rawValue))
    findings.expect(errors == Set(test.errors), "the errors are \(errors.sorted())")
    let actual = Printer.text(of: output.root)
    if test.errors.isEmpty {
      let found = violations(stage.output, output)
      findings.expect(found.isEmpty, "the output breaks \(found.map(\.text).joined(separator: "\n"))")
    }
    for text in test.must { findings.expect(actual.contains(text), "`\(text)` is missing in:\n\(actual)") }
    for text in test.never { findings.expect(!actual.contains(text), "`\(text)` is still in:\n\(actual)") }
    if test.output != nil || test.isOpen { try compare(actual, test, stage, findings) }
  }

  private func compare(_ actual: String, _ test: PassCase, _ stage: Stage, _ findings: Findings) throws {
    let written = test.output ?? ""
    let expected = written.isEmpty ? "" : try normalised(written, stage)
    guard expected != actual else { return }
    if Self.isBlessing {
      print("\(test.path): \(firstDifference(expected, actual))")
      try test.bless(actual)
    } else {
      findings.expect(false, "the output differs at \(firstDifference(expected, actual))")
    }
  }

  /// The output as the printer lays it out; as it stands if it can't be read.
  private func normalised(_ text: String, _ stage: Stage) throws -> String {
    guard let program = try? read(stage.output, text) else { return text }
    return Printer.text(of: program.root)
  }

  @Test(arguments: allStages.map(\.name)) func everyPassHasCases(_ pass: String) {
    let cases = Repository.entries("Tests/passes/\(pass)")
    #expect(cases.contains { $0.hasSuffix(".test") }, "Tests/passes/\(pass) has no case")
  }

  @Test func everyFolderIsAPass() {
    let names = Set(allStages.map(\.name))
    for folder in Repository.entries("Tests/passes") { #expect(names.contains(folder), "\(folder) is no pass") }
  }
}
