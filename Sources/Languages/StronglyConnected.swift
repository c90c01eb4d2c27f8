/// The strongly connected components of a graph, each behind those that it leads to. `successors` gives the nodes that
/// each node leads to.
///
/// Tarjan: Depth-First Search and Linear Graph Algorithms, SIAM J. Computing 1972; with a stack of its own, so that
/// long paths take no machine stack.
public func stronglyConnectedComponents(_ successors: [[Int]]) -> [[Int]] {
  var search = ComponentSearch(successors)
  for start in successors.indices { search.run(from: start) }
  return search.components
}

/// The state of the search for strongly connected components.
private struct ComponentSearch {
  let successors: [[Int]]
  var components: [[Int]] = []
  private var order: [Int]
  private var low: [Int]
  private var next = 0
  private var stack: [Int] = []
  private var onStack: [Bool]
  private var path: [(node: Int, edge: Int)] = []

  init(_ successors: [[Int]]) {
    self.successors = successors
    order = Array(repeating: -1, count: successors.count)
    low = order
    onStack = Array(repeating: false, count: successors.count)
  }

  mutating func run(from start: Int) {
    guard order[start] < 0 else { return }
    enter(start)
    while let (node, edge) = path.last {
      if edge < successors[node].count {
        path[path.count - 1].edge += 1
        let successor = successors[node][edge]
        if order[successor] < 0 {
          enter(successor)
        } else if onStack[successor] {
          low[node] = min(low[node], order[successor])
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
