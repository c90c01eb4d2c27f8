import Diagnostics
import Languages
import Nanopass

/// Copies the body of a function to where it is called, with names of its own and arguments for parameters.
struct FastPathInliner: WasmIRToWasmIR {
  static let summary = "Copy the body of a function to where it is called"

  var fresh = FreshLocals(from: 0)
  private var values: LocalTable<WasmIR.Expr> = [:]
  private var mutable: Set<Name> = []

  init() {}

  /// - Parameter mutable: the globals that may change, so that their value is read where that is said.
  init(fresh: FreshLocals, mutable: Set<Name>) {
    self.fresh = fresh
    self.mutable = mutable
  }

  /// Whether an expression may stand wherever the variable is read that it is the value of.
  private func isFixed(_ value: WasmIR.Expr) -> Bool {
    if case .global(_, let name) = value { return !mutable.contains(name) }
    return value.isAtom
  }

  /// What stands for parameters: arguments that are variables and constants themselves, others variables of their own,
  /// which are set behind `steps`.
  mutating func bind(
    _ parameters: [WasmIR.Parameter], _ arguments: [WasmIR.Expr], _ steps: inout [WasmIR.Step]
  ) -> [(Local, WasmIR.Expr)] {
    zip(parameters, arguments).map { parameter, argument in
      if isFixed(argument) { return (parameter.variable, argument) }
      let variable = fresh.make(parameter.variable.name)
      steps.append(.let(argument.span, variable: variable, ty: parameter.ty, value: argument))
      return (parameter.variable, .local(argument.span, variable: variable))
    }
  }

  // MARK: Bodies

  /// The results of a body whose choices are known, whose steps go behind `steps`; nil if it chooses or leaves by a call.
  mutating func straight(
    _ body: WasmIR.Block, _ parameters: [(Local, WasmIR.Expr)], _ steps: inout [WasmIR.Step]
  ) throws -> [WasmIR.Expr]? {
    for (parameter, value) in parameters { values[parameter.id] = value }
    var body = body
    var copied: [WasmIR.Step] = []
    let unused = fresh
    while true {
      for step in body.steps { try copy(step, &copied) }
      switch body.end {
      case .return(_, let results):
        steps += copied
        return try results.map { try expr($0) }
      case .if(_, let condition, let then, let other):
        guard case .i32(_, let value) = try expr(condition) else {
          fresh = unused
          return nil
        }
        body = value == .small(0) ? other : then
      default:
        fresh = unused
        return nil
      }
    }
  }

  /// The body with jumps to a label in place of returns.
  mutating func branching(
    _ body: WasmIR.Block, _ parameters: [(Local, WasmIR.Expr)], _ label: Local, _ results: [WasmIR.Ty]
  ) throws -> WasmIR.Block {
    for (parameter, value) in parameters { values[parameter.id] = value }
    return try block(body, label, results)
  }

  private mutating func block(_ node: WasmIR.Block, _ label: Local, _ results: [WasmIR.Ty]) throws -> WasmIR.Block {
    var steps: [WasmIR.Step] = []
    for step in node.steps { try copy(step, &steps) }
    switch node.end {
    case .return(let span, let values):
      let arguments = try values.map { try expr($0) }
      return WasmIR.Block(node.span, steps: steps, end: .jump(span, label: label, arguments: arguments))
    case .tailCall(let span, let function, let arguments):
      let call = WasmIR.Expr.call(span, function: function, arguments: try arguments.map { try expr($0) })
      let parameters = results.map { WasmIR.Parameter(span, variable: fresh.make("t"), ty: $0) }
      steps.append(.setting(parameters, to: call, at: span))
      let arguments = parameters.map { WasmIR.Expr.local(span, variable: $0.variable) }
      return WasmIR.Block(node.span, steps: steps, end: .jump(span, label: label, arguments: arguments))
    case .if(let span, let condition, let then, let other):
      let condition = try expr(condition)
      if case .i32(_, let value) = condition {
        let taken = try block(value == .small(0) ? other : then, label, results)
        return WasmIR.Block(node.span, steps: steps + taken.steps, end: taken.end)
      }
      let (then, other) = (try block(then, label, results), try block(other, label, results))
      return WasmIR.Block(node.span, steps: steps, end: .if(span, condition: condition, then: then, else: other))
    case .unreachable, .abandon, .attempt, .jump, .loop, .switch:
      return WasmIR.Block(node.span, steps: steps, end: node.end)
    }
  }

  private mutating func copy(_ step: WasmIR.Step, _ steps: inout [WasmIR.Step]) throws {
    switch step {
    case .let(let span, let variable, let ty, let value):
      let value = try expr(value)
      if isFixed(value) {
        values[variable.id] = value
      } else {
        let copied = fresh.make(variable.name)
        steps.append(.let(span, variable: copied, ty: ty, value: value))
        values[variable.id] = .local(span, variable: copied)
      }
    case .receive(let span, let parameters, let value):
      let value = try expr(value)
      let copied = parameters.map { parameter in
        let variable = fresh.make(parameter.variable.name)
        values[parameter.variable.id] = .local(span, variable: variable)
        return WasmIR.Parameter(parameter.span, variable: variable, ty: parameter.ty)
      }
      steps.append(.receive(span, parameters: copied, value: value))
    case .run(let span, let value): steps.append(.run(span, value: try expr(value)))
    case .join: break
    }
  }

  // MARK: Expressions

  /// A copy with arguments for parameters, in which what is known is folded.
  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    if case .local(_, let variable) = node { return values[variable.id] ?? node }
    let copy = try derive(node)
    return WasmFolding.simplified(copy) ?? WasmFolding.withoutBits(copy) ?? copy
  }
}

extension WasmIR.Expr {
  /// Whether it is surely 0 or 1, and may be left out.
  var isBit: Bool {
    switch self {
    case .isNull(_, let subject): subject.isAtom
    case .i32(_, let value): value == .small(0) || value == .small(1)
    case .compute(_, "i32.and", let operands): operands.allSatisfy(\.isBit)
    case .compute(_, let name, let operands): Self.comparisons.contains(name) && operands.allSatisfy(\.isAtom)
    default: false
    }
  }

  private static let comparisons: Set<Name> = [
    "i32.eqz", "i32.eq", "i64.eq", "i64.lt_s", "i64.gt_s", "i64.le_s", "i64.ge_s",
  ]
}
