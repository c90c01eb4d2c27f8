/// A JSON value; the members of an object keep their order, so equal values are written equally.
public indirect enum JSONValue: Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A number; what is not finite is written as `null`.
  case double(Double)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object with its members in order.
  case object([(key: String, value: JSONValue)])
}

extension JSONValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object with its members in the order written.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { (key: $0.0, value: $0.1) })
  }
}

/// Writes JSON text without blanks, members in the order of the calls, so equal calls give equal bytes.
public struct JSONWriter: Sendable {
  /// What has been written so far.
  public private(set) var text = ""
  private var needsComma = false

  /// A writer with empty text.
  public init() {}

  /// The text of one value.
  public static func text(of value: JSONValue) -> String {
    var writer = JSONWriter()
    writer.value(value)
    return writer.text
  }

  /// Writes an object; `body` writes its members.
  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    try enclosed("{", "}", body)
  }

  /// Writes an array; `body` writes its elements.
  public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    try enclosed("[", "]", body)
  }

  /// Writes the name of the member whose value is written next.
  public mutating func key(_ name: String) {
    string(name)
    text += ":"
    needsComma = false
  }

  /// Writes a string, or `null`.
  public mutating func string(_ value: String?) {
    guard let value else { return scalar("null") }
    comma()
    text += "\""
    var start = value.startIndex
    for index in value.utf8.indices where Self.mayNeedEscape(value.utf8[index]) {
      let scalar = value.unicodeScalars[index]
      guard let escape = Self.escape(scalar) else { continue }
      text += value[start..<index]
      text += escape
      start = value.unicodeScalars.index(after: index)
    }
    text += value[start...]
    text += "\""
    needsComma = true
  }

  /// Writes a whole number.
  public mutating func int(_ value: Int) { scalar(String(value)) }

  /// Writes `true` or `false`.
  public mutating func bool(_ value: Bool) { scalar(value ? "true" : "false") }

  /// Writes a member with a string or `null` as its value.
  public mutating func member(_ name: String, _ value: String?) {
    key(name)
    string(value)
  }

  /// Writes a member with a whole number as its value.
  public mutating func member(_ name: String, _ value: Int) {
    key(name)
    int(value)
  }

  /// Writes any value. Its depth is bounded by the stack, so it must come from the compiler and not from its input.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: scalar("null")
    case .bool(let value): bool(value)
    case .int(let value): int(value)
    case .double(let value): scalar(value.isFinite ? value.description : "null")
    case .string(let value): string(value)
    case .array(let elements):
      array { writer in for element in elements { writer.value(element) } }
    case .object(let members):
      object { writer in
        for member in members {
          writer.key(member.key)
          writer.value(member.value)
        }
      }
    }
  }

  private mutating func enclosed(
    _ opening: String, _ closing: String, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    comma()
    text += opening
    needsComma = false
    try body(&self)
    text += closing
    needsComma = true
  }

  private mutating func scalar(_ token: String) {
    comma()
    text += token
    needsComma = true
  }

  private mutating func comma() {
    if needsComma { text += "," }
  }

  /// Whether a scalar that begins with this byte of UTF-8 may have to be escaped.
  private static func mayNeedEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F || byte == 0xC2 || byte == 0xE2
  }

  /// What stands for a scalar; nil for itself. Line separators are escaped too, although JSON allows them: one record
  /// must stay one line for every reader.
  private static func escape(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\u{08}": return "\\b"
    case "\u{0C}": return "\\f"
    case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: return nil
    }
  }
}
