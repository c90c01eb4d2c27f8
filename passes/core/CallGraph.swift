import Languages
import Nanopass

/// Who calls whom, with functions as positions in the program.
struct CallGraph {
  /// The position of each function.
  let positions: [Name: Int]
  /// The functions that each function calls, in the order of the first calls, each once.
  let callees: [[Int]]
  /// Whether each function performs an effect operation itself.
  let performs: [Bool]
  /// Whether each function carries out a primitive that may fail.
  let fails: [Bool]

  init(_ root: Core.Root) throws {
    positions = Dictionary(root.functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    var callees: [[Int]] = []
    var performs: [Bool] = []
    var fails: [Bool] = []
    for function in root.functions {
      var collector = Collector(positions: positions)
      try collector.visit(function.body)
      callees.append(collector.callees)
      performs.append(collector.performs)
      fails.append(collector.fails)
    }
    self.callees = callees
    self.performs = performs
    self.fails = fails
  }

  /// Finds the calls of one function.
  private struct Collector: CoreWalker {
    let positions: [Name: Int]
    var callees: [Int] = []
    var performs = false
    var fails = false
    private var seen: Set<Int> = []

    init(positions: [Name: Int]) { self.positions = positions }

    mutating func visit(_ node: Core.Value) throws {
      switch node {
      case .call(_, let function, _):
        if let position = positions[function], seen.insert(position).inserted { callees.append(position) }
      case .perform: performs = true
      case .primitive(_, let name, _): fails = fails || Primitive.named(name)?.mayFail == true
      default: break
      }
    }
  }

  /// Whether a function calls itself directly.
  func callsItself(_ position: Int) -> Bool { callees[position].contains(position) }

  /// The strongly connected components, callees before their callers.
  ///
  /// Tarjan: Depth-First Search and Linear Graph Algorithms, SIAM J. Computing 1972; with a stack of its own, so that
  /// long chains of calls take no machine stack.
  func components() -> [[Int]] {
    var search = ComponentSearch(callees: callees)
    for start in callees.indices { search.run(from: start) }
    return search.components
  }

  /// The functions that a call of `start` can reach, itself among them.
  func reachable(from start: Int) -> Set<Int> {
    var reached: Set<Int> = [start]
    var open = [start]
    while let position = open.popLast() {
      for callee in callees[position] where reached.insert(callee).inserted { open.append(callee) }
    }
    return reached
  }
}

/// The state of the search for strongly connected components.
private struct ComponentSearch {
  let callees: [[Int]]
  var components: [[Int]] = []
  private var order: [Int]
  private var low: [Int]
  private var next = 0
  private var stack: [Int] = []
  private var onStack: [Bool]
  private var path: [(node: Int, edge: Int)] = []

  init(callees: [[Int]]) {
    self.callees = callees
    order = Array(repeating: -1, count: callees.count)
    low = order
    onStack = Array(repeating: false, count: callees.count)
  }

  mutating func run(from start: Int) {
    guard order[start] < 0 else { return }
    enter(start)
    while let (node, edge) = path.last {
      if edge < callees[node].count {
        path[path.count - 1].edge += 1
        let callee = callees[node][edge]
        if order[callee] < 0 {
          enter(callee)
        } else if onStack[callee] {
          low[node] = min(low[node], order[callee])
        }
      } else {
        path.removeLast()
        if let parent = path.last?.node { low[parent] = min(low[parent], low[node]) }
        if low[node] == order[node] { finish(node) }
      }
    }
  }

  private mutating func enter(_ node: Int) {
    order[node] = next
    low[node] = next
    next += 1
    stack.append(node)
    onStack[node] = true
    path.append((node, 0))
  }

  private mutating func finish(_ root: Int) {
    var component: [Int] = []
    while let node = stack.popLast() {
      onStack[node] = false
      component.append(node)
      if node == root { break }
    }
    components.append(component)
  }
}
