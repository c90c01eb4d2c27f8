import Diagnostics
import Languages
import Nanopass

/// Puts the body of one function in place of calls in another, block by block.
struct BodyInliner {
  private let body: Machine.Function
  private var builder: BlockBuilder

  private init(_ body: Machine.Function, in function: Machine.Function) {
    self.body = body
    builder = BlockBuilder(FreshLocals(above: function))
  }

  /// The blocks of a function with the body of another in place of some of its calls.
  ///
  /// - Parameters:
  ///   - body: must return wherever it ends, and keep no words on the stack.
  ///   - callee: the function whose calls are replaced; it takes and gives what `body` does.
  ///   - chosen: whether the calls of a block, by its position, are replaced.
  static func inline(
    _ body: Machine.Function, inPlaceOf callee: Name, in function: Machine.Function,
    where chosen: (Int) -> Bool = { _ in true }
  ) throws -> [Machine.Block] {
    var inliner = BodyInliner(body, in: function)
    for (position, block) in function.blocks.enumerated() {
      inliner.builder.begin(block.label, block.parameters, at: block.span)
      for instruction in block.instructions {
        if instruction.callee == callee, chosen(position) {
          try inliner.inline(instruction, in: block)
        } else {
          inliner.builder.append(instruction)
        }
      }
      inliner.builder.end(block.end)
    }
    return inliner.builder.blocks
  }

  /// Ends the open block by the body, and goes on in another one.
  private mutating func inline(_ call: Machine.Instruction, in block: Machine.Block) throws {
    let next = builder.make(block.label.name)
    let defined = call.definitions
    let results = body.results.enumerated().map { index, ty in
      let variable = defined.indices.contains(index) ? defined[index] : builder.make("unread")
      return Machine.Parameter(call.span, variable: variable, ty: ty)
    }
    var values = OperandSubstitution()
    values.bind(body.parameters, call.passed)
    var labels: LocalTable<Local> = [:]
    var parameters: LocalTable<[Machine.Parameter]> = [:]
    for block in body.blocks {
      labels[block.label.id] = builder.make(block.label.name)
      if block.parameters.isEmpty { continue }
      let own = block.parameters.map {
        Machine.Parameter($0.span, variable: builder.make($0.variable.name), ty: $0.ty)
      }
      parameters[block.label.id] = own
      values.bind(block.parameters, own.map(\.operand))
    }
    for (index, block) in body.blocks.enumerated() {
      guard let label = labels[block.label.id] else { continue }
      if index > 0 { builder.begin(label, parameters[block.label.id] ?? [], at: block.span) }
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
