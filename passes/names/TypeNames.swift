import Diagnostics
import Languages
import Nanopass

extension NameResolver {
  /// What a written type stands for. A `Fn` type is only right as the whole type of a parameter, see `parameterType`.
  mutating func type(_ written: Program.TypeExpr) -> Resolved.Ty {
    switch written {
    case .function(let span, let parameters, let result, _):
      error(
        "fn-position", at: span, "a `Fn` type can only be the type of a parameter",
        help: "take the function as a parameter where it is called, and pass its name there")
      for part in parameters + [result] { _ = type(part) }
      return .erroneous
    case .named(let span, let name, let arguments):
      let found = named(span, name, arguments.map { type($0) }, written: arguments)
      if case .map(let key, _) = found, let place = arguments.first?.span, !module.isLibrary {
        writtenKeys.append(WrittenKey(span: place, type: key, function: functionName))
      }
      return found
    }
  }

  /// The type of a parameter.
  mutating func parameterType(_ written: Program.TypeExpr) -> Resolved.Ty {
    guard case .function(_, let parameters, let result, let effects) = written else { return type(written) }
    let types = parameters.map { type($0) }
    let given = type(result)
    var names: [Name] = []
    if let effects {
      names = self.effects(effects, allowsForwarding: true).effects.map(\.name)
      // Where one is unknown, which is reported, any may be meant.
      if names.count < effects.effects.count { names.append("_") }
    }
    return .function(parameters: types, result: given, effects: names)
  }

  private mutating func named(
    _ span: Span, _ name: Program.Ident, _ arguments: [Resolved.Ty], written: [Program.TypeExpr]
  ) -> Resolved.Ty {
    if !name.isUpper, module.isLibrary {
      if !typeVariables.contains(name.name) { typeVariables.append(name.name) }
      return .variable(name: name.name)
    }
    switch userType(name) {
    case .found(let symbol):
      if let arity = Vocabulary.types[name.name], !arguments.isEmpty || arity == 0 {
        return hasArity(arity, span, name, arguments) ? builtin(name.name, arguments) : .erroneous
      }
      guard hasArity(0, span, name, arguments) else { return .erroneous }
      return .data(name: symbol.name)
    case .wrong: return .erroneous
    case .unknown: break
    }
    if let arity = NotYet.types[name.name] {
      if hasArity(arity, span, name, arguments) { notYet("the type `\(name.text)`", at: name.span) }
      return .erroneous
    }
    if let arity = Vocabulary.types[name.name] {
      return hasArity(arity, span, name, arguments) ? builtin(name.name, arguments) : .erroneous
    }
    reportUnknownType(name, written, at: span)
    return .erroneous
  }

  private func builtin(_ name: Name, _ arguments: [Resolved.Ty]) -> Resolved.Ty {
    switch (name.text, arguments.first, arguments.last) {
    case ("Int", _, _): .int
    case ("Float", _, _): .float
    case ("Bool", _, _): .bool
    case ("Unit", _, _): .unit
    case ("String", _, _): .string
    case ("Bytes", _, _): .bytes
    case ("Digest32", _, _), ("Crypto.Digest32", _, _): .digest
    case ("List", let element?, _): .list(element: element)
    case ("Vector", let element?, _): .vector(element: element)
    case ("Map", let key?, let value?): .map(key: key, value: value)
    case ("Option", let payload?, _): .option(payload: payload)
    case ("Result", let success?, let failure?): .result(success: success, failure: failure)
    case ("Tuple", _?, _): .tuple(elements: arguments)
    default: .erroneous
    }
  }

  /// Whether a type has as many arguments as it takes; nil stands for two or more.
  private func hasArity(_ arity: Int?, _ span: Span, _ name: Program.Ident, _ arguments: [Resolved.Ty]) -> Bool {
    guard arity.map({ $0 == arguments.count }) ?? (arguments.count >= 2) else {
      let wanted =
        switch arity {
        case nil: "two or more type arguments"
        case 0?: "no type arguments"
        case 1?: "one type argument"
        default: "\(arity ?? 0) type arguments"
        }
      let letters = ["A", "B"].prefix(arity ?? 2).joined(separator: ", ")
      let help: Advice =
        arity == 0
        ? (Vocabulary.types[name.name] == nil
          ? "types of one's own have no parameters: \(code: name.text)" : "\(code: name.text)")
        : "`\(name.text)<\(letters)\(arity == nil ? ", ..." : "")>`"
      error("type-arity", at: span, "`\(name.text)` takes \(wanted), here it has \(arguments.count)", help: help)
      return false
    }
    return true
  }

  /// What looking up a user's type gave.
  enum TypeLookup {
    case found(TypeSymbol)
    /// An error has been reported.
    case wrong
    case unknown
  }

  /// The user's type of a bare or full name.
  private mutating func userType(_ name: Program.Ident) -> TypeLookup {
    guard let dot = name.text.lastIndex(of: ".") else { return bareType(name) }
    let (owner, short) = (Name(String(name.text[..<dot])), Name(String(name.text[name.text.index(after: dot)...])))
    if let own = ownPrefix(owner), let type = own.types[short] { return .found(type) }
    guard let other = module.dependencies[owner] else {
      if table.named[owner].map({ $0 !== module }) ?? hasFile(owner) {
        reportNotADependency(owner, at: name.span)
        return .wrong
      }
      return .unknown
    }
    if let type = other.exportedTypes[short] { return .found(type) }
    if other.lacksListed(short) { return .wrong }
    guard other.types[short] != nil else { return .unknown }
    reportNotExposed(short, of: other, at: name.span)
    return .wrong
  }

  /// The user's type of a bare name: declared here, or exported by exactly one dependency.
  mutating func bareType(_ name: Program.Ident) -> TypeLookup {
    if let own = module.types[name.name] { return .found(own) }
    let candidates = importedTypes[name.name] ?? module.importedTypes(name.name)
    importedTypes[name.name] = candidates
    guard let first = candidates.first else { return .unknown }
    guard candidates.count == 1 else {
      let owners = candidates.map { "`\($0.name)`" }.joined(separator: " or ")
      error(
        "ambiguous-type", at: name.span, "`\(name.text)` may be any of several types",
        help: "write \(owners)", regions: candidates.map { Region($0.span, "one is declared here") })
      return .wrong
    }
    return .found(first)
  }

  private mutating func reportUnknownType(_ name: Program.Ident, _ arguments: [Program.TypeExpr], at whole: Span) {
    if !name.text.contains("."), let owner = module.dependencyList.first(where: { $0.types[name.name] != nil }) {
      reportNotExposed(name.name, of: owner, at: name.span)
      return
    }
    if module.mayBeUnread(name.name) || module.dependencyList.contains(where: { $0.lacksListed(name.name) })
      || !isFirst(name.name, inThe: .module)
    {
      return
    }
    let owners = table.named.values.filter { $0 !== module && $0.exportedTypes[name.name] != nil }
    if owners.count == 1, let owner = owners.first {
      // That its module is missing in the header is one mistake.
      guard owner.name == name.name || isFirst(owner.name, inThe: .module) else { return }
      lacksModule = true
      error(
        "unknown-type", at: name.span, "there is no type `\(name.text)` here",
        help: "it is a type of the module `\(owner.name)`: \(dependsList(with: owner.name))")
      return
    }
    let inner = module.dependencies[name.name].flatMap { $0.exportedTypes[Name($0.name.lastPart)] }
    let help =
      inner.map { "`\(name.text)` is a module; its type is written \(code: $0.short)" }
      ?? Replacements.type(for: name.text, of: arguments.map { source($0.span) })?.at(whole)
      ?? suggestion(for: name.text) {
        module.types.keys.map(\.text) + Vocabulary.allTypes.filter { NotYet.types[$0] == nil }.map(\.text)
          + module.dependencyList.flatMap { $0.exportedTypes.keys.map(\.text) }
      }
      ?? didYouMean(longerTypes(than: name.text))
      ?? (name.text.utf8.count == 1 ? "declarations of one's own have no type parameters: write the type itself" : nil)
    let found = Diagnostic.error(
      "unknown-type", at: name.span, "there is no type `\(name.text)` here", help: help, fnName: functionName)
    if help == nil { unexplainedTypes.append(found) } else { context.report(found) }
  }

  /// The types of this module whose names a name begins, or the other way round.
  private func longerTypes(than name: String) -> [String] {
    let near = module.types.keys.map(\.text).filter { name.count > 1 && ($0.hasPrefix(name) || name.hasPrefix($0)) }
    return Array(near.sorted().prefix(3))
  }

  /// Reports the types of which nothing is known, unless they may be those of a module that is missing in the header.
  mutating func reportUnexplainedTypes() {
    if !lacksModule { for error in unexplainedTypes { context.report(error) } }
    (unexplainedTypes, lacksModule) = ([], false)
  }

  /// The effects of an effect line; what is no effect is reported and left out.
  mutating func effects(_ line: Program.EffectLine, allowsForwarding: Bool = false) -> Resolved.Effects {
    var known: [Resolved.Effect] = []
    for effect in line.effects {
      if isEffect(effect, allowsForwarding: allowsForwarding) {
        known.append(Resolved.Effect(effect.span, name: effect.name))
      } else {
        // What was probably meant is declared, so that its lack is no second mistake.
        let meant = likelyEffect(effect.name)
        if let meant, !known.contains(where: { $0.name.text == meant }) {
          known.append(Resolved.Effect(effect.span, name: Name(meant)))
        }
      }
    }
    return Resolved.Effects(line.span, effects: known)
  }

  /// The effect that a misspelt one probably was.
  private mutating func likelyEffect(_ name: Name) -> String? {
    if let known = likelyEffects[name] { return known }
    // A namespace without effects is no misspelt one.
    let space = Name(String(name.text.prefix { $0 != "." }))
    if Vocabulary.effects[space] == nil, Vocabulary.functions[space] != nil { return nil }
    let meant =
      Self.foreignEffects.contains(name.text)
      ? "Console.print" : nearestNames(to: name.text, among: Self.effectNames).first
    likelyEffects[name] = .some(meant)
    return meant
  }

  /// What other languages call the effects of those who print.
  private static let foreignEffects: Set<String> = ["IO", "Stdio", "Stdout", "Print"]

  private static let effectNames = EffectOperation.namespaces.flatMap { space in
    [space.name] + space.methods.map { "\(space.name).\($0)" }
  }

  private static func listing(_ space: String, _ methods: some Sequence<String>) -> Advice {
    "`\(space)` has \(methods.sorted().map { "`\($0)`" }.joined(separator: ", "))"
  }

  private mutating func isEffect(_ effect: Program.Ident, allowsForwarding: Bool) -> Bool {
    if effect.text == "_" {
      if !allowsForwarding {
        error(
          "unknown-effect", at: effect.span, "`_` only stands for the effects of a `Fn` parameter",
          help: "name the effects, such as `Console.print`")
      }
      return allowsForwarding
    }
    let parts = effect.text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let methods = parts.first.flatMap { Vocabulary.effects[Name($0)] }
    if let methods, parts.count == 1 || (parts.count == 2 && methods.contains(parts[1])) { return true }
    let pure = parts.first.flatMap { Vocabulary.functions[Name($0)] }
    let isPure = pure.map { parts.count == 1 || parts.count == 2 && $0.contains(parts[1]) } ?? false
    let help: Advice =
      isPure
      ? "it has no effects and is not declared: leave it out"
      : (Self.foreignEffects.contains(effect.text) ? didYouMean(["Console.print"]) : nil)
        ?? suggestion(for: effect.text) { Self.effectNames }
        ?? (parts.count == 2 ? methods.map { Self.listing(parts[0], $0) } : nil)
        ?? "effects are named by the functions that perform them, such as `Console.print`"
    error("unknown-effect", at: effect.span, "there is no effect `\(effect.text)`", help: help)
    return false
  }

  /// This module, if the name is its own; a name that the language has stays the language's.
  func ownPrefix(_ name: Name) -> ModuleSymbols? {
    guard !Vocabulary.reserved.contains(name), !module.name.text.isEmpty else { return nil }
    if name == module.name { return module }
    let last = module.name.text.lastIndex(of: ".").map {
      String(module.name.text[module.name.text.index(after: $0)...])
    }
    return last == name.text ? module : nil
  }

  /// Reports what another module keeps for itself, once in a program.
  mutating func reportNotExposed(_ name: Name, of owner: ModuleSymbols, at span: Span) {
    guard isFirst(owner.fullName(name), inThe: .program) else { return }
    let declared = owner.types[name]?.span ?? owner.functions[name]?.span ?? owner.bindings[name] ?? .none
    let help: Advice =
      owner.bindings[name] != nil && owner.functions[name] == nil
      ? "export a function that returns it"
      : name.text.hasPrefix("_") && !owner.hasExposesList
        ? "a name that begins with `_` is not exported: rename it, or list it under `exposes` of `\(owner.name)`"
        : Advice(
          "add it to the `exposes` list of `\(owner.name)`",
          edits: owner.lastExposed.isNone ? [] : [.insert(", \(name)", behind: owner.lastExposed)])
    error(
      "not-exposed", at: span, "`\(name)` is private to `\(owner.name)`", help: help,
      regions: declared.isNone ? [] : [Region(declared, "declared here")])
  }

  /// Whether there is a file of a module that no header lists; the entry file is none.
  func hasFile(_ name: Name) -> Bool {
    let found = modulePaths(name.text).compactMap { context.files.identity(of: $0, inRoot: true) }
    if found.isEmpty { return false }
    return !context.sources.files.contains { file in
      context.files.identity(of: file.path, inRoot: false).map(found.contains) ?? false
    }
  }

  /// Reports a module that is missing in the header, once in a module.
  mutating func reportNotADependency(_ name: Name, at span: Span) {
    guard isFirst(name, inThe: .module) else { return }
    lacksModule = true
    // A misspelt name in the header has been reported.
    if !nearestNames(to: name.text, among: module.unread.map(\.text)).isEmpty { return }
    let near =
      table.named[name] == nil ? suggestion(for: name.text) { module.dependencyList.map(\.name.text) } : nil
    error(
      "not-a-dependency", at: span, "the module `\(name)` is not listed in `depends`",
      help: near ?? dependsList(with: name))
  }

  /// The clause of the header with one module more.
  private func dependsList(with name: Name) -> Advice {
    Advice(
      "depends [\((module.dependencyList.map(\.name.text) + [name.text]).joined(separator: ", "))]",
      edits: module.lastDependency.isNone || table.named[name] == nil
        ? [] : [.insert(", \(name)", behind: module.lastDependency)])
  }
}
