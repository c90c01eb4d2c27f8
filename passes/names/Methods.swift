import Diagnostics
import Languages
import Nanopass

/// A call of a function behind a value, as languages with methods have it: `s.trim()` or `f(x).trim()`.
private struct MethodCall {
  /// What stands before the last dot; nil if that is a path.
  let base: Program.Expr?
  let receiver: Span
  let method: Program.Ident
  let arguments: [Program.Expr]
  let span: Span

  /// Nil for other expressions.
  init?(_ node: Program.Expr) {
    // What is longer is written by no person.
    if node.span.length > 1000 { return nil }
    switch node {
    case .call(let span, let path, let arguments):
      guard path.segments.count > 1, path.segments[0].isUpper == false, let last = path.segments.last else {
        return nil
      }
      (base, method) = (nil, last)
      (receiver, self.arguments, self.span) = (path.span(0..<path.segments.count - 1), arguments, span)
    case .build(let span, let path, let fields):
      guard path.segments.count > 1, path.segments[0].isUpper == false, let last = path.segments.last else {
        return nil
      }
      (base, method) = (nil, last)
      (receiver, arguments, self.span) = (path.span(0..<path.segments.count - 1), fields.map(\.value), span)
    case .project(let span, let base, let name, let arguments):
      (self.base, receiver, method) = (base, base.span, name)
      (self.arguments, self.span) = (arguments, span)
    default: return nil
    }
  }
}

// What is reported of values that are called, and of methods that values have not.
extension NameResolver {
  /// Reports a call of something that is no function, such as `s.len()`. What stands in it are parts of one mistake.
  mutating func reportBadCallee(_ node: Program.Expr) {
    if isInMethod { return }
    if case .project(let span, _, _, _) = node, span.length > 1000 {
      return error("bad-callee", at: span, "values have no methods", help: "functions are called by their names")
    }
    if let call = MethodCall(node) { return reportMethod(call, node) }
    let path: Program.Path
    let arguments: Int
    switch node {
    case .call(_, let callee, let given): (path, arguments) = (callee, given.count)
    case .build(_, let callee, let given): (path, arguments) = (callee, given.count)
    default: return
    }
    guard path.segments.count == 1, let first = path.segments.first else {
      return error(
        "bad-callee", at: path.span, "values have no methods", help: "functions are called by their names")
    }
    let declared = locals[first.name]?.span ?? module.bindings[first.name] ?? .none
    let advice: Advice =
      arguments == 0
      ? "leave the parentheses out: `\(path.text)`" : "call a function; a sign such as `*` multiplies"
    let brackets = Span(start: path.span.end, length: node.span.end &- path.span.end)
    error(
      "bad-callee", at: path.span, "`\(path.text)` is a value and can't be called",
      help: arguments == 0 ? advice.by(.remove(brackets)) : advice,
      regions: declared.isNone ? [] : [Region(declared, "bound here")])
  }

  private func reportMethod(_ call: MethodCall, _ node: Program.Expr) {
    let place = call.span.union(.none)
    let end = Span(start: place.start, length: call.method.span.end &- place.start)
    let who =
      call.base == nil
      ? "values have no methods: `\(source(firstSegment(of: call)))` is no module or namespace"
      : "values have no methods"
    error("bad-callee", at: end, who, help: methodHelp(call, node))
  }

  private func firstSegment(of call: MethodCall) -> Span {
    guard let text = context.sources.text(of: call.receiver), let dot = text.utf8.firstIndex(of: UInt8(ascii: "."))
    else { return call.receiver }
    return Span(start: call.receiver.start, length: UInt32(text.utf8[..<dot].count))
  }

  /// How to write what was meant as a method of a value.
  private func methodHelp(_ call: MethodCall, _ node: Program.Expr) -> Advice {
    if let edits = methodEdits(in: node), !edits.isEmpty, let text = context.sources.text(of: call.span, with: edits),
      !text.contains("\n"), text.utf8.count <= 100
    {
      return Advice("write `\(text)`", edits: edits)
    }
    let receiver = source(call.receiver)
    let shown = "(\(receiver)\(call.arguments.isEmpty ? "" : ", ..."))"
    let type = receiverType(of: call)
    var record: TypeSymbol?
    if case .data(let name)? = type { record = self.record(named: name) }
    let method = call.method
    if method.text == "update" || ["with", "copy", "copyWith"].contains(method.text) && !call.arguments.isEmpty {
      let advice: Advice =
        "the type of a record makes a copy with other fields: `\(record?.short ?? "P").update(\(receiver), ...)`"
      guard let record, case .build = node, let open = openBracket(behind: method.span), receiver != "..." else {
        return advice
      }
      return advice.by(
        Edit(call.receiver.union(method.span), "\(record.short).update"), .insert("\(receiver), ", behind: open))
    }
    if record?.fields.contains(method.name) == true {
      let brackets = Span(start: method.span.end, length: call.span.end &- method.span.end)
      let advice: Advice = "fields are read without parentheses: `\(receiver).\(method.text)`"
      return call.arguments.isEmpty ? advice.by(.remove(brackets)) : advice
    }
    if let name = meantFunction(of: call) {
      // Something in it is not known.
      for part in [call.base].compactMap({ $0 }) + call.arguments {
        if let inner = MethodCall(part), methodEdits(in: part) == nil { return methodHelp(inner, part).inWords }
      }
      return "write `\(name)\(shown)`"
    }
    if let base = call.base, let inner = MethodCall(base), type == nil { return methodHelp(inner, base).inWords }
    let space = type.flatMap(\.namespace)
    let found = spaces(with: method.text, for: space).filter { Vocabulary.functions[$0] != nil }
    if !found.isEmpty, type == nil {
      return "write \(found.prefix(3).map { "`\($0).\(method.text)\(shown)`" }.joined(separator: " or "))"
    }
    if let space, let help = Replacements.help(for: "\(space).\(method.text)") { return help.inWords }
    return Replacements.method(method.text) ?? Replacements.call(of: method.text)?.inWords
      ?? (found.isEmpty ? "functions are called by their names" : "write `\(found[0]).\(method.text)\(shown)`")
  }

  /// The type of what stands before the method, as far as it is known.
  private func receiverType(of call: MethodCall) -> Resolved.Ty? {
    if let base = call.base { return likelyType(of: base) }
    guard let name = context.sources.text(of: call.receiver), let entry = locals[Name(name)] else { return nil }
    return entry.type
  }

  /// The function that was meant by a method; nil if that is not known for sure.
  private func meantFunction(of call: MethodCall) -> String? {
    let method = call.method
    if ["update", "with", "copy", "copyWith"].contains(method.text) { return nil }
    let type = receiverType(of: call)
    if case .data(let name)? = type, record(named: name)?.fields.contains(method.name) == true { return nil }
    if module.functions[method.name] != nil { return method.text }
    guard let space = type.flatMap(\.namespace) else {
      let found = spaces(with: method.text, for: nil).filter { Vocabulary.functions[$0] != nil }
      return type == nil && found.count == 1 ? "\(found[0]).\(method.text)" : nil
    }
    if members(of: space).contains(method.text) { return "\(space).\(method.text)" }
    return Replacements.otherName(for: "\(space).\(method.text)")
      ?? (method.text == "toString" ? Replacements.text(of: space) : nil)
  }

  /// The type that a method gives; nil if that is not known.
  func likelyResult(ofMethod node: Program.Expr) -> Resolved.Ty? {
    guard let call = MethodCall(node), let name = meantFunction(of: call) else { return nil }
    guard let dot = name.lastIndex(of: ".") else { return likelyResult(of: Name(name), in: module) }
    return Self.resultsOfLikelyMethods[String(name[name.index(after: dot)...])].flatMap { results in
      let result = results[String(name[..<dot])] ?? results[""]
      return result.flatMap { likelyType(named: $0, in: module) }
    }
  }

  /// What functions of the library give that are likely to be taken for methods, by their names and, where these differ,
  /// their namespaces. Modules of the library that a program does not name are not loaded.
  private static let resultsOfLikelyMethods: [String: [String: Name]] = {
    let sameEverywhere: [(Name, [String])] = [
      ("Int", ["len", "byteLength", "abs", "floor", "ceil", "round", "div", "mod"]),
      ("Bool", ["contains", "startsWith", "endsWith", "has", "not", "and", "or"]),
      (
        "String",
        [
          "slice", "join", "replace", "trim", "toUpper", "toLower", "toHex", "fromInt", "fromFloat", "fromBool",
        ]
      ),
      ("List", ["chars", "split", "prepend", "reverse", "zip", "keys", "values", "entries", "fromVector", "toList"]),
      ("Option", ["charAt", "firstCodePoint", "get"]), ("Map", ["remove"]), ("Bytes", ["toUtf8"]),
      ("Float", ["sqrt", "pow", "sin", "cos"]),
    ]
    var results: [String: [String: Name]] = [:]
    for (type, names) in sameEverywhere { for name in names { results[name] = ["": type] } }
    for name in ["concat", "take", "drop"] { results[name] = ["List": "List", "Bytes": "Bytes"] }
    results["set"] = ["Map": "Map", "Vector": "Option"]
    for name in ["min", "max"] { results[name] = ["Int": "Int", "Float": "Float"] }
    results["abs"] = ["Int": "Int", "Float": "Float"]
    return results
  }()

  /// The changes that make calls of functions of all methods in an expression; nil if one of them is not known.
  private func methodEdits(in node: Program.Expr) -> [Edit]? {
    guard let call = MethodCall(node) else {
      if case .call(_, _, let arguments) = node { return methodEdits(in: arguments) }
      var search = MethodSearch()
      try? search.visit(node)
      return search.found ? nil : []
    }
    // Functions take no arguments with names.
    if case .build = node { return nil }
    guard let name = meantFunction(of: call), let inner = methodEdits(in: call.arguments),
      let before = call.base.map({ methodEdits(in: $0) }) ?? [],
      let open = openBracket(behind: call.method.span)
    else { return nil }
    if name == "String.join", call.arguments.count == 1, receiverType(of: call) == .string {
      // The separator stands last.
      let text = context.sources.excerpt(of: call.receiver)
      guard text != "...", inner.isEmpty, before.isEmpty else { return nil }
      let start = Span(start: call.span.start, length: open.end &- call.span.start)
      return [Edit(start, "String.join("), .insert(", \(text)", behind: call.arguments[0].span)]
    }
    let comma = call.arguments.isEmpty ? "" : ", "
    guard call.base != nil else {
      let receiver = context.sources.text(of: call.receiver) ?? ""
      return [Edit(call.receiver.union(call.method.span), name), .insert(receiver + comma, behind: open)] + inner
    }
    let dots = Span(start: call.receiver.end, length: open.end &- call.receiver.end)
    guard context.sources.text(of: dots)?.hasPrefix(".") == true else { return nil }
    return [.insert(name + "(", before: call.span)] + before + [Edit(dots, comma)] + inner
  }

  private func methodEdits(in nodes: [Program.Expr]) -> [Edit]? {
    nodes.reduce([]) { all, node in all.flatMap { all in methodEdits(in: node).map { all + $0 } } }
  }

  /// The bracket that begins the arguments behind a name.
  private func openBracket(behind name: Span) -> Span? {
    let bracket = Span(start: name.end, length: 1)
    return context.sources.text(of: bracket) == "(" ? bracket : nil
  }
}

/// Whether an expression has methods anywhere.
private struct MethodSearch: ProgramWalker {
  private(set) var found = false

  mutating func visit(_ node: Program.Expr) throws {
    if MethodCall(node) != nil { found = true }
    try walk(node)
  }
}
