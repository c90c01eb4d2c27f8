public import Nanopass

/// Reads a number or a truth value that has been computed before instead of computing it again.
///
///     (let a.1 int (primitive string.length [(local s.0)])) (let b.2 int (primitive string.length [(local s.0)])) ... b.2
///     (let a.1 int (primitive string.length [(local s.0)])) ... a.1
///
/// Most such values come from functions that have been inlined twice. Choices by a value that has been used in one before
/// are known then.
///
/// Needs: bound-locals, known-functions, behaviours (infer-behaviour).
/// Ensures: no scalar is computed twice from the same atoms where the first one is in scope.
public struct ReuseCommonValues: ValueReusingPass {
  public static let summary = "Use values that have been computed before in place of computing them again"

  public var reuse = ValueReuse(ofOperations: true)

  public init() {}

  public mutating func end(in context: PassContext) {
    context.explain(
      "\(reuse.operations) operations and \(reuse.calls) calls use a value that is there already",
      data: [("operations", reuse.operations), ("calls", reuse.calls)])
  }
}
