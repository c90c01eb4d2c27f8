import Diagnostics
import Languages
import Nanopass
import Prelude

/// The modules of a program and which depends on which.
struct ModuleGraph {
  /// All modules that could be read, in the order they were found.
  var modules: [LoadedModule] = []
  /// Errors and warnings about the graph.
  var diagnostics: [Diagnostic] = []
  /// Which modules can't be used, by index.
  var isBroken: [Bool] = []
  /// The names that modules list in vain, by index.
  private var lacking: [Int: Set<Name>] = [:]
  private let context: PassContext
  private var ownByName: [String: Int] = [:]
  private var ownByPath: [String: Int] = [:]
  private var libraryByName: [String: Int] = [:]
  /// The files that can't be read, by the name asked for.
  private var unreadable: [String: (path: String, reason: String)] = [:]
  /// Own modules by the identity of their files; made when a name is not found otherwise.
  private var ownByIdentity: [String: Int]?

  init(_ found: [Syntax.Module], in context: PassContext) {
    self.context = context
    var brokenFiles: Set<UInt32> = []
    for diagnostic in context.diagnostics where diagnostic.severity == .error {
      if let file = context.sources.file(at: diagnostic.span.start) { brokenFiles.insert(file.base) }
    }
    for module in found {
      switch module {
      case .module(let span, let path, let asked, let library, let header, let items):
        let index = modules.count
        modules.append(LoadedModule(span, path, asked, library, header, items))
        isBroken.append(!span.isNone && items.isEmpty && brokenFiles.contains(span.start))
        if library {
          libraryByName[asked] = index
        } else {
          ownByName[asked] = index
          ownByPath[path] = index
        }
      case .unreadable(let span, let path, let asked, let reason):
        unreadable[asked] = (path, reason)
        if asked.isEmpty {
          diagnostics.append(.error("module-not-found", at: span, "`\(path)` can't be read: \(reason)"))
        }
      }
    }
  }

  /// The entry.
  private var entry: Int? { ownByName[""] }

  /// Reads a module's clauses and checks its name.
  mutating func readHeader(_ index: Int) {
    diagnostics += modules[index].readClauses()
    if modules[index].isLibrary || isBroken[index] { return }
    let module = modules[index]
    guard let header = module.header else {
      diagnostics.append(missingHeader(of: module))
      return
    }
    let declared = header.name.name.text
    let last = module.asked.split(separator: ".").last.map(String.init) ?? ""
    if module.asked.isEmpty || declared == module.asked || declared == last { return }
    isBroken[index] = true
    // A name in lower case has been reported where it stands.
    let segments = (module.asked + "." + declared).split(separator: ".")
    if module.asked.lowercased().hasSuffix(declared.lowercased()),
      segments.contains(where: { $0.first?.isUppercase != true })
    {
      return
    }
    diagnostics.append(
      .error(
        "module-name-mismatch", at: header.name.span,
        "this file was loaded as `\(module.asked)` but calls itself `\(declared)`",
        help: Advice(
          last == module.asked ? "`module \(last)`" : "`module \(last)` or `module \(module.asked)`",
          edits: [Edit(header.name.span, last)])))
  }

  private func missingHeader(of module: LoadedModule) -> Diagnostic {
    let place = firstWord(of: module.span)
    if module.asked.isEmpty {
      var finding = Diagnostic.warning(
        "missing-module", at: place, "this file has no `module` line",
        help: "begin it with `module Name`")
      if context.options.isCheck { finding.severity = .error }
      return finding
    }
    let last = module.asked.split(separator: ".").last.map(String.init) ?? module.asked
    return .error(
      "missing-module", at: place, "`\(module.path)` is a dependency but has no `module` line",
      help: Advice("begin it with `module \(last)`", edits: [.insert("module \(last)\n\n", before: place)]))
  }

  /// Where a header is missing: before the first word of a file.
  private func firstWord(of file: Span) -> Span {
    guard let source = context.sources.file(at: file.start), !file.isNone else { return file.atStart }
    func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 }
    let rest = source.bytes[Int(file.start - source.base)...].drop(while: isBlank)
    let word = rest.prefix { !isBlank($0) }
    guard !word.isEmpty else { return file.atStart }
    return Span(start: source.base + UInt32(word.startIndex), length: UInt32(word.count))
  }

  /// Finds the modules that one depends on.
  mutating func resolveDependencies(_ index: Int) {
    var seen: Set<Name> = []
    for name in modules[index].listed where seen.insert(name.name).inserted {
      let text = name.name.text
      if modules[index].isLibrary {
        if let target = libraryByName[text] { modules[index].edges.append((name, target)) }
      } else if providedModules.contains(text) {
        warnIfShadowed(name)
      } else if let target = own(text) {
        // A second spelling of one file's name is an error, and replaced by the first.
        let known = modules[target].asked.isEmpty ? name : Syntax.Ident(name.span, name: Name(modules[target].asked))
        if known.name != name.name { lacking[index, default: []].insert(name.name) }
        checkSpelling(name, of: target, in: index)
        modules[index].edges.append((known, target))
      } else {
        if text == modules[index].name {
          reportCycle([index], at: name)
        } else if text.split(separator: ".").allSatisfy({ $0.first?.isLowercase != true }) || unreadable[text] != nil {
          // Names of modules in lower case are reported by the parser.
          diagnostics.append(notFound(name))
        }
        lacking[index, default: []].insert(name.name)
      }
    }
  }

  /// Reports a name that is the entry's, or that is not the one under which its module is known.
  private mutating func checkSpelling(_ name: Syntax.Ident, of target: Int, in index: Int) {
    let module = modules[target]
    if target == entry || isBroken[target] { return }
    var error: Diagnostic
    if let entry, modules[entry].name == name.name.text, module.asked == name.name.text {
      error = .error(
        "duplicate-definition", at: name.span, "two modules are called `\(name.name)`: the entry, and `\(module.path)`",
        help: "give one of them another name")
      if let header = modules[entry].header { error.regions = [Region(header.name.span, "the entry's name")] }
    } else if module.asked != name.name.text {
      error = .error(
        "module-name-mismatch", at: name.span,
        "`\(name.name)` and `\(module.asked)` are two names for one file, `\(module.path)`",
        help: "write `\(module.asked)` everywhere")
      if let header = module.header { error.regions = [Region(header.name.span, "it calls itself so")] }
    } else {
      return
    }
    diagnostics.append(error)
    lacking[index, default: []].insert(name.name)
  }

  /// Notes in the context which names may be unknown because modules could not be read.
  func noteUnread() {
    for (index, module) in modules.enumerated() where !module.isLibrary {
      if isBroken[index] { context.unreadNames[module.span.start, default: []].insert(.everyName) }
      if lacking[index] != nil || module.edges.contains(where: { isBroken[$0.target] }) {
        context.unreadNames[module.span.start, default: []].formUnion((lacking[index] ?? []).union([.someModule]))
      }
    }
  }

  private mutating func own(_ name: String) -> Int? {
    if let index = ownByName[name] { return index }
    let paths = modulePaths(name)
    for path in paths {
      if let index = ownByPath[path] { return index }
    }
    if unreadable[name] != nil { return nil }
    for path in paths {
      guard case .bytes(_, let identity) = context.files.read(path, inRoot: true) else { continue }
      return identities()[identity]
    }
    return nil
  }

  private mutating func identities() -> [String: Int] {
    if let known = ownByIdentity { return known }
    var found: [String: Int] = [:]
    for (index, module) in modules.enumerated() where !module.isLibrary {
      if let identity = context.files.identity(of: module.path, inRoot: !module.asked.isEmpty) {
        found[identity] = index
      }
    }
    ownByIdentity = found
    return found
  }

  private mutating func warnIfShadowed(_ name: Syntax.Ident) {
    for path in modulePaths(name.name.text) {
      guard case .bytes = context.files.read(path, inRoot: true) else { continue }
      diagnostics.append(
        .warning(
          "stdlib-shadow", at: name.span, "`\(name.name)` is part of the language; `\(path)` is never loaded",
          help: "give the module in `\(path)` another name"))
      return
    }
  }

  /// The error for a dependency without a file.
  private func notFound(_ name: Syntax.Ident) -> Diagnostic {
    let text = name.name.text
    if let (path, reason) = unreadable[text] {
      return .error("module-not-found", at: name.span, "the file `\(path)` of `\(text)` can't be read: \(reason)")
    }
    let paths = modulePaths(text)
    var advice = ["no file \(paths.map { "`\($0)`" }.joined(separator: " or ")) below the module root"]
    let names = modules.map(\.asked).filter { !$0.isEmpty }
    if preludeSources[text] != nil || EffectOperation.namespaces.contains(where: { $0.name == text }) {
      advice = ["`\(text)` is part of the language and always in scope: leave it out"]
    } else if let question = didYouMean(nearestNames(to: text, among: names)) {
      advice.append(question.text)
    }
    var result = Diagnostic.error(
      "module-not-found", at: name.span, "there is no module `\(text)`", help: Advice(advice.joined(separator: "; ")))
    if let root = otherRoot(of: paths) {
      result.note = "`\(root.path)` exists: the module root may be meant to be `\(root.directory)` (`--module-root`)"
    }
    return result
  }

  /// A directory around the entry that holds one of the paths.
  private func otherRoot(of paths: [String]) -> (directory: String, path: String)? {
    guard let entry, var directory = Optional(modules[entry].path[...]) else { return nil }
    while let slash = directory.lastIndex(of: "/") {
      directory = directory[..<slash]
      for path in paths {
        let whole = "\(directory)/\(path)"
        if case .bytes = context.files.read(whole, inRoot: false) {
          return (directory.isEmpty ? "/" : String(directory), whole)
        }
      }
    }
    return nil
  }

  /// All modules, dependencies first: those of the library, then the others, the entry last. Cycles are reported.
  mutating func order() -> [Int] {
    var search = DependencySearch(count: modules.count)
    for (index, module) in modules.enumerated() where module.isLibrary { search.visit(index, in: &self) }
    if let entry { search.visit(entry, in: &self) }
    // What only a broken header leads to.
    for index in modules.indices { search.visit(index, in: &self) }
    guard let entry else { return search.order }
    return search.order.filter { $0 != entry } + [entry]
  }

  /// Reports the cycle that an entry of `depends` closes.
  mutating func reportCycle(_ cycle: [Int], at name: Syntax.Ident) {
    let names = cycle.map { modules[$0].shownName }
    let shown = names.count > 12 ? names.prefix(6) + ["... (\(names.count - 12) more)"] + names.suffix(6) : names
    let chain = (shown + names.prefix(1)).joined(separator: " -> ")
    // The names that lead from each module of the cycle to the next; the last is the place of the error.
    let steps = zip(cycle, cycle.dropFirst()).compactMap { from, to in
      modules[from].edges.first { $0.target == to }.map {
        Region($0.name.span, "`\(modules[from].shownName)` depends on `\(modules[to].shownName)` here")
      }
    }
    diagnostics.append(
      .error(
        "module-cycle", at: name.span,
        cycle.count == 1
          ? "a module can't depend on itself: \(chain)" : "these modules depend on one another: \(chain)",
        label: cycle.count == 1 ? nil : "this closes the cycle",
        help: cycle.count == 1 ? "leave it out" : "move what they share to a module of its own", regions: steps))
    // One that lists itself can be understood all the same.
    if cycle.count > 1 { for index in cycle { isBroken[index] = true } }
  }
}

/// A depth-first search that notes each module behind its dependencies.
private struct DependencySearch {
  private enum State {
    case new, open, done
  }

  private var states: [State]
  /// The finished modules.
  private(set) var order: [Int] = []

  init(count: Int) { states = Array(repeating: .new, count: count) }

  mutating func visit(_ start: Int, in graph: inout ModuleGraph) {
    guard states[start] == .new else { return }
    var path: [(module: Int, nextEdge: Int)] = [(start, 0)]
    states[start] = .open
    while let (module, nextEdge) = path.last {
      let edges = graph.modules[module].edges
      guard nextEdge < edges.count else {
        states[module] = .done
        order.append(module)
        path.removeLast()
        continue
      }
      path[path.count - 1].nextEdge += 1
      let (name, target) = edges[nextEdge]
      switch states[target] {
      case .new:
        states[target] = .open
        path.append((target, 0))
      case .open:
        let begin = path.firstIndex { $0.module == target } ?? 0
        graph.reportCycle(path[begin...].map(\.module), at: name)
      case .done: continue
      }
    }
  }
}
