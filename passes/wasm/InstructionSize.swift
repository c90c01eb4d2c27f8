import Languages
import Nanopass
import WasmBinary

extension WasmCode.Instruction {
  /// How many bytes an instruction without a body takes in the binary format; nil for blocks and unknown ones.
  var encodedSize: Int? {
    switch self {
    case .plain(_, let name): Self.codeSize(name)
    case .indexed(_, let name, let index): Self.codeSize(name).map { $0 + index.unsignedSize }
    case .indexed2(_, let name, let first, let second):
      Self.codeSize(name).map { $0 + first.unsignedSize + second.unsignedSize }
    case .i32(_, let value), .i64(_, let value): 1 + (value.small.map { Int($0).signedSize } ?? 10)
    case .f64: 9
    case .memory(_, let name, let alignment, let offset):
      Self.codeSize(name).map { $0 + alignment.unsignedSize + offset.unsignedSize }
    case .null(_, let type): 1 + type.unsignedSize
    case .typed(_, let name, let type): Self.codeSize(name).map { $0 + (type.mentioned ?? 0).unsignedSize }
    case .branchOnCast, .table, .block, .loop, .if, .try: nil
    }
  }

  private static func codeSize(_ name: Name) -> Int? {
    Opcode.named(name.text).map { opcode in 1 + (opcode.code.map { Int($0).unsignedSize } ?? 0) }
  }
}
