public import Languages
public import Nanopass

/// Lets a function that adds to the result of its own call, or multiplies it, or puts text before it, take along what is
/// to be added, so that the call becomes its last step: a tail call.
///
///     (function sum [n.0] ... (let t.2 int (call sum [(local m.1)]))
///                             (let t.3 int (primitive int.add [(local n.0) (local t.2)])) (return (local t.3)) ...)
///
/// becomes
///
///     (function sum [n.0] (let result.2 int (call sum.onto [(local n.0) (integer 0)])) (return (local result.2)))
///     (function sum.onto [n.0 onto.4] ... (let onto.5 int (primitive int.add [(local onto.4) (local n.0)]))
///                             (let t.2 int (call sum.onto [(local m.1) (local onto.5)])) (return (local t.2)) ...)
///
/// Sums and products of exact integers and texts put together are the same in whatever order they are made from left to
/// right (Burstall, Darlington: A Transformation System for Developing Recursive Programs, JACM 1977, section 4). So a
/// recursion over a list runs in constant stack, and one that builds text in linear time.
///
/// Needs: bound-locals, known-functions.   Ensures: bound-locals, known-functions.
public struct IntroduceAccumulators: CoreToCore {
  public static let summary = "Let recursive functions take along what is added to their results"

  private var entry: Name = ""
  private var added: [Core.Function] = []
  private var functions = 0

  public init() {}

  public mutating func begin(_ input: Core.Root, in context: PassContext) { entry = input.entry }

  public mutating func end(in context: PassContext) {
    context.explain("\(functions) functions take an accumulator along", data: [("functions", functions)])
  }

  public mutating func root(_ node: Core.Root) throws -> Core.Root {
    var output = node
    output.functions = []
    for function in node.functions {
      output.functions.append(try self.function(function))
      output.functions += added
      added = []
    }
    return output
  }

  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    guard node.name != entry, let type = Accumulation.type(node.result) else { return node }
    var finder = Accumulations(function: node.name, type: type)
    finder.look(at: node.body)
    guard let kind = finder.kind else { return node }
    functions += 1
    var locals = FunctionLocals<Core.Function>()
    locals.enter(node)
    let name = Name(node.name.text + ".onto")
    let onto = locals.make("onto")
    var writer = AccumulatorWriter(finder: finder, kind: kind, name: name, locals: locals)
    var function = node
    function.name = name
    function.parameters.append(Core.Parameter(node.span, variable: onto, ty: node.result))
    function.body = try writer.block(node.body, onto: onto)
    added.append(function)
    return wrapper(node, name, kind)
  }

  /// The function under its old name: it begins with what changes nothing.
  private func wrapper(_ node: Core.Function, _ name: Name, _ kind: Accumulation) -> Core.Function {
    let arguments = node.parameters.map { Core.Atom.local($0.span, variable: $0.variable) }
    let result = Local("result", (node.parameters.map(\.variable.id).max() ?? -1) + 1)
    let call = Core.Value.call(node.span, function: name, arguments: arguments + [kind.neutral])
    var function = node
    function.body = Core.Block(
      node.body.span, steps: [.let(node.span, variable: result, ty: node.result, value: call)],
      end: .return(node.body.span, value: .local(node.span, variable: result)), failure: nil)
    return function
  }
}
