internal import CLLVM

/// How much time to spend on making code fast, or small.
public enum OptimisationLevel: String, Hashable, Sendable, CaseIterable {
  /// No optimisation: quickest to compile.
  case none = "O0"
  /// Only what pays off quickly.
  case less = "O1"
  /// The usual level.
  case standard = "O2"
  /// Faster code even if it grows.
  case aggressive = "O3"
  /// As `standard`, but rather small than fast where the two conflict.
  case size = "Os"

  /// LLVM's own pass pipeline for the level, for `PassPipeline.run`.
  public var pipeline: String { "default<\(rawValue)>" }

  var codeGeneration: LLVMCodeGenOptLevel {
    switch self {
    case .none: LLVMCodeGenLevelNone
    case .less: LLVMCodeGenLevelLess
    case .standard, .size: LLVMCodeGenLevelDefault
    case .aggressive: LLVMCodeGenLevelAggressive
    }
  }
}

/// The processor to generate code for.
public enum Processor: Hashable, Sendable {
  /// Any processor of the host's architecture.
  case generic
  /// The processor this runs on, with all of its features.
  case native
  /// A processor by LLVM's name, with features such as `+avx2,-bmi`.
  case named(String, features: String = "")

  var name: String {
    switch self {
    case .generic: ""
    case .native: takeString(LLVMGetHostCPUName())
    case .named(let name, _): name
    }
  }

  var features: String {
    switch self {
    case .generic: ""
    case .native: takeString(LLVMGetHostCPUFeatures())
    case .named(_, let features): features
    }
  }
}

/// How code refers to addresses.
public enum Relocation: Hashable, Sendable {
  /// Runs at any address, as shared libraries and most executables do today.
  case positionIndependent
  /// Runs at the address the linker chose.
  case fixed

  var code: LLVMRelocMode {
    switch self {
    case .positionIndependent: LLVMRelocPIC
    case .fixed: LLVMRelocStatic
    }
  }
}

/// How far apart code and data may be.
public enum CodeModel: Hashable, Sendable {
  /// The target's usual choice.
  case standard
  /// Code and data within 2 GiB.
  case small
  /// Code within 2 GiB, data anywhere.
  case medium
  /// Code and data anywhere.
  case large

  var code: LLVMCodeModel {
    switch self {
    case .standard: LLVMCodeModelDefault
    case .small: LLVMCodeModelSmall
    case .medium: LLVMCodeModelMedium
    case .large: LLVMCodeModelLarge
    }
  }
}

/// The host's code generator. LLVM keeps a global list of targets; only the host's is put there, once, on first use.
enum NativeTarget {
  private static let isReady: Bool =
    LLVMInitializeNativeTarget() == 0 && LLVMInitializeNativeAsmPrinter() == 0 && LLVMInitializeNativeAsmParser() == 0

  static func prepare() throws {
    guard isReady else { throw LLVMError("this LLVM cannot generate code for the host") }
  }
}
