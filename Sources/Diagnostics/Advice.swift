/// A change of the source: a text in the place of a span, which may be empty.
public struct Edit: Hashable, Sendable {
  /// What is replaced.
  public var span: Span
  /// What stands there afterwards.
  public var replacement: String

  /// The text `replacement` in the place of `span`.
  public init(_ span: Span, _ replacement: String) {
    self.span = span
    self.replacement = replacement
  }

  /// A text before a place.
  public static func insert(_ text: String, before span: Span) -> Edit { Edit(span.atStart, text) }

  /// A text behind a place.
  public static func insert(_ text: String, behind span: Span) -> Edit { Edit(span.atEnd, text) }

  /// Nothing in the place of `span`.
  public static func remove(_ span: Span) -> Edit { Edit(span, "") }
}

/// Advice on a repair: a sentence in which one piece of code may be marked as what to write in the place of the
/// finding, so that tools can carry it out.
///
///     let advice: Advice = "write \(code: "Float.fromInt(n)")"
///
/// reads as "write `Float.fromInt(n)`". Of two marked pieces the first counts. Code with dots for what the compiler
/// can't know, as in `Option.withDefault(x, ...)`, is text only.
public struct Advice: Hashable, Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
  /// The sentence.
  public var text: String
  /// What to write in the place of the finding; nil if the advice is no single change there.
  public var replacement: String?
  /// Other changes of the source, to be made all at once.
  public var edits: [Edit] = []

  /// Advice in words alone.
  public init(_ text: String) { self.text = text }

  /// Advice that the given changes carry out.
  public init(_ text: String, edits: [Edit]) {
    self.text = text
    self.edits = edits
  }

  /// Advice in words alone.
  public init(stringLiteral value: String) { text = value }

  /// Words and marked code.
  public init(stringInterpolation: StringInterpolation) {
    text = stringInterpolation.text
    replacement = stringInterpolation.replacement
    edits = stringInterpolation.edits
  }

  /// The sentence.
  public var description: String { text }

  /// The same advice, carried out by the given changes.
  public func by(_ edits: Edit...) -> Advice { Advice(text, edits: edits) }

  /// The same advice, whose marked code takes another place than that of the finding.
  public func at(_ place: Span) -> Advice { Advice(text, edits: edits(at: place)) }

  /// The same advice, of which nothing can be carried out.
  public var inWords: Advice { Advice(text) }

  /// The changes, given the place of the finding.
  func edits(at place: Span) -> [Edit] {
    (place.isNone ? nil : replacement).map { [Edit(place, $0)] + edits } ?? edits
  }

  /// The parts of an advice while it is put together.
  public struct StringInterpolation: StringInterpolationProtocol {
    var text = ""
    var replacement: String?
    var edits: [Edit] = []

    public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    /// Plain words.
    public mutating func appendLiteral(_ literal: String) { text += literal }

    /// Words.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) { text += value.description }

    /// Another advice.
    public mutating func appendInterpolation(_ value: Advice) {
      text += value.text
      replacement = replacement ?? value.replacement
      edits += value.edits
    }

    /// Code between backquotes, which takes the place of the finding.
    public mutating func appendInterpolation(code: some CustomStringConvertible) {
      let written = code.description
      text += "`\(written)`"
      if replacement == nil, edits.isEmpty, !written.contains("...") { replacement = written }
    }

    /// Code between backquotes, which takes the place of something else.
    public mutating func appendInterpolation(code: some CustomStringConvertible, at place: Span) {
      let written = code.description
      text += "`\(written)`"
      if !place.isNone, !written.contains("...") { edits.append(Edit(place, written)) }
    }
  }
}
