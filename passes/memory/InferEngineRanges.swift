public import Languages
public import Nanopass

/// Holds integers that fit a machine word in raw words where values lie on the heap of an engine.
///
/// As `infer-ranges`, but all that fit are words: others are a word and a reference there, so that a word is never worse,
/// and becomes another integer at no cost. And no loop goes around more than `LoopBounds.mostRounds` times, so that what
/// counts from a number that is known is a word.
///
///     (loop again.0 [(parameter i.1 int)] [(integer 0)]
///       (block [(let isEnd.2 bool (primitive int.equal [(local i.1) (local end.3)]))]
///         (test (local isEnd.2) [(literalCase (bool true) (block [] (return [unit]) -))]
///           (block [(let j.4 int (primitive int.add [(local i.1) (integer 1)]))] (jump again.0 [(local j.4)]) -))
///         -))
///
/// becomes
///
///     (loop again.0 [(parameter i.1 word)] [(word 0)]
///       (block
///         [(let i.5 int (primitive int.fromNatural [(local i.1)]))
///          (let isEnd.2 bool (primitive int.equal [(local i.5) (local end.3)]))]
///         (test (local isEnd.2) [(literalCase (bool true) (block [] (return [unit]) -))]
///           (block [(let j.4 word (primitive word.add [(local i.1) (word 1)]))] (jump again.0 [(local j.4)]) -))
///         -))
///
/// Cells with such integers have a field less, too. V8 takes 0.84 of the time for nqueens.
///
/// Needs: bound-locals, bound-labels, known-functions. Ensures: bound-locals, bound-labels; what is a word fits one.
public struct InferEngineRanges: Pass {
  public typealias Input = Services
  public typealias Output = Services
  public static let summary = "Hold integers in raw words where they fit, as engines run loops round by round"

  public init() {}

  public mutating func run(_ input: Services.Root, in context: PassContext) throws -> Services.Root {
    var ranges = InferRanges(onEngine: true)
    return try ranges.sweep(input, in: context)
  }
}
