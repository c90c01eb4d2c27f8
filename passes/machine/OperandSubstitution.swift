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

  /// A copy of an instruction that sets new variables, which are read from now on instead of those of the original.
  mutating func copy(_ instruction: Machine.Instruction, _ builder: inout BlockBuilder) throws -> Machine.Instruction {
    let read = try self.instruction(instruction)
    let defined = instruction.definitions.map { old in
      let new = builder.make(old.name)
      values[old.id] = .local(.none, variable: new)
      return new
    }
    switch read {
    case .set(let span, _, let ty, let value): return .set(span, variable: defined[0], ty: ty, value: value)
    case .checked(let span, _, _, let name, let left, let right):
      return .checked(span, variable: defined[0], overflow: defined[1], operator: name, left: left, right: right)
    case .receive(let span, let callee, let arguments, let parameters):
      let renamed = zip(parameters, defined).map { Machine.Parameter($0.span, variable: $1, ty: $0.ty) }
      return .receive(span, function: callee, arguments: arguments, parameters: renamed)
    case .run, .store: return read
    }
  }
}
