import Diagnostics
import Languages
import Nanopass

/// Builds the blocks of a machine function one after the other.
struct BlockBuilder {
  private(set) var blocks: [Machine.Block] = []
  private var label = Local("entry", 0)
  private var parameters: [Machine.Parameter] = []
  private var instructions: [Machine.Instruction] = []
  private var span = Span.none
  private var fresh: FreshLocals

  /// - Parameter fresh: gives the new variables and labels of the function.
  init(_ fresh: FreshLocals) { self.fresh = fresh }

  /// A variable or label of its own.
  mutating func make(_ name: Name) -> Local { fresh.make(name) }

  /// Opens a block.
  mutating func begin(_ label: Local, _ parameters: [Machine.Parameter] = [], at span: Span) {
    self.label = label
    self.parameters = parameters
    self.span = span
  }

  /// Closes the open block.
  mutating func end(_ end: Machine.End) {
    blocks.append(
      Machine.Block(span, label: label, parameters: parameters, instructions: instructions, end: end))
    instructions = []
  }

  /// Closes the open block by a call of another function in place of this one, whose results it returns.
  mutating func end(calling callee: Name, _ arguments: [Machine.Operand], of function: Machine.Function, at span: Span)
  {
    let results = function.results.map { Machine.Parameter(span, variable: make("result"), ty: $0) }
    if let result = results.first, results.count == 1 {
      let call = Machine.Operation.call(span, function: callee, arguments: arguments)
      append(.set(span, variable: result.variable, ty: result.ty, value: call))
    } else {
      append(.receive(span, function: callee, arguments: arguments, parameters: results))
    }
    end(.return(span, values: results.map(\.operand)))
  }

  mutating func append(_ instruction: Machine.Instruction) { instructions.append(instruction) }

  /// Runs an operation and gives its result.
  mutating func set(_ name: Name, _ type: Machine.Ty, _ value: Machine.Operation, at span: Span) -> Machine.Operand {
    let variable = fresh.make(name)
    instructions.append(.set(span, variable: variable, ty: type, value: value))
    return .local(span, variable: variable)
  }

  /// Computes a machine operation and gives its result.
  mutating func compute(
    _ name: Name, _ type: Machine.Ty, _ operator: Name, _ operands: [Machine.Operand], at span: Span
  ) -> Machine.Operand {
    set(name, type, .compute(span, operator: `operator`, operands: operands), at: span)
  }
}

extension Machine.Parameter {
  /// What it holds.
  var operand: Machine.Operand { .local(span, variable: variable) }
}

extension Machine.Operand {
  /// A word with a known value.
  static func number(_ value: Int) -> Machine.Operand { .word(.none, value: .small(value)) }

  /// The known value of a word.
  var number: Int? {
    if case .word(_, .small(let value)) = self { return value }
    return nil
  }
}

extension Machine.Target {
  /// A way to a block without parameters.
  static func to(_ label: Local) -> Machine.Target { Machine.Target(.none, label: label, arguments: []) }
}
