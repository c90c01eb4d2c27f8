public import Diagnostics
import Languages
public import Nanopass

/// What a debugger is told of a program beside its code, gathered from the languages that still know it: functions
/// and fields by their names in the source from `Resolved`, variables from `Switch`, which has them alone, and their
/// types from the last program of `Services`, before shapes take their place. Going on from a snapshot behind these
/// leaves lines and functions.
public struct DebugFacts {
  /// A function that the user wrote.
  struct SourceFunction {
    var name: String
    /// From its name to the end of its body.
    var span: Span
  }

  /// What is known of the variables of one function.
  struct Variables {
    /// The types of those that stand in the source.
    var types: LocalTable<Services.Ty> = [:]
    /// One type for each name, for copies of variables that later passes made; none if there are several.
    var byName: [Name: Services.Ty?] = [:]
    /// The variables that are other names for one, by its number.
    var aliases: LocalTable<[Local]> = [:]
    /// The variables that stand for constants.
    var constants: [(variable: Local, value: Counted.Atom)] = []

    /// The type of a variable; `guesses` asks by its name if it is not known itself.
    func type(of variable: Local, guesses: Bool) -> Services.Ty? {
      types[variable.id] ?? (guesses ? byName[variable.name] ?? nil : nil)
    }
  }

  let sources: SourceMap
  /// By the place of their names.
  private(set) var functions: [SourceFunction] = []
  /// The names of the fields of records.
  private(set) var fields: [Name: [String]] = [:]
  private(set) var variables: [Name: Variables] = [:]
  /// The data types of the program, each an instance.
  private(set) var types: [Services.TypeDecl] = []
  /// Those of them in which `flatten-fields` spread a field, as they were before.
  private(set) var whole: [Name: Services.TypeDecl] = [:]
  private var names: Set<Name> = []
  private var numbers: [Name: NumberSet] = [:]
  private var services: Services.Root?

  /// Knows nothing yet; `sources` are the files of the program.
  public init(sources: SourceMap) { self.sources = sources }

  /// Looks at the program behind a pass; has to be given all of them in order.
  public mutating func look(at program: any Node) throws {
    switch program {
    case let root as Resolved.Root: look(at: root)
    case let root as Switch.Root:
      for function in root.functions {
        var collector = LocalCollector()
        function.write(to: &collector)
        numbers[function.name] = collector.numbers
      }
    case let root as Services.Root:
      keep(services?.types ?? [], before: root.types)
      services = root
    case is Shaped.Root:
      if let root = services { try look(at: root) }
      services = nil
    case let root as Counted.Root: try look(at: root)
    case let root as Machine.Root: if functions.isEmpty { look(at: root) }
    default: break
    }
  }

  /// The function of the source that a span lies in.
  func function(around span: Span) -> Int? {
    var (low, high) = (0, functions.count)
    while low < high {
      let middle = (low + high) / 2
      if functions[middle].span.start <= span.start { low = middle + 1 } else { high = middle }
    }
    guard low > 0, !span.isNone, span.start <= functions[low - 1].span.end else { return nil }
    return low - 1
  }

  // MARK: Languages

  /// Keeps the types whose constructors have more fields now.
  private mutating func keep(_ old: [Services.TypeDecl], before new: [Services.TypeDecl]) {
    let counts = Dictionary(new.map { ($0.name, $0.variants.map(\.fields.count)) }) { first, _ in first }
    for type in old where counts[type.name].map({ $0 != type.variants.map(\.fields.count) }) ?? false {
      whole[type.name] = type
    }
  }

  private mutating func look(at root: Resolved.Root) {
    functions = []
    var collector = LocalCollector()
    for function in root.functions where !function.isLibrary && !function.span.isNone {
      function.write(to: &collector)
      functions.append(SourceFunction(name: function.name.text, span: function.span.union(function.body.span)))
    }
    functions.sort { $0.span.start < $1.span.start }
    names = collector.names
    for case .block(_, let statements, _) in root.functions.map(\.body) {
      for case .define(_, _, let name?, _, _) in statements {
        names.insert(Name(String(name.text.split(separator: ".").last ?? "")))
      }
    }
    for case .record(_, let name, let declared) in root.types { fields[name] = declared.map(\.name.text) }
  }

  private mutating func look(at root: Services.Root) throws {
    types = root.types
    variables = [:]
    for function in root.functions {
      var binders = Binders()
      try binders.visit(function)
      var found = Variables()
      for (variable, type) in binders.found where isInSource(variable, of: function.name) {
        found.types[variable.id] = type
        let other = found.byName[variable.name]
        found.byName[variable.name] = other == nil || other == .some(type) ? .some(type) : .some(nil)
      }
      variables[function.name] = found
    }
  }

  /// The functions of a program that has been read from a late snapshot: those that are left, each up to the next.
  private mutating func look(at root: Machine.Root) {
    let own = root.functions.filter { !$0.span.isNone && !$0.name.text.hasPrefix("$") }
    functions = own.map { SourceFunction(name: String($0.name.text.prefix { $0 != "<" }), span: $0.span) }
    functions.sort { $0.span.start < $1.span.start }
    for index in functions.indices {
      guard let file = sources.file(at: functions[index].span.start) else { continue }
      let next = index + 1 < functions.count ? functions[index + 1].span.start : file.end
      functions[index].span.length = min(next, file.end) - functions[index].span.start
    }
  }

  /// Whether a variable is one of the source, not one that passes made. They call theirs `t` most often, so that of
  /// one that has been inlined counts as theirs.
  private func isInSource(_ variable: Local, of function: Name) -> Bool {
    names.contains(variable.name) && (variable.name != "t" || numbers[function]?.contains(variable.id) == true)
  }

  private mutating func look(at root: Counted.Root) throws {
    for function in root.functions {
      guard var found = variables[function.name] else { continue }
      (found.aliases, found.constants) = ([:], [])
      var copies = Copies()
      try copies.visit(function.body)
      for (variable, atom) in copies.found where found.types[variable.id] != nil {
        if case .local(_, let original) = atom {
          found.aliases[original.id, default: []].append(variable)
        } else {
          found.constants.append((variable, atom))
        }
      }
      variables[function.name] = found
    }
  }
}

/// Gathers the names and numbers of the locals of a tree.
private struct LocalCollector: NodeSink {
  var names: Set<Name> = []
  var numbers: NumberSet = []

  mutating func local(_ local: Local) {
    names.insert(local.name)
    numbers.insert(local.id)
  }
  mutating func open(_ form: StaticString, _ span: Span, spanned: Bool) {}
  mutating func close(empty: Bool) {}
  mutating func atom(_ text: String) {}
  mutating func beginList(count: Int, minimum: Int) {}
  mutating func endList() {}
  mutating func absent() {}
}

/// Gathers the variables that a function binds, with their types.
private struct Binders: ServicesWalker {
  var found: [(variable: Local, type: Services.Ty)] = []

  mutating func visit(_ node: Services.Parameter) { found.append((node.variable, node.ty)) }

  mutating func visit(_ node: Services.Step) throws {
    if case .let(_, let variable, let type, _) = node { found.append((variable, type)) }
    try walk(node)
  }

  func visit(_ node: Services.Value) {}
}

/// Gathers the variables that are no more than another name for an atom, which `lower-to-machine` puts in their place.
private struct Copies: CountedWalker {
  var found: [(variable: Local, atom: Counted.Atom)] = []
  private var originals: LocalTable<Counted.Atom> = [:]

  mutating func visit(_ node: Counted.Step) throws {
    guard case .let(_, let variable, _, .atom(_, let atom)) = node else { return try walk(node) }
    var original = atom
    if case .local(_, let other) = atom { original = originals[other.id] ?? atom }
    originals[variable.id] = original
    found.append((variable, original))
  }

  func visit(_ node: Counted.Value) {}
}
