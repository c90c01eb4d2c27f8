public import Languages
public import Nanopass

/// Puts variables and small literals in the place of variables that only repeat them.
///
///     (let y.1 int (atom (local x.0))) (let z.2 int (call f [(local y.1)]))
///     (let z.2 int (call f [(local x.0)]))
///
/// Texts and big integers keep their variable.
///
/// Needs: bound-locals.   Ensures: no variable repeats another variable or a small literal.
public struct PropagateCopies: CoreToCore, FunctionPass {
  public static let summary = "Put variables and small literals in the place of their copies"

  private var substitution = Substitution()
  private var count = 0

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(count) copies removed", data: [("copies", count)])
  }

  public mutating func function(_ node: Core.Function) throws -> Core.Function {
    substitution.reset()
    return try derive(node)
  }

  public mutating func block(_ node: Core.Block) throws -> Core.Block {
    var steps: [Core.Step] = []
    steps.reserveCapacity(node.steps.count)
    for step in node.steps {
      if case .let(_, let variable, _, .atom(_, let copied)) = step, copied.isSmall {
        substitution.replace(variable, by: substitution.resolve(copied))
        count += 1
      } else {
        steps.append(try self.step(step))
      }
    }
    steps = reusing(node.steps, for: steps)
    return Core.Block(node.span, steps: steps, end: try end(node.end), failure: node.failure)
  }

  public mutating func atom(_ node: Core.Atom) -> Core.Atom { substitution.resolve(node) }
}
