import Diagnostics
import Languages
public import Nanopass
import Passes

/// What the compiler must never do with an input, whatever it is.
public struct HostileInputError: Error, CustomStringConvertible {
  /// What it did.
  public var description: String
}

/// Inputs that are not quite programs. The compiler refuses each with errors that have places, or compiles it.
public enum HostileInput {
  /// Runs the whole pipeline, with all verifiers, on some source; gives whether it was accepted.
  ///
  /// - Throws: `PassBug`, or a `HostileInputError` if it was refused without an error that has a place.
  @discardableResult
  public static func compile(
    _ bytes: [UInt8], optimization: Int = 2, files: any SourceFiles = NoSourceFiles()
  ) throws -> Bool {
    let options = CompilerOptions(optimization: optimization)
    let context = PassContext(sources: SourceMap(), options: options, files: files)
    var runner = PipelineRunner(stages: nativePipeline.stages)
    runner.verifies = true
    let start = try startingProgram("fuzz.av", bytes, in: context)
    let result = try runner.run(start, through: nativePipeline.stages.count - 1, in: context)
    guard result == nil else { return true }
    let errors = context.diagnostics.filter { $0.severity == .error }
    guard let first = errors.first else { throw HostileInputError(description: "refused without an error") }
    guard first.slug == "missing-main" || context.sources.location(of: first.span.start) != nil else {
      throw HostileInputError(description: "`\(first.slug)` has no place")
    }
    return false
  }

  /// The snapshot of a program behind a pass; nil if it has errors.
  public static func snapshot(of bytes: [UInt8], behind index: Int) throws -> Snapshot? {
    let context = PassContext(sources: SourceMap())
    var runner = PipelineRunner(stages: nativePipeline.stages)
    let start = try startingProgram("fuzz.av", bytes, in: context)
    guard let program = try runner.run(start, through: index, in: context) else { return nil }
    return Snapshot(of: program, after: nativePipeline.stages[index].name, in: context)
  }

  /// How many passes there are, behind each of which there is a snapshot.
  public static var passes: Int { nativePipeline.stages.count }

  /// Goes on from a snapshot's file, as far as it is one; gives whether it was read.
  public static func resume(_ file: [UInt8], behind index: Int) throws -> Bool {
    let sources = SourceMap()
    let snapshot: Snapshot
    let program: AnyProgram
    do {
      snapshot = try Snapshot(decoding: file)
      program = try snapshot.program(by: nativePipeline.stages[index], sources: sources)
    } catch is SnapshotError {
      return false
    }
    return try resume(program, behind: index, PassContext(sources: sources))
  }

  /// Goes on from a program as text; gives whether its reader and its verifier let it pass.
  public static func resume(text: String, behind index: Int) throws -> Bool {
    guard let program = try? read(nativePipeline.stages[index].output, text) else { return false }
    return try resume(program, behind: index, PassContext(sources: SourceMap()))
  }

  private static func resume(_ program: AnyProgram, behind index: Int, _ context: PassContext) throws -> Bool {
    guard nativePipeline.stages[index].verify(program).isEmpty else { return false }
    var runner = PipelineRunner(stages: nativePipeline.stages)
    // A later pass may find a fault that no verifier sees; it says so.
    do { _ = try runner.run(program, from: index + 1, through: passes - 1, in: context) } catch is PassBug {}
    return true
  }

  private static func read<L: Language>(_ language: L.Type, _ text: String) throws -> AnyProgram {
    var reader = SExpressionReader(Array(text.utf8))
    var nodes = NodeReader(textBase: nil)
    return AnyProgram(language, try L.Root(reading: try reader.readWhole(), from: &nodes))
  }
}

/// Some bytes with one to four random changes: bytes changed, cut out, doubled, or brackets and words put in.
public func mutate(_ bytes: [UInt8], _ random: inout RandomSource) -> [UInt8] {
  var result = bytes
  for _ in 0...random.below(4) {
    let place = random.below(result.count + 1)
    let length = min(random.below(12), result.count - place)
    switch random.below(6) {
    case 0: result.removeSubrange(place..<(place + length))
    case 1: result.insert(contentsOf: Array(result[place..<(place + length)]), at: place)
    case 2: result.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
    case 3: if place < result.count { result[place] = UInt8(truncatingIfNeeded: random.next()) }
    case 4: result.insert(contentsOf: random.pick(["(", ")", "[", "]", "\"", "\n", "    ", "{", "}"]).utf8, at: place)
    default:
      let other = random.below(max(1, result.count - length))
      let piece = Array(result[place..<(place + length)])
      result.insert(contentsOf: piece, at: min(other, result.count))
    }
  }
  return result
}

/// A program of one entry file, as the command line starts with it.
public func startingProgram(_ path: String, _ bytes: [UInt8], in context: PassContext) throws -> AnyProgram {
  let file = try context.sources.add(path: path, bytes: bytes)
  let span = Span(start: file.base, length: UInt32(clamping: bytes.count))
  let text = String(validating: bytes, as: UTF8.self)
  let entry: Source.File =
    text.map { .text(span, path: path, module: "", isLibrary: false, content: $0) }
    ?? .malformed(span, path: path, module: "", offset: firstInvalidByte(bytes))
  return AnyProgram(Source.self, Source.Root(span, files: [entry]))
}

/// The offset of the first byte that is not UTF-8.
private func firstInvalidByte(_ bytes: [UInt8]) -> Int {
  var parser = Unicode.UTF8.ForwardParser()
  var rest = bytes.makeIterator()
  var offset = 0
  while case .valid(let scalar) = parser.parseScalar(from: &rest) { offset += scalar.count }
  return offset
}
