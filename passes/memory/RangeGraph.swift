import Languages
import Nanopass

/// How the range of an integer follows from those of others.
enum RangeRule: UInt8 {
  /// A range that is known from the start.
  case given
  /// Any of several, each coming over an edge; what recursion and loops go through is a header.
  case merge, header
  case copy
  case add, subtract, multiply, negate, divide, modulo, and, or, xor, not, shiftLeft, shiftRight
  /// The left one where it compares so with the right one: nodes of e-SSA form.
  case less, atMost, greater, atLeast, both, unequal
  /// What has the left one as its square.
  case root
  /// Comparisons, which have no ranges; their operands are kept for who rewrites them.
  case isLess, isAtMost, isEqual

  /// Whether it is an operator of the program, or a comparison.
  var isOperator: Bool {
    switch self {
    case .add, .subtract, .multiply, .negate, .divide, .modulo, .and, .or, .xor, .not, .shiftLeft, .shiftRight: true
    default: isComparison
    }
  }

  /// Whether it is what a condition tells of a variable.
  var isCondition: Bool {
    switch self {
    case .less, .atMost, .greater, .atLeast, .both, .unequal: true
    default: false
    }
  }

  var isComparison: Bool { self == .isLess || self == .isAtMost || self == .isEqual }

  /// What a comparison tells of its operands where it gives a value, of each by the other; nil for other rules.
  func conditions(where value: Bool) -> (left: RangeRule, right: RangeRule)? {
    switch (self, value) {
    case (.isLess, true): (.less, .greater)
    case (.isLess, false): (.atLeast, .atMost)
    case (.isAtMost, true): (.atMost, .atLeast)
    case (.isAtMost, false): (.greater, .less)
    case (.isEqual, true): (.both, .both)
    case (.isEqual, false): (.unequal, .unequal)
    default: nil
    }
  }

  /// The range that follows from those of the operands; all integers for a rule that has none.
  func range(of one: Interval, _ other: Interval) -> Interval {
    switch self {
    case .given, .merge, .header: .all
    case .copy: one
    case .add: one + other
    case .subtract: one - other
    case .multiply: one * other
    case .negate: -one
    case .divide: one.divided(by: other)
    case .modulo: one.remainder(by: other)
    case .and: one & other
    case .or: one | other
    case .xor: one ^ other
    case .not: ~one
    case .shiftLeft: one.shiftedLeft(by: other)
    case .shiftRight: one.shiftedRight(by: other)
    case .less: one.less(than: other)
    case .atMost: one.atMost(other)
    case .greater: one.greater(than: other)
    case .atLeast: one.atLeast(other)
    case .both: one.intersection(other)
    case .unequal: one.without(other)
    case .root: one.squareRoots
    case .isLess, .isAtMost, .isEqual: .none
    }
  }
}

/// The ranges of all integers of a program, and how they follow from one another.
///
/// A sparse analysis on the nodes of extended static single assignment form, in which a variable gets a new name where a
/// branch tells more of it (Rodrigues Campos, Rodrigues Alves, Pereira, Aranha: A Fast and Low-Overhead Technique to
/// Secure Programs against Integer Overflows, CGO 2013, sections 3 and 4). Ranges grow up to a fixed point, with
/// widening at headers (Cousot, Cousot: Abstract Interpretation, POPL 1977, section 9), to literals that the function
/// compares with; then they narrow a few times. Components are done one after the other, each behind those that it
/// depends on, so that only nodes of recursions and loops change more than once; these change a bounded number of times,
/// so that the work is linear.
struct RangeGraph {
  private(set) var rules: [RangeRule] = []
  private(set) var left: [Int32] = []
  private(set) var right: [Int32] = []
  /// What is known of each node without the others.
  private var bounds: [Interval] = []
  private(set) var ranges: [Interval] = []
  /// The edges into merges and headers.
  private var edges: [(from: Int32, to: Int32)] = []
  /// The function of each header, and the literals that functions compare with.
  private var owners: LocalTable<Int> = [:]
  private var thresholds: [[Int]] = []
  private var changes: [UInt8] = []
  // The users of each node and the sources of each merge, one after the other.
  private var userStarts: [Int32] = []
  private var users: [Int32] = []
  private var sourceStarts: [Int32] = []
  private var sources: [Int32] = []

  /// After how many changes a header is widened to the next literal, and after how many to no bound.
  private static let exact: UInt8 = 3
  private static let limited: UInt8 = 12
  /// After how many changes nothing is known of any node.
  private static let most: UInt8 = 60
  /// How often ranges are narrowed.
  private static let narrowings = 8

  var count: Int { rules.count }

  // MARK: Making

  /// Adds a node.
  mutating func add(
    _ rule: RangeRule, _ left: Int32 = -1, _ right: Int32 = -1, within bound: Interval = .all
  ) -> Int32 {
    rules.append(rule)
    self.left.append(left)
    self.right.append(right)
    bounds.append(bound)
    return Int32(rules.count - 1)
  }

  /// Adds a node whose range is known.
  mutating func given(_ range: Interval) -> Int32 { add(.given, within: range) }

  /// Adds a header of a function.
  mutating func header(of function: Int) -> Int32 {
    let node = add(.header)
    owners[Int(node)] = function
    return node
  }

  /// A merge or header may be what another node is.
  mutating func connect(_ from: Int32, to merge: Int32) { edges.append((from, merge)) }

  /// The literals that the next function compares with, in order.
  mutating func declare(thresholds literals: [Int]) { thresholds.append(literals) }

  /// Something is known of a node that its rule does not say.
  mutating func restrict(_ node: Int32, to range: Interval) {
    bounds[Int(node)] = bounds[Int(node)].intersection(range)
  }

  // MARK: Asking

  func range(_ node: Int32) -> Interval { ranges[Int(node)] }

  /// What may come into a merge or header.
  func sources(of node: Int32) -> ArraySlice<Int32> {
    sources[Int(sourceStarts[Int(node)])..<Int(sourceStarts[Int(node) + 1])]
  }

  /// One of the nodes that a node depends on, -1 where a rule has no such operand; nil behind the last.
  func dependency(_ index: Int, of node: Int32) -> Int32? {
    if index < 2 { return index == 0 ? left[Int(node)] : right[Int(node)] }
    let place = Int(sourceStarts[Int(node)]) + index - 2
    return place < Int(sourceStarts[Int(node) + 1]) ? sources[place] : nil
  }

  // MARK: Solving

  /// Lets go of what a new bound of headers rules out, in a few steps.
  mutating func tighten(_ found: [(node: Int32, range: Interval)]) {
    for (node, range) in found { restrict(node, to: range) }
    narrow()
  }

  /// Finds all ranges.
  mutating func solve() {
    if userStarts.count != count + 1 { link() }
    ranges = [Interval](repeating: .none, count: count)
    changes = [UInt8](repeating: 0, count: count)
    grow()
    narrow()
  }

  /// Puts the users and sources of each node into order.
  private mutating func link() {
    userStarts = [Int32](repeating: 0, count: count + 1)
    sourceStarts = userStarts
    for node in 0..<count {
      if left[node] >= 0 { userStarts[Int(left[node])] += 1 }
      if right[node] >= 0 { userStarts[Int(right[node])] += 1 }
    }
    for edge in edges {
      userStarts[Int(edge.from)] += 1
      sourceStarts[Int(edge.to)] += 1
    }
    Self.accumulate(&userStarts)
    Self.accumulate(&sourceStarts)
    users = [Int32](repeating: 0, count: Int(userStarts[count]))
    sources = [Int32](repeating: 0, count: Int(sourceStarts[count]))
    // Each start is one too far by what stands behind it; filling from the end brings it back.
    for edge in edges.reversed() {
      userStarts[Int(edge.from)] -= 1
      users[Int(userStarts[Int(edge.from)])] = edge.to
      sourceStarts[Int(edge.to)] -= 1
      sources[Int(sourceStarts[Int(edge.to)])] = edge.from
    }
    for node in (0..<count).reversed() {
      link(left[node], to: node)
      link(right[node], to: node)
    }
  }

  private mutating func link(_ operand: Int32, to user: Int) {
    guard operand >= 0 else { return }
    userStarts[Int(operand)] -= 1
    users[Int(userStarts[Int(operand)])] = Int32(user)
  }

  /// Makes of counts the ends of as many places each.
  private static func accumulate(_ counts: inout [Int32]) {
    var sum: Int32 = 0
    for index in counts.indices {
      sum += counts[index]
      counts[index] = sum
    }
  }

  /// Ranges grow until nothing changes.
  private mutating func grow() {
    let order = RangeOrder(self)
    var queue: [Int32] = []
    var isQueued = [Bool](repeating: false, count: count)
    // What has come into merges so far.
    var incoming = [Interval](repeating: .none, count: count)
    for component in 0..<order.count {
      let members = order.places(of: component)
      if members.count == 1 {
        let only = Int(order.nodes[members.lowerBound])
        ranges[only] = found(only)
        continue
      }
      queue.removeAll(keepingCapacity: true)
      for place in members {
        let member = order.nodes[place]
        isQueued[Int(member)] = true
        if isMerge(Int(member)) { incoming[Int(member)] = merged(Int(member)) }
        queue.append(member)
      }
      var next = 0
      while next < queue.count {
        let node = Int(queue[next])
        next += 1
        isQueued[node] = false
        let old = ranges[node]
        let found = isMerge(node) ? incoming[node].intersection(bounds[node]) : computed(node)
        if old.contains(found) { continue }
        let grown = widened(node, old.union(found))
        ranges[node] = grown
        for index in Int(userStarts[node])..<Int(userStarts[node + 1]) {
          let user = Int(users[index])
          guard order.component[user] == component else { continue }
          if isMerge(user) { incoming[user] = incoming[user].union(grown) }
          if !isQueued[user] {
            isQueued[user] = true
            queue.append(Int32(user))
          }
        }
      }
    }
  }

  /// A range that has grown to `found`, or to more, so that it does not grow often.
  private mutating func widened(_ node: Int, _ found: Interval) -> Interval {
    let change = min(changes[node], Self.most) + 1
    changes[node] = change
    if change > Self.most { return .all.intersection(bounds[node]) }
    guard change > Self.exact, rules[node] == .header else { return found }
    let old = ranges[node]
    let isLimited = change <= Self.limited
    let literals = isLimited ? owners[node].map { thresholds[$0] } ?? [] : []
    var (low, high) = (found.low, found.high)
    if low < old.low { low = literals.last { $0 <= low } ?? Interval.below }
    if high > old.high { high = literals.first { $0 >= high } ?? Interval.above }
    return Interval(low, high).intersection(bounds[node])
  }

  /// Ranges that are no smaller than need be follow from one another again: each step is sound by itself.
  private mutating func narrow() {
    var isDirty = [Bool](repeating: true, count: count)
    for _ in 0..<Self.narrowings {
      var changed = false
      for node in 0..<count where isDirty[node] {
        isDirty[node] = false
        let smaller = ranges[node].intersection(found(node))
        if smaller == ranges[node] { continue }
        ranges[node] = smaller
        changed = true
        for index in Int(userStarts[node])..<Int(userStarts[node + 1]) { isDirty[Int(users[index])] = true }
      }
      if !changed { break }
    }
  }

  /// The range that follows from those of others.
  private func found(_ node: Int) -> Interval { isMerge(node) ? merged(node) : computed(node) }

  private func isMerge(_ node: Int) -> Bool { rules[node] == .merge || rules[node] == .header }

  private func merged(_ node: Int) -> Interval {
    var result = Interval.none
    for index in Int(sourceStarts[node])..<Int(sourceStarts[node + 1]) {
      result = result.union(ranges[Int(sources[index])])
    }
    return result.intersection(bounds[node])
  }

  private func computed(_ node: Int) -> Interval {
    let one = left[node] >= 0 ? ranges[Int(left[node])] : .all
    let other = right[node] >= 0 ? ranges[Int(right[node])] : .all
    let isSquare = rules[node] == .multiply && left[node] == right[node]
    let range = isSquare ? squares(one) : rules[node].range(of: one, other)
    return range.intersection(bounds[node])
  }

  private func squares(_ range: Interval) -> Interval {
    let product = range * range
    return product.isEmpty ? product : product.atLeast(Interval(0))
  }
}
