public import Languages
public import Nanopass

/// Lowers to WebAssembly whose values lie in linear memory.
public struct LowerToWasmMemory: Pass {
  public typealias Input = Counted
  public typealias Output = WasmIR
  public static let summary = "Lower to WebAssembly with cells in linear memory."

  public init() {}

  public mutating func run(_ input: Counted.Root, in context: PassContext) throws -> WasmIR.Root {
    throw PassBug(Self.self, "begun", broke: "bound-locals", in: input.entry)
  }
}
