import Diagnostics
public import Languages
public import Nanopass

/// Expands the counting of references: each operator becomes a call of a function, added to the program once, that
/// sorts out what is no reference, or of the run-time library.
///
///     (run (compute dup.cell [(local x.0)]))
///
/// becomes
///
///     (run (call nanoc.dup.cell [(local x.0)]))
///
/// The functions are short, so that LLVM puts them in place of the calls.
///
/// Needs: dominating-definitions. Ensures: dominating-definitions; no operator that counts is left.
public struct ExpandCounts: MachineToMachine {
  public static let summary = "Expand the counting of references into instructions."

  /// The operators that the run-time library carries out alone.
  private static let direct: [Name: Name] = ["drop.reference": "nanoc_drop", "take": "nanoc_take"]
  /// Those for which a function is added.
  private static let others: Set<Name> = ["dup.integer", "drop.integer", "dup.cell", "drop.cell", "dup.reference"]

  private struct Use: Hashable {
    var `operator`: Name
    var operands: Int
  }

  /// What the program uses, in the order of the first use, and the functions for it.
  private var used: [Use] = []
  private var functions: [Use: Name] = [:]
  private var count = 0

  public init() {}

  public mutating func root(_ node: Machine.Root) throws -> Machine.Root {
    var root = try derive(node)
    root.functions += used.map { CountFunction.of($0.operator, operands: $0.operands, at: node.span) }
    return root
  }

  public mutating func end(in context: PassContext) {
    context.explain("Expanded \(count) counts.", data: [("counts", count)])
  }

  public mutating func instruction(_ node: Machine.Instruction) throws -> Machine.Instruction {
    guard case .run(let span, .compute(_, let name, let operands)) = node else { return node }
    count += 1
    if let function = Self.direct[name] {
      return .run(span, value: .runtime(span, function: function, arguments: operands))
    }
    guard Self.others.contains(name) else {
      throw PassBug(Self.self, "there is no operator `\(name)`", broke: "known-addresses", in: node)
    }
    let function = function(for: Use(operator: name, operands: operands.count))
    return .run(span, value: .call(span, function: function, arguments: operands))
  }

  private mutating func function(for use: Use) -> Name {
    if let function = functions[use] { return function }
    let function = CountFunction.name(of: use.operator, operands: use.operands)
    functions[use] = function
    used.append(use)
    return function
  }
}
