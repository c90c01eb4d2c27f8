import Languages
import Nanopass

/// Reads other operands in place of variables.
struct OperandSubstitution: MachineToMachine {
  static let summary = ""

  /// What is read for variables, by their numbers.
  var values: LocalTable<Machine.Operand> = [:]

  /// Reads arguments in place of the parameters that they are passed for.
  mutating func bind(_ parameters: [Machine.Parameter], _ arguments: [Machine.Operand]) {
    for (parameter, argument) in zip(parameters, arguments) { values[parameter.variable.id] = argument }
  }

  func operand(_ node: Machine.Operand) -> Machine.Operand {
    guard let register = node.register, let value = values[register] else { return node }
    // The place is that of the reader.
    if case .local(_, let variable) = value { return .local(node.span, variable: variable) }
    return value
  }
}
