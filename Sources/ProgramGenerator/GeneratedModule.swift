/// A module of a generated program.
struct GeneratedModule {
  /// What the header says of what importers see.
  enum Exposure: CaseIterable { case everything, everythingWithOpaque, listed, listedWithOpaque }

  /// The full name; what depends on the module calls it so.
  var name: String
  /// The name that the header gives.
  var declaredName: String
  var path: String
  /// The modules that it depends on, and theirs.
  var depends: [Int]
  var exposure: Exposure
  var isEntry: Bool
  var typeNames: [String] = []
  /// The functions, and the blocks that go with them.
  var items: [String] = []
  /// The top-level statements.
  var statements = ""
  /// The functions beside those of the program's own that other modules may call.
  var helpers: [String] = []
  /// The functions that give a value of an opaque type to other modules.
  var makers: [String: String] = [:]
  /// The functions that render values, by type.
  var shows: [GeneratedType: String] = [:]
  /// The functions that give their argument, by type.
  var identities: [GeneratedType: String] = [:]
  /// The functions that walk texts.
  var characterFunctions: [CharacterFunctions] = []

  var mayBeOpaque: Bool { exposure == .everythingWithOpaque || exposure == .listedWithOpaque }
  /// Whether what other modules must not see has a name that says so.
  var hidesByName: Bool { exposure == .everything || exposure == .everythingWithOpaque }
}

extension ProgramGenerator {
  /// The module that is being made.
  var current: Int { declarations.module }

  mutating func add(_ item: String) { modules[current].items.append(item) }

  /// The declared types that the module can name.
  var visibleTypes: [GeneratedType] {
    (modules[current].depends + [current]).flatMap { modules[$0].typeNames }.map { .named($0) }
  }

  /// Whether a function can be called at a place, apart from its effects.
  func isVisible(_ signature: Signature, _ place: Place) -> Bool {
    signature.module == current
      ? signature.isEarly || !place.isEarly
      : !signature.isPrivate && modules[current].depends.contains(signature.module)
  }

  /// How the module being made writes the name of something that a module declares.
  mutating func path(_ name: String, in module: Int) -> String {
    if module == current { return chance(4) ? "\(modules[module].declaredName).\(name)" : name }
    return "\(modules[module].name).\(name)"
  }

  /// How the module being made writes the name of a type.
  mutating func typePath(_ name: String) -> String {
    guard let owner = declarations.owners[name], chance(15) else { return name }
    return path(name, in: owner)
  }

  /// A type as it is written.
  mutating func text(_ type: GeneratedType) -> String {
    func list(_ types: [GeneratedType]) -> String { types.map { text($0) }.joined(separator: ", ") }
    switch type {
    case .int: return "Int"
    case .float: return "Float"
    case .bool: return "Bool"
    case .string: return "String"
    case .bytes: return "Bytes"
    case .digest: return chance(20) ? "Crypto.Digest32" : "Digest32"
    case .unit: return "Unit"
    case .list(let element): return "List<\(text(element))>"
    case .vector(let element): return "Vector<\(text(element))>"
    case .map(let key, let value): return "Map<\(list([key, value]))>"
    case .option(let payload): return "Option<\(text(payload))>"
    case .result(let success, let failure): return "Result<\(list([success, failure]))>"
    case .tuple(let elements): return "Tuple<\(list(elements))>"
    case .named(let name): return typePath(name)
    case .function(let parameters, let result, let effects):
      let suffix =
        switch effects {
        case .none: ""
        case .listed: " ! [\(self.effects)]"
        case .forwarded: " ! [_]"
        }
      return "Fn(\(list(parameters))) -> \(text(result))\(suffix)"
    case .variable(let name): return name
    }
  }

  /// Starts the next module.
  mutating func begin(isEntry: Bool) {
    let index = modules.count
    let last = isEntry ? "Sample" : fresh("M")
    let name = !isEntry && chance(50) ? "Data.\(last)" : last
    let path = name.split(separator: ".").joined(separator: "/") + ".av"
    var depends: Set<Int> = []
    for other in 0..<index where isEntry || chance(60) { depends.formUnion(modules[other].depends + [other]) }
    modules.append(
      GeneratedModule(
        name: name, declaredName: chance(50) ? last : name,
        path: isEntry ? GeneratedProgram.entry : chance(25) ? path : path.lowercased(),
        depends: depends.sorted().shuffled(using: &source),
        exposure: isEntry ? .everything : source.pick(GeneratedModule.Exposure.allCases),
        isEntry: isEntry))
    declarations.module = index
  }

  /// Functions that give other modules a value of each opaque type.
  mutating func declareMakers() {
    for name in modules[current].typeNames where declarations.opaque.contains(name) {
      let maker = fresh("make")
      let value = expression(.named(name), 0, Place(variables: [], mayPrint: false))
      add("fn \(maker)() -> \(text(.named(name)))\n    ? \"A value.\"\n    \(value)\n")
      modules[current].makers[name] = maker
      modules[current].helpers.append(maker)
    }
  }

  // MARK: Top-level statements

  /// The module's bindings; other statements stand between them.
  mutating func bindings() -> [(name: String, type: GeneratedType)] {
    var place = Place(variables: [], mayPrint: false, isEntry: true, isEarly: true)
    for _ in 0..<source.below(4) {
      let type = self.type()
      if chance(15) {
        modules[current].statements += "\(tail(.int, chance(30) ? 1 : 0, place, 0))\n"
        continue
      }
      let name = fresh("global")
      let value = tail(type, chance(30) ? 1 : 0, place, 0)
      modules[current].statements += "\(name): \(text(type)) = \(value)\n"
      place.variables.append((name, type))
    }
    return place.variables
  }

  // MARK: Files

  /// The text of a module; all modules have been made.
  mutating func file(of index: Int) -> GeneratedProgram.File {
    declarations.module = index
    let module = modules[index]
    var items = (module.typeNames.map { declaration(of: $0) } + module.items).shuffled(using: &source)
    if !module.statements.isEmpty { items.insert(module.statements, at: source.below(items.count + 1)) }
    return GeneratedProgram.File(path: module.path, text: ([header(of: module)] + items).joined(separator: "\n"))
  }

  private mutating func declaration(of name: String) -> String {
    if let variants = declarations.variants(of: name) {
      return "type \(name)\n"
        + variants.map { one in
          let fields = one.fields.isEmpty ? "" : "(\(one.fields.map { text($0) }.joined(separator: ", ")))"
          return "    \(one.name)\(fields)\n"
        }.joined()
    }
    let fields = declarations.fields(of: name) ?? []
    return "record \(name)\n" + fields.map { "    \($0.name): \(text($0.type))\n" }.joined()
  }

  private mutating func header(of module: GeneratedModule) -> String {
    let own = signatures.filter { $0.module == current }
    var clauses = ["intent = \"A random {module}.\"\n"]
    if chance(20) { clauses = ["intent =\n        \"A random\"\n        \"module.\"\n"] }
    let depends = module.depends.map { modules[$0].name } + (chance(5) ? ["Bytes"] : [])
    if !depends.isEmpty { clauses.append("depends [\(depends.joined(separator: ", "))]\n") }
    let hidden = module.typeNames.filter { declarations.opaque.contains($0) }
    if module.exposure == .listed || module.exposure == .listedWithOpaque {
      var names = own.filter { !$0.isPrivate }.map(\.name) + module.helpers
      names += module.typeNames.filter { !declarations.opaque.contains($0) }
      // Types of others can be handed on.
      names += module.depends.flatMap { modules[$0].typeNames }.filter { _ in chance(10) }
      clauses.append("exposes [\(names.shuffled(using: &source).joined(separator: ", "))]\n")
    }
    if !hidden.isEmpty { clauses.append("exposes opaque [\(hidden.joined(separator: ", "))]\n") }
    let isPure = !module.isEntry && !own.contains { $0.prints }
    if chance(80) { clauses.append("effects [\(isPure ? "" : effects)]\n") }
    clauses.shuffle(using: &source)
    return "module \(module.declaredName)\n" + clauses.map { "    \($0)" }.joined()
  }
}
