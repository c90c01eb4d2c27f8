import Diagnostics
import Languages
import Nanopass

extension NameResolver {
  /// An arm; its names are visible in its body only.
  mutating func arm(_ arm: Program.Arm) -> Resolved.Arm {
    let mark = locals.mark
    let outside = lacksNames
    defer { lacksNames = outside }
    let pattern = pattern(arm.pattern, group: locals.newGroup())
    let body = expression(arm.body)
    locals.leave(to: mark)
    return Resolved.Arm(arm.span, pattern: pattern, body: body)
  }

  private mutating func pattern(_ node: Program.Pattern, group: Int) -> Resolved.Pattern {
    switch node {
    case .wildcard(let span): return .wildcard(span)
    case .name(let span, let name):
      // Another name was meant for one of two that are equal.
      if name != "_", locals[name]?.group == group { lacksNames = true }
      return .bind(span, variable: bind(name, at: span, group: group))
    case .integer(let span, let value): return .integer(span, value: value)
    case .float(let span, let value): return .float(span, value: value)
    case .string(let span, let value): return .string(span, value: value)
    case .bool(let span, let value): return .bool(span, value: value)
    case .list(let span, let elements, let rest):
      let resolved = elements.map { pattern($0, group: group) }
      return .list(span, elements: resolved, rest: rest.map { self.rest($0, group: group) })
    case .tuple(let span, let elements):
      return .tuple(span, elements: elements.map { pattern($0, group: group) })
    case .constructor(let span, let path, let arguments):
      let meaning = constructor(path)
      let mark = locals.mark
      let resolved = arguments.map { pattern($0, group: group) }
      guard let meaning else {
        locals.forget(since: mark)
        return .erroneous(span)
      }
      if arguments.count < meaning.arity { lacksNames = true }
      return .constructor(span, type: meaning.type, variant: meaning.variant, arguments: resolved)
    }
  }

  private mutating func rest(_ node: Program.Rest, group: Int) -> Resolved.Pattern {
    if node.name == "_" { return .wildcard(node.span) }
    return .bind(node.nameSpan, variable: bind(node.name, at: node.nameSpan, group: group))
  }

  /// The constructor that a pattern names; nil if an error has been reported.
  private mutating func constructor(_ path: Program.Path) -> (type: Name, variant: Name, arity: Int)? {
    if path.segments.count == 1, let name = path.segments.first {
      if module.mayBeUnread(name.name) { return nil }
      if isRecord(name.name) {
        error(
          "parse-error", at: name.span, "a record is bound whole: there are no patterns for its fields",
          help: "write a name here and read the fields from it, as in `name.field`")
        return nil
      }
      if name.name == "Unit" {
        error("unqualified-constructor", at: name.span, "`Unit` is no constructor", help: "match it with `_` or a name")
        return nil
      }
      error(
        "unqualified-constructor", at: name.span, "the constructor `\(name.text)` needs its type before it",
        help: ownerOfVariant(name.name).map {
          Advice("\($0).\(name.text)", edits: [Edit(name.span, "\($0).\(name.text)")])
        } ?? Replacements.value(for: name.text))
      return nil
    }
    let (meaning, used) = global(path)
    switch meaning {
    case .wrong: return nil
    case .variant(let type, let variant, let arity) where used == path.segments.count: return (type, variant, arity)
    default:
      error("unknown-ident", at: path.span, "`\(path.text)` is no constructor")
      return nil
    }
  }
}
