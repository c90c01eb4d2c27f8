import Languages
import Nanopass

/// Which integers of a program are held as raw words.
///
/// Those that fit, and that what they are done with asks for: what flows from one place to another is held alike, and
/// each operator, index and comparison counts for words, each place that holds integers of another kind against them.
///
/// On the heap of an engine, where each other integer is a word and a reference, a word is never worse, and becomes
/// another integer at no cost. So there all that fit are words.
///
/// An object, since each step of the program asks it several times: as a value it would be copied each time.
final class WordPlan {
  let finder: RangeFinder
  private let graph: RangeGraph
  /// By node, whether it fits, is one of the places that hold integers, and is held as a word.
  private var mayBeWord: [Bool]
  private var isHeldAsWord: [Bool]
  private var isHolder: [Bool]
  /// Towards the representative of each class of nodes that are held alike.
  private var parents: [Int32]
  /// The number of integers that fit, and of all.
  private(set) var proved = 0

  /// - Parameter onEngine: whether values lie on the heap of an engine, which runs loops as they are written.
  init(_ program: Services.Root, onEngine: Bool) throws {
    finder = try RangeFinder(program)
    var graph = finder.graph
    graph.solve()
    // What is bounded by a loop may bound loops inside.
    for _ in 0..<2 {
      var loops = LoopBounds(graph, mostRounds: onEngine ? LoopBounds.mostRounds : nil)
      let bounds = finder.cycles.flatMap { loops.bounds(of: $0) }
      if bounds.isEmpty { break }
      graph.tighten(bounds)
    }
    self.graph = graph
    mayBeWord = [Bool](repeating: false, count: graph.count)
    isHeldAsWord = mayBeWord
    isHolder = mayBeWord
    for use in finder.holders { isHolder[Int(use.node)] = true }
    parents = Array(0..<Int32(graph.count))
    for use in finder.holders where graph.range(use.node).fitsWord {
      mayBeWord[Int(use.node)] = true
      proved += 1
    }
    for type in finder.foreign {
      for field in Array((finder.fields[type] ?? []).joined()) where field >= 0 { mayBeWord[Int(field)] = false }
    }
    joinResults()
    if onEngine { isHeldAsWord = mayBeWord } else { weigh() }
    findChanges(program)
  }

  // MARK: Asking

  /// Whether what a node stands for is held as a word.
  func isWord(_ node: Int32) -> Bool { node >= 0 && isHeldAsWord[Int(node)] }

  /// The number of operators that give integers.
  var operators: Int { finder.holders.count { graph.rules[Int($0.node)].isOperator } }

  func range(_ node: Int32) -> Interval { graph.range(node) }

  /// Whether something in a function is a word, or decided, by its position.
  private(set) var changes: [Bool] = []

  /// Whether an operator or a comparison can be carried out on words, with its result one.
  func fits(_ node: Int32) -> Bool {
    let (left, right) = (graph.left[Int(node)], graph.right[Int(node)])
    guard left >= 0, graph.range(left).fitsWord, right < 0 || graph.range(right).fitsWord else { return false }
    switch graph.rules[Int(node)] {
    case .isLess, .isAtMost, .isEqual: return true
    case .add, .subtract, .multiply, .negate, .and, .or, .xor: return graph.range(node).fitsWord
    case .divide, .modulo: return graph.range(node).fitsWord && graph.range(right).low >= 1
    case .shiftLeft, .shiftRight:
      return graph.range(node).fitsWord && Interval(0, 62).contains(graph.range(right))
    default: return false
    }
  }

  /// Whether a position or a count fits a word where it is taken.
  func fits(_ index: RangeFinder.CheckedIndex) -> Bool { range(index.node).fitsWord }

  /// Whether the first operand of a node is never negative.
  func isNatural(_ node: Int32) -> Bool {
    let left = graph.left[Int(node)]
    return left >= 0 && graph.range(left).low >= 0
  }

  /// Whether a node is computed from a word.
  func readsWord(_ node: Int32) -> Bool {
    [graph.left[Int(node)], graph.right[Int(node)]].contains { $0 >= 0 && isWord(holder($0)) }
  }

  /// What a comparison always gives; nil if that is not known.
  func outcome(of node: Int32) -> Bool? {
    let (one, other) = (graph.range(graph.left[Int(node)]), graph.range(graph.right[Int(node)]))
    if one.isEmpty || other.isEmpty { return nil }
    switch graph.rules[Int(node)] {
    case .isLess: return one.less(than: other).isEmpty ? false : one.atLeast(other).isEmpty ? true : nil
    case .isAtMost: return one.atMost(other).isEmpty ? false : one.greater(than: other).isEmpty ? true : nil
    case .isEqual:
      if one.intersection(other).isEmpty { return false }
      return one.only != nil && one == other ? true : nil
    default: return nil
    }
  }

  // MARK: Deciding

  /// The variable, parameter or field of which a node tells more.
  private func holder(_ node: Int32) -> Int32 {
    var node = node
    while true {
      if !graph.rules[Int(node)].isCondition { return node }
      node = graph.left[Int(node)]
    }
  }

  /// The representative of a node's class. On the way each node gets its parent's parent, so that ways stay short
  /// (Tarjan, van Leeuwen: Worst-Case Analysis of Set Union Algorithms, JACM 1984, section 3: path halving).
  private func root(_ node: Int32) -> Int32 {
    var node = node
    while true {
      let parent = parents[Int(node)]
      if parent == node { return node }
      let next = parents[Int(parent)]
      parents[Int(node)] = next
      node = next
    }
  }

  private func join(_ one: Int32, _ other: Int32) { parents[Int(root(other))] = root(one) }

  /// Functions that tail-call one another give their results alike: if one does not fit, none does.
  private func joinResults() {
    for (own, other) in finder.handedOn { join(own, other) }
    var misfits: Set<Int32> = []
    for (own, other) in finder.handedOn {
      for node in [own, other] where !mayBeWord[Int(node)] { misfits.insert(root(node)) }
    }
    for (own, other) in finder.handedOn where misfits.contains(root(own)) {
      (mayBeWord[Int(own)], mayBeWord[Int(other)]) = (false, false)
    }
  }

  /// How many instructions an operator on words saves, roughly, against one on tagged integers that are small: shifts
  /// around a multiplication or division, a test of a tag, a call of the library. A test of overflow is next to nothing.
  private func gain(_ rule: RangeRule) -> Int {
    switch rule {
    case .multiply: 2
    case .divide, .modulo: 3
    case .and, .or, .xor, .shiftLeft, .shiftRight: 7
    case .isLess, .isAtMost, .isEqual: 1
    default: 0
    }
  }

  private func weigh() {
    var flows: [(from: Int32, to: Int32, weight: Int)] = []
    for use in finder.holders {
      switch graph.rules[Int(use.node)] {
      case .copy: flows.append((holder(graph.left[Int(use.node)]), use.node, weight(use)))
      case .merge, .header:
        for source in graph.sources(of: use.node) { flows.append((holder(source), use.node, weight(use))) }
      default: break
      }
    }
    for flow in flows where mayBeWord[Int(flow.from)] && mayBeWord[Int(flow.to)] { join(flow.from, flow.to) }
    var gains = [Int](repeating: 0, count: graph.count)
    func count(_ node: Int32, _ gain: Int) {
      if mayBeWord[Int(node)] { gains[Int(root(node))] += gain }
    }
    for flow in flows where isHolder[Int(flow.from)] && mayBeWord[Int(flow.from)] != mayBeWord[Int(flow.to)] {
      count(flow.from, -flow.weight)
      count(flow.to, -flow.weight)
    }
    func countOperator(_ use: RangeFinder.Use) {
      let rule = graph.rules[Int(use.node)]
      guard rule.isOperator else { return }
      // A result that is no word is converted if it is computed from words, which is what those that are gain by.
      let (fits, weight) = (fits(use.node), weight(use))
      count(use.node, fits ? weight : -weight)
      let gain = fits ? weight * gain(rule) : -weight
      for operand in [graph.left[Int(use.node)], graph.right[Int(use.node)]] where operand >= 0 {
        count(holder(operand), gain)
      }
    }
    finder.holders.forEach(countOperator)
    finder.comparisons.forEach(countOperator)
    for use in finder.integerUses { count(holder(use.node), -weight(use)) }
    for use in finder.wordUses { count(holder(use.node), weight(use)) }
    for use in finder.holders where mayBeWord[Int(use.node)] && gains[Int(root(use.node))] > 0 {
      isHeldAsWord[Int(use.node)] = true
    }
  }

  private func findChanges(_ program: Services.Root) {
    changes = [Bool](repeating: false, count: program.functions.count + 1)
    for use in finder.holders where isHeldAsWord[Int(use.node)] { changes[use.function] = true }
    for use in finder.comparisons where outcome(of: use.node) != nil { changes[use.function] = true }
    for function in program.functions.indices where finder.indices[function].contains(where: { fits($0) }) {
      changes[function] = true
    }
    let takesOrGives = program.functions.indices.map { function in
      finder.parameters[function].contains { isWord($0) } || finder.results[function].contains { isWord($0) }
    }
    for call in finder.calls where takesOrGives[call.callee] { changes[call.caller] = true }
    let types = finder.fields.filter { $0.value.contains { $0.contains { isWord($0) } } }
    for (function, type) in finder.made where types[type] != nil { changes[function] = true }
  }

  private func weight(_ use: RangeFinder.Use) -> Int { use.weight * finder.frequencies[use.function] }
}
