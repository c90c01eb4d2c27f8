internal import CLLVM

/// Runs LLVM's optimisations.
public enum PassPipeline {
  /// Which optional optimisations the default pipelines include.
  public struct Options: Hashable, Sendable {
    /// Turn loops into vector code.
    public var vectoriseLoops = true
    /// Turn straight-line code into vector code.
    public var vectoriseBlocks = true
    /// Replicate loop bodies.
    public var unrollLoops = true
    /// Fold functions with equal bodies into one.
    public var mergeFunctions = false
    /// Check the module after every pass; slow, for finding errors.
    public var verifyEach = false

    /// What LLVM's own tools do.
    public init() {}

    /// The options as LLVM takes them; whoever asks for them disposes of them.
    func settings() -> LLVMPassBuilderOptionsRef? {
      let settings = LLVMCreatePassBuilderOptions()
      LLVMPassBuilderOptionsSetLoopVectorization(settings, vectoriseLoops ? 1 : 0)
      LLVMPassBuilderOptionsSetLoopInterleaving(settings, vectoriseLoops ? 1 : 0)
      LLVMPassBuilderOptionsSetSLPVectorization(settings, vectoriseBlocks ? 1 : 0)
      LLVMPassBuilderOptionsSetLoopUnrolling(settings, unrollLoops ? 1 : 0)
      LLVMPassBuilderOptionsSetMergeFunctions(settings, mergeFunctions ? 1 : 0)
      LLVMPassBuilderOptionsSetVerifyEach(settings, verifyEach ? 1 : 0)
      return settings
    }
  }

  /// Run passes, written in the syntax of LLVM's `opt -passes=`, such as `default<O2>` or `function(sroa,gvn)`.
  /// The module must be verified. Throws for a pass that LLVM does not know.
  public static func run(
    _ passes: String, on module: Module, for machine: TargetMachine, options: Options = Options()
  ) throws {
    try CodeJobs([(module, machine)]).optimise(passes, options: options)
  }
}
