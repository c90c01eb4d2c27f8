import Synchronization

/// A place as people name it.
public struct SourceLocation: Sendable {
  /// The file.
  public let file: SourceFile
  /// 1-based line.
  public let line: Int
  /// 1-based column in Unicode scalars.
  public let column: Int
}

/// Why a file could not be given positions.
public enum SourceMapError: Error, Hashable, Sendable, CustomStringConvertible {
  /// All files together would need more than 2^32 - 1 positions.
  case tooMuchSource(path: String)
  /// The wanted positions are already taken, or begin at 0.
  case positionsTaken(path: String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .tooMuchSource(let path): "\(path) does not fit: all source files together may hold at most 4 GiB"
    case .positionsTaken(let path): "the positions of \(path) are already taken by another file"
    }
  }
}

/// All source files of a program, laid out one behind the other in one space of 32-bit positions.
///
/// The first file begins at position 1. Between two files one position is left free, so that the end of a file is a
/// place of its own. May be used from several threads.
public final class SourceMap: Sendable {
  private struct State {
    /// In the order of addition.
    var files: [SourceFile] = []
    /// By ascending base.
    var layout: [SourceFile] = []
    /// Places of files in reports, by base.
    var ranks: [UInt32: Int] = [:]
  }

  private let state = Mutex(State())

  /// A map without files.
  public init() {}

  /// All files in the order of addition.
  public var files: [SourceFile] { state.withLock { $0.files } }

  /// All files in the order in which reports take them: first those that `arrange` was given, in its order.
  public var reportOrder: [SourceFile] {
    state.withLock { state in
      state.files.enumerated().sorted { left, right in
        (state.ranks[left.element.base] ?? .max, left.offset) < (state.ranks[right.element.base] ?? .max, right.offset)
      }.map(\.element)
    }
  }

  /// Says in which order reports take the files, each named by the span of its contents or a part of it.
  public func arrange(_ files: [Span]) {
    let bases = files.compactMap { file(at: $0.start)?.base }
    state.withLock { state in
      state.ranks = Dictionary(bases.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
    }
  }

  /// Adds a file behind all others. Throws `SourceMapError.tooMuchSource` when the positions are used up.
  @discardableResult
  public func add(path: String, bytes: [UInt8]) throws -> SourceFile {
    try state.withLock { state in
      let base = state.layout.last.map { UInt64($0.end) + 1 } ?? 1
      guard base + UInt64(bytes.count) < UInt64(UInt32.max) else { throw SourceMapError.tooMuchSource(path: path) }
      let file = SourceFile(path: path, bytes: bytes, base: UInt32(base))
      state.files.append(file)
      state.layout.append(file)
      return file
    }
  }

  /// Adds a file at the base it had when its spans were made, as when a snapshot is resumed. Throws if the positions
  /// are taken or do not fit.
  @discardableResult
  public func restore(path: String, bytes: [UInt8], base: UInt32) throws -> SourceFile {
    guard UInt64(base) + UInt64(bytes.count) < UInt64(UInt32.max) else {
      throw SourceMapError.tooMuchSource(path: path)
    }
    return try state.withLock { state in
      let index = Self.count(of: state.layout, upTo: base)
      let clashesBelow = index > 0 && state.layout[index - 1].end >= base
      let clashesAbove = index < state.layout.count && UInt64(base) + UInt64(bytes.count) >= state.layout[index].base
      guard base > 0, !clashesBelow, !clashesAbove else { throw SourceMapError.positionsTaken(path: path) }
      let file = SourceFile(path: path, bytes: bytes, base: base)
      state.files.append(file)
      state.layout.insert(file, at: index)
      return file
    }
  }

  /// The file that holds a global position, the place after its last byte included.
  public func file(at position: UInt32) -> SourceFile? {
    state.withLock { state in
      let index = Self.count(of: state.layout, upTo: position)
      guard index > 0, position <= state.layout[index - 1].end else { return nil }
      return state.layout[index - 1]
    }
  }

  /// File, line and column of a global position, or nil if no file holds it.
  public func location(of position: UInt32) -> SourceLocation? {
    guard let file = file(at: position) else { return nil }
    let offset = position - file.base
    let line = file.line(ofOffset: offset)
    return SourceLocation(file: file, line: line, column: file.column(ofOffset: offset, line: line))
  }

  /// First place of a span and the place behind it, the latter never beyond the file of the former.
  public func range(of span: Span) -> (start: SourceLocation, end: SourceLocation)? {
    guard let start = location(of: span.start), let end = location(of: min(span.end, start.file.end)) else {
      return nil
    }
    return (start, end)
  }

  /// The source of a span, U+FFFD standing for what is not UTF-8; nil if no file holds it.
  public func text(of span: Span) -> String? {
    guard let file = file(at: span.start) else { return nil }
    let end = min(span.end, file.end)
    return String(decoding: file.bytes[Int(span.start - file.base)..<Int(end - file.base)], as: UTF8.self)
  }

  /// The source of a span as a message quotes it: dots for what is long, goes over lines or has no source.
  public func excerpt(of span: Span) -> String {
    guard !span.isNone, span.length <= 40, let text = text(of: span), !text.contains("\n") else { return "..." }
    return text
  }

  /// Number of files whose base is at most `position`, by binary search.
  private static func count(of layout: [SourceFile], upTo position: UInt32) -> Int {
    var low = 0
    var high = layout.count
    while low < high {
      let middle = (low + high) / 2
      if layout[middle].base <= position { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
