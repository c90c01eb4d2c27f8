import LLVMKit
import Languages
import Nanopass

/// Chooses the passes that LLVM runs.
///
/// LLVM's own pipelines are made for C and C++. Our passes have inlined, folded and specialised already, and memory is
/// written through few patterns, so most of theirs find nothing. What follows took a quarter of the time of
/// `default<O2>` on 10,000 lines, and the instructions that the benchmarks execute stayed the same in the geometric mean:
///
/// - `inline` puts the functions of `expand-counts`, `expand-allocations` and `expand-integer-arithmetic` in place of
///   their calls, callees first, with `function-attrs` to say what a callee does to memory;
/// - `early-cse`, `instcombine` and `gvn` see that a tag is tested twice and that a field is read again;
/// - `loop-rotate` and `licm` take loads out of loops;
/// - `slp-vectorizer` is for programs with floats alone: n_body takes a tenth more instructions without it.
enum LLVMPipeline {
  /// The passes for a program, in the syntax of `opt -passes=`; empty for none.
  static func passes(for level: OptimisationLevel, _ program: Machine.Root) -> String {
    switch level {
    case .less: return "function(early-cse,simplifycfg,\(combine),early-cse<memssa>,simplifycfg)"
    case .standard: return standard + (usesFloats(program) ? ",function(slp-vectorizer)" : "")
    case .none: return ""
    case .aggressive, .size: return level.pipeline
    }
  }

  /// The functions for which LLVM generates code without its instruction selection by graphs, when their passes are done:
  /// those that no loop or recursion runs again and again, so that their speed is not noticed, unless LLVM has put a
  /// function with a loop into them. They become a tenth longer, and take a third of the time.
  static func hurried(for level: OptimisationLevel, _ program: Machine.Root) -> [Name] {
    guard level == .less || level == .standard else { return [] }
    let repeated = RepeatedFunctions.names(in: program)
    return program.functions.map(\.name).filter { !repeated.contains($0) }
  }

  /// One round finds nearly all that several find.
  private static let combine = "instcombine<no-verify-fixpoint>"

  private static let standard = [
    "function(early-cse,simplifycfg)",
    "cgscc(inline,function-attrs,function(early-cse<memssa>,simplifycfg,\(combine)))",
    "function(gvn,loop-mssa(loop-rotate,licm),simplifycfg<\(tidy)>)",
  ].joined(separator: ",")

  /// What destroys the shape that other passes look for, and so comes last.
  private static let tidy =
    "forward-switch-cond;switch-to-lookup;no-keep-loops;hoist-common-insts;sink-common-insts"

  private static func usesFloats(_ program: Machine.Root) -> Bool {
    program.functions.contains { function in
      function.blocks.contains { block in
        block.instructions.contains { if case .set(_, _, .float, _) = $0 { true } else { false } }
      }
    }
  }
}
