public import Nanopass

/// Uses the result of a call instead of calling the same function again with the same arguments.
///
///     (let a.1 int (call f [(local n.0)])) (let b.2 int (call f [(local n.0)])) ... b.2
///     (let a.1 int (call f [(local n.0)])) ... a.1
///
/// The function may fail or run for ever, as the first call did not; only effects are in the way. A recursion that calls
/// itself twice with the same arguments, as by `match best(left) < best(right)` and again in the arms, takes linear time
/// so. This comes before calls are inlined or get accumulators, which would make them differ. Only calls of functions
/// that may run for ever count: others take no longer than to keep their result, or are found by `reuse-common-values`.
///
/// Needs: bound-locals, known-functions, behaviours (infer-behaviour).
/// Ensures: no recursive function without effects is called twice for the same scalar where the first one is in scope.
public struct ReuseCommonCalls: ValueReusingPass {
  public static let summary = "Use the result of a call in place of the same call"

  public var reuse = ValueReuse(ofOperations: false)

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain("\(reuse.calls) calls use a result that is there already", data: [("calls", reuse.calls)])
  }
}
