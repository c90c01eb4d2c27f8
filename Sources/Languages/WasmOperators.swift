public import Nanopass
public import WasmBinary

/// What an operator that `compute` of `WasmIR` names takes and gives: an instruction of WebAssembly on numbers, or on
/// memory, whose first operand is an address.
public struct WasmOperator: Sendable {
  /// The instruction.
  public let opcode: Opcode
  /// The types of the operands.
  public let operands: [WasmIR.Ty]
  /// The type of the result; empty for an instruction that has none.
  public let results: [WasmIR.Ty]
  /// Whether it looks at memory, so that it may not pass what changes memory.
  public let readsMemory: Bool
  /// Whether it changes memory, so that it may not be left out or pass what looks at memory.
  public let hasEffect: Bool
  /// Whether it ends the program for some operands, so that it may not be run where it was not.
  public let mayTrap: Bool
  /// The bytes that an access to memory is about; 0 for other instructions.
  public let width: Int

  /// The operator of that name; nil if there is none.
  public static func named(_ name: Name) -> WasmOperator? { table[name] }

  /// All operators, by their codes.
  public static let all: [WasmOperator] = Opcode.all.compactMap(WasmOperator.init)

  private static let table = Dictionary(all.map { (Name($0.opcode.name), $0) }) { first, _ in first }

  private init?(_ opcode: Opcode) {
    guard let signature = opcode.signature else { return nil }
    self.opcode = opcode
    operands = signature.operands.map(Self.type)
    results = signature.result.map { [Self.type($0)] } ?? []
    readsMemory = signature.effect == .readsMemory
    hasEffect = signature.effect == .writesMemory
    mayTrap = signature.mayTrap
    width = signature.width
  }

  private static func type(_ operand: Opcode.Operand) -> WasmIR.Ty {
    switch operand {
    case .i32: .i32
    case .i64: .i64
    case .f64: .f64
    }
  }
}
