import Diagnostics
import Languages
import Nanopass

/// What a dotted name that starts with a capital stands for.
enum GlobalMeaning {
  case function(FunctionSymbol)
  case operation(EffectOperation)
  case primitive(Primitive)
  /// A constructor of a sum type, with the number of its fields.
  case variant(type: Name, variant: Name, arity: Int)
  /// A user's type itself.
  case type(TypeSymbol)
  /// The update of a record.
  case update(TypeSymbol)
  case unit
  /// An error has been reported.
  case wrong
}

extension NameResolver {
  /// What a path stands for, and how many of its segments say so.
  ///
  /// The longest prefix that names a module comes first, then the first segment as a type, then as a built-in.
  mutating func global(_ path: Program.Path) -> (meaning: GlobalMeaning, used: Int) {
    var failed: (owner: ModuleSymbols, used: Int)?
    if let (owner, used) = modulePrefix(of: path) {
      if let found = member(of: owner, path, used) { return constructor(path, insteadOf: found) ?? found }
      failed = (owner, used)
    }
    guard let first = path.segments.first else { return (.wrong, 0) }
    switch bareType(first) {
    case .wrong: return (.wrong, 1)
    case .found(let type):
      if let failed, !hasMember(type, path) { return reportNoMember(of: failed.owner, path, failed.used) }
      // That a name of the language is declared has been reported; it keeps its meaning where that fits.
      if Vocabulary.reserved.contains(first.name), !hasMember(type, path) { return builtinMember(path) }
      return member(of: type, path, 1)
    case .unknown: break
    }
    if let failed { return reportNoMember(of: failed.owner, path, failed.used) }
    if first.name == "Unit", path.segments.count == 1 { return (.unit, 1) }
    if first.name == "Prim", module.isLibrary { return primitive(path) }
    if Vocabulary.reserved.contains(first.name) { return builtinMember(path) }
    reportUnknownGlobal(path)
    return (.wrong, path.segments.count)
  }

  /// The constructor that a path names if its first segment is read as a type, where read from a module on it would be a
  /// sum type, which is no value: in a module `Dice` with a type `Dice`, its constructor `Dice.Dice`.
  private mutating func constructor(_ path: Program.Path, insteadOf found: (GlobalMeaning, Int)) -> (
    GlobalMeaning, Int
  )? {
    guard case .type(let other) = found.0, !other.isRecord, path.segments.count == 2, let first = path.segments.first,
      let type = module.types[first.name] ?? module.importedTypes(first.name).first, !type.isRecord,
      hasMember(type, path)
    else { return nil }
    return member(of: type, path, 1)
  }

  /// The longest prefix of a path that names a dependency or this module.
  private func modulePrefix(of path: Program.Path) -> (ModuleSymbols, Int)? {
    var length = min(path.segments.count, max(table.longestName, 1))
    while length > 0 {
      let name = path.prefix(length)
      if let found = module.dependencies[name] ?? ownPrefix(name) { return (found, length) }
      length -= 1
    }
    return nil
  }

  /// What the segment behind a module's name stands for; nil if the module lets nothing of that name be seen.
  private mutating func member(of owner: ModuleSymbols, _ path: Program.Path, _ used: Int) -> (GlobalMeaning, Int)? {
    guard used < path.segments.count else { return nil }
    let name = path.segments[used].name
    let isOwn = owner === module
    if let function = owner.functions[name], isOwn || owner.exposes(name) { return (.function(function), used + 1) }
    guard let type = isOwn ? owner.types[name] : owner.exportedTypes[name] else { return nil }
    return member(of: type, path, used + 1)
  }

  /// Whether the segment behind a bare type's name makes sense.
  private func hasMember(_ type: TypeSymbol, _ path: Program.Path) -> Bool {
    guard path.segments.count > 1 else { return true }
    switch type.shape {
    case .record: return path.segments[1].name == "update"
    case .sum(let variants): return variants[path.segments[1].name] != nil
    }
  }

  private mutating func member(of type: TypeSymbol, _ path: Program.Path, _ used: Int) -> (GlobalMeaning, Int) {
    guard used < path.segments.count else { return (.type(type), used) }
    let segment = path.segments[used]
    switch type.shape {
    case .record:
      if segment.name == "update" { return (.update(type), used + 1) }
      let help =
        functionHelp(for: path, used)
        ?? (segment.isUpper
          ? "a record is built by its name: `\(type.short)(...)`" as Advice : "fields are read from values")
      if isFirst(Name("\(type.name).\(segment.text)"), inThe: .module) {
        error(
          "unknown-ident", at: segment.span, "the record `\(type.short)` has no member `\(segment.text)`", help: help)
      }
    case .sum(let variants):
      if let arity = variants[segment.name] {
        guard canSeeInside(type, at: path.span) else { return (.wrong, used + 1) }
        return (.variant(type: type.name, variant: segment.name, arity: arity), used + 1)
      }
      // A constructor that was renamed or left out is one mistake, wherever it is used.
      guard isFirst(path.prefix(used + 1), inThe: .module) else { return (.wrong, path.segments.count) }
      let names = variants.keys.map(\.text).sorted().prefix(8).map { "`\($0)`" }.joined(separator: ", ")
      let more = variants.count > 8 ? " and \(variants.count - 8) more" : ""
      let help =
        functionHelp(for: path, used) ?? suggestion(for: segment.text) { variants.keys.map(\.text) }
        ?? Advice("it has \(names)\(more)")
      error(
        "unknown-ident", at: segment.span, "`\(type.short)` has no constructor `\(segment.text)`", help: help,
        regions: type.span.isNone ? [] : [Region(type.span, "declared here")])
    }
    return (.wrong, path.segments.count)
  }

  /// The full name of a function that a path names behind the last part of its module's name; nil if there is none.
  private func functionHelp(for path: Program.Path, _ used: Int) -> Advice? {
    guard used == 1, path.segments.count == 2, let first = path.segments.first else { return nil }
    let function = path.segments[1].name
    let owner = module.dependencyList.first {
      $0.name.lastPart == first.text && $0.functions[function] != nil && $0.exposes(function)
    }
    return owner.map { "modules are named in full: \(code: path.text(in: $0), at: path.span)" }
  }

  /// Reports looking into a type that another module keeps opaque.
  func canSeeInside(_ type: TypeSymbol, at span: Span) -> Bool {
    guard type.isOpaque, type.module != module.index else { return true }
    let owner = table.modules[type.module]
    let exposed = owner.functions.keys.filter { owner.exposes($0) }.sorted()
    let listed = exposed.map { "`\(owner.name).\($0)`" }.joined(separator: ", ")
    var error = Diagnostic.opaqueAccess(
      type.name, of: owner.name, at: span,
      help: (1...5).contains(exposed.count)
        ? "its functions are \(listed)" : "use the functions of `\(owner.name)`")
    if !type.span.isNone { error.regions = [Region(type.span, "declared here")] }
    error.fnName = functionName
    context.reportOpaqueAccess(error)
    return false
  }

  private func primitive(_ path: Program.Path) -> (GlobalMeaning, Int) {
    let name = path.segments.last?.text ?? ""
    // Prepending to a list is its constructor.
    if name == "listCons" { return (.variant(type: "List", variant: "Cons", arity: 2), 2) }
    if let primitive = Primitive.inLibrary(name) { return (.primitive(primitive), 2) }
    if let operation = EffectOperation.inLibrary(name) { return (.operation(operation), 2) }
    error("unknown-ident", at: path.span, "there is no primitive `\(path.text)`")
    return (.wrong, path.segments.count)
  }

  /// A member of a built-in namespace or type.
  private mutating func builtinMember(_ path: Program.Path) -> (GlobalMeaning, Int) {
    let used = path.segments.count > 2 && Vocabulary.namespaces.contains(path.prefix(2)) ? 2 : 1
    let space = path.prefix(used)
    guard used < path.segments.count else {
      reportBareBuiltin(path, space)
      return (.wrong, used)
    }
    let segment = path.segments[used]
    let variants = module.isLibrary ? BuiltinData.variants(of: space) : Vocabulary.variants(of: space)
    if let found = variants?.first(where: { $0.name == segment.name }) {
      return (.variant(type: space, variant: segment.name, arity: found.arity), used + 1)
    }
    if let function = libraryFunction(space, segment.name) { return (.function(function), used + 1) }
    let full = Name("\(space).\(segment.text)")
    if let operation = EffectOperation.named(full), operation.access == .program {
      return (.operation(operation), used + 1)
    }
    let isKnown =
      Vocabulary.functions[space]?.contains(segment.text) == true || NotYet.types[full] != nil
      || Vocabulary.effects[space]?.contains(segment.text) == true
    if isKnown {
      notYet("`\(full)`", at: path.span(0..<used + 1))
    } else {
      reportNoBuiltin(space, segment, full, path, used)
    }
    return (.wrong, path.segments.count)
  }

  /// A function of the standard library; those with a leading underscore are its own business.
  private func libraryFunction(_ space: Name, _ name: Name) -> FunctionSymbol? {
    guard module.isLibrary || !name.text.hasPrefix("_") else { return nil }
    return table.modulesOfLibrary[space]?.functions[name]
  }
}
