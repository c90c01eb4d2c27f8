import Languages
import Nanopass

/// Which functions get a version for words, and which of them are attempted so.
///
/// A component of functions that call one another is attempted if it computes with integers beside which there may be a
/// big one, again and again, if it has no effect, and if it changes no vector and no cell that its caller has: a second run
/// must find all as the first did. What it calls that computes so gets a version, too, so that an attempt goes on there. Functions
/// that only compare such integers and hand them on gain nothing.
struct SpeculationPlan {
  /// The functions with a version, and what that is.
  private(set) var versions: [Name: WordVersion.Signature] = [:]
  /// What the functions are called that attempt a function.
  private(set) var attempts: [Name: Name] = [:]
  /// Why functions that repeat something are not attempted, in words.
  private(set) var reasons: [String] = []

  private let functions: [WasmIR.Function]
  private var components: [[Int]] = []
  /// The component of each function.
  private var places: [Int] = []

  /// The most expressions of a function that gets a version.
  private static let longest = 1_000

  /// - Parameter cells: the cells that are to be written over.
  init(_ root: WasmIR.Root, _ cells: UniqueCells?) throws {
    functions = root.functions
    let positions = Dictionary(functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let facts = try functions.enumerated().map { position, function in
      var facts = SpeculationFacts(positions)
      try facts.visit(function)
      facts.changesCells = cells.map { !$0.found[position].isEmpty } ?? false
      facts.keepsConstant = function.parameters.isEmpty
      return facts
    }
    components = stronglyConnectedComponents(facts.map(\.callees))
    places = Array(repeating: 0, count: functions.count)
    for (number, component) in components.enumerated() { for position in component { places[position] = number } }

    // Callees come before their callers.
    var found: [Component] = []
    for (number, component) in components.enumerated() {
      let callees = Set(component.flatMap { facts[$0].callees.map { places[$0] } }).subtracting([number])
      found.append(describe(component.map { (functions[$0], facts[$0]) }, calling: callees.map { found[$0] }))
    }

    var taken = Set(root.declaredNames)
    var pending: [Int] = []
    for (number, component) in components.enumerated() {
      let one = found[number]
      guard one.repeats, one.computes, one.holdsIntegers else { continue }
      let names = component.map { functions[$0].name.text }.joined(separator: ", ")
      if !one.isPure {
        reasons.append("\(names): not run on words first, since there are effects")
      } else if one.changesArguments {
        reasons.append("\(names): not run on words first alone, since what the caller has is changed")
      } else {
        pending.append(number)
        for position in component { attempts[functions[position].name] = "" }
      }
    }
    var seen = Set(pending)
    while let number = pending.popLast() {
      for position in components[number] {
        version(functions[position], &taken)
        for callee in facts[position].callees.map({ places[$0] }) where found[callee].wantsVersion {
          if seen.insert(callee).inserted { pending.append(callee) }
        }
      }
    }
    nameAttempts(facts, &taken)
  }

  /// What the functions of a component do together.
  private struct Component {
    var isPure: Bool
    /// Whether it may change a vector or a cell that it is given.
    var changesArguments: Bool
    /// Whether it writes over cells.
    var changesCells: Bool
    var repeats: Bool
    /// Whether it holds integers that may be big, and is not too long to be there twice.
    var holdsIntegers: Bool
    /// Whether it computes with integers, or what it calls once does.
    var computes: Bool
    /// Whether a version of it on words is of use where others run on words.
    var wantsVersion: Bool
  }

  private func describe(
    _ members: [(function: WasmIR.Function, facts: SpeculationFacts)], calling callees: [Component]
  ) -> Component {
    let all = members.map(\.facts)
    let names = Set(members.map(\.function.name))
    let isPure = all.allSatisfy { !$0.hasEffects } && callees.allSatisfy(\.isPure)
    let vectors = all.contains(where: \.changesVectors) || callees.contains(where: \.changesArguments)
    let cells = all.contains(where: \.changesCells) || callees.contains(where: \.changesCells)
    let holdsIntegers = all.contains(where: \.hasIntegers) && all.allSatisfy { $0.size <= Self.longest }
    let computes = all.contains(where: \.computes) || callees.contains { $0.computes && !$0.repeats }
    return Component(
      isPure: isPure,
      changesArguments: vectors && members.contains { takesVector($0.function) }
        || cells && members.contains { takesCell($0.function) },
      changesCells: cells,
      repeats: all.contains { $0.hasLoops || $0.callees.contains { names.contains(functions[$0].name) } },
      holdsIntegers: holdsIntegers, computes: computes,
      wantsVersion: isPure && holdsIntegers && (computes || callees.contains(where: \.wantsVersion)))
  }

  /// The functions that call one another and a function.
  func component(of position: Int) -> Set<Name> { Set(components[places[position]].map { functions[$0].name }) }

  private func takesVector(_ function: WasmIR.Function) -> Bool {
    function.parameters.contains { $0.ty.mentioned?.text.hasPrefix("vector.") ?? false }
  }

  private func takesCell(_ function: WasmIR.Function) -> Bool {
    function.parameters.contains { parameter in
      guard let type = parameter.ty.mentioned else { return false }
      return !type.text.hasPrefix("vector.") && type != HeapLayout.big && type != HeapLayout.string
    }
  }

  private static func name(_ function: WasmIR.Function, _ suffix: String, _ taken: inout Set<Name>) -> Name {
    var name = Name("\(function.name).\(suffix)")
    while !taken.insert(name).inserted { name = Name("\(name)'") }
    return name
  }

  private mutating func version(_ function: WasmIR.Function, _ taken: inout Set<Name>) {
    versions[function.name] = WordVersion.Signature(
      name: Self.name(function, "words", &taken), keptParameters: function.parameters.map { !$0.ty.isBig },
      keptResults: function.results.map { !$0.isBig })
  }

  /// Attempts are made only where a function is called from outside its component and not on words already.
  private mutating func nameAttempts(_ facts: [SpeculationFacts], _ taken: inout Set<Name>) {
    var called: Set<Int> = []
    for (position, facts) in facts.enumerated() {
      called.formUnion(facts.callees.filter { places[$0] != places[position] })
    }
    for (position, function) in functions.enumerated() where attempts[function.name] != nil {
      attempts[function.name] = called.contains(position) ? Self.name(function, "attempt", &taken) : nil
    }
  }
}

/// What a function does that decides whether it may be run twice.
private struct SpeculationFacts: WasmIRWalker {
  private let positions: [Name: Int]
  /// The functions of the program that it calls, each once.
  private(set) var callees: [Int] = []
  /// Whether the world sees it, or it changes what is kept.
  private(set) var hasEffects = false
  /// Whether it changes a vector in place.
  private(set) var changesVectors = false
  /// Whether it writes over cells.
  var changesCells = false
  private(set) var hasLoops = false
  /// Whether there are integers that may be big.
  private(set) var hasIntegers = false
  /// Whether it computes with such integers.
  private(set) var computes = false
  private(set) var size = 0
  private var setsGlobals = false
  /// Whether what it keeps in a global is always the same.
  var keepsConstant = false {
    didSet { if setsGlobals, !keepsConstant { hasEffects = true } }
  }

  init(_ positions: [Name: Int]) { self.positions = positions }

  private mutating func call(_ name: Name) {
    if let position = positions[name] {
      if !callees.contains(position) { callees.append(position) }
    } else if EffectOperation.service(name) != nil {
      hasEffects = true
    } else if name.text.hasPrefix("vector.put.") {
      changesVectors = true
    } else if WordVersion.onWords[name] != nil {
      computes = true
    }
  }

  mutating func visit(_ node: WasmIR.Parameter) throws { hasIntegers = hasIntegers || node.ty.isBig }

  mutating func visit(_ node: WasmIR.Step) throws {
    if case .let(_, _, let ty, _) = node { hasIntegers = hasIntegers || ty.isBig }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.End) throws {
    switch node {
    case .tailCall(_, let name, _): call(name)
    case .loop: hasLoops = true
    case .attempt, .abandon: hasEffects = true
    default: break
    }
    try walk(node)
  }

  mutating func visit(_ node: WasmIR.Expr) throws {
    if !node.isAtom { size += 1 }
    switch node {
    case .call(_, let name, _): call(name)
    case .setGlobal: setsGlobals = true
    case .host, .set, .setElement, .copy, .fill: hasEffects = true
    default: break
    }
    try walk(node)
  }
}
