import Diagnostics
import Foundation
import Fuzzing
import Languages
import Nanopass
import Passes
import Prelude
import ProgramGenerator
import Testing

/// The generator reaches the whole language and the whole library.
@Suite struct GeneratorTests {
  /// Forms that no accepted program has outside of the standard library.
  private static let unreachable: Set<String> = ["Typed.Ty.variable", "Syntax.Module.unreadable"]

  /// Seeds that are tried; mostly half of them reach all.
  private static let seeds: ClosedRange<UInt64> = 1...60

  @Test func reachesEveryFormAndFunction() throws {
    let missing = try onLargeStack { () throws -> Set<String> in
      var missing = Self.forms(of: Typed.definition).union(Self.forms(of: Syntax.definition))
        .union(Self.publicFunctions).union(["Console.print", "Console.error", "Console.warn", "Args.get"])
        .subtracting(Self.unreachable)
      guard missing.count > 180 else { throw Problem("there are more than \(missing.count) forms and functions") }
      for seed in Self.seeds where !missing.isEmpty { missing.subtract(try Self.census(seed)) }
      return missing
    }
    #expect(missing.isEmpty, "\(missing.sorted()) never occur")
  }

  /// What occurs in the program of a seed.
  private static func census(_ seed: UInt64) throws -> Set<String> {
    let program = ProgramGenerator.program(seed: seed, functions: 4)
    let context = PassContext(sources: SourceMap(), files: program)
    var runner = PipelineRunner(stages: nativePipeline.stages)
    var last: [String: AnyProgram] = [:]
    runner.observe = { _, stage, program in last[stage.output.name] = program }
    let start = try startingProgram(GeneratedProgram.entry, Array(program.entryText.utf8), in: context)
    let end = nativePipeline.stages.firstIndex { $0.name == "check-matches" } ?? 0
    guard try runner.run(start, through: end, in: context) != nil else {
      throw Problem("seed \(seed) is refused: \(context.diagnostics)")
    }
    var found: Set<String> = []
    for language in [Typed.name, Syntax.name] {
      var census = FormCensus(language: language)
      if let root = last[language]?.root { census.count(root) }
      found.formUnion(census.found)
    }
    return found
  }

  /// `Typed.Expr.call` and the like, by a language's definition.
  private static func forms(of definition: String) -> Set<String> {
    var forms: [String: [String]] = [:]
    var (language, nonterminal) = ("", "")
    for line in definition.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let first = words.first, words.count > 1 || !nonterminal.isEmpty else { continue }
      switch first {
      case "language": language = String(words[1])
      case "root": break
      case "nonterminal": nonterminal = "\(language).\(words[1])"
      default: forms[nonterminal, default: []].append("\(nonterminal).\(first.prefix { $0 != "(" })")
      }
    }
    // A nonterminal of one form has no cases.
    return Set(forms.flatMap { name, forms in forms.count == 1 ? [name] : forms })
  }

  /// What the sources of the standard library declare for programs.
  private static var publicFunctions: [String] {
    preludeSources.filter { LibraryFunctions.byNamespace[Name($0.key)] != nil }.flatMap { module, text in
      text.matches(of: #/(?m)^fn ([a-z]\w*)\(/#).map { "\(module).\($0.1)" }
    }
  }

  @Test func filesAreOneText() {
    let programs = (1...8).map { ProgramGenerator.program(seed: $0, functions: 1) }
    #expect(programs.contains { $0.files.count > 2 })
    for program in programs { #expect(GeneratedProgram(text: program.text) == program) }
    #expect(GeneratedProgram(text: "module A\n").entryText == "module A\n")
  }
}

/// Which forms occur in a program, and which functions it calls; the standard library's own code does not count.
private struct FormCensus {
  let language: String
  var found: Set<String> = []

  init(language: String) { self.language = language }

  mutating func count(_ value: Any) {
    switch value {
    case Syntax.Module.module(_, _, _, isLibrary: true, _, _): return
    case let function as Typed.Function where function.isLibrary: return
    case Syntax.Expr.call(_, let callee, _): found.insert(callee.segments.map(\.name.text).joined(separator: "."))
    default: break
    }
    let mirror = Mirror(reflecting: value)
    if value is any Node {
      let form = mirror.displayStyle == .enum ? ".\(mirror.children.first?.label ?? "\(value)")" : ""
      found.insert("\(language).\(type(of: value))\(form)")
    }
    for child in mirror.children { count(child.value) }
  }
}
