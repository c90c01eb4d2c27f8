import Languages
import Nanopass

/// Where a value may stand in the form of its fields.
enum FlatPlace: Hashable {
  /// A field of a constructor.
  case field(type: Name, variant: Int, index: Int)
  case parameter(function: Name, index: Int)
}

/// What a function does with values that come from such places or go there.
struct FlatUses {
  /// The places that new values, and values that come from places, go to, by variable.
  fileprivate(set) var puts: LocalTable<[FlatPlace]> = [:]
  /// Those among the new values that are read nowhere else.
  fileprivate(set) var onlyPut: NumberSet = []
  /// The parts that are asked for of values that come from places.
  fileprivate(set) var parts: LocalTable<NumberSet> = [:]
}

/// Which fields of cells and which parameters of functions stand flat: those whose type has one constructor of few
/// fields, if some new value goes there, and each value that comes from there is only taken apart or goes to another
/// such place. A field stays a cell, too, if some value that goes there is needed as a cell anyway: its fields would only
/// take room twice; and if values that are there already are put there at many places of the program and new ones at few,
/// as in a sort, since each of their parts is copied and counted then.
struct FieldPlan {
  /// How many fields of a value may stand in the place of one, and how many a cell may have then: as many as one of the
  /// allocator's sizes holds.
  static let (mostParts, mostFields) = (3, 7)
  /// What a function takes then at most: as many as have registers.
  static let mostArguments = ResultLayout.Registers(words: 6, floats: 8)

  /// How the value of a place is spread.
  private(set) var layouts: [FlatPlace: ResultLayout] = [:]
  /// By function.
  private(set) var uses: [Name: FlatUses] = [:]
  /// The places that stay cells though new values go there, and a function that wants one whole.
  private(set) var kept: [FlatPlace: Name] = [:]
  /// The fields that stay cells since their values are copied more often than built.
  private(set) var copied: [FlatPlace] = []

  init(_ program: Services.Root) throws {
    let candidates = Self.candidates(program)
    if candidates.isEmpty { return }
    var finder = FlatFinder(candidates)
    for function in program.functions { try finder.visit(function) }
    uses = finder.uses
    kept = finder.whole.filter { finder.built[$0.key] != nil }
    copied = candidates.keys.filter { finder.isMostlyCopied($0) && finder.whole[$0] == nil }
    let agreed = finder.agreed(among: Set(candidates.keys).subtracting(copied))
    let chosen = finder.agreed(among: Self.fitting(agreed, candidates, program))
    layouts = candidates.filter { chosen.contains($0.key) }
  }

  /// The places that could stand flat.
  private static func candidates(_ program: Services.Root) -> [FlatPlace: ResultLayout] {
    var layouts: [Name: ResultLayout] = [:]
    for type in program.types {
      guard let only = type.variants.first, type.variants.count == 1, only.fields.count <= mostParts,
        !only.fields.contains(.data(name: type.name)), !isScalar(only.fields), let layout = ResultLayout(type)
      else { continue }
      layouts[type.name] = layout
    }
    if layouts.isEmpty { return [:] }
    var candidates: [FlatPlace: ResultLayout] = [:]
    let representations = Representations(program.types).types
    for type in program.types {
      if type.facts.contains("array") || type.facts.contains("scoped") { continue }
      // What is held as its field takes no cell of its own, which is better still.
      let transparent = representations[type.name]?.transparent
      for (variant, constructor) in type.variants.enumerated() where variant != transparent {
        for case (let index, .data(let name)) in constructor.fields.enumerated() where name != type.name {
          candidates[.field(type: type.name, variant: variant, index: index)] = layouts[name]
        }
      }
    }
    for function in program.functions where function.name != program.entry {
      for case (let index, .data(let name)) in function.parameters.map(\.ty).enumerated() {
        candidates[.parameter(function: function.name, index: index)] = layouts[name]
      }
    }
    return candidates
  }

  /// Whether the fields are one that is no data, which takes no cell anyway.
  private static func isScalar(_ fields: [Services.Ty]) -> Bool {
    guard let only = fields.first, fields.count == 1 else { return false }
    if case .data = only { return false }
    return true
  }

  /// As many of the chosen places as there is room for, without those of values that change themselves: they come when
  /// these have changed.
  private static func fitting(
    _ chosen: Set<FlatPlace>, _ candidates: [FlatPlace: ResultLayout], _ program: Services.Root
  ) -> Set<FlatPlace> {
    let changing = Set(chosen.compactMap { if case .field(let type, _, _) = $0 { type } else { nil } })
    var fitting: Set<FlatPlace> = []
    /// Takes those of some places for whose parts there is room beside the rest.
    func take(_ places: [FlatPlace], beside rest: [Services.Ty], _ fits: ([Services.Ty]) -> Bool) {
      var types = rest
      for place in places {
        guard chosen.contains(place), let layout = candidates[place], !changing.contains(layout.name) else { continue }
        var spread = types + layout.types
        if let reference = spread.firstIndex(of: .data(name: layout.name)) { spread.remove(at: reference) }
        guard fits(spread) else { continue }
        types = spread
        fitting.insert(place)
      }
    }
    for type in program.types where changing.contains(type.name) {
      for (variant, constructor) in type.variants.enumerated() {
        let places = constructor.fields.indices.map { FlatPlace.field(type: type.name, variant: variant, index: $0) }
        take(places, beside: constructor.fields) { $0.count <= mostFields }
      }
    }
    for function in program.functions {
      let places = function.parameters.indices.map { FlatPlace.parameter(function: function.name, index: $0) }
      take(places, beside: function.parameters.map(\.ty)) { ResultLayout.Registers($0).fit(mostArguments) }
    }
    return fitting
  }
}

/// Finds what becomes of the values of places that could stand flat.
private struct FlatFinder: ServicesWalker {
  private(set) var uses: [Name: FlatUses] = [:]
  /// How many new values go to each place.
  private(set) var built: [FlatPlace: Int] = [:]
  /// The places whose values some function wants whole, and the first that does.
  private(set) var whole: [FlatPlace: Name] = [:]
  /// How many values that are no new ones go to each field.
  private var copies: [FlatPlace: Int] = [:]
  /// Where values that come from each place go.
  private var moves: [FlatPlace: Set<FlatPlace>] = [:]
  private let candidates: [FlatPlace: ResultLayout]
  private let types: Set<Name>
  private var own = FlatUses()
  /// The places that variables come from.
  private var found: LocalTable<FlatPlace> = [:]
  private var finds: [Int] = []
  private var news: [Int] = []
  /// The variables of such types that come from elsewhere.
  private var others: [Int] = []
  private var isOther: NumberSet = []
  private var isNew: NumberSet = []
  private var reads: LocalTable<Int> = [:]
  /// How often variables are read for their parts or to go to some place.
  private var agreeing: LocalTable<Int> = [:]

  init(_ candidates: [FlatPlace: ResultLayout]) {
    self.candidates = candidates
    types = Set(candidates.values.map(\.name))
  }

  /// Whether the parts of values of a field cost more where they are copied than the cells that would be built. A new
  /// cell is worth two parts that are copied and counted.
  func isMostlyCopied(_ place: FlatPlace) -> Bool {
    guard let layout = candidates[place], let built = built[place] else { return false }
    return (copies[place] ?? 0) * (layout.types.count - 1) > 2 * built
  }

  /// The greatest set of places among some such that values which come from them are only taken apart or go to places of
  /// the set, and such that each gets new values, if only by way of another.
  func agreed(among some: Set<FlatPlace>) -> Set<FlatPlace> {
    var agreed = some.filter { whole[$0] == nil }
    while true {
      let targets = agreed.reduce(into: Set<FlatPlace>()) { $0.formUnion(moves[$1] ?? []) }
      let rest = agreed.filter { place in
        (moves[place] ?? []).isSubset(of: agreed) && (built[place] != nil || targets.contains(place))
      }
      if rest.count == agreed.count { return agreed }
      agreed = rest
    }
  }

  mutating func visit(_ node: Services.Function) throws {
    (own, found, finds, news, isNew) = (FlatUses(), [:], [], [], [])
    (reads, agreeing, others, isOther) = ([:], [:], [], [])
    for (index, parameter) in node.parameters.enumerated() {
      find(parameter.variable, .parameter(function: node.name, index: index))
    }
    try walk(node)
    for variable in finds {
      guard let place = found[variable] else { continue }
      if reads[variable] ?? 0 > agreeing[variable] ?? 0, whole[place] == nil { whole[place] = node.name }
      moves[place, default: []].formUnion(own.puts[variable] ?? [])
    }
    for variable in news {
      guard let puts = own.puts[variable] else { continue }
      for place in puts { built[place, default: 0] += 1 }
      if reads[variable] == puts.count { own.onlyPut.insert(variable) }
    }
    for variable in finds + others {
      for case .field(let type, let variant, let index) in own.puts[variable] ?? [] {
        copies[.field(type: type, variant: variant, index: index), default: 0] += 1
      }
    }
    for variable in finds + news + others where reads[variable] ?? 0 > agreeing[variable] ?? 0 {
      for case .field(let type, let variant, let index) in own.puts[variable] ?? [] {
        whole[.field(type: type, variant: variant, index: index)] = node.name
      }
    }
    uses[node.name] = own
  }

  /// Notes a variable that comes from elsewhere.
  private mutating func note(_ variable: Local, _ ty: Services.Ty) {
    guard case .data(let type) = ty, types.contains(type), isOther.insert(variable.id) else { return }
    others.append(variable.id)
  }

  private mutating func find(_ variable: Local, _ place: FlatPlace) {
    guard candidates[place] != nil else { return }
    found[variable.id] = place
    finds.append(variable.id)
  }

  private mutating func put(_ values: [Services.Atom], _ place: (Int) -> FlatPlace) {
    for case (let index, .local(_, let variable)) in values.enumerated() where isTracked(variable) {
      let place = place(index)
      guard candidates[place] != nil else { continue }
      agreeing[variable.id, default: 0] += 1
      own.puts[variable.id, default: []].append(place)
    }
  }

  mutating func visit(_ node: Services.Step) throws {
    switch node {
    case .let(_, let variable, let ty, .payload(_, _, let type, let variant, let index)):
      find(variable, .field(type: type, variant: variant, index: index))
      if found[variable.id] == nil { note(variable, ty) }
    case .let(_, let variable, _, .construct(_, let type, _, _, _)):
      if types.contains(type) {
        isNew.insert(variable.id)
        news.append(variable.id)
      }
    case .let(_, let variable, let ty, _): note(variable, ty)
    case .receive(_, let callee, let arguments, let parameters):
      for parameter in parameters { note(parameter.variable, parameter.ty) }
      put(arguments) { .parameter(function: callee, index: $0) }
    case .join(_, _, let parameters, _): for parameter in parameters { note(parameter.variable, parameter.ty) }
    }
    try walk(node)
  }

  mutating func visit(_ node: Services.Value) throws {
    switch node {
    case .payload(_, .local(_, let subject), _, _, let index):
      if isTracked(subject) {
        agreeing[subject.id, default: 0] += 1
        own.parts[subject.id, default: []].insert(index)
      }
    case .construct(_, let type, _, let variant, let arguments):
      put(arguments) { .field(type: type, variant: variant, index: $0) }
    case .call(_, let callee, let arguments): put(arguments) { .parameter(function: callee, index: $0) }
    case .atom, .payload, .primitive, .service: break
    }
    try walk(node)
  }

  mutating func visit(_ node: Services.End) throws {
    switch node {
    case .switch(_, .local(_, let subject), _, _, _):
      if isTracked(subject) { agreeing[subject.id, default: 0] += 1 }
    case .tailCall(_, let callee, let arguments): put(arguments) { .parameter(function: callee, index: $0) }
    case .loop(_, _, let parameters, _, _): for parameter in parameters { note(parameter.variable, parameter.ty) }
    case .jump, .return, .switch, .test: break
    }
    try walk(node)
  }

  mutating func visit(_ node: Services.Atom) {
    if case .local(_, let variable) = node, isTracked(variable) { reads[variable.id, default: 0] += 1 }
  }

  private func isTracked(_ variable: Local) -> Bool {
    found[variable.id] != nil || isNew.contains(variable.id) || isOther.contains(variable.id)
  }
}
