import Diagnostics
import Languages
import Nanopass

/// What is told about ways of writing types, records and calls that other languages have.
extension Parser {
  /// The types or names that follow on the line from a token on, as far as they are plain names; others end the list.
  private func names(from offset: Int, of kinds: Set<TokenKind>) -> [String] {
    var (names, distance): ([String], Int) = ([], offset)
    while names.count < 8 {
      let token = cursor.ahead(distance)
      if kinds.contains(token.kind) { names.append(token.name.text) } else if token.kind != .star { break }
      distance += 1
    }
    let next = cursor.ahead(distance).kind
    return next == .newline || next == .end || next == .arrow ? names : []
  }

  /// The place from a span to the end of the line.
  private func toLineEnd(from span: Span) -> Span {
    var distance = 0
    while !cursor.ahead(distance).isLayout, cursor.ahead(distance).kind != .end { distance += 1 }
    return span.union(cursor.ahead(distance - 1).span)
  }

  /// Advice for the fields of a variant that stand behind its name without brackets; nil for what is none.
  var variantFieldsHelp: Advice? {
    let (variant, token) = (cursor.previous.name, cursor.current)
    switch token.kind {
    case .upper,
      .lower where token.name == "of":
      let types = names(from: token.kind == .upper ? 0 : 1, of: [.upper])
      let fields = types.isEmpty ? "..." : types.joined(separator: ", ")
      return
        "the types of its fields stand in brackets: \(code: "\(variant)(\(fields))", at: toLineEnd(from: cursor.previous.span))"
    case .openBrace: return "the types of its fields stand in brackets, without names: `\(variant)(...)`"
    default: return nil
    }
  }

  /// Advice for the parts of a type that stand beside it without brackets; nil where there are none.
  var typePartsHelp: Advice? {
    let (first, second) = (cursor.previous, cursor.current)
    guard first.kind == .upper else { return nil }
    switch second.kind {
    case .upper:
      return
        "the parts of a type stand between `<` and `>`: \(code: "\(first.name)<\(second.name)>", at: first.span.union(second.span))"
    case .lower where ["list", "array", "option", "vector"].contains(second.name):
      let name =
        second.name == "array" ? "List" : second.name.text.prefix(1).uppercased() + second.name.text.dropFirst()
      return
        "the parts of a type stand behind it between `<` and `>`: \(code: "\(name)<\(first.name)>", at: first.span.union(second.span))"
    default: return nil
    }
  }

  /// Takes `-> B` behind the type of a parameter, which was meant as the type of a function; nil if there is none, or the
  /// list of parameters was not closed before it.
  mutating func arrowType(behind type: Syntax.TypeExpr) throws -> Syntax.TypeExpr? {
    guard cursor.at(.arrow) else { return nil }
    var (depth, distance) = (0, 1)
    search: while true {
      switch cursor.ahead(distance).kind {
      case .openParen, .less, .openBracket: depth += 1
      case .greater, .closeBracket: depth -= 1
      case .closeParen where depth > 0: depth -= 1
      case .closeParen,
        .comma where depth <= 0:
        break search
      case .newline, .end, .indent, .dedent: return nil
      default: break
      }
      distance += 1
    }
    var parts = [type]
    while cursor.take(.arrow) { parts.append(try self.type()) }
    guard let result = parts.popLast() else { return nil }
    let span = type.span.union(result.span)
    let meant = Syntax.TypeExpr.function(span, parameters: parts, result: result, effects: nil)
    report(
      .error(
        "parse-error", at: span, "the type of a function is written with `Fn`", help: "\(code: meant.text)"))
    return meant
  }

  /// Advice for braces behind a name, where a record is built or changed; nil elsewhere.
  var recordBracesHelp: Advice? {
    let (name, first, second) = (cursor.previous, cursor.ahead(1), cursor.ahead(2))
    guard cursor.at(.openBrace) else { return nil }
    let field = first.kind == .lower && [.assign, .colon].contains(second.kind) ? first.name.text : nil
    switch name.kind {
    case .upper where first.kind == .range:
      return "a copy with other fields is written `\(previousPath).update(\(second.name), ...)`"
    case .upper: return "a record is built between round brackets: `\(previousPath)(\(field ?? "x") = ...)`"
    case .lower: return "a copy with other fields is written `P.update(\(previousPath), \(field ?? "x") = ...)`"
    default: return nil
    }
  }

  /// Fails at what was meant as a function without a name, or as a branch, inside an expression.
  mutating func rejectForeignOperand() throws {
    let (word, next) = (cursor.current, cursor.ahead(1))
    switch next.kind {
    case .lower, .upper, .integer, .float, .stringStart, .true, .false, .match: break
    case .colon where word.name == "lambda": break
    default: return
    }
    if word.name == "lambda" || word.name == "fun" {
      throw fail(
        "lambda", at: word.span, "functions have names and stand at the top level",
        help: "declare a function and pass its name")
    }
    guard word.name == "if", let help = Self.rejectedKeywords[word.name] else { return }
    throw fail(
      "rejected-keyword", at: word.span, "there is no `if` in Aver",
      help: isInVerify && brackets == 0 ? "a condition begins with `when`" : "bind its value first: \(help.inWords)")
  }

  /// Advice for arguments that follow the name of a function without brackets; nil where there are none.
  var argumentsHelp: Advice? {
    guard cursor.previous.kind == .lower else { return nil }
    let arguments = names(from: 0, of: [.lower])
    let text = arguments.isEmpty ? "..." : arguments.joined(separator: ", ")
    return cursor.at(.lower)
      ? "a call has parentheses: \(code: "\(previousPath)(\(text))", at: toLineEnd(from: previousPathSpan))" : nil
  }

  /// Advice for the fields of a constructor's pattern that stand behind it without brackets.
  var patternFieldsHelp: Advice {
    let fields = names(from: 0, of: [.lower, .underscore])
    let text = fields.isEmpty ? "\(cursor.current.name), ..." : fields.joined(separator: ", ")
    let last = fields.isEmpty ? cursor.current.span : cursor.ahead(fields.count - 1).span
    return
      "the fields of a constructor stand in brackets: \(code: "\(previousPath)(\(text))", at: previousPathSpan.union(last))"
  }

  /// Advice for `f"..."`; nil elsewhere.
  var stringPrefixHelp: Advice? {
    let word = cursor.previous
    guard cursor.at(.stringStart), word.kind == .lower, word.name.text.utf8.count == 1,
      word.span.end == cursor.current.span.start
    else { return nil }
    return Advice(
      "no letter stands before a string: leave the `\(word.name)` out; values stand in it between braces",
      edits: [.remove(word.span)])
  }
}
