import Languages
import Nanopass

/// Which texts of a program are held as the code of their only character, -1 for the empty text.
///
/// Those that are never longer, that may come from the inside of another text, and that are asked for their code or
/// compared, there or where they flow to. Options of such texts are held so together with all that they flow to or come
/// from. What is held so and flows to a text that is not is made a text on the way.
struct CharacterPlan {
  let finder: CharacterFinder
  private var isCode: [Bool]
  private var mayBeEmpty: [Bool]
  /// By function, the number of texts and options that are held as codes.
  private(set) var counts: [Int]

  init(_ program: Core.Root) throws {
    finder = try CharacterFinder(program)
    let none = [Bool](repeating: false, count: finder.count)
    (isCode, mayBeEmpty) = (none, none)
    counts = Array(repeating: 0, count: program.functions.count)
    if finder.read.isEmpty { return }
    let forward = Edges(finder.flows, count: finder.count)
    let backward = Edges(finder.flows.map { .init(from: $0.to, to: $0.from) }, count: finder.count)
    // Options are not made anew on their way, so all or none of them are changed.
    let between = finder.flows.filter { finder.isOption[Int($0.from)] && finder.isOption[Int($0.to)] }
    let optionsForward = Edges(between, count: finder.count)
    let optionsBackward = Edges(between.map { .init(from: $0.to, to: $0.from) }, count: finder.count)
    let isLong = Self.closure(of: finder.long, along: [forward, optionsBackward], count: finder.count)
    let isRead = Self.closure(of: finder.read, along: [forward], count: finder.count)
    var wanted = finder.asked
    for pair in finder.compared where !isLong[Int(pair.from)] && !isLong[Int(pair.to)] {
      wanted += [pair.from, pair.to]
    }
    wanted.removeAll { isLong[Int($0)] || !isRead[Int($0)] }
    isCode = Self.closure(of: wanted, along: [backward, optionsForward], count: finder.count)
    mayBeEmpty = Self.closure(of: finder.empty, along: [forward], count: finder.count)
    for (node, function) in finder.owners.enumerated() where isCode[node] { counts[function] += 1 }
  }

  /// The nodes that can be reached from some.
  private static func closure(of start: [Int32], along edges: [Edges], count: Int) -> [Bool] {
    var reached = [Bool](repeating: false, count: count)
    var open: [Int32] = []
    for node in start where !reached[Int(node)] {
      reached[Int(node)] = true
      open.append(node)
    }
    while let node = open.popLast() {
      for each in edges {
        for next in each.successors(of: node) where !reached[Int(next)] {
          reached[Int(next)] = true
          open.append(next)
        }
      }
    }
    return reached
  }

  // MARK: Asking

  /// Whether a node is held as a code, or as an option of one.
  func isCode(_ node: Int32) -> Bool { node >= 0 && isCode[Int(node)] }

  /// Whether a node may hold the empty text.
  func mayBeEmpty(_ node: Int32) -> Bool { node < 0 || mayBeEmpty[Int(node)] }

  /// Whether the calls of a function are other ones.
  func changesCalls(of function: Int) -> Bool {
    isCode(finder.results[function]) || finder.parameters[function].contains { isCode($0) }
  }

  /// The successors of nodes, in one array.
  private struct Edges {
    private var starts: [Int32]
    private var targets: [Int32]

    init(_ flows: [CharacterFinder.Flow], count: Int) {
      starts = [Int32](repeating: 0, count: count + 1)
      for flow in flows { starts[Int(flow.from) + 1] += 1 }
      for node in 0..<count { starts[node + 1] += starts[node] }
      targets = [Int32](repeating: 0, count: flows.count)
      var next = starts
      for flow in flows {
        targets[Int(next[Int(flow.from)])] = flow.to
        next[Int(flow.from)] += 1
      }
    }

    func successors(of node: Int32) -> ArraySlice<Int32> {
      targets[Int(starts[Int(node)])..<Int(starts[Int(node) + 1])]
    }
  }
}
