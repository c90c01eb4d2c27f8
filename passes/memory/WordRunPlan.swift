import Languages
import Nanopass

/// Which functions get a version for words, and which of them are attempted so.
///
/// A component of functions that call one another is attempted if it computes with integers that may be large, again and
/// again, has no effect, and takes and gives nothing but numbers. What it calls that is such a function, too, gets a
/// version, so that the attempt goes on there.
struct WordRunPlan {
  /// The functions with a version, and what that is called.
  private(set) var versions: [Name: Name] = [:]
  /// What the functions are called that attempt a function.
  private(set) var attempts: [Name: Name] = [:]
  /// The functions of attempted components, in which no further attempts are made.
  private(set) var inside: Set<Name> = []

  /// The most steps and ends of a function that gets a version.
  private static let longest = 400

  init(_ program: Services.Root) throws {
    let functions = program.functions
    let positions = Dictionary(functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let facts = try functions.map { function in
      var facts = WordRunFacts(positions)
      try facts.visit(function)
      return facts
    }
    let components = stronglyConnectedComponents(facts.map(\.callees))
    var places = Array(repeating: 0, count: functions.count)
    for (number, component) in components.enumerated() { for position in component { places[position] = number } }

    // Callees come before their callers.
    var found: [Component] = []
    for (number, component) in components.enumerated() {
      let outside = Set(component.flatMap { facts[$0].callees.map { places[$0] } }).subtracting([number])
      found.append(Component(component.map { (functions[$0], facts[$0]) }, calling: outside.map { found[$0] }))
      if component.contains(where: { facts[$0].callees.contains($0) }) || component.count > 1 {
        found[number].repeats = true
      }
    }
    let attempted = found.indices.filter { found[$0].isAttempted }
    var pending = attempted
    var seen = Set(pending)
    while let number = pending.popLast() {
      for callee in components[number].flatMap({ facts[$0].callees.map { places[$0] } })
      where found[callee].mayHaveVersion && seen.insert(callee).inserted { pending.append(callee) }
    }
    var taken = Set(functions.map(\.name))
    for position in functions.indices where seen.contains(places[position]) {
      versions[functions[position].name] = Self.name(functions[position], "words", &taken)
    }
    attempted.forEach { number in inside.formUnion(components[number].map { functions[$0].name }) }
    let callers = functions.indices.filter { !inside.contains(functions[$0].name) }
    let called = Set(callers.flatMap { facts[$0].callees })
    for position in functions.indices where called.contains(position) && found[places[position]].isAttempted {
      attempts[functions[position].name] = Self.name(functions[position], "attempt", &taken)
    }
  }

  private static func name(_ function: Services.Function, _ suffix: String, _ taken: inout Set<Name>) -> Name {
    var name = Name("\(function.name).\(suffix)")
    while !taken.insert(name).inserted { name = Name("\(name)'") }
    return name
  }

  /// What the functions of a component do together.
  private struct Component {
    let isPure: Bool
    /// Whether it computes with integers that may be large, or what it calls once does.
    let computes: Bool
    let mayHaveVersion: Bool
    var repeats: Bool

    var isAttempted: Bool { mayHaveVersion && computes && repeats }

    init(_ members: [(function: Services.Function, facts: WordRunFacts)], calling callees: [Component]) {
      isPure = members.allSatisfy { !$0.facts.hasEffects } && callees.allSatisfy(\.isPure)
      computes = members.contains { $0.facts.computes } || callees.contains { $0.computes && !$0.repeats }
      let takesNumbers = members.allSatisfy { member in
        (member.function.parameters.map(\.ty) + member.function.results).allSatisfy(\.isNumber)
          && member.facts.size <= longest
      }
      mayHaveVersion = isPure && takesNumbers && members.contains { $0.facts.hasIntegers }
      repeats = members.contains { $0.facts.hasLoops }
    }
  }
}

extension Services.Ty {
  /// Whether it is a type of numbers or truth values, of which nothing is kept on a heap where integers are words.
  fileprivate var isNumber: Bool {
    switch self {
    case .int, .word, .float, .bool, .unit: true
    case .string, .bytes, .digest, .data: false
    }
  }
}

/// What a function does that decides whether it may be run on words.
private struct WordRunFacts: ServicesWalker {
  private let positions: [Name: Int]
  /// The functions of the program that it calls, each once.
  private(set) var callees: [Int] = []
  private(set) var hasEffects = false
  private(set) var hasLoops = false
  /// Whether it holds integers that may be large, and computes with them.
  private(set) var hasIntegers = false
  private(set) var computes = false
  private(set) var size = 0

  init(_ positions: [Name: Int]) { self.positions = positions }

  private mutating func call(_ name: Name) {
    guard let position = positions[name] else { return }
    if !callees.contains(position) { callees.append(position) }
  }

  mutating func visit(_ node: Services.Parameter) throws { hasIntegers = hasIntegers || node.ty == .int }

  mutating func visit(_ node: Services.Step) throws {
    size += 1
    switch node {
    case .let(_, _, let ty, _): hasIntegers = hasIntegers || ty == .int
    case .receive(_, let callee, _, _): call(callee)
    case .join: break
    }
    try walk(node)
  }

  mutating func visit(_ node: Services.Value) throws {
    switch node {
    case .call(_, let callee, _): call(callee)
    case .service: hasEffects = true
    case .primitive(_, let name, _):
      if let rule = KnownRanges.facts(of: name)?.rule, !rule.isComparison { computes = true }
    case .atom, .construct, .payload: break
    }
  }

  mutating func visit(_ node: Services.End) throws {
    size += 1
    switch node {
    case .tailCall(_, let callee, _): call(callee)
    case .loop: hasLoops = true
    case .return, .jump, .switch, .test: break
    }
    try walk(node)
  }
}
