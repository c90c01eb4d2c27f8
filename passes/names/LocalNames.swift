import Diagnostics
import Languages
import Nanopass

extension NameResolver {
  /// Binds a name of a parameter, a statement or a pattern, after checking that it means nothing else here.
  mutating func bind(_ name: Name, at span: Span, group: Int, type: Resolved.Ty? = nil) -> Local {
    if name == "_" { return locals.unnamed() }
    var isKnown = true
    if let earlier = locals[name] {
      if earlier.group == group {
        error(
          "duplicate-binding", at: span, "`\(name)` is bound twice here",
          help: "a name keeps its value; choose another",
          regions: [Region(earlier.span, "first bound here")])
      } else {
        reportShadowing(name, at: span, earlier: earlier.span)
        // Nobody knows which of the two is meant where it is read.
        isKnown = false
      }
    } else if let earlier = (mayReuse(name) ? nil : module.functions[name]?.span) ?? module.bindings[name] {
      reportShadowing(name, at: span, earlier: earlier)
    }
    return locals.bind(name, at: span, group: group, type: type, isKnown: isKnown)
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
      reportUnknown(first, help: Replacements.read(of: path.text)?.at(path.span))
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
    _ name: Program.Ident, isCalled: Bool = false, as path: Program.Path? = nil, with arguments: [Program.Expr] = [],
    help: Advice? = nil
  ) {
    if lacksNames && !isCalled || isCalled && module.lacksListed(name.name) || module.unread.contains(name.name)
      || meantBindings.contains(name.name) || !isFirst(name.name, inThe: isCalled ? .module : .function)
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
      help = "functions of other modules are written in full: \(code: "\(owner.name).\(name.text)")"
    } else {
      help = Replacements.value(for: name.text) ?? (isCalled ? nil : fieldHelp(for: name.name))
      if help == nil, isCalled {
        help =
          Replacements.call(of: path?.text ?? name.text)?.at(path?.span ?? name.span)
          ?? builtinHelp(for: name.text, with: arguments, at: name.span)
      }
      help =
        help
        ?? suggestion(for: name.text) {
          locals.names + module.functions.keys.map(\.text) + module.bindings.keys.map(\.text)
        }
    }
    if help == nil, isCalled { help = suggestion(for: name.text, of: Vocabulary.namespaces.sorted()) }
    if help == nil, !isCalled { help = namesHelp }
    error("unknown-ident", at: name.span, "nothing here is called `\(name.text)`", help: help)
  }

  /// In how many names those that may help are looked for.
  private static let mostShownLocals = 50

  /// How to read the field of that name of a record that is visible; nil if there is none.
  private func fieldHelp(for name: Name) -> Advice? {
    guard locals.count <= Self.mostShownLocals else { return nil }
    let owners = locals.names.sorted().filter { local in
      guard case .data(let type)? = locals[Name(local)]?.type else { return false }
      return record(named: type)?.fields.contains(name) == true
    }
    return didYouMean(owners.prefix(3).map { "\($0).\(name)" })
  }

  /// The names that are visible, if they are few.
  private var namesHelp: Advice? {
    guard locals.count <= Self.mostShownLocals else { return nil }
    let names = locals.names.filter { locals[Name($0)]?.isKnown == true }.sorted()
    guard (1...5).contains(names.count) else { return nil }
    let listed = names.map { "`\($0)`" }.joined(separator: ", ")
    return names.count == 1 ? "the only name here is \(listed)" : "the names here are \(listed)"
  }

  /// The functions of built-in namespaces that may have been meant by a name without one.
  private func suggestion(for name: String, of spaces: [Name]) -> Advice? {
    guard suggestion(for: name, among: { spaces.flatMap { members(of: $0) } }) != nil else { return nil }
    let all = spaces.flatMap { space in members(of: space).map { (space: space, name: $0) } }
    let near = Set(nearestNames(to: name, among: all.map(\.name), limit: 1))
    return didYouMean(all.filter { near.contains($0.name) }.prefix(3).map { "\($0.space).\($0.name)" })
  }

  /// The functions of that name in built-in namespaces, which are written in full: those that suit the first argument.
  func builtinHelp(for name: String, with arguments: [Program.Expr] = [], at place: Span = .none) -> Advice? {
    let capital = Name(name.prefix(1).uppercased() + name.dropFirst())
    if Vocabulary.namespaces.contains(capital) { return "did you mean \(code: capital)?" }
    let type = arguments.first.flatMap { likelyType(of: $0) }.flatMap(\.namespace)
    let found = spaces(with: name, for: type)
    let shown =
      arguments.isEmpty || arguments.count > 3 ? "" : "(\(arguments.map { source($0.span) }.joined(separator: ", ")))"
    let isCall = found.count == 1 && !shown.isEmpty && !shown.contains("...")
    if let only = found.first, found.count == 1 {
      let edits: [Edit] = place.isNone ? [] : [Edit(place, "\(only).\(name)")]
      return isCall ? Advice("write `\(only).\(name)\(shown)`", edits: edits) : "write \(code: "\(only).\(name)")"
    }
    return found.isEmpty ? nil : "write \(found.prefix(4).map { "`\($0).\(name)`" }.joined(separator: " or "))"
  }

  /// The built-in namespaces that have a function of a name, those used most first; only that of a type if it has it.
  func spaces(with function: String, for type: Name?) -> [Name] {
    let common: [Name] = ["String", "List", "Vector", "Map", "Int", "Float", "Option", "Result"]
    let all = common + Vocabulary.namespaces.subtracting(common).sorted()
    let found = all.filter { members(of: $0).contains(function) }
    return type.map { found.contains($0) ? [$0] : found } ?? found
  }

  /// A record in scope by its full name.
  func record(named name: Name) -> TypeSymbol? {
    (Array(module.types.values) + module.dependencyList.flatMap { $0.exportedTypes.values }).first { $0.name == name }
  }
}
