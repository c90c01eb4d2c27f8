import Diagnostics
import Languages
import Nanopass

/// What is advised where a type is not the one that its place asks for.
extension Inference {
  mutating func help(_ found: TypeRef, _ expected: Expectation, at span: Span) -> Advice? {
    guard let given = table.head(found), let wanted = table.head(expected.type) else { return nil }
    if case .operand(_, let left) = expected.reason, wanted == .int, given == .float {
      return (rewrittenLiteral(.int, .float, at: left) ?? conversion(from: .int, to: .float, of: source(left)))?.at(
        left)
    }
    if case .operand("+", let left) = expected.reason, given == .string, wanted == .int || wanted == .float,
      !Self.isNumber(source(span).filter { $0 != "\"" })
    {
      return conversion(from: wanted, to: .string, of: source(left))?.at(left)
    }
    if wanted == .function, given != .function { return "pass the name of a function or constructor" }
    if case .argument(let callee, 1, _) = expected.reason, let help = defaultHelp(callee, given) { return help }
    if let help = rewrittenLiteral(given, wanted, at: span) { return help }
    if let help = conversion(from: given, to: wanted, of: source(span)) { return help }
    if case .result = expected.reason, wanted == .unit { return unitHelp(found) }
    if case .result = expected.reason, wanted == .result, let success = table.arguments(expected.type).first,
      table.head(success) == .unit, given == .unit || given == .int && function.name.lastSegment == "main"
    {
      return ["Unit", "0"].contains(source(span))
        ? "end `\(function.name.lastSegment)` with \(code: "Result.Ok(Unit)")"
        : "end `\(function.name.lastSegment)` with the line `Result.Ok(Unit)`"
    }
    if case .result = expected.reason, given == .unit {
      return "end the function with its result: the last statement gives it, and a binding gives `Unit`"
    }
    return wrapping(found, given, expected.type, wanted, of: source(span))
      ?? fieldHelp(found, expected.type, of: source(span))
      ?? (wanted == .string && given != .unit ? "make a `String` of it first, by a function of your own" : nil)
  }

  /// Help for a record that has a field of the type that its place asks for.
  private mutating func fieldHelp(_ found: TypeRef, _ expected: TypeRef, of text: String) -> Advice? {
    guard case .data(let record)? = table.head(found), let fields = declarations.fields(of: record), fields.count <= 20,
      declarations.owner(ofOpaque: record).map({ $0 == module }) ?? true, table.isKnown(expected)
    else { return nil }
    let wanted = table.text(expected, qualified: true)
    let fitting = fields.filter { field in
      declarations.field(field, of: record).map { table.text(table.make($0), qualified: true) } == wanted
    }
    guard fitting.count == 1, let field = fitting.first else { return nil }
    return text == "..."
      ? "it has a field of that type, `\(field)`"
      : "did you mean its field \(code: SourceMap.postfixed(text, ".\(field)"))?"
  }

  /// Help for a function that is to return `Unit` and gives something else.
  private mutating func unitHelp(_ found: TypeRef) -> Advice {
    let result = table.isKnown(found) ? ": `-> \(table.text(found))`" : ""
    if function.name == "main" || function.name.text.hasSuffix(".main") {
      return "end `main` with `Unit`, or do something with this value, such as printing it"
    }
    if resultRegion?.span == function.span { return "declare what it returns\(result)" }
    return "end it with `Unit` if nobody needs this value, or declare what it returns\(result)"
  }

  /// Help for a default that is given to what needs another one, or none.
  private func defaultHelp(_ callee: Name, _ given: TypeHead) -> Advice? {
    guard callee == "Result.withDefault" || callee == "Option.withDefault" else { return nil }
    switch given {
    case .result: return "use `Result.withDefault`"
    case .option: return "use `Option.withDefault`"
    default: return "this value is always there: leave out `\(callee)`"
    }
  }

  /// The source of an expression if it is short, else dots.
  func source(_ span: Span) -> String { sources.excerpt(of: span) }

  /// Help for a literal that is to be written as one of another type.
  private func rewrittenLiteral(_ given: TypeHead, _ wanted: TypeHead, at span: Span) -> Advice? {
    let text = source(span)
    switch (given, wanted) {
    case (.int, .bool) where text == "0" || text == "1": return "write \(code: text == "1" ? "true" : "false")"
    case (.int, .float) where Self.isNumber(text.hasPrefix("-") ? text.dropFirst() : text[...]):
      return "write \(code: "\(text).0")"
    case (.int, .string) where Self.isNumber(text), (.float, .string) where Self.isNumber(text):
      return "write \(code: "\"\(text)\"")"
    case (.string, .int), (.string, .float):
      guard text.utf8.count > 1, text.first == "\"", text.last == "\"" else { return nil }
      let inner = text.dropFirst().dropLast()
      guard Self.isNumber(inner) else {
        return inner.contains(where: { "\"\\{".contains($0) }) ? nil : "a number is written without quotes, as in `1`"
      }
      return "write \(code: "\(inner)\(wanted == .float && !inner.contains(".") ? ".0" : "")")"
    default: return nil
    }
  }

  static func isNumber(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
  }

  private func conversion(from given: TypeHead, to wanted: TypeHead, of text: String) -> Advice? {
    switch (given, wanted) {
    case (.int, .float): return "convert it: \(code: "Float.fromInt(\(text))")"
    case (.float, .int):
      return "convert it: \(code: "Int.fromFloat(\(text))") cuts off the fraction, `Float.round(\(text))` rounds"
    case (.int, .string): return "convert it: \(code: "String.fromInt(\(text))")"
    case (.float, .string): return "convert it: \(code: "String.fromFloat(\(text))")"
    case (.int, .bool): return "compare it: \(code: "\(text) != 0")"
    case (.bool, .string): return "convert it: \(code: "String.fromBool(\(text))")"
    case (.string, .int): return "convert it: `Int.fromString(\(text))` gives a `Result<Int, String>`"
    case (.string, .float): return "convert it: `Float.fromString(\(text))` gives a `Result<Float, String>`"
    case (.string, .bytes): return "encode it: \(code: "String.toUtf8(\(text))")"
    case (.bytes, .string): return "decode it: `String.fromUtf8(\(text))` gives a `Result<String, String>`"
    case (.list, .bytes): return "convert it: `Bytes.fromList(\(text))` gives a `Result<Bytes, String>`"
    case (.bytes, .list): return "convert it: \(code: "Bytes.toList(\(text))")"
    case (.list, .vector): return "convert it: \(code: "Vector.fromList(\(text))")"
    case (.vector, .list): return "convert it: \(code: "List.fromVector(\(text))")"
    case (.bytes, .digest): return "compute it: \(code: "Crypto.sha256(\(text))")"
    case (.digest, .bytes): return "convert it: \(code: "Crypto.Digest32.toBytes(\(text))")"
    case (.digest, .string): return "convert it: \(code: "Crypto.Digest32.toHex(\(text))")"
    default: return nil
    }
  }

  /// Help for values that are wrapped in `Option` or `Result` and should not be, or the other way round.
  private mutating func wrapping(
    _ found: TypeRef, _ given: TypeHead, _ expected: TypeRef, _ wanted: TypeHead, of text: String
  ) -> Advice? {
    if let payload = table.arguments(found).first, table.text(payload) == table.text(expected) {
      for maker in ["Result.Ok(", "Option.Some("] where text.hasPrefix(maker) && text.hasSuffix(")") {
        return "leave out `\(maker.dropLast())`: \(code: text.dropFirst(maker.count).dropLast())"
      }
      if given == .result {
        return table.head(result) == .result
          ? "pass a failure on to the caller: \(code: SourceMap.postfixed(text, "?"))"
          : "match on it, or give a default: `Result.withDefault(\(text), ...)`"
      }
      if given == .option { return "match on it, or give a default: `Option.withDefault(\(text), ...)`" }
    }
    if given == .option, wanted == .result {
      return "make it a `Result`: `Option.toResult(\(text), ...)` with an error"
    }
    let payloads = table.arguments(expected).map { table.text($0) }
    if given == .map, wanted == .list, text == "{}" { return "the empty list is \(code: "[]")" }
    if given == .list, wanted == .map, text == "[]" { return "the empty map is \(code: "{}")" }
    if given == .map, wanted == .list {
      let parts = table.arguments(found).map { table.text($0) }
      let function = payloads.first == parts.last ? "values" : payloads.first == parts.first ? "keys" : "entries"
      return "make a list of its \(function): \(code: "Map.\(function)(\(text))")"
    }
    let given = table.text(found)
    if payloads.first == given {
      if wanted == .result { return "wrap it: \(code: "Result.Ok(\(text))")" }
      if wanted == .option { return "wrap it: \(code: "Option.Some(\(text))")" }
      if wanted == .list { return "make a list of it: \(code: "[\(text)]")" }
    } else if wanted == .result, payloads.last == given {
      return "wrap it: \(code: "Result.Err(\(text))")"
    }
    return nil
  }
}
