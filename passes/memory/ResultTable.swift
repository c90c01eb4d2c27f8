import Languages
import Nanopass

/// The results of all functions, numbered, with what is known of each class of them that tail calls join.
struct ResultTable {
  struct Count {
    /// How often a result is made there, and how often it was there before.
    var built = 0
    var found = 0
    /// How many callers only take the result apart, and how many want the whole.
    var takenApart = 0
    var whole = 0

    mutating func add(_ other: Count) {
      built += other.built
      found += other.found
      takenApart += other.takenApart
      whole += other.whole
    }
  }

  let layouts: [Name: ResultLayout]
  private var types: [Services.Ty] = []
  private var owners: [Int] = []
  private var starts: [Int] = []
  private let functions: [Name: Int]
  private var counts: [Count]
  /// Towards the representative of each class.
  private var parents: [Int]

  init(_ program: Services.Root) {
    layouts = ResultLayout.all(of: program.types)
    functions = Dictionary(program.functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    for (index, function) in program.functions.enumerated() {
      starts.append(types.count)
      types += function.results
      owners += function.results.map { _ in index }
    }
    starts.append(types.count)
    counts = types.map { _ in Count() }
    parents = Array(types.indices)
  }

  func layout(of type: Services.Ty) -> ResultLayout? {
    if case .data(let name) = type { layouts[name] } else { nil }
  }

  func layout(of position: Int) -> ResultLayout? { layout(of: types[position]) }

  func function(of position: Int) -> Int { owners[position] }

  /// The numbers of a function's results.
  func positions(of function: Int) -> Range<Int> { starts[function]..<starts[function + 1] }

  func position(_ result: Int, of function: Name) -> Int? {
    guard let index = functions[function], positions(of: index).count > result else { return nil }
    return starts[index] + result
  }

  /// A function gives a result that it has made, or found somewhere.
  mutating func note(_ position: Int, isBuilt: Bool) {
    if isBuilt { counts[position].built += 1 } else { counts[position].found += 1 }
  }

  /// A caller takes a result apart, or wants the whole.
  mutating func note(_ position: Int, takenApart: Bool) {
    if takenApart { counts[position].takenApart += 1 } else { counts[position].whole += 1 }
  }

  private func root(_ position: Int) -> Int {
    var position = position
    while parents[position] != position { position = parents[position] }
    return position
  }

  /// One function gives what the other gives.
  mutating func join(_ function: Name, _ other: Name) {
    guard let own = functions[function], let theirs = functions[other] else { return }
    for (one, two) in zip(positions(of: own), positions(of: theirs)) {
      let (first, second) = (root(one), root(two))
      // Shorter ways for the next who asks.
      (parents[one], parents[two]) = (first, first)
      parents[second] = first
    }
  }

  /// The classes of results that could be spread.
  var classes: [(root: Int, members: [Int])] {
    var members: [Int: [Int]] = [:]
    for position in types.indices where layout(of: position) != nil {
      members[root(position), default: []].append(position)
    }
    return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  func count(of root: Int) -> Count { counts[root] }

  /// The table with the counts of each class added up.
  consuming func finished() -> ResultTable {
    for position in counts.indices where root(position) != position { counts[root(position)].add(counts[position]) }
    return self
  }
}
