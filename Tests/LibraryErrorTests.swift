import Diagnostics
import Fuzzing
import Languages
import Nanopass
import Passes
import Testing

/// The help for functions that other languages have and the standard library has not (section 24 of its
/// specification), and for misspelt ones.
@Suite struct LibraryErrorTests {
  private static let recursion = "write a recursive function"
  private static let access = "use a list pattern, or `Vector.get`"

  static let missing: [(call: String, help: String)] = [
    ("List.map([1])", recursion), ("List.filter([1])", recursion), ("List.fold([1], 0)", recursion),
    ("List.find([1])", recursion), ("List.any([1])", recursion),
    ("List.get([1], 0)", access), ("List.head([1])", access), ("List.tail([1])", access),
    ("List.append([1], 2)", "use `List.concat(xs, [x])`"), ("List.push([1], 2)", "use `List.concat(xs, [x])`"),
    ("Vector.toList(1)", "use `List.fromVector`"), ("Map.empty()", "use `{}`"),
    ("String.concat(\"a\", \"b\")", "use `+`"),
    ("Int.toString(1)", "use `String.fromInt`"), ("Float.toString(1.5)", "use `String.fromFloat`"),
    ("String.toInt(\"1\")", "use `Int.fromString`"), ("Int.toFloat(1)", "use `Float.fromInt`"),
    ("Float.toInt(1.5)", "use `Int.fromFloat`"), ("Int.parse(\"1\")", "use `Int.fromString`"),
    ("Float.parse(\"1\")", "use `Float.fromString`"), ("Int.rem(7, 2)", "use `Int.mod`"),
    ("Int.modulo(7, 2)", "use `Int.mod`"),
    ("Option.unwrap(Option.Some(1))", "use `match`, or `Option.withDefault`"),
    ("Result.unwrap(Int.div(1, 0))", "use `match`, `Result.withDefault` or `?`"),
  ]

  static let near: [(call: String, help: String)] = [
    ("String.length(\"a\")", "use `String.len`"), ("List.sort([1])", recursion), ("Option.map(1)", "use `match`"),
    ("Bytes.fromlist([1])", "did you mean `fromList`?"), ("Crypto.sha265(1)", "did you mean `sha256`?"),
    ("Crypto.Digest32.tohex(1)", "did you mean `toHex`?"),
    ("Digest32.fromBytes(1)", "write `Crypto.Digest32.fromBytes`"),
    ("Crypto.md5(1)", "`Crypto` has `sha256`"), ("Strin.len(\"a\")", "did you mean `String`?"),
    ("Int.toHex(1)", "write `Byte.toHex` or `Bytes.toHex` or `Crypto.Digest32.toHex`"),
  ]

  @Test(arguments: missing + near) func names(_ wrong: (call: String, help: String)) throws {
    let errors: [Diagnostic] = try onLargeStack { try self.errors(of: wrong.call) }
    #expect(errors.map(\.slug) == ["unknown-ident"])
    #expect(errors.first?.repair.primary == wrong.help)
  }

  static let values: [(value: String, help: String?)] = [
    ("\"{Bytes.empty()}\"", "write the digits, `Bytes.toHex`, or decode it, `String.fromUtf8`"),
    ("\"{Crypto.sha256(Bytes.empty())}\"", "write the digits: `Crypto.Digest32.toHex`"),
    ("Bytes.empty() + Bytes.empty()", "bytes are joined by `Bytes.concat`"),
    ("Bytes.len(\"a\")", "encode it: `String.toUtf8(\"a\")`"),
    ("String.fromUtf8(\"a\")", "encode it: `String.toUtf8(\"a\")`"),
    ("String.len(Bytes.empty())", "for `Bytes` use `Bytes.len`"),
    ("Bytes.len([1])", "convert it: `Bytes.fromList([1])` gives a `Result<Bytes, String>`"),
    ("Crypto.Digest32.toHex(Bytes.empty())", "compute it: `Crypto.sha256(Bytes.empty())`"),
    ("Bytes.fromList([1])?", "leave out the `?`"),
    ("Int.div(7)", nil),
    ("Result.withDefault(Int.div(7, 2), 0)", "use the value itself"),
    ("Result.withDefault(5, 0)", "this value is always there: leave out `Result.withDefault`"),
    ("Result.withDefault(Map.get({1 => 2}, 1), 0)", "use `Option.withDefault`"),
    ("Option.withDefault(Int.fromString(\"7\"), 0)", "use `Result.withDefault`"),
  ]

  @Test(arguments: values) func types(_ wrong: (value: String, help: String?)) throws {
    let errors: [Diagnostic] = try onLargeStack { try self.errors(of: wrong.value) }
    #expect(errors.count == 1)
    #expect(errors.first?.repair.primary == wrong.help)
  }

  /// The errors of a program that holds one expression.
  private func errors(of expression: String) throws -> [Diagnostic] {
    let source = "module Main\n    intent = \"x\"\n\nfn main() -> Unit\n    _ = \(expression)\n    Unit\n"
    let context = PassContext(sources: SourceMap(), files: FolderFiles(root: Repository.path("Tests")))
    let start = try startingProgram("main.av", Array(source.utf8), in: context)
    var runner = PipelineRunner(stages: nativePipeline.stages)
    _ = try runner.run(start, through: nativePipeline.stages.count - 1, in: context)
    return context.diagnostics.filter { $0.severity == .error }
  }
}
