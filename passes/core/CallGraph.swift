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
    private var seen: NumberSet = []

    init(positions: [Name: Int]) { self.positions = positions }

    mutating func visit(_ node: Core.Value) throws {
      switch node {
      case .call(_, let function, _):
        if let position = positions[function], seen.insert(position) { callees.append(position) }
      case .perform: performs = true
      case .primitive(_, let name, _): fails = fails || Primitive.named(name)?.mayFail == true
      default: break
      }
    }
  }

  /// Whether a function calls itself directly.
  func callsItself(_ position: Int) -> Bool { callees[position].contains(position) }

  /// The strongly connected components, callees before their callers.
  func components() -> [[Int]] { stronglyConnectedComponents(callees) }

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
