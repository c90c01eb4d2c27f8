import Diagnostics
import Languages
import Nanopass

/// Copies the body of a function for a place where it is called, with numbers of the caller's own for all that it binds.
/// What a function of the library calls, which comes from no source file, is called from that place.
struct BodyCopy: WasmIRToWasmIR {
  static let summary = "Copy the body of a function for a place where it is called"

  /// What is added to the number of each local.
  private var offset = 0
  /// Where results go, and their types; nil to return them.
  private var continuation: (label: Local, results: [WasmIR.Ty])?
  private var fresh = FreshLocals(from: 0)
  private var place = Span.none

  init() {}

  /// - Parameters:
  ///   - continuation: the join point that takes the results; nil to return them.
  ///   - fresh: numbers that the caller does not use.
  ///   - place: where the function is called.
  init(of function: WasmIR.Function, continuation: Local?, fresh: inout FreshLocals, at place: Span) {
    offset = fresh.reserve(function.greatestLocal + 1)
    self.continuation = continuation.map { ($0, function.results) }
    self.fresh = fresh
    self.place = place
  }

  /// The numbers that are free behind the copy.
  var unused: FreshLocals { fresh }

  private func renamed(_ local: Local) -> Local { Local(local.name, local.id + offset) }

  mutating func parameter(_ node: WasmIR.Parameter) -> WasmIR.Parameter {
    WasmIR.Parameter(node.span, variable: renamed(node.variable), ty: node.ty)
  }

  mutating func block(_ node: WasmIR.Block) throws -> WasmIR.Block {
    let steps = try node.steps.map { try step($0) }
    guard let continuation, case .tailCall(let span, let function, let arguments) = node.end else {
      return WasmIR.Block(node.span, steps: steps, end: try end(node.end))
    }
    let call = WasmIR.Expr.call(span, function: function, arguments: try arguments.map { try expr($0) })
    let results = continuation.results.map { WasmIR.Parameter(span, variable: fresh.make("t"), ty: $0) }
    let values = results.map { WasmIR.Expr.local(span, variable: $0.variable) }
    return WasmIR.Block(
      node.span, steps: steps + [.setting(results, to: call, at: span)],
      end: .jump(span, label: continuation.label, arguments: values))
  }

  mutating func step(_ node: WasmIR.Step) throws -> WasmIR.Step {
    switch node {
    case .let(let span, let variable, let ty, let value):
      return .let(span, variable: renamed(variable), ty: ty, value: try expr(value))
    case .join(let span, let label, let parameters, let body):
      return .join(span, label: renamed(label), parameters: parameters.map { parameter($0) }, body: try block(body))
    case .receive, .run: return try derive(node)
    }
  }

  mutating func end(_ node: WasmIR.End) throws -> WasmIR.End {
    switch node {
    case .return(let span, let values):
      let values = try values.map { try expr($0) }
      return continuation.map { .jump(span, label: $0.label, arguments: values) } ?? .return(span, values: values)
    case .jump(let span, let label, let arguments):
      return .jump(span, label: renamed(label), arguments: try arguments.map { try expr($0) })
    case .loop(let span, let label, let parameters, let arguments, let body):
      return .loop(
        span, label: renamed(label), parameters: parameters.map { parameter($0) },
        arguments: try arguments.map { try expr($0) }, body: try block(body))
    case .if, .switch, .tailCall, .attempt, .abandon, .unreachable: return try derive(node)
    }
  }

  mutating func expr(_ node: WasmIR.Expr) throws -> WasmIR.Expr {
    switch node {
    case .local(let span, let variable): return .local(span, variable: renamed(variable))
    case .call(let span, let function, let arguments) where span.isNone:
      return .call(place, function: function, arguments: try arguments.map { try expr($0) })
    case .host(let span, let name, let arguments) where span.isNone:
      return .host(place, import: name, arguments: try arguments.map { try expr($0) })
    default: return try derive(node)
    }
  }
}
