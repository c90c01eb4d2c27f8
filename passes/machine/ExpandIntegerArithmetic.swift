import Diagnostics
public import Languages
public import Nanopass

/// Expands operators on integers: each becomes a call of a function, added to the program once, that adds, multiplies or
/// compares small integers in place as tagged words, and leaves big ones and overflows to the run-time library.
///
///     (set z.2 word (compute int.add [(local x.0) (local y.1)]))
///
/// becomes
///
///     (set z.2 word (call nanoc.int.add [(local x.0) (local y.1)]))
///
/// The functions are short, so that LLVM puts them in place of the calls; the passes behind have less to do this way.
///
/// Needs: dominating-definitions. Ensures: dominating-definitions; no operator `int.…` is left.
public struct ExpandIntegerArithmetic: MachineToMachine, FunctionPass {
  public static let summary = "Expand integer operators into fast paths on small and calls for big integers"

  /// The operators that the program uses, in the order of their first use, and the functions for them.
  private var used: [Name] = []
  private var functions: [Name: Name] = [:]
  private var count = 0

  public init() {}

  public mutating func complete(_ program: inout Machine.Root) -> Bool {
    program.functions += used.map { IntegerFunction.of($0, at: program.span) }
    return false
  }

  public mutating func end(in context: PassContext) {
    context.explain(
      "Expanded \(count) uses of \(used.count) integer operators.",
      data: [("uses", count), ("operators", used.count)])
  }

  public mutating func operation(_ node: Machine.Operation) throws -> Machine.Operation {
    guard case .compute(let span, let name, let operands) = node, name.text.hasPrefix("int.") else { return node }
    count += 1
    // A big integer never equals a small literal.
    if name == "int.equal", operands.contains(where: { $0.number != nil }) {
      return .compute(span, operator: "eq", operands: operands)
    }
    guard let function = functions[name] ?? add(name) else {
      throw PassBug(Self.self, "there is no operator `\(name)`", broke: "known-addresses", in: node)
    }
    return .call(span, function: function, arguments: operands)
  }

  /// The function for an operator that is met for the first time; nil if there is no such operator.
  private mutating func add(_ operator: Name) -> Name? {
    guard IntegerFunction.operators.contains(IntegerFunction.plain(`operator`)) else { return nil }
    let function = IntegerFunction.name(of: `operator`)
    functions[`operator`] = function
    used.append(`operator`)
    return function
  }
}
