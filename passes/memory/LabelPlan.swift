import Languages
import Nanopass

/// Which parameters of the loops and join points of a function are spread over several.
///
/// Parameters that are passed on to one another are spread together: if some jump passes a new value, some block only
/// looks at fields or constructors, and none wants the whole. A loop may return a value of one constructor that it
/// has spread, since it is built again only once.
struct LabelPlan {
  /// For each label that changes, by number, how each of its parameters is spread, if it is.
  private(set) var layouts: [Int: [ResultLayout?]] = [:]
  /// The variables that hold new values which such labels get.
  private(set) var passed: [Int: ResultLayout] = [:]
  /// Those among them that are read nowhere else.
  private(set) var onlyPassed: NumberSet = []

  init(_ function: Services.Function, _ layouts: [Name: ResultLayout]) throws {
    var finder = LabelFinder(layouts)
    try finder.visit(function)
    let chosen = finder.chosen()
    if chosen.isEmpty { return }
    for (label, places) in finder.labels where places.contains(where: { $0.map(chosen.contains) ?? false }) {
      self.layouts[label] = places.map { place in
        place.flatMap { chosen.contains($0) ? finder.places[$0].layout : nil }
      }
    }
    for (variable, places) in finder.passes {
      guard let place = places.first(where: chosen.contains) else { continue }
      passed[variable] = finder.places[place].layout
      if finder.reads[variable] == places.count, places.allSatisfy(chosen.contains) { onlyPassed.insert(variable) }
    }
  }
}

/// Finds what is passed to the labels of a function, and what becomes of it.
private struct LabelFinder: ServicesWalker {
  /// A parameter that could be spread, and what is known of it or of all that are spread with it.
  struct Place {
    let layout: ResultLayout
    let variable: Local
    let isOfLoop: Bool
    /// How often a new value is passed, how often another, and how often that as a loop begins.
    var built = 0
    var found = 0
    var foundAtEntry = 0
    /// How many of the parameters are looked at, how many are returned, and how many wanted whole otherwise.
    var takenApart = 0
    var returned = 0
    var whole = 0

    mutating func add(_ other: Place) {
      built += other.built
      found += other.found
      foundAtEntry += other.foundAtEntry
      takenApart += other.takenApart
      returned += other.returned
      whole += other.whole
    }

    /// Whether it pays to spread them. What is there already and has several constructors takes a choice at each
    /// jump.
    var isSpread: Bool {
      guard built > 0, takenApart > 0, whole == 0 else { return false }
      return layout.tag == nil || foundAtEntry == 0 && returned == 0 && found <= built
    }
  }

  private(set) var places: [Place] = []
  /// The places of the parameters of each label, by number.
  private(set) var labels: [Int: [Int?]] = [:]
  /// How often each variable is read, and the places that new values are passed to.
  private(set) var reads: LocalTable<Int> = [:]
  private(set) var passes: [Int: [Int]] = [:]
  private let layouts: [Name: ResultLayout]
  private var own: LocalTable<Int> = [:]
  private var looks: LocalTable<Int> = [:]
  private var returns: LocalTable<Int> = [:]
  private var moves: LocalTable<Int> = [:]
  private var built: NumberSet = []
  private var parents: [Int] = []

  init(_ layouts: [Name: ResultLayout]) { self.layouts = layouts }

  private func root(_ place: Int) -> Int {
    var place = place
    while parents[place] != place { place = parents[place] }
    return place
  }

  /// The places that are spread.
  mutating func chosen() -> Set<Int> {
    for index in places.indices {
      let variable = places[index].variable.id
      let looks = looks[variable] ?? 0
      let returns = returns[variable] ?? 0
      places[index].takenApart = looks > 0 ? 1 : 0
      places[index].returned = returns
      if reads[variable] ?? 0 > looks + returns + (moves[variable] ?? 0) { places[index].whole += 1 }
      if returns > 0, !places[index].isOfLoop { places[index].whole += 1 }
    }
    let alone = places
    for index in places.indices where root(index) != index { places[root(index)].add(alone[index]) }
    return Set(places.indices.filter { places[root($0)].isSpread })
  }

  private mutating func declare(_ label: Local, _ parameters: [Services.Parameter], isLoop: Bool) {
    labels[label.id] = parameters.map { parameter in
      guard case .data(let type) = parameter.ty, let layout = layouts[type] else { return nil }
      own[parameter.variable.id] = places.count
      parents.append(places.count)
      places.append(Place(layout: layout, variable: parameter.variable, isOfLoop: isLoop))
      return places.count - 1
    }
  }

  private mutating func pass(_ arguments: [Services.Atom], to label: Local, isEntry: Bool) {
    for (argument, place) in zip(arguments, labels[label.id] ?? []) {
      guard case .local(_, let variable) = argument, let place else { continue }
      if built.contains(variable.id) {
        places[place].built += 1
        passes[variable.id, default: []].append(place)
      } else if let from = own[variable.id] {
        moves[variable.id, default: 0] += 1
        parents[root(from)] = root(place)
      } else {
        places[place].found += 1
        if isEntry { places[place].foundAtEntry += 1 }
      }
    }
  }

  mutating func visit(_ node: Services.Step) throws {
    switch node {
    case .let(_, let variable, _, .construct(_, let type, _, _, _)):
      if layouts[type] != nil { built.insert(variable.id) }
    case .join(_, let label, let parameters, _): declare(label, parameters, isLoop: false)
    case .let, .receive: break
    }
    try walk(node)
  }

  mutating func visit(_ node: Services.Value) throws {
    if case .payload(_, .local(_, let variable), _, _, _) = node { looks[variable.id, default: 0] += 1 }
    try walk(node)
  }

  mutating func visit(_ node: Services.End) throws {
    switch node {
    case .jump(_, let label, let arguments): pass(arguments, to: label, isEntry: false)
    case .loop(_, let label, let parameters, let arguments, _):
      declare(label, parameters, isLoop: true)
      pass(arguments, to: label, isEntry: true)
    case .switch(_, .local(_, let variable), _, _, _): looks[variable.id, default: 0] += 1
    case .return(_, let values): for case .local(_, let variable) in values { returns[variable.id, default: 0] += 1 }
    case .switch, .tailCall, .test: break
    }
    try walk(node)
  }

  mutating func visit(_ node: Services.Atom) {
    guard case .local(_, let variable) = node, built.contains(variable.id) || own[variable.id] != nil else { return }
    reads[variable.id, default: 0] += 1
  }
}
