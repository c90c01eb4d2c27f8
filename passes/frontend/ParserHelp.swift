import Diagnostics
import Languages
import Nanopass

/// What is told about words of other languages, where the grammar has no place for them.
extension Parser {
  private static let function: Advice = "a function begins with `fn`"
  private static let exported: Advice = "what other modules see is listed in the header: `exposes [f, T]`"
  private static let record: Advice = "a record of fields begins with `record`, a choice of variants with `type`"
  private static let dependencies: Advice = "other modules are named in the header: `depends [A, B]`"
  private static let failure: Advice = "a function that can fail returns a `Result`: `Result.Err(...)`"
  private static let binding: Advice = "a binding has no keyword: `x = 1`"

  private static let firstWords: [Name: Advice] = [
    "def": function, "func": function, "function": function, "fun": function, "pub": exported, "public": exported,
    "export": exported, "private": exported, "proc": function, "class": record, "struct": record, "data": record,
    "interface": record,
    "enum": "a choice of variants begins with `type`", "union": "a choice of variants begins with `type`",
    "import": dependencies, "use": dependencies, "using": dependencies, "require": dependencies, "open": dependencies,
    "from": dependencies, "include": dependencies, "switch": "branch with `match`", "case": "branch with `match`",
    "when": "branch with `match`", "new": "a record is built by its name: `P(x = 1)`",
    "throw": failure, "raise": failure, "panic": failure,
    "try": "a call that can fail gives a `Result`: match on it, or pass a failure on with `?`",
    "await": "calls are finished when they return: leave `await` out", "async": function, "const": binding,
    "mut": binding, "final": binding, "law": "a law is a block `verify f law name`",
    "test": "what a function gives is tested in a block `verify f`",
  ]

  private static let operatorWords: [Name: Advice] = [
    "and": "use `Bool.and(a, b)`", "or": "use `Bool.or(a, b)`", "xor": "use `!=` on `Bool`s",
    "not": "use `Bool.not(a)`", "mod": "use `Int.mod(a, b)`", "div": "use `Int.div(a, b)`", "is": "use `==`",
    "as": "values are converted by functions, as in `Float.fromInt(n)`; nothing else changes their type",
    "in": "a map is asked by `Map.has(m, key)`, a list by `List.contains(xs, x)`",
  ]

  /// Advice for a word that begins declarations in other languages.
  func foreignWordHelp(_ word: Name) -> Advice { Self.firstWords[word] ?? "leave it out" }

  /// Fails if the statement from `start` on is one word that was meant as a keyword, and more follows.
  mutating func rejectFirstWord(from start: Int) throws {
    guard cursor.index == start + 1, !isAtLineEnd else { return }
    let word = cursor.previous
    guard word.kind == .lower else { return }
    switch cursor.current.kind {
    case .lower, .upper, .fn, .type, .record, .integer, .float, .stringStart, .match, .true, .false: break
    default: return
    }
    let keywords = ["module", "record", "match", "verify", "decision", "type"]
    guard let help = Self.firstWords[word.name] ?? didYouMean(nearestNames(to: word.name.text, among: keywords)) else {
      return
    }
    throw fail(
      "parse-error", at: word.span, "there is no keyword `\(word.name)`",
      help: Self.keywords[word.name].map { Advice(help.text, edits: [Edit(word.span, $0)] + colonAtLineEnd) }
        ?? (Self.superfluous.contains(word.name)
          ? help.by(.remove(Span(start: word.span.start, length: cursor.current.span.start &- word.span.start))) : help)
    )
  }

  /// The change that removes the `:` with which a header ends in other languages.
  private var colonAtLineEnd: [Edit] {
    var distance = 0
    while !cursor.ahead(distance).isLayout, cursor.ahead(distance).kind != .end { distance += 1 }
    let last = cursor.ahead(distance - 1)
    return last.kind == .colon ? [.remove(last.span)] : []
  }

  /// Words that stand for a keyword of this language alone.
  private static let keywords: [Name: String] = [
    "def": "fn", "func": "fn", "function": "fn", "fun": "fn", "proc": "fn", "enum": "type", "union": "type",
    "switch": "match", "struct": "record", "test": "verify",
  ]
  private static let superfluous: Set<Name> = ["const", "mut", "final", "await", "new"]

  /// Advice for a word that stands where an operator could, or behind a word that was meant as one.
  var operatorWordHelp: Advice? {
    if cursor.current.kind == .lower, let help = Self.operatorWords[cursor.current.name] { return help }
    return cursor.previous.kind == .lower ? Self.operatorWords[cursor.previous.name] : nil
  }

  /// Fails at a sign that belongs to other ways of writing a type.
  mutating func rejectTypeSign() throws {
    if cursor.at(.question) {
      throw fail(
        "parse-error", at: cursor.current.span, "no sign stands behind a type",
        help: "a value that may be missing is an `Option<A>`")
    }
    if cursor.at(.openBracket), cursor.ahead(1).kind == .closeBracket {
      throw fail(
        "parse-error", at: cursor.current.span.union(cursor.ahead(1).span), "no sign stands behind a type",
        help: cursor.previous.kind == .upper
          ? "the type of a list is written \(code: "List<\(previousPath)>", at: previousPathSpan.union(cursor.ahead(1).span))"
          : "the type of a list is written `List<A>`")
    }
  }

  /// Names by which other languages print.
  private static let printing: Set<Name> = ["print", "println", "printf", "puts", "echo", "eprintln", "format"]

  /// Advice for a value behind a name, as in `print "x"`.
  var bareCallHelp: Advice? {
    let name = cursor.previous
    switch cursor.current.kind {
    case .integer, .float, .stringStart, .true, .false: break
    default: return nil
    }
    let callee = Self.printing.contains(name.name) ? "Console.print" : "\(name.name)"
    return name.kind == .lower ? "a call has parentheses: `\(callee)(...)`" : nil
  }

  /// Advice for a `!` behind a name, as in `println!("x")`.
  func macroHelp(_ value: Syntax.Expr) -> Advice? {
    guard case .path(_, let path) = value, path.segments.count == 1, cursor.at(.openParen) else { return nil }
    let name = path.segments[0].name
    return Self.printing.contains(name)
      ? "write `Console.print(...)`" : "a call has no `!`: `\(name)(...)`"
  }

  /// Fails at `x => ...` and `x -> ...` among arguments.
  mutating func rejectArrow() throws {
    guard cursor.at(.fatArrow) || cursor.at(.arrow) else { return }
    throw fail(
      "lambda", at: cursor.current.span, "functions have names and stand at the top level",
      help: "declare a function and pass its name")
  }

  /// Fails at an index behind a value.
  mutating func rejectIndex() throws {
    let (value, bracket) = (cursor.previous.span, cursor.current)
    guard bracket.kind == .openBracket, bracket.span.start == value.end, !value.isNone else { return }
    throw fail(
      "parse-error", at: bracket.span, "values have no index in brackets",
      help: "take a list apart with `match`, or use `Vector.get(v, i)`, `Map.get(m, key)` or `String.charAt(s, i)`")
  }

  /// Fails at `..` in a list that begins at a token and is no pattern.
  mutating func rejectSpread(from start: Int) throws {
    guard cursor.at(.range) else { return }
    let (first, rest) = (cursor.token(at: start + 1), cursor.ahead(1))
    let isName = rest.kind == .lower && (cursor.ahead(2).kind == .closeBracket || cursor.ahead(2).kind == .comma)
    let list = isName ? rest.name.text : "xs"
    let isFirst = cursor.index == start + 1
    let isSingle = cursor.index == start + 3
    let element = isSingle && first.kind == .lower ? first.name.text : "x"
    let help: Advice =
      isFirst
      ? "lists are joined by `List.concat(\(list), [...])`"
      : isSingle
        ? "a list with one more element before it is `List.prepend(\(element), \(list))`"
        : "elements and a list are joined by `List.prepend(x, \(list))` or `List.concat([...], \(list))`"
    throw fail("parse-error", at: cursor.current.span, "`..` takes lists apart, in patterns only", help: help)
  }

  /// The dotted name that ends before the current token.
  var previousPath: String {
    var index = cursor.index - 1
    var text = cursor.token(at: index).name.text
    while cursor.token(at: index - 1).kind == .dot, [.upper, .lower].contains(cursor.token(at: index - 2).kind) {
      index -= 2
      text = "\(cursor.token(at: index).name).\(text)"
    }
    return text
  }

  /// The place of that name.
  var previousPathSpan: Span {
    var index = cursor.index - 1
    let end = cursor.token(at: index).span
    while cursor.token(at: index - 1).kind == .dot, [.upper, .lower].contains(cursor.token(at: index - 2).kind) {
      index -= 2
    }
    return cursor.token(at: index).span.union(end)
  }

  /// Dots for further arguments, unless the current token is the last one.
  private var more: String {
    let next = cursor.ahead(1).kind
    return next == .closeParen || next == .comma || next == .newline ? "" : ", ..."
  }

  /// Advice for what stands in a list between brackets and belongs to another form.
  func listHelp(_ close: TokenKind) -> Advice? {
    if let help = stringPrefixHelp ?? recordBracesHelp { return help }
    if close == .closeParen, cursor.previous.kind == .upper, let help = typePartsHelp, cursor.at(.upper) { return help }
    switch (cursor.previous.kind, cursor.current.kind) {
    case (.upper, .lower) where cursor.current.name == "as":
      return "modules have no other names: leave `as` out, and write their full names"
    case (_, .range) where close == .closeBracket:
      return isInVerify
        ? "a range stands without brackets: `1..10`" : "only a `given` has ranges: write the elements, or a function"
    case (_, .colon) where cursor.ahead(1).kind == .colon:
      return "a list with one more element before it is `List.prepend(x, xs)`"
    case (.stringEnd, .openBrace): return "a value stands inside the string, between braces: `\"text {value}\"`"
    case (_, .fatArrow) where close == .closeBracket: return "a map stands between braces: `{key => value}`"
    case (.lower, .lower) where operatorWordHelp == nil && Self.rejectedKeywords[cursor.current.name] == nil:
      return "a comma stands between two; a call has parentheses: `\(previousPath)(\(cursor.current.name)\(more))`"
    default: return nil
    }
  }

  /// Advice for an operator at the start of a line.
  var continuationHelp: Advice? {
    switch cursor.previous.kind {
    case .dedent: "bind the value of the lines above to a name first, as in `x = match ...`, and go on with that"
    case .newline, .indent: "an expression goes on in the next line only inside brackets"
    default: nil
    }
  }
}
