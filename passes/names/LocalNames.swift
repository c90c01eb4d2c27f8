import Diagnostics
import Languages
import Nanopass

extension NameResolver {
  /// Binds a name of a parameter, a statement or a pattern, after checking that it means nothing else here.
  mutating func bind(_ name: Name, at span: Span, group: Int, type: Resolved.Ty? = nil) -> Local {
    if name == "_" { return locals.unnamed() }
    if let earlier = locals[name] {
      if earlier.group == group {
        error(
          "duplicate-binding", at: span, "`\(name)` is bound twice here",
          help: "a name keeps its value; choose another",
          regions: [Region(earlier.span, "first bound here")])
      } else {
        reportShadowing(name, at: span, earlier: earlier.span)
      }
    } else if let earlier = (mayReuse(name) ? nil : module.functions[name]?.span) ?? module.bindings[name] {
      reportShadowing(name, at: span, earlier: earlier)
    }
    return locals.bind(name, at: span, group: group, type: type)
  }

  /// Whether a name of a function may be bound: in a verify block that does not use the function.
  private func mayReuse(_ name: Name) -> Bool { verification.map { !$0.called.contains(name) } ?? false }

  private func reportShadowing(_ name: Name, at span: Span, earlier: Span) {
    error(
      "shadowed-name", at: span, "`\(name)` already has a meaning here", help: "choose another name",
      regions: [Region(earlier, "first declared here")])
  }

  /// A path that starts with a small letter: a local or a binding and its fields, or a function.
  mutating func localPath(_ span: Span, _ path: Program.Path, _ first: Program.Ident) -> Resolved.Expr {
    if let entry = locals[first.name] {
      guard entry.isKnown else { return .erroneous(span) }
      if entry.isFunction {
        reportFunctionValue(first.text, at: first.span)
        return .erroneous(span)
      }
      return fields(of: .local(first.span, variable: entry.local), path, from: 1)
    }
    if module.functions[first.name] != nil {
      reportFunctionValue(first.text, at: first.span)
    } else if module.bindings[first.name] != nil {
      return fields(of: .global(first.span, name: module.fullName(first.name)), path, from: 1)
    } else {
      reportUnknown(first)
    }
    return .erroneous(span)
  }

  /// Reads of the fields that the segments of a path name, from one on.
  func fields(of base: Resolved.Expr, _ path: Program.Path, from start: Int) -> Resolved.Expr {
    path.segments.dropFirst(start).reduce(base) { value, segment in
      .field(value.span.union(segment.span), base: value, name: segment.name)
    }
  }

  /// Reports a name that means nothing: each value once in a function, each function once in a module.
  mutating func reportUnknown(
    _ name: Program.Ident, isCalled: Bool = false, as path: Program.Path? = nil, help: String? = nil
  ) {
    if lacksNames && !isCalled || isCalled && module.lacksListed(name.name) || module.unread.contains(name.name)
      || !isFirst(name.name, inThe: isCalled ? .module : .function)
    {
      return
    }
    var help = help
    if functionName == nil, verification == nil, let above = functionAbove, above.names.contains(name.name) {
      // A line that has lost its indentation is one mistake.
      guard isFirst(Name("below \(above.name)"), inThe: .module) else { return }
      help = "`\(above.name)` has a `\(name.text)`: indent this line, if it belongs to that"
    }
    if help != nil {
    } else if let owner = module.dependencyList.first(where: { $0.functions[name.name] != nil && $0.exposes(name.name) }
    ) {
      help = "functions of other modules are written in full: `\(owner.name).\(name.text)`"
    } else {
      help = Replacements.value(for: name.text)
      if help == nil, isCalled {
        help = Replacements.call(of: path?.text ?? name.text) ?? builtinHelp(for: name.text)
      }
      help =
        help
        ?? suggestion(for: name.text) {
          locals.names + module.functions.keys.map(\.text) + module.bindings.keys.map(\.text)
        }
    }
    if help == nil, isCalled { help = suggestion(for: name.text, of: Vocabulary.namespaces.sorted()) }
    error("unknown-ident", at: name.span, "nothing here is called `\(name.text)`", help: help)
  }

  /// The functions of built-in namespaces that may have been meant by a name without one.
  private func suggestion(for name: String, of spaces: [Name]) -> String? {
    guard suggestion(for: name, among: { spaces.flatMap { members(of: $0) } }) != nil else { return nil }
    let all = spaces.flatMap { space in members(of: space).map { (space: space, name: $0) } }
    let near = Set(nearestNames(to: name, among: all.map(\.name), limit: 1))
    return didYouMean(all.filter { near.contains($0.name) }.prefix(3).map { "\($0.space).\($0.name)" })
  }

  /// The functions of that name in built-in namespaces, which are written in full.
  func builtinHelp(for name: String) -> String? {
    let capital = Name(name.prefix(1).uppercased() + name.dropFirst())
    if Vocabulary.namespaces.contains(capital) { return "did you mean `\(capital)`?" }
    let found = Vocabulary.namespaces.sorted().filter { members(of: $0).contains(name) }.prefix(3)
    return found.isEmpty ? nil : "write " + found.map { "`\($0).\(name)`" }.joined(separator: " or ")
  }

  /// Reports a call of something that is no function, such as `s.len()`.
  func reportBadCallee(_ path: Program.Path, base: LocalScope.Entry?, _ arguments: Int) {
    guard let first = path.segments.first, let last = path.segments.last, path.segments.count > 1 else {
      let declared = base?.span ?? path.segments.first.flatMap { module.bindings[$0.name] } ?? .none
      error(
        "bad-callee", at: path.span, "`\(path.text)` is a value and can't be called",
        help: arguments == 0
          ? "leave the parentheses out: `\(path.text)`" : "call a function; a sign such as `*` multiplies",
        regions: declared.isNone ? [] : [Region(declared, "bound here")])
      return
    }
    let receiver = path.prefix(path.segments.count - 1)
    var spaces = Vocabulary.namespaces.sorted().filter { members(of: $0).contains(last.text) }
    if path.segments.count == 2, let type = base?.type.flatMap(Self.namespace) { spaces = spaces.filter { $0 == type } }
    let isUpdate = last.text == "update"
    let calls = spaces.prefix(3).map { "`\($0).\(last.text)(\(receiver)\(arguments > 0 ? ", ..." : ""))`" }
    error(
      "bad-callee", at: path.span, "values have no methods: `\(first.text)` is no module or namespace",
      help: isUpdate
        ? "the type of a record makes a copy with other fields: `P.update(\(receiver), ...)`"
        : calls.isEmpty ? "functions are called by their names" : "write \(calls.joined(separator: " or "))")
  }

  /// The namespace with the functions of a type.
  private static func namespace(of type: Resolved.Ty) -> Name? {
    switch type {
    case .int: "Int"
    case .float: "Float"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "Bytes"
    case .digest: "Crypto.Digest32"
    case .list: "List"
    case .vector: "Vector"
    case .map: "Map"
    case .option: "Option"
    case .result: "Result"
    default: nil
    }
  }
}
