import Diagnostics
import Languages
import Nanopass

/// What is left of declarations with syntax errors, so that the other mistakes of a file can be found.
///
/// Of a function whose body is wrong its header stays, with no statements; of all else only the names, which are not
/// called unknown where they are used.
extension Parser {
  /// The keywords that items begin with.
  static let itemStarts: [TokenKind] = [.module, .fn, .type, .record, .verify, .decision]
  /// Errors behind which a function is still understood.
  private static let mild: Set<Slug> = ["bad-name-case", "reserved-name", "paren-tuple-type"]

  /// Whether the header of the file, or its place, is wrong: then nothing is known for sure of all names.
  func hasWrongHeader(_ header: Syntax.Header?, in tokens: [Tokens.Token]) -> Bool {
    if diagnostics.contains(where: { $0.slug == "module-misplaced" }) { return true }
    guard let header else {
      if case .keyword(_, "module")? = tokens.first { return true }
      // An indented first line may be a clause below a header that is missing.
      if case .lower(let place, let word)? = tokens.first, Self.clauses.contains(word) {
        return knownErrors.cover(place)
      }
      return tokens.isEmpty
    }
    return knownErrors.cover(header.span)
      || diagnostics.contains {
        $0.severity == .error && $0.span.start >= header.span.start && $0.span.start < header.span.end
      }
  }

  /// Parses an item; nil if nothing of it is of use.
  mutating func understoodItem() -> Syntax.Item? {
    let (start, known) = (cursor.index, diagnostics.count)
    lacksHeader = false
    let belongsAbove = lacksBody && !Self.itemStarts.contains(cursor.current.kind)
    let item = recovering { try $0.item() }
    if belongsAbove {
      // Lines that were not indented below a header may be what is missing there.
      diagnostics.removeSubrange(known...)
      lose(tokensFrom: start)
      return nil
    }
    let isWrong = diagnostics[known...].contains { $0.severity == .error && !Self.mild.contains($0.slug) }
    let span = cursor.span(from: start)
    guard let item else {
      lose(tokensFrom: start)
      return nil
    }
    if !isWrong, !knownErrors.cover(span) {
      if case .function = item { return item }
      // The variants and fields of types are found by their names.
      if diagnostics.count == known { return item }
    }
    guard let rest = remains(of: item) else {
      lose(tokensFrom: start)
      return nil
    }
    return rest
  }

  /// The part of a wrong item that other items can rely on; nil if there is none.
  mutating func remains(of item: Syntax.Item) -> Syntax.Item? {
    switch item {
    case .function(let span, let name, let parameters, let result, let description, let effects, _):
      guard !lacksHeader, !knownErrors.cover(name.span) else {
        unread.insert(name.name)
        return nil
      }
      return .function(
        span, name: name, parameters: parameters, result: result, description: description, effects: effects, body: [])
    case .sum(_, let name, _), .record(_, let name, _): unread.insert(name.name)
    case .verify(_, let target, _, _, _): unread.insert(Self.verified(target.name))
    case .statement(_, .bind(_, let name, _, _)): unread.insert(name.name)
    case .statement, .decision: break
    }
    return nil
  }

  /// Notes the names at the start of an item: that behind its keyword, or those behind what was meant as one.
  private mutating func lose(tokensFrom start: Int) {
    let isVerify = cursor.token(at: start).kind == .verify
    var hasName = false
    for index in start..<start + 4 {
      let token = cursor.token(at: index)
      if token.isLayout { return }
      guard token.kind == .lower || token.kind == .upper else {
        if hasName { return }
        continue
      }
      hasName = true
      unread.insert(isVerify ? Self.verified(token.name) : token.name)
    }
  }

  /// Notes the names at the start of lines that the lexer has reported: they may be headers out of place.
  mutating func loseWrongLines() {
    if knownErrors.isEmpty { return }
    for index in 0..<cursor.count where index == 0 || cursor.token(at: index - 1).isLayout {
      if !cursor.token(at: index).isLayout, knownErrors.cover(cursor.token(at: index).span) {
        lose(tokensFrom: index)
      }
    }
  }

  /// What stands for the verify block of a function among the names that were not understood.
  static func verified(_ function: Name) -> Name { Name("verify \(function)") }
}
