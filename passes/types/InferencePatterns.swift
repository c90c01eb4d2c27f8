import Diagnostics
import Languages
import Nanopass

/// A name at the end of a list pattern of several parts without a rest: it stands for one element, but may have been
/// meant as the rest of the list.
struct LastPart {
  let variable: Local
  /// The place of the name.
  let span: Span
  /// The place of the pattern.
  let pattern: Span

  /// Nil for other patterns.
  init?(_ node: Resolved.Pattern) {
    guard case .list(let pattern, let elements, nil) = node, elements.count > 1,
      case .bind(let span, let variable)? = elements.last
    else { return nil }
    self.init(variable, span, pattern)
  }

  /// Nil for other patterns, also for those with values, which are rather of a certain length.
  init?(_ node: Typed.Pattern) {
    guard case .list(let pattern, let elements, nil) = node, elements.count > 1,
      case .bind(let span, let variable, _)? = elements.last, !elements.contains(where: \.isValue)
    else { return nil }
    self.init(variable, span, pattern)
  }

  private init(_ variable: Local, _ span: Span, _ pattern: Span) {
    self.variable = variable
    self.span = span
    self.pattern = pattern
  }

  /// Advice to make the name the rest.
  func advice(in sources: SourceMap) -> Advice {
    Advice(
      "for the first elements and the rest write `\(withRest(in: sources))`", edits: [.insert("..", before: span)])
  }

  /// The pattern with the name as the rest: `[h, ..t]`.
  private func withRest(in sources: SourceMap) -> String {
    let before = Span(start: pattern.start, length: span.start &- pattern.start)
    guard pattern.length <= 60, span.start >= pattern.start, let text = sources.text(of: before), !text.contains("\n")
    else { return "[first, ..\(variable.name)]" }
    return "\(text)..\(variable.name)]"
  }
}

extension Typed.Pattern {
  /// Whether only one value matches it.
  fileprivate var isValue: Bool {
    switch self {
    case .integer, .float, .string, .bool: true
    default: false
    }
  }
}

extension Inference {
  /// Checks a pattern against the type of what it matches and binds its names.
  mutating func pattern(_ node: Resolved.Pattern, _ type: TypeRef, of subject: Resolved.Expr) throws {
    slots.append(type)
    switch node {
    case .wildcard: break
    case .erroneous: slots[slots.count - 1] = .wrong
    case .bind(_, let variable): bind(variable, type)
    case .integer(let span, _): literal(.int, type, subject, at: span)
    case .float(let span, _): literal(.float, type, subject, at: span)
    case .string(let span, _): literal(.string, type, subject, at: span)
    case .bool(let span, _): literal(.bool, type, subject, at: span)
    case .list(let span, let elements, let rest):
      let element = table.open()
      let fits = fits(table.make(.list, [element]), type, subject, "a list", at: span)
      for pattern in elements { try self.pattern(pattern, fits ? element : .wrong, of: subject) }
      if let rest { try pattern(rest, fits ? type : .wrong, of: subject) }
      if let last = LastPart(node) { lastParts[last.variable.id] = last }
    case .tuple(let span, let elements):
      let types = tuple(elements.count, type, subject, at: span)
      for (pattern, type) in zip(elements, types) { try self.pattern(pattern, type, of: subject) }
    case .constructor(let span, let owner, let variant, let arguments):
      try constructor(node, span, owner, variant, arguments, type, subject)
    }
  }

  private mutating func literal(_ literal: TypeRef, _ type: TypeRef, _ subject: Resolved.Expr, at span: Span) {
    _ = fits(literal, type, subject, "`\(table.text(literal))`", at: span)
  }

  /// Whether a pattern of one type can match values of another. What is wrong is reported.
  private mutating func fits(
    _ pattern: TypeRef, _ type: TypeRef, _ subject: Resolved.Expr, _ what: String, at span: Span
  ) -> Bool {
    if table.isWrong(type) { return false }
    if table.unify(pattern, type) { return true }
    reportPattern(what, pattern, type, subject, at: span)
    return false
  }

  /// A constructor's pattern with as many parts as it has fields: those that are written, and `_` for others.
  private func form(_ name: String, _ count: Int, _ written: [Resolved.Pattern]) -> String {
    let texts =
      written.prefix(count).map { source($0.span) } + Array(repeating: "_", count: max(0, count - written.count))
    return count == 0 ? name : "\(name)(\(texts.joined(separator: ", ")))"
  }

  /// The types of a tuple's components as its pattern sees them.
  private mutating func tuple(_ count: Int, _ type: TypeRef, _ subject: Resolved.Expr, at span: Span) -> [TypeRef] {
    if table.head(type) == .tuple {
      let types = table.arguments(type)
      if types.count == count { return types }
      reportPatternArity(
        "this tuple has \(types.count) components, its pattern \(count)", at: span, declared: .none,
        form: Self.form("", types.count))
      return Array(repeating: .wrong, count: count)
    }
    let types = (0..<count).map { _ in table.open() }
    let isRight = fits(table.make(.tuple, types), type, subject, "a tuple", at: span)
    return isRight ? types : Array(repeating: .wrong, count: count)
  }

  /// A pattern of a name and so many parts that takes all values.
  private static func form(_ name: String, _ count: Int) -> String {
    count == 0 ? name : name + "(" + Array(repeating: "_", count: count).joined(separator: ", ") + ")"
  }

  private mutating func constructor(
    _ node: Resolved.Pattern, _ span: Span, _ owner: Name, _ variant: Name, _ arguments: [Resolved.Pattern],
    _ type: TypeRef, _ subject: Resolved.Expr
  ) throws {
    guard let constructor = declarations.constructor(owner, variant) else {
      throw bug("`\(owner).\(variant)` is not declared", broke: "known-constructors", in: node)
    }
    let instance = table.open()
    for _ in constructor.variables.dropFirst() { _ = table.open() }
    let made = table.make(constructor.result, constructor.variables, instance: instance)
    let fits = fits(made, type, subject, table.phrase(made), at: span)
    let count = constructor.fields.count
    if fits, arguments.count != count {
      let fields = count == 1 ? "1 field" : "\(count) fields"
      reportPatternArity(
        "`\(owner.lastSegment).\(variant)` has \(fields), its pattern \(arguments.count)", at: span,
        declared: constructor.span, form: form("\(owner.lastSegment).\(variant)", count, arguments))
      // What is left out or too much takes no value with it, so that the pattern can be mended as it stands.
      if arguments.dropFirst(count).allSatisfy({ if case .wildcard = $0 { true } else { false } }),
        let last = diagnostics.indices.last,
        let written = sources.text(of: span)
      {
        let name = written.prefix { $0 != "(" }
        let texts =
          arguments.prefix(count).map { source($0.span) }
          + Array(repeating: "_", count: max(0, count - arguments.count))
        let mended = count == 0 ? String(name) : "\(name)(\(texts.joined(separator: ", ")))"
        if !mended.contains("..."), diagnostics[last].slug == "pattern-arity" {
          diagnostics[last].repair.edits = [Edit(span, mended)]
        }
      }
    }
    for (index, argument) in arguments.enumerated() {
      let field =
        fits && arguments.count == count
        ? table.make(constructor.fields[index], constructor.variables, instance: instance) : TypeRef.wrong
      try pattern(argument, field, of: subject)
    }
  }
}
