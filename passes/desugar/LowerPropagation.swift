public import Diagnostics
public import Languages
public import Nanopass

/// Turns `e?` into a `match` that leaves the function with the error.
///
///     (propagate (call f () () (result (int) (string))) (int))
///     (match (call f () () (result (int) (string)))
///       ((arm (constructor Result Ok ((bind value.1 (int)))) (local value.1 (int)))
///        (arm (constructor Result Err ((bind error.2 (string))))
///          (leave (construct Result Err ((local error.2 (string))) (result (unit) (string))) (int))))
///       (int))
///
/// Needs: the operand and the function's result are of type `Result`, with one error type.
/// Ensures: nothing beyond the output language.
public struct LowerPropagation: UniformToKernel, FunctionPass {
  public static let summary = "Turn ? into a match that leaves the function with the error"

  private var result: Uniform.Ty = .unit
  private var locals = FunctionLocals<Uniform.Function>()
  private var count = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(count) propagations lowered", data: [("propagations", count)])
  }

  public mutating func function(_ node: Uniform.Function) throws -> Kernel.Function {
    locals.enter(node)
    result = node.result
    return try derive(node)
  }

  public mutating func propagate(at span: Span, value: Uniform.Expr, ty: Uniform.Ty) throws -> Kernel.Expr {
    guard case .result(_, let failure) = value.ty, case .result = result else {
      throw PassBug(Self.self, "`?` outside results", broke: "well-typed", in: value)
    }
    count += 1
    let good = locals.make("value")
    let bad = locals.make("error")
    let error: Kernel.Expr = .construct(
      span, type: "Result", variant: "Err", arguments: [.local(span, variable: bad, ty: failure)], ty: result)
    let arms = [
      arm("Ok", binding: good, ty, .local(span, variable: good, ty: ty), at: span),
      arm("Err", binding: bad, failure, .leave(span, value: error, ty: ty), at: span),
    ]
    return .match(span, subject: try expr(value), arms: arms, ty: ty)
  }

  private func arm(_ variant: Name, binding variable: Local, _ ty: Kernel.Ty, _ body: Kernel.Expr, at span: Span)
    -> Kernel.Arm
  {
    let payload: Kernel.Pattern = .bind(span, variable: variable, ty: ty)
    return Kernel.Arm(
      span, pattern: .constructor(span, type: "Result", variant: variant, arguments: [payload]), body: body)
  }
}
