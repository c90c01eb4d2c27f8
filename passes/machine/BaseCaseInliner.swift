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
      for instruction in block.instructions { builder.append(try values.copy(instruction, &builder)) }
      var end = try values.end(block.end)
      end.mapTargets { target in
        Machine.Target(target.span, label: labels[target.label.id] ?? target.label, arguments: target.arguments)
      }
      if case .return(let span, let values) = end { end = .jump(span, label: next, arguments: values) }
      builder.end(end)
    }
    builder.begin(next, results, at: block.span)
  }
}
