import Languages
import Nanopass

/// Where cells go in a program, and which of the places that hold them are the only ones that do.
///
/// Two least fixed points. A place keeps its cell if the cell goes on from there to another cell, to a result or to where
/// nothing is known, or is written into; a parameter that does not keep its cell is only looked at, and who passes it may
/// go on with it. A place is shared if it keeps its cell and something else may still see that, or if it gets its cell from
/// a shared place.
struct CellGraph {
  /// A cell on its way through the program.
  enum Place: Hashable {
    case variable(function: Int, local: Int)
    case result(function: Int, position: Int)
    /// What all structs of a type have in a field.
    case content(type: Name, field: Int)
    /// Anywhere else.
    case elsewhere
  }

  private var numbers: [Place: Int] = [:]
  /// The places that get what is in a place.
  private var flows: [[Int]] = []
  /// The places whose cells are kept if that of a place is.
  private var sources: [[Int]] = []
  private var keeps: [Bool] = []
  private var shared: [Bool] = []
  /// What is seen at the first place although it may be kept at the second.
  private var conflicts: [(seen: Int, kept: Int)] = []

  /// The number of a place.
  private mutating func number(_ place: Place) -> Int {
    if let number = numbers[place] { return number }
    numbers[place] = flows.count
    flows.append([])
    sources.append([])
    // What goes to a variable is not kept until something is done with it.
    if case .variable = place { keeps.append(false) } else { keeps.append(true) }
    shared.append(false)
    return flows.count - 1
  }

  /// A cell goes from one place to another.
  mutating func move(_ source: Place, to target: Place) {
    let (from, to) = (number(source), number(target))
    flows[from].append(to)
    sources[to].append(from)
  }

  /// A variable is set to a field of another's cell.
  mutating func read(_ variable: Place, from owner: Place, _ content: Place) {
    let (part, whole, field) = (number(variable), number(owner), number(content))
    flows[whole].append(part)
    flows[field].append(part)
    sources[part].append(whole)
  }

  /// Something reads a place by another way after its cell has gone to another.
  mutating func see(_ place: Place, after target: Place) { conflicts.append((number(place), number(target))) }

  /// What is in the first place may come to the second, which says nothing of what becomes of it there.
  mutating func give(_ source: Place, to target: Place) {
    let (from, to) = (number(source), number(target))
    flows[from].append(to)
  }

  /// The cell is written into.
  mutating func change(_ place: Place) { keeps[number(place)] = true }

  /// Something else may hold the cell.
  mutating func share(_ place: Place) { shared[number(place)] = true }

  /// Follows what is kept and shared.
  mutating func solve() {
    Self.spread(&keeps, along: sources)
    for conflict in conflicts where keeps[conflict.kept] { shared[conflict.seen] = true }
    Self.spread(&shared, along: flows)
  }

  /// Whether something else may hold the cell of a place.
  func isShared(_ place: Place) -> Bool { numbers[place].map { shared[$0] } ?? false }

  private static func spread(_ marks: inout [Bool], along edges: [[Int]]) {
    var pending = marks.indices.filter { marks[$0] }
    while let place = pending.popLast() {
      for next in edges[place] where !marks[next] {
        marks[next] = true
        pending.append(next)
      }
    }
  }
}
