internal import CLLVM
import Foundation

/// Modules that share no context, optimised and turned into objects side by side.
public struct CodeJobs {
  /// The modules, each with a code generator of its own.
  public let units: [(module: Module, machine: TargetMachine)]
  /// How many processors work at once.
  public var processors = ProcessInfo.processInfo.activeProcessorCount

  /// No two of the modules may have one context. All must be verified.
  public init(_ units: [(module: Module, machine: TargetMachine)]) { self.units = units }

  /// Runs passes on each module, written as for `PassPipeline`. Throws what LLVM says of the first one that fails.
  public func optimise(_ passes: String, options: PassPipeline.Options = PassPipeline.Options()) throws {
    let settings = options.settings()
    defer { LLVMDisposePassBuilderOptions(settings) }
    _ = try passes.withCString { passes in
      try run { job in
        job.passes = passes
        job.options = settings
      }
    }
  }

  /// An object for each module. The modules are only fit to be dropped afterwards.
  public func objects() throws -> [[UInt8]] { try run { $0.emits = 1 }.map { $0.map(takeBytes) ?? [] } }

  private func run(_ setUp: (inout NanocJob) -> Void) throws -> [LLVMMemoryBufferRef?] {
    for unit in units { unit.machine.configure(unit.module) }
    var jobs = units.map { unit in
      var job = NanocJob()
      job.module = unit.module.handle
      job.machine = unit.machine.handle
      setUp(&job)
      return job
    }
    jobs.withUnsafeMutableBufferPointer { nanoc_run_jobs($0.baseAddress, $0.count, max(1, processors)) }
    var errors: [String] = []
    for (job, unit) in zip(jobs, units) {
      if let message = takeMessage(of: job.error) { errors.append(message) }
      let message = takeString(job.message)
      if job.failed != 0 { errors.append(message) }
      if let reported = unit.module.context.diagnostics.take() { errors.append(reported) }
    }
    let objects = jobs.map { job in job.failed == 0 ? job.object : nil }
    guard let first = errors.first else { return objects }
    for object in objects { if let object { LLVMDisposeMemoryBuffer(object) } }
    throw LLVMError(first)
  }
}
