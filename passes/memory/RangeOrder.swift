/// The components of a graph of ranges, each behind those that it depends on: the strongly connected ones, found by
/// Tarjan's algorithm as Nuutila and Soisalon-Soininen changed it (On Finding the Strongly Connected Components in a
/// Directed Graph, Information Processing Letters 49, 1994): nodes alone in their component, which most are, never come on
/// the stack, and the members of others come out behind those that they depend on, but for ways back. Without recursion,
/// since chains of nodes are as long as programs.
struct RangeOrder {
  /// The component of each node.
  private(set) var component: [Int32]
  /// The nodes, component by component, and where those of each begin.
  private(set) var nodes: [Int32] = []
  private var starts: [Int] = [0]

  /// The number of components.
  var count: Int { starts.count - 1 }

  /// Where the nodes of a component are.
  func places(of component: Int) -> Range<Int> { starts[component]..<starts[component + 1] }

  /// A node whose dependencies are being visited.
  private struct Visit {
    var node: Int32
    /// Its number in the order of the visits, from 1.
    var number: Int32
    /// The next of its dependencies.
    var next = 0
    /// How many nodes were open when the visit began.
    var open: Int
  }

  init(_ graph: RangeGraph) {
    let count = graph.count
    component = [Int32](repeating: -1, count: count)
    nodes.reserveCapacity(count)
    starts.reserveCapacity(count + 1)
    // The least number that a node reaches among those that have no component yet; 0 before its visit.
    var low = [Int32](repeating: 0, count: count)
    var visits: Int32 = 0
    // Nodes that were visited and have no component yet, in the order in which their visits ended.
    var open: [Int32] = []
    var path: [Visit] = []
    for root in 0..<Int32(count) where low[Int(root)] == 0 {
      visits += 1
      low[Int(root)] = visits
      var visit = Visit(node: root, number: visits, open: open.count)
      while true {
        while let operand = graph.dependency(visit.next, of: visit.node) {
          visit.next += 1
          if operand < 0 || component[Int(operand)] >= 0 { continue }
          if low[Int(operand)] == 0 {
            path.append(visit)
            visits += 1
            low[Int(operand)] = visits
            visit = Visit(node: operand, number: visits, open: open.count)
          } else {
            low[Int(visit.node)] = min(low[Int(visit.node)], low[Int(operand)])
          }
        }
        let reached = low[Int(visit.node)]
        if reached == visit.number { close(visit, &open) } else { open.append(visit.node) }
        guard let outer = path.popLast() else { break }
        visit = outer
        low[Int(visit.node)] = min(low[Int(visit.node)], reached)
      }
    }
  }

  /// Makes a component of a node and those that became open during its visit.
  private mutating func close(_ visit: Visit, _ open: inout [Int32]) {
    let number = Int32(count)
    if open.count > visit.open {
      for place in visit.open..<open.count {
        component[Int(open[place])] = number
        nodes.append(open[place])
      }
      open.removeSubrange(visit.open...)
    }
    component[Int(visit.node)] = number
    nodes.append(visit.node)
    starts.append(nodes.count)
  }
}
