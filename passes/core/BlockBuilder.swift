import Diagnostics
import Languages
import Nanopass

/// Builds a block step by step, also where control divides in its middle: what then follows becomes the body of a join
/// point, and the block that was open so far waits until that body is complete.
///
/// Steps are appended in place, so a block of any length takes linear time.
struct BlockBuilder {
  /// The steps of the block that is open now.
  private(set) var steps: [Core.Step] = []
  private var waiting: [Waiting] = []

  /// A block whose end is known and that still misses the body of one of its join points.
  private struct Waiting {
    var steps: [Core.Step]
    var hole: Int
    var point: JoinPoint
    var end: Core.End
  }

  /// Where a value that is computed by divided control arrives.
  struct JoinPoint {
    let span: Span
    let label: Local
    let parameter: Core.Parameter
    fileprivate var hole = 0

    init(_ span: Span, label: Local, parameter: Core.Parameter) {
      self.span = span
      self.label = label
      self.parameter = parameter
    }
  }

  /// How many blocks wait.
  var depth: Int { waiting.count }

  /// Adds a step.
  mutating func append(_ step: Core.Step) { steps.append(step) }

  /// Leaves room in the open block for a join point, which what is appended next may jump to.
  mutating func reserve(_ point: JoinPoint) -> JoinPoint {
    var point = point
    point.hole = steps.count
    steps.append(.join(point.span, label: point.label, parameters: [], body: Self.unreachable(point.span)))
    return point
  }

  /// Takes the room back, because nothing jumps there.
  mutating func withdraw(_ point: JoinPoint) { steps.remove(at: point.hole) }

  /// Ends the open block; what is appended next is the body of the join point.
  mutating func `continue`(at point: JoinPoint, after end: Core.End) {
    waiting.append(Waiting(steps: steps, hole: point.hole, point: point, end: end))
    steps = []
  }

  /// Closes all blocks that have been opened since `depth` blocks waited.
  ///
  /// - Returns: the end of the block that is open then.
  mutating func close(to depth: Int, with end: Core.End) -> Core.End {
    var end = end
    while waiting.count > depth, let outer = waiting.popLast() {
      let body = Core.Block(outer.point.span, steps: steps, end: end, failure: nil)
      steps = outer.steps
      steps[outer.hole] = .join(
        outer.point.span, label: outer.point.label, parameters: [outer.point.parameter], body: body)
      end = outer.end
    }
    return end
  }

  private static func unreachable(_ span: Span) -> Core.Block {
    Core.Block(span, steps: [], end: .return(span, value: .unit(span)), failure: nil)
  }
}
