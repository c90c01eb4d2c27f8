import Languages
import Nanopass

/// Takes the first call of a certain kind out of the expressions of a step or an end, if what is evaluated before it may
/// as well be evaluated behind: constants, variables and computations on them.
struct FirstCall: WasmIRToWasmIR {
  static let summary = "Take the first call of a certain kind out of an expression"

  /// The step that makes the call.
  private(set) var found: WasmIR.Step?
  private(set) var fresh = FreshLocals(from: 0)
  /// Whether something has been evaluated that no call may be put in front of.
  private var isBlocked = false
  private var result: (Name) -> WasmIR.Ty? = { _ in nil }

  init() {}

  /// - Parameter result: the type of the result of a function whose call is looked for; nil for other functions.
  init(fresh: FreshLocals, result: @escaping (Name) -> WasmIR.Ty?) {
    self.fresh = fresh
    self.result = result
  }

  mutating func step(_ node: WasmIR.Step) throws -> WasmIR.Step {
    if case .join = node { return node }
    return try derive(node)
  }

  mutating func end(_ node: WasmIR.End) throws -> WasmIR.End {
    switch node {
    case .loop(let span, let label, let parameters, let arguments, let body):
      let arguments = try arguments.map { try expr($0) }
      return .loop(span, label: label, parameters: parameters, arguments: arguments, body: body)
    case .if(let span, let condition, let then, let other):
      return .if(span, condition: try expr(condition), then: then, else: other)
    case .switch(let span, let subject, let cases, let rest):
      return .switch(span, subject: try expr(subject), cases: cases, default: rest)
    case .attempt(let span, let parameters, let function, let arguments, let then, let other):
      return .attempt(
        span, parameters: parameters, function: function, arguments: try arguments.map { try expr($0) }, then: then,
        else: other)
    case .return, .jump, .tailCall, .abandon, .unreachable: return try derive(node)
    }
  }

  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    if found != nil || isBlocked { return node }
    switch node {
    case .local, .i32, .i64, .f64, .null, .address, .size: return node
    case .choose(let span, let condition, let ty, let then, let other):
      let condition = try expr(condition)
      isBlocked = found == nil
      return .choose(span, condition: condition, ty: ty, then: then, else: other)
    case .call(let span, let name, _):
      let rest = try derive(node)
      if found != nil || isBlocked { return rest }
      guard let ty = result(name) else {
        isBlocked = true
        return rest
      }
      let variable = fresh.make("t")
      found = .let(span, variable: variable, ty: ty, value: node)
      return .local(span, variable: variable)
    case .compute(_, let name, _):
      let rest = try derive(node)
      let isPure = WasmOperator.named(name).map { !$0.readsMemory && !$0.hasEffect && !$0.mayTrap } ?? false
      if found == nil, !isPure { isBlocked = true }
      return rest
    case .isNull, .same, .is, .length:
      return try derive(node)
    default:
      let rest = try derive(node)
      if found == nil { isBlocked = true }
      return rest
    }
  }
}
