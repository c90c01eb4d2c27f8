import Diagnostics
public import Languages
public import Nanopass

/// Puts small functions of few branches, such as the fast paths of integer arithmetic, in place of their calls; what they
/// call at their ends stays a call.
///
///     (function int.add [(parameter a.0 i64) (parameter x.1 (nullable big)) ...] [i64 (nullable big)]
///       (block [...] (if FAST (block [] (return [(local sum.4) (null big)])) (block [] (tailCall int.addSlow ...)))))
///     ...
///     (receive [(parameter t.7 i64) (parameter big.8 (nullable big))] (call int.add ...))
///     REST
///
/// becomes
///
///     (join k.9 [(parameter t.7 i64) (parameter big.8 (nullable big))] (block REST))
///     ...
///     (if FAST (block [] (jump k.9 [(local sum.10) (null big)]))
///       (block [(receive [...] (call int.addSlow ...))] (jump k.9 [...])))
///
/// Tests whose outcome is known at the call, such as whether a literal is big, are left out.
///
/// Needs: bound-locals, bound-labels. Ensures: bound-locals, bound-labels.
public struct InlineFastPaths: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Put the fast paths of small functions in place of their calls"

  /// The most expressions of a function that is put in place of calls.
  private static let greatestSize = 24

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    var candidates: [Name: WasmIR.Function] = [:]
    for function in input.functions where function.name != WasmIR.Root.flush {
      var size = WasmSize()
      try size.visit(function.body)
      if !size.hasLabels, size.count <= Self.greatestSize, !size.calls.contains(function.name) {
        candidates[function.name] = function
      }
    }
    var placer = CallPlacer(candidates, in: input)
    var program = input
    program.functions = try input.functions.map { function in
      placer.isHidden = function.name
      return try placer.function(function)
    }
    context.explain("Put \(placer.count) calls' fast paths in place.", data: [("calls", placer.count)])
    return program
  }
}
