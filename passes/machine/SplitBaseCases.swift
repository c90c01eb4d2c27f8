import Diagnostics
public import Languages
public import Nanopass

/// Splits functions that call themselves several times on one way: the cases that end at once stay, all others go on in
/// a second function.
///
/// Most calls of such a function are leaves of the tree of its calls. Undivided, each saves and restores the registers
/// that the other cases need. The first function, which is small, takes the place of the calls in the second. A form of
/// partial inlining (Muth, Debray: Partial Inlining, University of Arizona, 1997). What comes before the choice of the
/// case is computed again in the second function: it only reads.
///
///     (function f [(parameter n.0 word)] [word]
///       [(block e.1 [] [(set small.2 bit (compute slt [(local n.0) (word 5)]))]
///          (branch (local small.2) (to base.3 []) (to more.4 []) -))
///        (block base.3 [] [] (return [(local n.0)]))
///        (block more.4 [] [(set a.5 word (call f ...)) (set b.6 word (call f ...)) ...] ...)])
///
/// becomes
///
///     (function f [(parameter n.0 word)] [word]
///       [(block entry.7 [] [(set small.8 bit (compute slt [(local n.0) (word 5)]))]
///          (branch (local small.8) (to base.9 []) (to more.10 []) -))
///        (block base.9 [] [] (return [(local n.0)]))
///        (block more.10 [] [(set result.11 word (call f.rest [(local n.0)]))] (return [(local result.11)]))])
///
/// and `f.rest`, which is what `f` was, with these blocks in place of the calls of `f`. That call is no tail call, which
/// would need a convention of its own: LLVM makes it a jump where all arguments are in registers, and elsewhere it only
/// takes a frame more.
///
/// Needs: dominating-definitions, known-labels. Ensures: dominating-definitions, known-labels.
public struct SplitBaseCases: MachineToMachine, FunctionPass {
  public static let summary = "Split the cases that end at once from functions that call themselves several times"

  private var split = 0
  private var count = 0
  /// The names of functions.
  private var taken: Set<Name> = []

  public init() {}

  /// The names of functions that expansions add end otherwise than those made here.
  public mutating func learn(from start: SweepStart) -> Bool {
    guard let root = start.program.root as? Machine.Root else { return false }
    taken = Set(root.functions.map(\.name))
    return true
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "Split the cases that end at once from \(split) of \(count) functions.",
      data: [("split", split), ("functions", count)])
  }

  public mutating func functions(_ nodes: [Machine.Function]) throws -> [Machine.Function] {
    count += nodes.count
    return try nodes.flatMap { function in
      guard Self.callsItselfTwice(function) else { return [function] }
      var rest = Name(function.name.text + ".rest")
      while !taken.insert(rest).inserted { rest = Name(rest.text + "'") }
      guard let first = try BaseCaseWriter.write(function, rest) else { return [function] }
      split += 1
      var second = function
      second.name = rest
      // LLVM would do so too, but only where these cases are very short, since the two functions call each other.
      second.blocks = try BodyInliner.inline(first, inPlaceOf: function.name, in: function)
      return [first, second]
    }
  }

  /// Whether two calls of the function itself, or one and another round of a loop, lie on one way.
  private static func callsItselfTwice(_ function: Machine.Function) -> Bool {
    let own = function.blocks.map { $0.instructions.count { $0.callee == function.name } }
    if own.allSatisfy({ $0 == 0 }) { return false }
    let graph = MachineGraph(function)
    // The calls on the ways from each block on; those that are not known yet are behind a way back.
    var calls = [Int?](repeating: nil, count: own.count)
    for block in graph.order.reversed() {
      calls[block] = own[block] + (graph.successors[block].map { calls[$0] ?? 1 }.max() ?? 0)
    }
    return calls.contains { $0 ?? 0 > 1 }
  }
}

/// Writes the function of the cases that end at once.
private struct BaseCaseWriter {
  /// The most instructions and blocks that are written twice.
  private static let mostCopied = 24

  private let function: Machine.Function
  private let graph: MachineGraph
  private let rest: Name
  /// The blocks that only compute, and from which such blocks lead to a return.
  private var leads: [Bool]
  private var builder: BlockBuilder
  /// The blocks to copy, under new labels, with what their variables are there.
  private var work: [(label: Local, position: Int, values: OperandSubstitution)] = []
  private var room = mostCopied
  private var ends = false

  private init(_ function: Machine.Function, _ rest: Name) {
    self.function = function
    self.rest = rest
    graph = MachineGraph(function)
    builder = BlockBuilder(FreshLocals(above: function))
    leads = [Bool](repeating: false, count: function.blocks.count)
    for position in graph.order.reversed() {
      let block = function.blocks[position]
      var ends = graph.successors[position].contains { leads[$0] }
      if case .return = block.end { ends = true }
      leads[position] = ends && block.instructions.allSatisfy(\.onlyComputes)
    }
  }

  /// The function; nil if no case ends soon.
  static func write(_ function: Machine.Function, _ rest: Name) throws -> Machine.Function? {
    var writer = BaseCaseWriter(function, rest)
    let entry = writer.builder.make("entry")
    writer.work = [(entry, 0, OperandSubstitution())]
    while let next = writer.work.popLast() {
      writer.builder.begin(next.label, at: function.blocks[next.position].span)
      try writer.copy(next.position, next.values)
    }
    guard writer.ends else { return nil }
    var result = function
    result.blocks = writer.builder.blocks
    return result
  }

  /// Copies a block, and those to which it jumps, into the open one.
  private mutating func copy(_ first: Int, _ values: OperandSubstitution) throws {
    var (position, values) = (first, values)
    while true {
      let block = function.blocks[position]
      guard leads[position] || block.endsSoon, block.instructions.count < room else {
        return builder.end(calling: rest, function.parameters.map(\.operand), of: function, at: block.span)
      }
      room -= block.instructions.count + 1
      for instruction in block.instructions { builder.append(try values.copy(instruction, &builder)) }
      guard case .jump(_, let label, let arguments) = block.end, let next = graph.positions[label.id] else {
        return try end(block, values)
      }
      values.bind(function.blocks[next].parameters, arguments.map { values.operand($0) })
      position = next
    }
  }

  /// Ends the open block as another ends, but with new blocks behind it.
  private mutating func end(_ block: Machine.Block, _ values: OperandSubstitution) throws {
    if case .return = block.end { ends = true }
    var values = values
    var end = try values.end(block.end)
    end.mapTargets { target in
      guard let position = graph.positions[target.label.id] else { return target }
      let label = builder.make(target.label.name)
      var inner = values
      inner.bind(function.blocks[position].parameters, target.arguments)
      work.append((label, position, inner))
      return .to(label)
    }
    builder.end(end)
  }
}

extension Machine.Instruction {
  /// Whether it does nothing but compute, so that it can be done twice.
  fileprivate var onlyComputes: Bool {
    switch self {
    case .set(_, _, _, .compute), .set(_, _, _, .load), .checked: return true
    case .set, .run, .receive, .store: return false
    }
  }
}

extension Machine.Block {
  /// Whether it returns, after a few calls of the library that are seldom made at most.
  fileprivate var endsSoon: Bool {
    guard case .return = end, instructions.count <= 4 else { return false }
    var isSeldom = false
    for instruction in instructions {
      switch instruction {
      case .set(_, _, _, .runtime(_, let name, _)), .run(_, .runtime(_, let name, _)):
        guard let function = RuntimeFunction.named(name), function.facts.contains(.keepsRegisters) else { return false }
        if function.facts.contains(.cold) { isSeldom = true }
      default: if !instruction.onlyComputes { return false }
      }
    }
    return isSeldom
  }
}
