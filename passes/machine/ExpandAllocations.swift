import Diagnostics
public import Languages
public import Nanopass

/// Expands the allocation of cells: each becomes a call of a function, added to the program once for each size, that
/// takes the first of the cells that the run-time library has ready, and asks the library if there is none.
///
///     (set p.1 word (allocate 24))
///
/// becomes
///
///     (set p.1 word (call nanoc.allocate.24 []))
///
/// The functions are short, so that LLVM puts them in place of the calls: `red_black_tree` takes a twentieth fewer
/// instructions. The library has a pool of 16 bytes for each multiple of 8 up to 64, and of 16 up to 512, whose first word
/// is the address of the first cell; the first word of that is the address of the next.
///
/// A function that no loop or recursion runs again and again keeps its allocations as calls of the library, and so does
/// one with many, such as one with a long literal: LLVM's time grows faster than the number of blocks.
///
/// Needs: dominating-definitions. Ensures: dominating-definitions.
public struct ExpandAllocations: MachineToMachine, FunctionPass {
  public static let summary = "Expand the allocation of cells into instructions"

  /// The pools of the library.
  private static let pools: Name = "nanoc_pools"
  private static let largest = 512
  private static let largestSmall = 64
  /// How many allocations of one function are expanded at most.
  private static let most = 40

  /// The sizes that the program uses, in the order of the first use.
  private var sizes: [Int] = []
  private var seen: NumberSet = []
  private var count = 0
  private var kept = 0
  private var repeated: Set<Name> = []

  public init() {}

  /// The functions that other expansions add allocate nothing.
  public mutating func learn(from start: SweepStart) throws -> Bool {
    guard let functions = try start.fact(RepeatedFunctions.self) else { return false }
    repeated = functions.names
    return true
  }

  public mutating func complete(_ program: inout Machine.Root) -> Bool {
    guard !sizes.isEmpty else { return false }
    program.constants.append(.external(program.span, name: Self.pools))
    program.functions += sizes.map { Self.function(size: $0, at: program.span) }
    return true
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "Expanded \(count) allocations of \(sizes.count) sizes; \(kept) more stand in functions that run once or have too many.",
      data: [("allocations", count), ("kept", kept)])
  }

  public mutating func function(_ node: Machine.Function) throws -> Machine.Function {
    let allocations = node.blocks.reduce(0) { count, block in
      count + block.instructions.count { if case .allocate = $0.operation { true } else { false } }
    }
    if allocations == 0 { return node }
    if allocations <= Self.most, repeated.contains(node.name) { return try derive(node) }
    kept += allocations
    return node
  }

  public mutating func operation(_ node: Machine.Operation) throws -> Machine.Operation {
    guard case .allocate(let span, let size) = node, size > 0, size <= Self.largest else { return node }
    count += 1
    let unit = size <= Self.largestSmall ? 8 : 16
    let rounded = (size + unit - 1) / unit * unit
    if seen.insert(rounded) { sizes.append(rounded) }
    return .call(span, function: Self.name(size: rounded), arguments: [])
  }

  public mutating func end(_ node: Machine.End) throws -> Machine.End { node }

  private static func name(size: Int) -> Name { Name("nanoc.allocate.\(size)") }

  /// The function that allocates cells of a size.
  private static func function(size: Int, at span: Span) -> Machine.Function {
    var builder = BlockBuilder(FreshLocals(from: 0))
    let pools = Machine.Operand.address(span, name: pools)
    builder.begin(builder.make("entry"), at: span)
    let cell = builder.set("cell", .word, .load(span, address: pools, offset: 2 * size, width: 8), at: span)
    let isEmpty = builder.compute("empty", .bit, "eq", [cell, .number(0)], at: span)
    let (none, some) = (builder.make("none"), builder.make("some"))
    builder.end(.branch(span, condition: isEmpty, then: .to(none), else: .to(some), likely: "else"))
    builder.begin(none, at: span)
    let other = builder.set(
      "other", .word, .runtime(span, function: "nanoc_refill", arguments: [.number(size)]), at: span)
    builder.end(.return(span, values: [other]))
    builder.begin(some, at: span)
    let next = builder.set("next", .word, .load(span, address: cell, offset: 0, width: 8), at: span)
    builder.append(.store(span, address: pools, offset: 2 * size, width: 8, value: next))
    builder.end(.return(span, values: [cell]))
    return Machine.Function(span, name: name(size: size), parameters: [], results: [.word], blocks: builder.blocks)
  }
}
