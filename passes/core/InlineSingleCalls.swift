public import Languages
public import Nanopass

/// Puts the body of a function that is called from one place only there, if caller and callee can call each other: so a
/// recursion of several functions becomes one of fewer, whose tail calls can be loops and whose cells can be reused.
///
///     (function sum [xs.0] ... (let t.1 int (call add [(local h.2) (local t.3)])) (return (local t.1)) ...)
///     (function add [h.0 t.1] (let s.2 int (call sum [(local t.1)]))
///                             (let r.3 int (primitive int.add [(local h.0) (local s.2)])) (return (local r.3)))
///
/// becomes
///
///     (function sum [xs.0] ... (let s.4 int (call sum [(local t.3)]))
///                              (let r.5 int (primitive int.add [(local h.2) (local s.4)])) (return (local r.5)) ...)
///
/// A pure language without loops makes people write such recursions: the arms of a choice hold one expression, so that
/// what needs a binding is a function of its own. As what is called once is inlined, the program does not grow; but
/// functions stay below a size, since later passes and LLVM take more time for one long function than for two.
///
/// Needs: bound-locals, known-functions.   Ensures: bound-locals, known-functions.
public struct InlineSingleCalls: InliningPass {
  public static let summary = "Put functions that only their own recursion calls, at one place, there"

  /// How many steps and ends the function may have in which others are put.
  private static let most = 200

  private var bodies: [Name: Core.Function] = [:]
  public var inliner = CallInliner()
  private var names: [Name] = []

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(names.count) functions that are called once became part of their callers",
      details: names.map(\.text).sorted().map { "\($0): stands in place of its only call" },
      data: [("functions", names.count)])
  }

  public mutating func root(_ node: Core.Root) throws -> Core.Root {
    let single = try SingleCalls(node)
    var output = node
    var sizes: [Int: Int] = [:]
    for (position, callees) in single.order {
      let function = node.functions[position]
      var measure = BlockMeasure(limit: Self.most)
      measure.add(function.body)
      bodies = [:]
      for callee in callees {
        guard let size = sizes[callee], size <= measure.limit else { continue }
        measure.add(size)
        bodies[node.functions[callee].name] = output.functions[callee]
      }
      if measure.isWithinLimit { sizes[position] = Self.most - measure.limit }
      if bodies.isEmpty { continue }
      names += bodies.keys
      output.functions[position] = try self.function(function)
    }
    return output
  }

  public func replacement(for callee: Name) -> Core.Function? {
    bodies[callee]
  }
}

/// The functions that are called from one place only, which lies in their own recursion.
private struct SingleCalls {
  /// The functions that call such functions or are such, by position, each behind those of them that it calls.
  private(set) var order: [(position: Int, callees: [Int])] = []

  init(_ root: Core.Root) throws {
    let graph = try CallGraph(root)
    guard let entry = graph.positions[root.entry] else { return }
    var counter = CallCounter(graph.positions)
    // What has been inlined everywhere is still there, but calls nothing.
    for caller in graph.reachable(from: entry).sorted() { try counter.visit(root.functions[caller], at: caller) }
    var component: [Int: Int] = [:]
    for (number, members) in graph.components().enumerated() where members.count > 1 {
      for member in members { component[member] = number }
    }
    var callees: [Int: [Int]] = [:]
    for (callee, callers) in counter.callers.sorted(by: { $0.key < $1.key }) {
      guard callers.count == 1, let caller = callers.first, caller != callee, let number = component[callee],
        component[caller] == number
      else { continue }
      callees[caller, default: []].append(callee)
    }
    let single = Set(callees.values.joined())
    // Each has one caller, so that these are trees; the entry is called by none.
    var waiting = callees.keys.filter { !single.contains($0) }.sorted()
    while let position = waiting.popLast() {
      order.append((position, callees[position] ?? []))
      waiting += callees[position] ?? []
    }
    order.reverse()
  }
}

/// Counts the places that call each function.
private struct CallCounter: CoreWalker {
  private(set) var callers: [Int: [Int]] = [:]
  private let positions: [Name: Int]
  private var caller = 0

  init(_ positions: [Name: Int]) { self.positions = positions }

  mutating func visit(_ node: Core.Function, at position: Int) throws {
    caller = position
    try walk(node)
  }

  mutating func visit(_ node: Core.Value) {
    guard case .call(_, let name, _) = node, let callee = positions[name] else { return }
    callers[callee, default: []].append(caller)
  }
}
