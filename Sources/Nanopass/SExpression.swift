/// A mistake in the text form of a program.
public struct ReadError: Error, CustomStringConvertible {
  /// The place, in bytes from the start of the text.
  public var offset: Int
  /// One sentence.
  public var message: String

  public init(offset: Int, message: String) {
    self.offset = offset
    self.message = message
  }

  public var description: String { message }
}

/// The text form of any language, read but not yet understood.
public struct SExpression: Sendable {
  /// What it is.
  public enum Kind: Sendable {
    /// A bare word, or one written between bars.
    case atom
    /// A quoted text.
    case string
    /// `( ... )`
    case form
    /// `[ ... ]`
    case list
  }
  /// What it is.
  public var kind: Kind
  /// The content of an atom or a string, escapes undone.
  public var text: String
  /// Whether an atom was written between bars.
  public var isBarred = false
  /// The parts of a form or a list.
  public var items: [SExpression]
  /// Where it starts and ends, in bytes.
  public var start: Int
  /// The byte behind it.
  public var end: Int

  /// A short description for messages.
  public var summary: String {
    switch kind {
    case .atom: return "`\(text)`"
    case .string: return "a quoted text"
    case .form: return "`(\(items.first?.text ?? "")…)`"
    case .list: return "a list"
    }
  }
}

/// Reads S-expressions. Nesting is kept on a stack of its own, so no input can exhaust the machine's.
public struct SExpressionReader {
  private let bytes: [UInt8]
  private var position = 0
  /// The deepest nesting that is read.
  public static let nestingLimit = 100_000

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads one expression and nothing behind it but white space and comments.
  public mutating func readWhole() throws -> SExpression {
    guard let result = try read() else { throw ReadError(offset: position, message: "the text is empty") }
    if let extra = try read() {
      throw ReadError(offset: extra.start, message: "expected the end of the text, found \(extra.summary)")
    }
    return result
  }

  /// Reads the next expression; nil at the end of the text.
  public mutating func read() throws -> SExpression? {
    var open: [SExpression] = []
    while true {
      skipSpace()
      guard position < bytes.count else {
        guard let last = open.last else { return nil }
        throw ReadError(offset: last.start, message: "this \(last.kind == .list ? "`[`" : "`(`") is never closed")
      }
      guard let finished = try token(&open) else { continue }
      if open.isEmpty { return finished }
      open[open.count - 1].items.append(finished)
    }
  }

  /// Reads one token; an opening bracket goes to `open`, a closing one gives the finished expression.
  private mutating func token(_ open: inout [SExpression]) throws -> SExpression? {
    let start = position
    switch bytes[position] {
    case UInt8(ascii: "("), UInt8(ascii: "["):
      guard open.count < Self.nestingLimit else {
        throw ReadError(offset: start, message: "nested more than \(Self.nestingLimit) deep")
      }
      let kind: SExpression.Kind = bytes[position] == UInt8(ascii: "(") ? .form : .list
      position += 1
      open.append(SExpression(kind: kind, text: "", items: [], start: start, end: start))
      return nil
    case UInt8(ascii: ")"), UInt8(ascii: "]"):
      let kind: SExpression.Kind = bytes[position] == UInt8(ascii: ")") ? .form : .list
      position += 1
      guard var last = open.popLast(), last.kind == kind else {
        throw ReadError(offset: start, message: "this \(kind == .form ? "`)`" : "`]`") closes nothing")
      }
      last.end = position
      return last
    case UInt8(ascii: "\""): return try delimited(UInt8(ascii: "\""), .string)
    case UInt8(ascii: "|"): return try delimited(UInt8(ascii: "|"), .atom)
    default:
      while position < bytes.count, !Self.isDelimiter(bytes[position]) { position += 1 }
      let text = try utf8(bytes[start..<position], at: start)
      return SExpression(kind: .atom, text: text, items: [], start: start, end: position)
    }
  }

  private mutating func delimited(_ quote: UInt8, _ kind: SExpression.Kind) throws -> SExpression {
    let start = position
    var content: [UInt8] = []
    position += 1
    while position < bytes.count, bytes[position] != quote {
      if bytes[position] == UInt8(ascii: "\\") {
        try escape(&content)
      } else {
        content.append(bytes[position])
        position += 1
      }
    }
    guard position < bytes.count else { throw ReadError(offset: start, message: "this text is never closed") }
    position += 1
    let text = try utf8(content[...], at: start)
    return SExpression(kind: kind, text: text, isBarred: kind == .atom, items: [], start: start, end: position)
  }

  private mutating func escape(_ content: inout [UInt8]) throws {
    let start = position
    position += 1
    guard position < bytes.count else { throw ReadError(offset: start, message: "an escape is cut off") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "n"): content.append(10)
    case UInt8(ascii: "t"): content.append(9)
    case UInt8(ascii: "r"): content.append(13)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "|"): content.append(letter)
    case UInt8(ascii: "u"):
      guard let close = bytes[position...].firstIndex(of: UInt8(ascii: "}")), bytes[position] == UInt8(ascii: "{"),
        let code = UInt32(String(decoding: bytes[(position + 1)..<close], as: UTF8.self), radix: 16),
        let scalar = Unicode.Scalar(code)
      else { throw ReadError(offset: start, message: "write a scalar as `\\u{1F98A}`") }
      content.append(contentsOf: String(scalar).utf8)
      position = close + 1
    default: throw ReadError(offset: start, message: "unknown escape")
    }
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: ";") {
        while position < bytes.count, bytes[position] != 10 { position += 1 }
      } else if [32, 9, 10, 13].contains(bytes[position]) {
        position += 1
      } else {
        return
      }
    }
  }

  private func utf8(_ slice: ArraySlice<UInt8>, at offset: Int) throws -> String {
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw ReadError(offset: offset, message: "this is not UTF-8")
    }
    return text
  }

  static func isDelimiter(_ byte: UInt8) -> Bool {
    switch byte {
    case 9, 10, 13, 32, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\""),
      UInt8(ascii: "|"), UInt8(ascii: ";"):
      return true
    default: return false
    }
  }
}
