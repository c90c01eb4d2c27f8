public import Nanopass

/// The step behind the last language of the WebAssembly pipelines.
public enum WasmStep: String, CaseIterable, BackEndStep {
  case encodeModule = "encode-module"

  public static let phase = "wasm"

  /// What the step does, in one line.
  public var summary: String { "Write the module's bytes, read them again, and check what they import." }

  /// What it takes.
  public var input: String { "WasmCode" }

  /// What it gives.
  public var output: String { "module" }
}
