import Diagnostics
import Languages
import Nanopass

/// Writes the body of a function that adds its result onto an accumulator.
struct AccumulatorWriter {
  private let finder: Accumulations
  private let kind: Accumulation
  private let name: Name
  private var locals: FunctionLocals<Core.Function>
  private var onto = Local("onto", 0)

  init(finder: Accumulations, kind: Accumulation, name: Name, locals: FunctionLocals<Core.Function>) {
    self.finder = finder
    self.kind = kind
    self.name = name
    self.locals = locals
  }

  /// A block in tail position.
  mutating func block(_ node: Core.Block, onto: Local) throws -> Core.Block {
    self.onto = onto
    return try block(node)
  }

  private mutating func block(_ node: Core.Block) throws -> Core.Block {
    var result = node
    result.steps = try node.steps.map { step in
      guard case .join(let span, let label, let parameters, let body) = step else { return step }
      return .join(span, label: label, parameters: parameters, body: try block(body))
    }
    if let found = finder.accumulated(in: node), found.kind == kind { return tail(found, of: result) }
    if case .let(_, let last, _, .call(let span, finder.function, let arguments)) = node.steps.last,
      finder.result(of: node)?.variable == last
    {
      result.steps.removeLast()
      return call(arguments, .local(span, variable: onto), of: result)
    }
    try end(&result)
    return result
  }

  /// Adds what stands before the call's result onto the accumulator, and hands it to the call.
  private mutating func tail(_ found: Accumulated, of node: Core.Block) -> Core.Block {
    var block = node
    block.steps.removeLast()
    block.steps.remove(at: found.call)
    var accumulator = onto
    for other in found.others {
      if let earlier = callAlone(other, in: block, found) {
        // A call whose result is only added can add it itself.
        if case .let(let span, _, let ty, .call(_, _, let arguments)) = block.steps[earlier] {
          let next = locals.make("onto")
          let value = Core.Value.call(
            span, function: name, arguments: arguments + [.local(span, variable: accumulator)])
          block.steps[earlier] = .let(span, variable: next, ty: ty, value: value)
          accumulator = next
        }
        continue
      }
      let next = locals.make("onto")
      let value = Core.Value.primitive(
        node.span, name: kind.primitive, arguments: [.local(node.span, variable: accumulator), other])
      block.steps.append(.let(node.span, variable: next, ty: kind.ty, value: value))
      accumulator = next
    }
    return call(found.arguments, .local(node.span, variable: accumulator), of: block)
  }

  /// The position of the call of the function itself whose result is added here first and read nowhere else.
  private func callAlone(_ atom: Core.Atom, in block: Core.Block, _ found: Accumulated) -> Int? {
    guard let variable = atom.variable, found.others.first?.variable == variable,
      found.others.count(where: { $0.variable == variable }) == 1
    else { return nil }
    let position = block.steps.firstIndex { step in
      if case .let(_, variable, _, .call(_, finder.function, _)) = step { true } else { false }
    }
    guard let position else { return nil }
    let reads = block.steps[(position + 1)...].contains { step in
      guard case .let(_, _, _, let value) = step else { return true }
      var isRead = false
      _ = value.mapAtoms { other in
        if other.variable == variable { isRead = true }
        return other
      }
      return isRead
    }
    return reads || found.arguments.contains { $0.variable == variable } ? nil : position
  }

  private mutating func call(_ arguments: [Core.Atom], _ accumulator: Core.Atom, of node: Core.Block) -> Core.Block {
    var block = node
    let result = locals.make("result")
    let value = Core.Value.call(node.span, function: name, arguments: arguments + [accumulator])
    block.steps.append(.let(node.span, variable: result, ty: kind.ty, value: value))
    block.end = .return(node.end.span, value: .local(node.span, variable: result))
    return block
  }

  /// The end of a block: a result is added.
  private mutating func end(_ block: inout Core.Block) throws {
    switch block.end {
    case .return(let span, let value):
      if kind.isNeutral(value) {
        block.end = .return(span, value: .local(span, variable: onto))
        return
      }
      let result = locals.make("result")
      let sum = Core.Value.primitive(
        span, name: kind.primitive, arguments: [.local(span, variable: onto), value])
      block.steps.append(.let(span, variable: result, ty: kind.ty, value: sum))
      block.end = .return(span, value: .local(span, variable: result))
    case .jump: break
    case .switch(let span, let subject, let type, let cases, let other):
      let cases = try cases.map {
        Core.Case($0.span, variant: $0.variant, index: $0.index, body: try self.block($0.body))
      }
      block.end = .switch(
        span, subject: subject, type: type, cases: cases, default: try other.map { try self.block($0) })
    case .test(let span, let subject, let cases, let other):
      let cases = try cases.map { Core.LiteralCase($0.span, literal: $0.literal, body: try self.block($0.body)) }
      block.end = .test(span, subject: subject, cases: cases, default: try self.block(other))
    }
  }
}
