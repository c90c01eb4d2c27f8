/// One source file and its lines. Immutable, so it may be read from any thread.
public final class SourceFile: Sendable {
  /// The path as it was given.
  public let path: String
  /// The contents; need not be valid UTF-8.
  public let bytes: [UInt8]
  /// Global position of the first byte, at least 1.
  public let base: UInt32
  /// Number of bytes.
  public let length: UInt32
  /// Offset within the file of the first byte of each line. A line ends after LF, so a file that ends with LF has an
  /// empty last line; a byte order mark at the very start belongs to no line.
  public let lineStarts: [UInt32]
  /// Number of scalars before each multiple of `checkpointStep`; empty if the file is all ASCII.
  private let checkpoints: [UInt32]
  private static let checkpointStep = 256

  /// Reads the line structure once. `bytes` must fit 32 bits, which `SourceMap` checks.
  init(path: String, bytes: [UInt8], base: UInt32) {
    self.path = path
    self.bytes = bytes
    self.base = base
    self.length = UInt32(clamping: bytes.count)
    (lineStarts, checkpoints) = Self.scan(bytes)
  }

  /// Global position after the last byte; still a place of this file.
  public var end: UInt32 { base + length }

  /// The span of the whole file.
  public var span: Span { Span(start: base, length: length) }

  /// Number of lines; at least 1, also in an empty file.
  public var lineCount: Int { lineStarts.count }

  /// The 1-based line of an offset within the file; offsets beyond the end count as the end.
  public func line(ofOffset offset: UInt32) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The 1-based column of an offset within the given line, counted in Unicode scalars.
  public func column(ofOffset offset: UInt32, line: Int) -> Int {
    guard let bounds = byteRange(ofLine: line) else { return 1 }
    return max(0, scalars(before: min(Int(offset), bytes.count)) - scalars(before: bounds.lowerBound)) + 1
  }

  /// The bytes of a 1-based line without its line end, or nil if there is no such line.
  public func byteRange(ofLine line: Int) -> Range<Int>? {
    guard line >= 1, line <= lineStarts.count else { return nil }
    let start = Int(lineStarts[line - 1])
    guard line < lineStarts.count else { return start..<bytes.count }
    var end = Int(lineStarts[line]) - 1
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    return start..<end
  }

  /// The text of a 1-based line without its line end, U+FFFD standing for what is not UTF-8; empty if there is no such
  /// line.
  public func text(ofLine line: Int) -> String {
    byteRange(ofLine: line).map { String(decoding: bytes[$0], as: UTF8.self) } ?? ""
  }

  /// Number of scalars that begin before an offset. A continuation byte begins none, also where it is out of place.
  private func scalars(before offset: Int) -> Int {
    if checkpoints.isEmpty { return offset }
    let index = min(offset / Self.checkpointStep, checkpoints.count - 1)
    let first = index * Self.checkpointStep
    return bytes[first..<offset].reduce(Int(checkpoints[index])) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }

  private static func scan(_ bytes: [UInt8]) -> (lines: [UInt32], checkpoints: [UInt32]) {
    var lines: [UInt32] = [bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0]
    var checkpoints: [UInt32] = []
    var scalars: UInt32 = 0
    bytes.withUnsafeBufferPointer { buffer in
      for (offset, byte) in buffer.enumerated() {
        if offset % checkpointStep == 0 { checkpoints.append(scalars) }
        if byte & 0xC0 != 0x80 { scalars += 1 }
        if byte == 0x0A { lines.append(UInt32(offset + 1)) }
      }
    }
    return (lines, Int(scalars) == bytes.count ? [] : checkpoints)
  }
}
