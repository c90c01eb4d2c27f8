public import Nanopass

/// The steps behind the last language of the native pipeline. They make LLVM's forms, not a language of ours.
public enum NativeStep: String, CaseIterable, BackEndStep {
  public static let phase = "native"

  case emitLLVM = "emit-llvm"
  case optimiseLLVM = "optimise-llvm"
  case emitObject = "emit-object"
  case link

  /// What the step does, in one line.
  public var summary: String {
    switch self {
    case .emitLLVM: return "Build the LLVM module: functions, blocks and constants one to one."
    case .optimiseLLVM: return "Run LLVM's passes for the optimisation level."
    case .emitObject: return "Generate machine code for the host."
    case .link: return "Link the object with what it uses of the run-time library."
    }
  }

  /// What it takes.
  public var input: String {
    switch self {
    case .emitLLVM: return "Machine"
    case .optimiseLLVM, .emitObject: return "LLVM"
    case .link: return "object"
    }
  }

  /// What it gives.
  public var output: String {
    switch self {
    case .emitLLVM, .optimiseLLVM: return "LLVM"
    case .emitObject: return "object"
    case .link: return "executable"
    }
  }
}

/// How much LLVM optimises.
public enum NativeOptimisation: String, Sendable {
  case none, less, standard, aggressive, size
}
