import Diagnostics
public import Languages
public import Nanopass

/// Finds the parameters whose references need not be handed over: who calls keeps them, and nothing is counted.
///
/// A parameter is borrowed if some call passes what is needed afterwards, or came as a loan itself, unless the function
/// or block uses the reference up: stores it, returns it, passes it on to where it is used up, or takes its cell apart
/// and builds one as large, which can then take its place. If nobody needs the reference afterwards, who receives it
/// frees its cells on the way, which costs less than going through them again.
///
/// What a jump or a tail call within a recursion passes is borrowed only if it came as a loan, since nobody is left
/// there to end it. Another tail call becomes a call and a return if a reference must end behind it.
///
///     (function sum [(parameter xs.0 cell)] ...)         -- which only reads it
///     (let n.3 integer (call sum [(local xs.2)]))        -- where xs.2 is used below
///     (function first [...] ... (block [(let ys.1 cell (call g []))] (tailCall sum [(local ys.1)]) -))
///
/// becomes
///
///     (function sum [(parameter xs.0 cell borrowed)] ...)
///     (function first [...] ...
///       (block [(let ys.1 cell (call g [])) (let r.2 integer (call sum [(local ys.1)]))] (return [(local r.2)]) -))
///
/// Borrow inference: Ullrich, de Moura: Counting Immutable Beans, IFL 2019, section 4; that loans must save something
/// is ours.
///
/// Needs: bound-locals, bound-labels. Ensures: lasting-loans.
public struct InferBorrows: ShapedToOwned {
  public static let summary = "Find the parameters that functions and blocks only borrow"

  private var graph = OwnershipGraph()
  private var results: [Name: [Shaped.Shape]] = [:]
  private var component: [Name: Int] = [:]
  private var current: FunctionRoots = FunctionRoots()
  private var locals = FunctionLocals<Shaped.Function>()
  private var borrowed = 0
  private var owned = 0
  private var demoted = 0

  public init() {}

  public mutating func begin(_ input: Shaped.Root, in context: PassContext) throws {
    component = try RecursionFinder.components(input)
    for function in input.functions {
      results[function.name] = function.results
      graph.declare(function.name, function.parameters)
    }
    var finder = OwnershipFinder(graph, component)
    for function in input.functions { try finder.visit(function) }
    graph = finder.graph
    graph.decide()
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(borrowed) of \(borrowed + owned) counted parameters are borrowed; \(demoted) tail calls became calls.",
      data: [("borrowed", borrowed), ("owned", owned), ("tail calls given up", demoted)])
  }

  public mutating func function(_ node: Shaped.Function) throws -> Owned.Function {
    current = graph.roots(of: node.name)
    locals.enter(node)
    return try derive(node)
  }

  public mutating func parameter(at span: Span, variable: Local, shape: Shaped.Shape) -> Owned.Parameter {
    let isOwned = graph.isOwned(current.parameter(variable))
    if shape.isCounted { if isOwned { owned += 1 } else { borrowed += 1 } }
    return Owned.Parameter(span, variable: variable, shape: shape, passing: isOwned ? .owned : .borrowed)
  }

  public mutating func receive(
    at span: Span, function: Name, arguments: [Shaped.Atom], parameters: [Shaped.Parameter]
  ) -> Owned.Step {
    let received = parameters.map {
      Owned.Parameter($0.span, variable: $0.variable, shape: $0.shape, passing: .owned)
    }
    return .receive(span, function: function, arguments: arguments, parameters: received)
  }

  public mutating func block(_ node: Shaped.Block) throws -> Owned.Block {
    guard case .tailCall(let span, let function, let arguments) = node.end, mustReturn(function, arguments),
      let shapes = results[function]
    else { return try derive(node) }
    demoted += 1
    let results = shapes.map { Shaped.Parameter(span, variable: locals.make("t"), shape: $0) }
    var block = node
    if results.count == 1, let only = results.first {
      let call = Shaped.Value.call(span, function: function, arguments: arguments)
      block.steps.append(.let(span, variable: only.variable, shape: only.shape, value: call))
    } else {
      block.steps.append(.receive(span, function: function, arguments: arguments, parameters: results))
    }
    block.end = .return(span, values: results.map { .local(span, variable: $0.variable) })
    return try derive(block)
  }

  /// Whether a tail call lends what must end behind it.
  private func mustReturn(_ function: Name, _ arguments: [Shaped.Atom]) -> Bool {
    for (index, argument) in arguments.enumerated() {
      guard case .local(_, let variable) = argument, let parameter = graph.parameter(index, of: function),
        !graph.isOwned(parameter)
      else { continue }
      guard let root = current.root(of: variable), !graph.isOwned(root.parameter) else { return true }
    }
    return false
  }
}

/// Finds the functions that a function calls in its own recursion.
struct RecursionFinder: ShapedWalker {
  private let positions: [Name: Int]
  private var callees: [Int] = []

  private init(_ positions: [Name: Int]) { self.positions = positions }

  /// The number of the strongly connected component of the calls that each function lies in.
  static func components(_ root: Shaped.Root) throws -> [Name: Int] {
    let positions = Dictionary(root.functions.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let callees = try root.functions.map { function in
      var finder = RecursionFinder(positions)
      try finder.visit(function)
      return finder.callees
    }
    var result: [Name: Int] = [:]
    for (number, component) in stronglyConnectedComponents(callees).enumerated() {
      for position in component { result[root.functions[position].name] = number }
    }
    return result
  }

  mutating func visit(_ node: Shaped.Value) {
    if case .call(_, let function, _) = node, let callee = positions[function] { callees.append(callee) }
  }

  mutating func visit(_ node: Shaped.End) throws {
    if case .tailCall(_, let function, _) = node, let callee = positions[function] { callees.append(callee) }
    try walk(node)
  }
}
