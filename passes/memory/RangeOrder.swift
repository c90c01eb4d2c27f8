/// The components of a graph of ranges, each behind those that it depends on: the strongly connected ones, found by
/// Tarjan's algorithm (Tarjan: Depth-First Search and Linear Graph Algorithms, SIAM J. Computing 1, 1972) without recursion,
/// since chains of nodes are as long as programs. All lies in a few arrays, so that it takes little.
struct RangeOrder {
  /// The component of each node.
  private(set) var component: [Int32]
  /// The nodes, component by component, and where those of each begin.
  private var nodes: [Int32] = []
  private var starts: [Int32] = [0]

  /// The number of components.
  var count: Int { starts.count - 1 }

  /// The nodes of a component.
  func members(of component: Int) -> ArraySlice<Int32> {
    nodes[Int(starts[component])..<Int(starts[component + 1])]
  }

  init(_ graph: RangeGraph) {
    let count = graph.count
    component = [Int32](repeating: -1, count: count)
    nodes.reserveCapacity(count)
    // The number of a node in the order of the visits, from 1; and the least that it reaches among those still open.
    var low = [Int32](repeating: 0, count: count)
    var visits: Int32 = 0
    var open: [Int32] = []
    var path: [(node: Int32, number: Int32, next: Int32)] = []
    for root in 0..<Int32(count) where low[Int(root)] == 0 {
      var entered = root
      while true {
        if entered >= 0 {
          visits += 1
          low[Int(entered)] = visits
          open.append(entered)
          path.append((entered, visits, 0))
          entered = -1
        }
        guard let (node, number, next) = path.last else { break }
        if let operand = graph.dependency(Int(next), of: node) {
          path[path.count - 1].next += 1
          if operand < 0 || component[Int(operand)] >= 0 { continue }
          if low[Int(operand)] == 0 {
            entered = operand
          } else {
            low[Int(node)] = min(low[Int(node)], low[Int(operand)])
          }
          continue
        }
        path.removeLast()
        if let outer = path.last { low[Int(outer.node)] = min(low[Int(outer.node)], low[Int(node)]) }
        if low[Int(node)] == number { close(node, &open) }
      }
    }
  }

  /// Takes a component from the open nodes: those visited since its first one.
  private mutating func close(_ first: Int32, _ open: inout [Int32]) {
    let number = Int32(count)
    while let node = open.popLast() {
      component[Int(node)] = number
      nodes.append(node)
      if node == first { break }
    }
    starts.append(Int32(nodes.count))
  }
}
