import Diagnostics
import Languages
import Nanopass

/// Puts the cases of a function that end at once in place of its calls, for `SplitBaseCases`. LLVM would do so too, but
/// only where they are very short, since the two functions call each other.
struct BaseCaseInliner {
  private let base: Machine.Function
  private let rest: Name
  private let function: Machine.Function
  private var builder: BlockBuilder

  /// - Parameters:
  ///   - base: the cases that end at once, and a call of `rest`.
  ///   - function: what `rest` is to be.
  init(_ base: Machine.Function, _ rest: Name, in function: Machine.Function) {
    self.base = base
    self.rest = rest
    self.function = function
    builder = BlockBuilder(FreshLocals(above: function))
  }

  /// The second function.
  mutating func write() throws -> Machine.Function {
    for block in function.blocks {
      builder.begin(block.label, block.parameters, at: block.span)
      for instruction in block.instructions {
        if instruction.callee == base.name {
          try inline(instruction, in: block)
        } else {
          builder.append(instruction)
        }
      }
      builder.end(block.end)
    }
    var result = function
    result.name = rest
    result.blocks = builder.blocks
    return result
  }

  /// Ends the open block by the cases that end at once, and goes on in another one.
  private mutating func inline(_ call: Machine.Instruction, in block: Machine.Block) throws {
    let next = builder.make(block.label.name)
    let defined = call.definitions
    let results = base.results.enumerated().map { index, ty in
      let variable = defined.indices.contains(index) ? defined[index] : builder.make("unread")
      return Machine.Parameter(call.span, variable: variable, ty: ty)
    }
    var values = OperandSubstitution()
    values.bind(base.parameters, call.passed)
    var labels: LocalTable<Local> = [:]
    for block in base.blocks { labels[block.label.id] = builder.make(block.label.name) }
    for (index, block) in base.blocks.enumerated() {
      guard let label = labels[block.label.id] else { continue }
      if index > 0 { builder.begin(label, at: block.span) }
      for instruction in block.instructions { try copy(instruction, &values) }
      var end = try values.end(block.end)
      end.mapTargets { target in
        Machine.Target(target.span, label: labels[target.label.id] ?? target.label, arguments: target.arguments)
      }
      if case .return(let span, let values) = end { end = .jump(span, label: next, arguments: values) }
      builder.end(end)
    }
    builder.begin(next, results, at: block.span)
  }

  private mutating func copy(_ instruction: Machine.Instruction, _ values: inout OperandSubstitution) throws {
    let read = try values.instruction(instruction)
    let defined = instruction.definitions.map { old in
      let new = builder.make(old.name)
      values.values[old.id] = .local(.none, variable: new)
      return new
    }
    switch read {
    case .set(let span, _, let ty, let value):
      builder.append(.set(span, variable: defined[0], ty: ty, value: value))
    case .checked(let span, _, _, let name, let left, let right):
      builder.append(
        .checked(span, variable: defined[0], overflow: defined[1], operator: name, left: left, right: right))
    case .receive(let span, let callee, let arguments, let parameters):
      let renamed = zip(parameters, defined).map { Machine.Parameter($0.span, variable: $1, ty: $0.ty) }
      builder.append(.receive(span, function: callee, arguments: arguments, parameters: renamed))
    case .run, .store: builder.append(read)
    }
  }
}
