public import Languages
public import Nanopass

/// Makes a function that calls itself in tail position a loop.
///
///     (function f [(parameter n.0 (int))] ... (block [...] (tailCall f [(local t.1)]) -))
///     (function f [(parameter n.3 (int))] ...
///       (block [] (loop again.2 [(parameter n.0 (int))] [(local n.3)]
///         (block [...] (jump again.2 [(local t.1)]) -)) -))
///
/// Needs: known-functions.   Ensures: no function calls itself in tail position.
public struct FormLoops: LoopsToLoops, FunctionPass {
  public static let summary = "Make functions that call themselves in tail position loops"

  private var locals = FunctionLocals<Loops.Function>()
  private var function: Name = ""
  private var label: Local?
  private var loops = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(loops) loops formed", data: [("loops", loops)])
  }

  public mutating func function(_ node: Loops.Function) throws -> Loops.Function {
    locals.enter(node)
    function = node.name
    label = nil
    let body = try block(node.body)
    guard let label else { return node }
    loops += 1
    let parameters = node.parameters.map {
      Loops.Parameter($0.span, variable: locals.make($0.variable.name), ty: $0.ty)
    }
    let arguments = parameters.map { Loops.Atom.local($0.span, variable: $0.variable) }
    let loop = Loops.End.loop(
      node.span, label: label, parameters: node.parameters, arguments: arguments, body: body)
    return Loops.Function(
      node.span, name: node.name, parameters: parameters, result: node.result, effects: node.effects,
      behaviour: node.behaviour, body: Loops.Block(body.span, steps: [], end: loop, failure: nil))
  }

  public mutating func end(_ node: Loops.End) throws -> Loops.End {
    guard case .tailCall(let span, let callee, let arguments) = node, callee == function else {
      return try derive(node)
    }
    let target = label ?? locals.make("again")
    label = target
    return .jump(span, label: target, arguments: arguments)
  }

  public mutating func value(_ node: Loops.Value) throws -> Loops.Value { node }
}
