// Texts are arrays of bytes while they are read and written.
enum Json {
  case null
  case boolean(Bool)
  case number(Int)
  case text(String)
  case array([Json])
  case object([(key: String, value: Json)])
}

typealias Bytes = [UInt8]

func person(_ n: Int) -> Json {
  .object([
    (key: "id", value: .number(n)),
    (key: "name", value: .text("person \"\(n)\"")),
    (key: "tags", value: .array([.text("even"), .text("t\(n % 10)"), .array([])])),
    (key: "active", value: .boolean(n % 2 == 0)),
    (key: "parent", value: .null),
    (key: "balance", value: .number(1000 - n)),
  ])
}

func quote(_ out: inout Bytes, _ text: String) {
  out.append(UInt8(ascii: "\""))
  for byte in text.utf8 {
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { out.append(UInt8(ascii: "\\")) }
    out.append(byte)
  }
  out.append(UInt8(ascii: "\""))
}

func render(_ out: inout Bytes, _ json: Json) {
  switch json {
  case .null: out.append(contentsOf: "null".utf8)
  case .boolean(let b): out.append(contentsOf: (b ? "true" : "false").utf8)
  case .number(let n): out.append(contentsOf: String(n).utf8)
  case .text(let text): quote(&out, text)
  case .array(let items):
    out.append(UInt8(ascii: "["))
    for (i, item) in items.enumerated() {
      if i > 0 { out.append(UInt8(ascii: ",")) }
      render(&out, item)
    }
    out.append(UInt8(ascii: "]"))
  case .object(let fields):
    out.append(UInt8(ascii: "{"))
    for (i, field) in fields.enumerated() {
      if i > 0 { out.append(UInt8(ascii: ",")) }
      quote(&out, field.key)
      out.append(UInt8(ascii: ":"))
      render(&out, field.value)
    }
    out.append(UInt8(ascii: "}"))
  }
}

struct Wrong: Error {
  var what: String
  var at: Int
}

struct Parser {
  let text: Bytes
  var at = 0

  func wrong(_ what: String) -> Wrong { Wrong(what: what, at: at) }

  /// The next byte, 0 at the end.
  var next: UInt8 { at < text.count ? text[at] : 0 }

  mutating func skip() {
    while next == UInt8(ascii: " ") || next == UInt8(ascii: "\n") || next == UInt8(ascii: "\t") { at += 1 }
  }

  mutating func accept(_ c: Unicode.Scalar) -> Bool {
    skip()
    guard next == UInt8(ascii: c) else { return false }
    at += 1
    return true
  }

  mutating func expect(_ c: Unicode.Scalar) throws {
    guard accept(c) else { throw wrong("no \(c)") }
  }

  mutating func word(_ spelling: String, _ meaning: Json) throws -> Json {
    guard text[at...].starts(with: spelling.utf8) else { throw wrong("no value") }
    at += spelling.utf8.count
    return meaning
  }

  mutating func number() throws -> Json {
    let negative = accept("-")
    let start = at
    var n = 0
    while case UInt8(ascii: "0")...UInt8(ascii: "9") = next {
      n = n * 10 + Int(next - UInt8(ascii: "0"))
      at += 1
    }
    guard at > start else { throw wrong("no value") }
    return .number(negative ? -n : n)
  }

  mutating func string() throws -> String {
    try expect("\"")
    var start = at
    var parts: Bytes = []
    while true {
      guard at < text.count else { throw wrong("text without end") }
      if text[at] == UInt8(ascii: "\"") { break }
      if text[at] == UInt8(ascii: "\\") {
        parts += text[start..<at]
        at += 1
        start = at
      }
      at += 1
    }
    let last = text[start..<at]
    at += 1
    return parts.isEmpty ? String(decoding: last, as: UTF8.self) : String(decoding: parts + last, as: UTF8.self)
  }

  mutating func value() throws -> Json {
    skip()
    switch next {
    case UInt8(ascii: "{"):
      at += 1
      var fields: [(key: String, value: Json)] = []
      if accept("}") { return .object(fields) }
      repeat {
        let key = try string()
        try expect(":")
        fields.append((key: key, value: try value()))
      } while accept(",")
      try expect("}")
      return .object(fields)
    case UInt8(ascii: "["):
      at += 1
      var items: [Json] = []
      if accept("]") { return .array(items) }
      repeat { items.append(try value()) } while accept(",")
      try expect("]")
      return .array(items)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }
}

func parse(_ text: Bytes) throws -> Json {
  var parser = Parser(text: text)
  let json = try parser.value()
  parser.skip()
  guard parser.at == text.count else { throw parser.wrong("more behind the value") }
  return json
}

struct Totals {
  var values = 0
  var sum = 0
  var letters = 0

  mutating func count(_ json: Json) {
    values += 1
    switch json {
    case .number(let n): sum += n
    case .text(let text): letters += text.utf8.count
    case .array(let items): for item in items { count(item) }
    case .object(let fields): for field in fields { count(field.value) }
    case .null, .boolean: break
    }
  }
}

func run(_ n: Int) throws {
  var text: Bytes = []
  render(&text, .array((1...n).map(person)))
  let json = try parse(text)
  var totals = Totals()
  totals.count(json)
  var again: Bytes = []
  render(&again, json)
  print(text.count, totals.values, totals.sum, totals.letters, again == text)
}

try run(Int(CommandLine.arguments.dropFirst().first ?? "") ?? 50_000)
