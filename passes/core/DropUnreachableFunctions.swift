public import Languages
public import Nanopass

/// Drops the functions that no call from the entry can reach, such as those that have been inlined everywhere.
///
///     (program [] [(function main ...) (function unused ...)] main)
///     (program [] [(function main ...)] main)
///
/// Needs: known-functions.   Ensures: every function can be reached from the entry.
public struct DropUnreachableFunctions: Pass {
  public typealias Input = Core
  public typealias Output = Core
  public static let summary = "Drop the functions that no call from the entry can reach"

  public init() {}

  public mutating func run(_ input: Core.Root, in context: PassContext) throws -> Core.Root {
    let graph = try CallGraph(input)
    guard let entry = graph.positions[input.entry] else {
      throw PassBug(Self.self, "the entry `\(input.entry)` is not declared", broke: "known-functions", in: input)
    }
    let reached = graph.reachable(from: entry)
    var output = input
    output.functions = input.functions.enumerated().filter { reached.contains($0.offset) }.map(\.element)
    let dropped = input.functions.count - output.functions.count
    context.explain(
      "\(dropped) of \(input.functions.count) functions dropped",
      data: [("dropped", dropped), ("left", output.functions.count)])
    return output
  }
}
