/// A piece of source: a start in the position space of a `SourceMap` and a length, both in bytes.
///
/// Positions of all files of a program share one number space, so a span needs no file of its own and stays 8 bytes.
public struct Span: Hashable, Sendable {
  /// Global position of the first byte; 0 only in `none`.
  public var start: UInt32
  /// Number of bytes; 0 marks a place between two bytes.
  public var length: UInt32

  /// The span of `length` bytes from the global position `start` on.
  public init(start: UInt32, length: UInt32) {
    self.start = start
    self.length = length
  }

  /// The span of things that come from no source file.
  public static let none = Span(start: 0, length: 0)

  /// Whether this is no place in any file.
  public var isNone: Bool { start == 0 }

  /// Global position after the last byte; saturates at the top of the position space.
  public var end: UInt32 {
    let (sum, overflow) = start.addingReportingOverflow(length)
    return overflow ? .max : sum
  }

  /// The smallest span that covers both; `none` adds nothing.
  public func union(_ other: Span) -> Span {
    if isNone { return other }
    if other.isNone { return self }
    let first = min(start, other.start)
    return Span(start: first, length: max(end, other.end) - first)
  }

  /// The empty span before the first byte.
  public var atStart: Span { Span(start: start, length: 0) }

  /// The empty span after the last byte.
  public var atEnd: Span { isNone ? .none : Span(start: end, length: 0) }
}
