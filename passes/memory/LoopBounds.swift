import Languages

/// Bounds of what loops and recursive functions count: how often they go around is bounded by a parameter that only goes
/// up, or only down, within a range; or by one that gets a part of itself each time, since no way down into data that
/// does not contain itself is longer than there are cells. Another parameter changes by no more than so often its step.
///
/// What runs loops round by round comes to no more than `mostRounds` in any case: at one a nanosecond that takes two
/// years (M. Clochard, J.-C. Filliatre, A. Paskevich: How to Avoid Proving the Absence of Integer Overflows, VSTTE 2015).
/// LLVM is another matter, since it may compute at once what a loop ends with.
struct LoopBounds {
  static let mostRounds = 1 << 56

  private let graph: RangeGraph
  private let mostRounds: Int?
  /// How many more nodes are looked at for the step that is sought.
  private var fuel = 0

  /// How many nodes are looked at for a step.
  private static let mostFuel = 40

  /// - Parameter mostRounds: a bound of how often any loop goes around, if there is one.
  init(_ graph: RangeGraph, mostRounds: Int? = nil) {
    self.graph = graph
    self.mostRounds = mostRounds
  }

  /// The bounds of headers that have none yet.
  mutating func bounds(of cycle: RangeFinder.Cycle) -> [(node: Int32, range: Interval)] {
    let open = cycle.headers.filter { $0 >= 0 && !graph.range($0).fitsWord && !graph.range($0).isEmpty }
    guard cycle.backs > 0, !open.isEmpty, let most = rounds(cycle) else { return [] }
    return open.compactMap { header in
      let (start, step) = flow(into: header)
      let reached = step * Interval(0, most)
      let range = start + reached.union(Interval(0))
      return range.fitsWord ? (header, range) : nil
    }
  }

  /// How often control goes back at most; nil if that is not known.
  private mutating func rounds(_ cycle: RangeFinder.Cycle) -> Int? {
    var most = cycle.descends.contains(true) ? KnownRanges.mostCells : mostRounds
    for header in cycle.headers where header >= 0 {
      let range = graph.range(header)
      // A bound on the side that it goes to, and one for where it starts.
      let (start, step, count) = flowAndCount(into: header)
      guard count == cycle.backs, !start.isEmpty else { continue }
      let way: Interval
      if step.low >= 1, range.high != Interval.above, start.low != Interval.below {
        way = Interval(range.high) - Interval(start.low)
      } else if step.high <= -1, range.low != Interval.below, start.high != Interval.above {
        way = Interval(start.high) - Interval(range.low)
      } else {
        continue
      }
      guard way.fitsWord else { continue }
      most = min(most ?? Int.max, max(0, way.high))
    }
    return most
  }

  private mutating func flow(into header: Int32) -> (start: Interval, step: Interval) {
    let (start, step, _) = flowAndCount(into: header)
    return (start, step)
  }

  /// What comes into a header from elsewhere; by how much it changes where it comes from itself; and from how many places
  /// it does.
  private mutating func flowAndCount(into header: Int32) -> (start: Interval, step: Interval, count: Int) {
    var (start, step, count) = (Interval.none, Interval.none, 0)
    for source in graph.sources(of: header) {
      fuel = Self.mostFuel
      if let change = change(source, since: header) {
        step = step.union(change)
        count += 1
      } else {
        start = start.union(graph.range(source))
      }
    }
    return (start, step, count)
  }

  /// By how much a node differs from a header that it was computed from; nil if that is not known.
  private mutating func change(_ node: Int32, since header: Int32) -> Interval? {
    if node == header { return Interval(0) }
    fuel -= 1
    if fuel < 0 { return nil }
    let index = Int(node)
    let (left, right) = (graph.left[index], graph.right[index])
    switch graph.rules[index] {
    case .copy, .less, .atMost, .greater, .atLeast, .both, .unequal: return change(left, since: header)
    case .add:
      if let first = change(left, since: header) { return first + graph.range(right) }
      return change(right, since: header).map { $0 + graph.range(left) }
    case .subtract: return change(left, since: header).map { $0 - graph.range(right) }
    case .merge:
      var all = Interval.none
      for source in graph.sources(of: node) {
        guard let one = change(source, since: header) else { return nil }
        all = all.union(one)
      }
      return all
    default: return nil
    }
  }
}
