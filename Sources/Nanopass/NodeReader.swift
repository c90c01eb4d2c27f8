public import Diagnostics

/// Turns S-expressions into nodes, and gives these their places: the stored ones of a snapshot, in preorder, or those
/// of the text itself.
public struct NodeReader {
  private let storedSpans: [Span]?
  private var nextStored = 0
  private let textBase: UInt32?

  /// - Parameters:
  ///   - storedSpans: the spans of all spanned nodes in preorder; nil to use places in the text.
  ///   - textBase: the global position of the text, if it is registered as a source of its own.
  public init(storedSpans: [Span]? = nil, textBase: UInt32? = nil) {
    self.storedSpans = storedSpans
    self.textBase = textBase
  }

  /// Whether each stored span has been used, so that text and spans belong together.
  public var usedAllSpans: Bool { nextStored == storedSpans?.count ?? nextStored }

  /// The place of the next spanned node.
  public mutating func nextSpan(_ text: SExpression) -> Span {
    defer { nextStored += 1 }
    if let storedSpans { return nextStored < storedSpans.count ? storedSpans[nextStored] : .none }
    guard let textBase else { return .none }
    return Span(start: textBase + UInt32(clamping: text.start), length: UInt32(clamping: text.end - text.start))
  }

  /// The text of an atom.
  public func atom(_ text: SExpression, _ expected: String) throws -> String {
    guard case .atom = text.kind else {
      throw ReadError(offset: text.start, message: "expected \(expected), found \(text.summary)")
    }
    return text.text
  }

  /// The head and the fields of a form, which must be one of `forms`.
  public func fields(of text: SExpression, nonterminal: StaticString, forms: [StaticString]) throws -> FormReader {
    FormReader(text, nonterminal: nonterminal, forms: forms)
  }
}

/// The fields of one form while they are read.
public struct FormReader {
  private let text: SExpression
  private let nonterminal: StaticString
  private let forms: [StaticString]
  private var next: Int
  /// The form's name; empty if the text is none.
  public let head: String

  init(_ text: SExpression, nonterminal: StaticString, forms: [StaticString]) {
    self.text = text
    self.nonterminal = nonterminal
    self.forms = forms
    next = 1
    switch text.kind {
    case .atom where !text.isBarred: head = text.text
    case .form: head = text.items.first.map { $0.kind == .atom ? $0.text : "" } ?? ""
    default: head = ""
    }
  }

  /// The next field.
  public mutating func one<Value: Writable>(_ reader: inout NodeReader) throws -> Value {
    try Value(reading: try nextItem(), from: &reader)
  }

  /// The next field, `-` for none.
  public mutating func optional<Value: Writable>(_ reader: inout NodeReader) throws -> Value? {
    let item = try nextItem()
    if case .atom = item.kind, item.text == "-", !item.isBarred { return nil }
    return try Value(reading: item, from: &reader)
  }

  /// The next field, a list in square brackets.
  public mutating func list<Value: Writable>(_ reader: inout NodeReader, minimum: Int) throws -> [Value] {
    let item = try nextItem()
    guard case .list = item.kind else {
      throw ReadError(offset: item.start, message: "expected a list in `[ ]` in `\(head)`, found \(item.summary)")
    }
    guard item.items.count >= minimum else {
      throw ReadError(offset: item.start, message: "this list of `\(head)` needs at least \(minimum) element")
    }
    var values: [Value] = []
    values.reserveCapacity(item.items.count)
    for part in item.items { values.append(try Value(reading: part, from: &reader)) }
    return values
  }

  /// Makes sure that nothing is left over.
  public func end() throws {
    guard text.kind == .form, next < text.items.count else { return }
    throw ReadError(offset: text.items[next].start, message: "`\(head)` has only \(next - 1) fields")
  }

  /// The error for a head that is none of the forms.
  public func unknownForm() -> ReadError {
    let names = forms.map { "\($0)" }
    var message = "expected a form of \(nonterminal), found \(text.summary)"
    if let hint = didYouMean(nearestNames(to: head, among: names)) {
      message += "; \(hint)"
    } else {
      message += "; its forms are \(names.joined(separator: ", "))"
    }
    return ReadError(offset: text.start, message: message)
  }

  private mutating func nextItem() throws -> SExpression {
    guard text.kind == .form, next < text.items.count else {
      throw ReadError(offset: text.start, message: "`\(head)` lacks its field \(next)")
    }
    defer { next += 1 }
    return text.items[next]
  }
}
