public import Languages
public import Nanopass

/// Adds the functions that counting references and laying out in memory have asked the library for.
///
///     (run (call count.dup [(local s.0)]))
///
/// brings along the function `count.dup` and what it needs.
///
/// Needs: bound-locals. Ensures: known-names.
public struct LinkMemoryFunctions: Pass {
  public typealias Input = WasmIR
  public typealias Output = WasmIR
  public static let summary = "Add the library's functions on memory that are used"

  private var linking = LinkWasmLibrary()

  public init() {}

  public mutating func run(_ input: WasmIR.Root, in context: PassContext) throws -> WasmIR.Root {
    try linking.run(input, in: context)
  }
}
