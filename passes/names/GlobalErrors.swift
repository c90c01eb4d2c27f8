import Diagnostics
import Languages
import Nanopass

// What is reported of dotted names that start with a capital and stand for nothing, and what is offered instead.

extension NameResolver {
  /// Reports a name that a module has not, or keeps to itself.
  mutating func reportNoMember(of owner: ModuleSymbols, _ path: Program.Path, _ used: Int)
    -> (GlobalMeaning, Int)
  {
    if let first = path.segments.first, module.unread.contains(first.name) { return (.wrong, path.segments.count) }
    guard used < path.segments.count else {
      let type = owner === module ? nil : owner.exportedTypes[Name(owner.name.lastPart)]
      error(
        "unknown-ident", at: path.span, "`\(path.text)` is a module, not a value",
        help: type.map { "its type is written `\($0.short)`, or `\(owner.name).\($0.short)`" as Advice })
      return (.wrong, used)
    }
    let segment = path.segments[used]
    if owner === module, let meant = table.named[path.prefix(used + 1)], meant !== module {
      reportNotADependency(path.prefix(used + 1), at: path.span(0..<used + 1))
      return (.wrong, path.segments.count)
    }
    let isDeclared =
      owner.functions[segment.name] != nil || owner.types[segment.name] != nil || owner.bindings[segment.name] != nil
    if isDeclared, owner !== module {
      reportNotExposed(segment.name, of: owner, at: segment.span)
    } else if !owner.lacksListed(segment.name), owner.name != module.name || !module.mayBeUnread(segment.name),
      isFirst(path.prefix(used + 1))
    {
      let exposed = owner.functions.keys.filter { owner === module || owner.exposes($0) }.map(\.text)
      let imported = owner === module ? module.importedTypes(segment.name).first : nil
      var help: Advice? = imported.map {
        "types are written without a module, or with their own: \(code: $0.short, at: path.span(0..<used + 1))"
      }
      help = help ?? suggestion(for: segment.text) { exposed + owner.exportedTypes.keys.map(\.text) }
      if help == nil, owner !== module, (1...8).contains(exposed.count) {
        let listed = exposed.sorted().map { "`\($0)`" }.joined(separator: ", ")
        help = exposed.count == 1 ? "its only function is \(listed)" : "its functions are \(listed)"
      }
      error("unknown-ident", at: segment.span, "the module `\(owner.name)` has no `\(segment.text)`", help: help)
    }
    return (.wrong, path.segments.count)
  }

  /// Reports a type or namespace that stands where a value belongs.
  func reportBareBuiltin(_ path: Program.Path, _ name: Name) {
    if NotYet.types[name] != nil, !Vocabulary.namespaces.contains(name) {
      notYet("the type `\(name)`", at: path.span)
    } else {
      let kind = Vocabulary.allTypes.contains(name) ? "type" : "namespace"
      error("unknown-ident", at: path.span, "`\(name)` is a \(kind), not a value")
    }
  }

  /// Reports a member that a built-in namespace has not.
  mutating func reportNoBuiltin(
    _ space: Name, _ segment: Program.Ident, _ full: Name, _ path: Program.Path, _ used: Int
  ) {
    guard isFirst(full) else { return }
    if Vocabulary.allTypes.contains(full) {
      error("unknown-ident", at: segment.span, "`\(full)` is a type, not a value")
      return
    }
    let homonym = module.dependencyList.first {
      $0.name.lastPart == space.text && $0.functions[segment.name] != nil && $0.exposes(segment.name)
    }
    let nested = Vocabulary.namespaces.first {
      $0.lastPart == space.text && $0 != space && Vocabulary.functions[$0]?.contains(segment.text) == true
    }
    let whole = path.span(0..<used + 1)
    let help: Advice? =
      if let nested { "write \(code: "\(nested).\(segment.text)", at: whole)" } else if let homonym {
        "modules are named in full: \(code: "\(homonym.name).\(segment.text)", at: whole)"
      } else {
        Replacements.help(for: full.text)?.at(whole)
          ?? suggestion(for: segment.text) { self.members(of: space) }
          ?? builtinHelp(for: segment.text)?.inWords
          ?? listing(of: space)
      }
    error("unknown-ident", at: segment.span, "there is no `\(full)`", help: help)
  }

  /// The members of a small namespace.
  private func listing(of space: Name) -> Advice? {
    let names = members(of: space).sorted().map { "`\($0)`" }
    return (1...14).contains(names.count) ? "`\(space)` has \(names.joined(separator: ", "))" : nil
  }

  /// The names of what programs can call in a built-in namespace.
  func members(of space: Name) -> [String] {
    Array(Vocabulary.functions[space] ?? []) + (Vocabulary.effects[space] ?? [])
      + (Vocabulary.variants(of: space)?.map(\.name.text) ?? [])
  }

  /// Whether a path may lead into a module, or to a type of one, that could not be read.
  private func mayBeUnread(_ path: Program.Path, _ first: Program.Ident) -> Bool {
    if module.unread.isEmpty { return false }
    if (1...path.segments.count).contains(where: { module.unread.contains(path.prefix($0)) }) { return true }
    return path.segments.allSatisfy { $0.isUpper || $0.name == "update" } && module.mayBeUnread(first.name)
  }

  /// Reports a path that leads nowhere.
  mutating func reportUnknownGlobal(_ path: Program.Path) {
    guard let first = path.segments.first, !mayBeUnread(path, first) else { return }
    var length = min(path.segments.count, table.longestName)
    while length > 0, table.named[path.prefix(length)] == nil { length -= 1 }
    if length == 0 {
      length = path.segments.prefix { $0.isUpper }.count
      while length > 0, length == path.segments.count || !hasFile(path.prefix(length)) { length -= 1 }
    }
    if length > 0 {
      reportNotADependency(path.prefix(length), at: path.span(0..<length))
      return
    }
    let leading = path.segments.prefix { $0.isUpper }.count
    if Replacements.call(of: path.text) == nil, leading > 1, leading < path.segments.count,
      path.segments[leading].name != "update"
    {
      reportNotADependency(path.prefix(leading), at: path.span(0..<leading))
      return
    }
    if path.segments.count == 1, reportUnqualified(path.segments[0]) { return }
    if let owner = module.dependencyList.first(where: { $0.types[first.name] != nil }) {
      reportNotExposed(first.name, of: owner, at: first.span)
      return
    }
    // A type that there is not is one mistake wherever it is named.
    let isType = path.segments.count > 1 && path.segments[1].isUpper
    if module.dependencyList.contains(where: { $0.lacksListed(first.name) })
      || !isFirst(first.name, inThe: isType ? .module : .function)
    {
      return
    }
    if let owner = module.dependencyList.first(where: { $0.name.lastPart == first.text }) {
      error(
        "unknown-ident", at: first.span, "nothing here is called `\(first.text)`",
        help: "modules are named in full: \(code: path.text(in: owner), at: path.span)")
      return
    }
    var help = Replacements.value(for: first.text) ?? Replacements.call(of: path.text)?.at(path.span)
    let small = Name(first.text.prefix(1).lowercased() + first.text.dropFirst())
    if help == nil, path.segments.count == 1, module.functions[small] != nil || locals[small] != nil {
      help = "did you mean `\(small)`?"
    }
    if help == nil, path.segments.count == 1 { help = nearestVariant(to: first.text)?.inWords }
    if help == nil, isType, let owner = ownerOfVariant(path.segments[1].name) {
      help = "did you mean \(code: "\(owner).\(path.segments[1].text)", at: path.span(0..<2))?"
    }
    help =
      help
      ?? suggestion(for: first.text) {
        module.types.keys.map(\.text) + module.dependencyList.map(\.name.text) + Vocabulary.reserved.map(\.text)
          + module.dependencyList.flatMap { $0.exportedTypes.keys.map(\.text) }
          + (path.segments.count == 1 ? module.functions.keys.map(\.text) : [])
      }
    error("unknown-ident", at: first.span, "nothing here is called `\(first.text)`", help: help)
  }

  /// Reports a constructor that is written without its type; false if no visible type has such a constructor.
  private mutating func reportUnqualified(_ name: Program.Ident) -> Bool {
    guard let owner = ownerOfVariant(name.name) else { return false }
    error(
      "unqualified-constructor", at: name.span, "the constructor `\(name.text)` needs its type before it",
      help: Advice("\(owner).\(name.text)", edits: [Edit(name.span, "\(owner).\(name.text)")]))
    return true
  }

  /// Whether a record of that name is in scope.
  func isRecord(_ name: Name) -> Bool {
    let type = module.types[name] ?? module.dependencyList.lazy.compactMap { $0.exportedTypes[name] }.first
    if case .record? = type?.shape { return true }
    return false
  }

  /// A question for a misspelt constructor that lacks its type; nil if none is near.
  private mutating func nearestVariant(to name: String) -> Advice? {
    _ = ownerOfVariant("")
    guard let owners = variantOwners,
      suggestion(for: name, among: { owners.keys.map(\.text) }) != nil
    else { return nil }
    let near = nearestNames(to: name, among: owners.keys.map(\.text))
    return didYouMean(near.compactMap { variant in owners[Name(variant)].map { "\($0).\(variant)" } })
  }

  /// The first type in scope, in alphabetical order, that has a constructor of that name.
  mutating func ownerOfVariant(_ variant: Name) -> Name? {
    if variantOwners == nil {
      var owners: [Name: Name] = [:]
      let imported = module.dependencyList.flatMap { $0.exportedTypes.values }
      for type in imported + Array(module.types.values) {
        guard case .sum(let variants) = type.shape else { continue }
        for name in variants.keys { owners[name] = min(owners[name] ?? type.short, type.short) }
      }
      for type: Name in ["Option", "Result"] {
        for known in Vocabulary.variants(of: type) ?? [] { owners[known.name] = type }
      }
      variantOwners = owners
    }
    return variantOwners?[variant]
  }
}
