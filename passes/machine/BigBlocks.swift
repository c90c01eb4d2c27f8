import Diagnostics
import Languages
import Nanopass

// The version of a function's blocks for big integers.

extension BlockVersions {
  mutating func big(_ place: MachinePlace) throws {
    guard let label = label(of: place) else { return }
    let block = plan.function.blocks[place.block]
    let (values, parameters) = parameters(of: place)
    builder.begin(label, parameters, at: block.span)
    var renaming = OperandSubstitution(values: values)
    for index in place.index..<block.instructions.count {
      let here = MachinePlace(block: place.block, index: index)
      if index > place.index, plan.places.number(of: here) != nil {
        let next = target(here, reading: renaming.values)
        return builder.end(.jump(block.span, label: next.label, arguments: next.arguments))
      }
      try big(block.instructions[index], &renaming)
    }
    var end = try renaming.end(block.end)
    let renamed = renaming.values
    end.mapTargets { target in
      guard let position = plan.graph.positions[target.label.id] else { return target }
      var result = self.target(MachinePlace(block: position, index: 0), arguments: target.arguments, reading: renamed)
      if let choice = choices[position] { result.label = choice }
      return result
    }
    builder.end(end)
  }

  /// An instruction with the names of the second version, its operators on integers as calls of the library.
  private mutating func big(_ instruction: Machine.Instruction, _ renaming: inout OperandSubstitution) throws {
    let copy = try renaming.copy(instruction, &builder)
    switch copy {
    case .set(let span, let variable, let ty, .compute(_, let name, let operands))
    where IntegerFunction.isOperator(name):
      call(name, operands, ty, to: variable, at: span)
    case .run(let span, .compute(_, let name, let operands)):
      for instruction in CountFunction.calls(for: name, operands, at: span) ?? [copy] { builder.append(instruction) }
    case .set, .checked, .receive, .run, .store: builder.append(copy)
    }
  }

  private mutating func call(
    _ operator: Name, _ operands: [Machine.Operand], _ ty: Machine.Ty, to variable: Local, at span: Span
  ) {
    let plain = IntegerFunction.plain(`operator`)
    let value: Machine.Operation
    if plain == "int.equal", operands.contains(where: { $0.number != nil }) {
      value = .compute(span, operator: "eq", operands: operands)
    } else if let fallback = IntegerFunction.fallbacks[plain] {
      let call = Machine.Operation.runtime(span, function: fallback.function, arguments: operands)
      if let relation = fallback.relation {
        let order = builder.set("order", .word, call, at: span)
        value = .compute(span, operator: relation, operands: [order, .number(0)])
      } else {
        value = call
      }
    } else {
      value = .compute(span, operator: `operator`, operands: operands)
    }
    builder.append(.set(span, variable: variable, ty: ty, value: value))
    for operand in IntegerFunction.consumed(by: `operator`, operands) where operand.register != nil {
      builder.append(.run(span, value: .runtime(span, function: "nanoc_drop", arguments: [operand])))
    }
  }
}
