public import Diagnostics

/// Why a snapshot can't be read or used.
public struct SnapshotError: Error, CustomStringConvertible {
  /// One sentence.
  public var description: String
  /// The place in the snapshot's text, in bytes, where there is one.
  public var offset: Int?

  public init(_ description: String, offset: Int? = nil) {
    self.description = description
    self.offset = offset
  }
}

/// One stage of one program as a file.
///
/// The file is two zstd skippable frames and one zstd frame with a checksum. The first skippable frame holds the
/// metadata as lines of text, the second, itself compressed, the places of all nodes and the sources, so that later
/// passes report errors as if the run had never stopped. The last frame is the program's text form: `zstd -dc` prints it.
public struct Snapshot: Sendable {
  /// A source file of the program.
  public struct Source: Sendable {
    /// The path as it was given or found.
    public var path: String
    /// Its first position in the global space of positions.
    public var base: UInt32
    /// Its content.
    public var bytes: [UInt8]
  }

  /// The version of the file format that this compiler writes; it reads this one and older ones.
  public static let formatVersion = 1

  /// The language's name.
  public var language: String
  /// The hash of the language's definition.
  public var definition: String
  /// The pass behind which the program stood.
  public var pass: String
  /// The options of the compilation.
  public var options: CompilerOptions
  /// The program's text form.
  public var text: String
  /// The places of all spanned nodes in preorder.
  public var spans: [Span]
  /// The program's source files.
  public var sources: [Source]

  /// The snapshot of a program behind a pass.
  public init(of program: AnyProgram, after pass: String, in context: PassContext) {
    var printer = Printer()
    program.root.write(to: &printer)
    self.init(
      language: program.language.name, definition: program.language.definitionHash, pass: pass,
      options: context.options, text: printer.finish(), spans: printer.spans,
      sources: context.sources.files.map { Source(path: $0.path, base: $0.base, bytes: $0.bytes) })
  }

  private init(
    language: String, definition: String, pass: String, options: CompilerOptions, text: String, spans: [Span],
    sources: [Source]
  ) {
    self.language = language
    self.definition = definition
    self.pass = pass
    self.options = options
    self.text = text
    self.spans = spans
    self.sources = sources
  }

  // MARK: Writing

  /// The snapshot as a file.
  public func encoded() throws -> [UInt8] {
    var auxiliary = ByteWriter()
    auxiliary.number(UInt64(spans.count))
    var previous: UInt32 = 0
    for span in spans {
      auxiliary.signed(Int64(span.start) - Int64(previous))
      auxiliary.number(UInt64(span.length))
      previous = span.start
    }
    auxiliary.number(UInt64(sources.count))
    for source in sources {
      auxiliary.number(UInt64(source.base))
      auxiliary.bytes(Array(source.path.utf8))
      auxiliary.bytes(source.bytes)
    }
    let packed = try Compression.compress(auxiliary.result)
    let frames =
      Self.skippable(0, Array(metadata(auxiliaryHash: StableHash.hex(packed)).utf8)) + Self.skippable(1, packed)
    return frames + (try Compression.compress(Array(text.utf8)))
  }

  private func metadata(auxiliaryHash: String) -> String {
    var lines = [
      "nanoc snapshot \(Self.formatVersion)", "language \(language)", "definition \(definition)", "pass \(pass)",
      "optimization \(options.optimization)", "needs-main \(options.needsMain)", "places \(auxiliaryHash)",
    ]
    // Left out when they are off, as in files that are older than they.
    if options.favoursSize { lines.append("favours-size true") }
    if options.checksLeaks { lines.append("checks-leaks true") }
    lines += sources.map { "source \(StableHash.hex($0.bytes)) \($0.path)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let skippableMagic: UInt32 = 0x184D_2A50

  private static func skippable(_ index: UInt32, _ payload: [UInt8]) -> [UInt8] {
    littleEndian(skippableMagic + index) + littleEndian(UInt32(payload.count)) + payload
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  // MARK: Reading

  /// Reads a snapshot file.
  ///
  /// - Throws: `SnapshotError` for anything that is no whole, undamaged snapshot.
  public init(decoding file: [UInt8]) throws {
    var rest = file[...]
    guard let metadata = try Self.nextSkippable(&rest, 0), let places = try Self.nextSkippable(&rest, 1) else {
      throw SnapshotError("this is no snapshot: it does not begin with nanoc's metadata")
    }
    guard let lines = String(validating: metadata, as: UTF8.self)?.split(separator: "\n").map(String.init) else {
      throw SnapshotError("the file is damaged: its metadata is not text")
    }
    guard let first = lines.first, first.hasPrefix("nanoc snapshot "), let version = Int(first.dropFirst(15)) else {
      throw SnapshotError("this is no snapshot: it does not begin with nanoc's metadata")
    }
    guard version <= Self.formatVersion else {
      throw SnapshotError("the snapshot has format \(version), which is newer than this nanoc understands")
    }
    var values: [Substring: String] = [:]
    for line in lines.dropFirst() {
      guard let space = line.firstIndex(of: " ") else { throw SnapshotError("the file is damaged: `\(line)`") }
      values[line[..<space]] = String(line[line.index(after: space)...])
    }
    func value(_ key: String) throws -> String {
      guard let value = values[key[...]] else { throw SnapshotError("the file is damaged: it lacks `\(key)`") }
      return value
    }
    guard try value("places") == StableHash.hex(places) else {
      throw SnapshotError("the file is damaged: its places do not fit its metadata")
    }
    guard let optimization = Int(try value("optimization")), let needsMain = Bool(try value("needs-main")),
      let favoursSize = Bool(values["favours-size"] ?? "false"),
      let checksLeaks = Bool(values["checks-leaks"] ?? "false")
    else {
      throw SnapshotError("the file is damaged: its options are malformed")
    }
    guard let text = String(validating: try Compression.decompress(rest), as: UTF8.self) else {
      throw SnapshotError("the file is damaged: its program is not UTF-8")
    }
    let (spans, sources) = try Self.auxiliary(try Compression.decompress(places))
    self.init(
      language: try value("language"), definition: try value("definition"), pass: try value("pass"),
      options: CompilerOptions(
        optimization: optimization, favoursSize: favoursSize, needsMain: needsMain, checksLeaks: checksLeaks),
      text: text, spans: spans, sources: sources)
  }

  private static func auxiliary(_ bytes: [UInt8]) throws -> ([Span], [Source]) {
    var reader = ByteReader(bytes)
    var spans: [Span] = []
    var previous: Int64 = 0
    for _ in 0..<(try reader.count()) {
      let (start, overflow) = previous.addingReportingOverflow(try reader.signed())
      guard !overflow, let position = UInt32(exactly: start), let length = UInt32(exactly: try reader.number()) else {
        throw SnapshotError("the file is damaged: a place is out of range")
      }
      spans.append(Span(start: position, length: length))
      previous = start
    }
    var sources: [Source] = []
    for _ in 0..<(try reader.count()) {
      guard let base = UInt32(exactly: try reader.number()) else {
        throw SnapshotError("the file is damaged: a source is out of range")
      }
      let path = String(decoding: try reader.bytes(), as: UTF8.self)
      sources.append(Source(path: path, base: base, bytes: try reader.bytes()))
    }
    return (spans, sources)
  }

  private static func nextSkippable(_ rest: inout ArraySlice<UInt8>, _ index: UInt32) throws -> ArraySlice<UInt8>? {
    guard rest.count >= 8 else { return nil }
    func word(_ offset: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(rest[rest.startIndex + offset + $1]) << UInt32(8 * $1) }
    }
    guard word(0) == skippableMagic + index else { return nil }
    let size = Int(word(4))
    guard rest.count >= 8 + size else { throw SnapshotError("the file is cut off") }
    defer { rest = rest.dropFirst(8 + size) }
    return rest.dropFirst(8).prefix(size)
  }

  // MARK: Using

  /// The snapshot with another program, and the first invariant that this breaks.
  ///
  /// The places stay if there are as many as before; else the program has none, since it is not known which are whose.
  ///
  /// - Throws: `SnapshotError` if the text is no program of the snapshot's language.
  public func edited(_ text: String, by stage: Stage) throws -> (snapshot: Snapshot, violation: Violation?) {
    let context = PassContext(sources: SourceMap(), options: options)
    var other = self
    other.text = text
    do {
      var reader = SExpressionReader(Array(text.utf8))
      var nodes = NodeReader(storedSpans: spans)
      var program = try stage.read(try reader.readWhole(), &nodes)
      if !nodes.usedAllSpans {
        nodes = NodeReader()
        reader = SExpressionReader(Array(text.utf8))
        program = try stage.read(try reader.readWhole(), &nodes)
      }
      let packed = Snapshot(of: program, after: pass, in: context)
      (other.text, other.spans) = (packed.text, packed.spans)
      return (other, stage.verify(program).first?.violation)
    } catch let error as ReadError {
      throw SnapshotError(error.message, offset: error.offset)
    }
  }

  /// The snapshot's program, read by the stage that made it.
  ///
  /// - Parameter sources: takes in the snapshot's source files.
  public func program(by stage: Stage, sources: SourceMap) throws -> AnyProgram {
    guard stage.output.name == language, stage.output.definitionHash == definition else {
      throw SnapshotError("the snapshot was written for another definition of the language \(language)")
    }
    for source in self.sources {
      do {
        try sources.restore(path: source.path, bytes: source.bytes, base: source.base)
      } catch {
        throw SnapshotError("the file is damaged: \(error)")
      }
    }
    var reader = SExpressionReader(Array(text.utf8))
    var nodes = NodeReader(storedSpans: spans)
    do {
      let program = try stage.read(try reader.readWhole(), &nodes)
      guard nodes.usedAllSpans else { throw SnapshotError("the file is damaged: its places do not fit its program") }
      return program
    } catch let error as ReadError {
      throw SnapshotError(error.message, offset: error.offset)
    }
  }
}

/// Writes numbers in base 128 (LEB128) and byte strings.
private struct ByteWriter {
  var result: [UInt8] = []

  mutating func number(_ value: UInt64) {
    var value = value
    while value >= 128 {
      result.append(UInt8(truncatingIfNeeded: value) | 128)
      value >>= 7
    }
    result.append(UInt8(value))
  }

  mutating func signed(_ value: Int64) { number(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

  mutating func bytes(_ bytes: [UInt8]) {
    number(UInt64(bytes.count))
    result += bytes
  }
}

/// Reads what `ByteWriter` wrote, and throws at anything else.
private struct ByteReader {
  private let source: [UInt8]
  private var position = 0

  init(_ source: [UInt8]) { self.source = source }

  mutating func number() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      guard position < source.count else { break }
      let byte = source[position]
      position += 1
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
    }
    throw SnapshotError("the file is damaged: a number is malformed")
  }

  mutating func signed() throws -> Int64 {
    let value = try number()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// The number of things that follow, each at least one byte long.
  mutating func count() throws -> Int {
    let value = try number()
    guard value <= UInt64(source.count - position) else {
      throw SnapshotError("the file is damaged: a count is too large")
    }
    return Int(value)
  }

  mutating func bytes() throws -> [UInt8] {
    let count = try count()
    defer { position += count }
    return Array(source[position..<(position + count)])
  }
}
