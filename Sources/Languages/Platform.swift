public import Nanopass

/// What programs are compiled for, as far as it decides which services they have.
public enum Platform: String, CaseIterable, Sendable {
  case native
  case wasmGC = "wasm-gc"
  case wasm32

  /// The targets of the command line that are for it.
  public var targets: [String] {
    switch self {
    case .native: ["native", "object", "assembly", "llvm-ir"]
    case .wasmGC, .wasm32: [rawValue]
    }
  }

  /// The operations that it can never carry out. WASI preview 1 lets programs look at the environment only.
  private var lacks: Set<Name> { self == .wasm32 ? ["Env.set"] : [] }

  /// Whether it has the service that carries an operation out.
  public func provides(_ operation: EffectOperation) -> Bool { !lacks.contains(operation.name) }
}
