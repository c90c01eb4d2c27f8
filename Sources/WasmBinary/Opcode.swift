/// An instruction of WebAssembly without its immediates, from the one table that the encoder, the decoder, the printer
/// and the languages look things up in.
///
/// Source: WebAssembly Specification 3.0, section 5.4 (binary format of instructions) and appendix 7.7 (their index).
public struct Opcode: Sendable, Hashable, CustomStringConvertible {
  /// What follows an instruction's code.
  public enum Immediates: Sendable, Hashable {
    /// Nothing, or so many bytes 0 that name the only memory.
    case none, zero, twoZeros
    /// The number of a local, global, function, label, type or datum.
    case index
    /// Two such numbers, or one and a count.
    case twoIndices
    /// A constant.
    case i32, i64, f64
    /// The alignment of an access to memory as a binary logarithm, and the bytes added to its address.
    case memory
    /// The type of heap objects.
    case heapType
    /// What a block leaves on the stack.
    case blockType
    /// Labels, and one more for all other numbers.
    case table
    /// A label, and the types before and behind a cast.
    case castBranch
    /// What a block leaves on the stack, and where one kind of exception is caught.
    case catching
  }

  /// The type of an operand or result of an instruction that always has the same.
  public enum Operand: Sendable, Hashable {
    case i32, i64, f64
  }

  /// What an instruction does beside giving its results.
  public enum Effect: Sendable, Hashable {
    case none, readsMemory, writesMemory
  }

  /// The text format's name.
  public let name: String
  /// The first byte: the code itself, or that of a group of instructions.
  public let prefix: UInt8
  /// The code in the group that `prefix` begins; nil if that is the code.
  public let code: UInt32?
  /// What follows.
  public let immediates: Immediates
  /// The types of what is taken from and left on the stack, for the instructions on numbers and memory; nil for others.
  public let signature: Signature?

  /// What an instruction on numbers or memory takes and gives.
  public struct Signature: Sendable, Hashable {
    /// The types of the operands.
    public let operands: [Operand]
    /// The type of the result, if there is one.
    public let result: Operand?
    /// Whether it looks at memory or changes it.
    public let effect: Effect
    /// Whether it ends the program for some operands.
    public let mayTrap: Bool
    /// The bytes that an access to memory is about; 0 for other instructions.
    public let width: Int
  }

  public var description: String { name }

  public static func == (left: Opcode, right: Opcode) -> Bool {
    left.prefix == right.prefix && left.code == right.code
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(prefix)
    hasher.combine(code)
  }

  /// The instruction of that name; nil if there is none, or none that is used here.
  public static func named(_ name: String) -> Opcode? { byName[name] }

  /// The instruction with that one byte; nil if there is none.
  static func coded(_ prefix: UInt8) -> Opcode? { byPrefix[Int(prefix)] }

  /// The instruction of a group; nil if there is none.
  static func coded(_ prefix: UInt8, _ code: UInt32) -> Opcode? { byCode[UInt64(prefix) << 32 | UInt64(code)] }

  private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
  private static let byCode = Dictionary(
    all.compactMap { each in each.code.map { (UInt64(each.prefix) << 32 | UInt64($0), each) } }
  ) { first, _ in first }
  private static let byPrefix: [Opcode?] = {
    var table = [Opcode?](repeating: nil, count: 256)
    for each in all where each.code == nil { table[Int(each.prefix)] = each }
    return table
  }()
}

// MARK: The table

extension Opcode {
  /// All instructions, by their codes.
  public static let all: [Opcode] = control + variables + memory + constants + arithmetic + conversions + heap

  private static let control: [Opcode] = [
    plain(0x00, "unreachable"), plain(0x01, "nop"), Opcode(0x02, "block", .blockType), Opcode(0x03, "loop", .blockType),
    Opcode(0x04, "if", .blockType), plain(0x05, "else"), Opcode(0x08, "throw", .index), plain(0x0b, "end"),
    Opcode(0x1f, "try_table", .catching), Opcode(0x0c, "br", .index),
    Opcode(0x0d, "br_if", .index), Opcode(0x0e, "br_table", .table), plain(0x0f, "return"),
    Opcode(0x10, "call", .index),
    Opcode(0x12, "return_call", .index), plain(0x1a, "drop"), plain(0x1b, "select"),
  ]

  private static let variables: [Opcode] = [
    Opcode(0x20, "local.get", .index), Opcode(0x21, "local.set", .index), Opcode(0x22, "local.tee", .index),
    Opcode(0x23, "global.get", .index), Opcode(0x24, "global.set", .index),
  ]

  private static let memory: [Opcode] =
    [
      load(0x28, "i32.load", .i32, 4), load(0x29, "i64.load", .i64, 8), load(0x2b, "f64.load", .f64, 8),
      load(0x2c, "i32.load8_s", .i32, 1), load(0x2d, "i32.load8_u", .i32, 1), load(0x2e, "i32.load16_s", .i32, 2),
      load(0x2f, "i32.load16_u", .i32, 2), load(0x30, "i64.load8_s", .i64, 1), load(0x31, "i64.load8_u", .i64, 1),
      load(0x32, "i64.load16_s", .i64, 2), load(0x33, "i64.load16_u", .i64, 2), load(0x34, "i64.load32_s", .i64, 4),
      load(0x35, "i64.load32_u", .i64, 4), store(0x36, "i32.store", .i32, 4), store(0x37, "i64.store", .i64, 8),
      store(0x39, "f64.store", .f64, 8), store(0x3a, "i32.store8", .i32, 1), store(0x3b, "i32.store16", .i32, 2),
      store(0x3c, "i64.store8", .i64, 1), store(0x3d, "i64.store16", .i64, 2), store(0x3e, "i64.store32", .i64, 4),
      Opcode(0x3f, "memory.size", .zero, Signature([], .i32, .readsMemory)),
      Opcode(0x40, "memory.grow", .zero, Signature([.i32], .i32, .writesMemory)),
    ]
    + [
      Opcode(0xfc, 8, "memory.init", .twoIndices), Opcode(0xfc, 9, "data.drop", .index),
      Opcode(0xfc, 10, "memory.copy", .twoZeros, Signature([.i32, .i32, .i32], nil, .writesMemory, mayTrap: true)),
      Opcode(0xfc, 11, "memory.fill", .zero, Signature([.i32, .i32, .i32], nil, .writesMemory, mayTrap: true)),
    ]

  private static let constants: [Opcode] = [
    Opcode(0x41, "i32.const", .i32), Opcode(0x42, "i64.const", .i64), Opcode(0x44, "f64.const", .f64),
  ]

  private static let arithmetic: [Opcode] =
    row(0x45, "i32", "eqz", Signature([.i32], .i32))
    + row(0x46, "i32", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u", Signature([.i32, .i32], .i32))
    + row(0x50, "i64", "eqz", Signature([.i64], .i32))
    + row(0x51, "i64", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u", Signature([.i64, .i64], .i32))
    + row(0x61, "f64", "eq ne lt gt le ge", Signature([.f64, .f64], .i32))
    + row(0x67, "i32", "clz ctz popcnt", Signature([.i32], .i32))
    + row(0x6a, "i32", "add sub mul", Signature([.i32, .i32], .i32))
    + row(0x6d, "i32", "div_s div_u rem_s rem_u", Signature([.i32, .i32], .i32, mayTrap: true))
    + row(0x71, "i32", "and or xor shl shr_s shr_u rotl rotr", Signature([.i32, .i32], .i32))
    + row(0x79, "i64", "clz ctz popcnt", Signature([.i64], .i64))
    + row(0x7c, "i64", "add sub mul", Signature([.i64, .i64], .i64))
    + row(0x7f, "i64", "div_s div_u rem_s rem_u", Signature([.i64, .i64], .i64, mayTrap: true))
    + row(0x83, "i64", "and or xor shl shr_s shr_u rotl rotr", Signature([.i64, .i64], .i64))
    + row(0x99, "f64", "abs neg ceil floor trunc nearest sqrt", Signature([.f64], .f64))
    + row(0xa0, "f64", "add sub mul div min max copysign", Signature([.f64, .f64], .f64))

  private static let conversions: [Opcode] =
    row(0xa7, "i32", "wrap_i64", Signature([.i64], .i32))
    + row(0xaa, "i32", "trunc_f64_s trunc_f64_u", Signature([.f64], .i32, mayTrap: true))
    + row(0xac, "i64", "extend_i32_s extend_i32_u", Signature([.i32], .i64))
    + row(0xb0, "i64", "trunc_f64_s trunc_f64_u", Signature([.f64], .i64, mayTrap: true))
    + row(0xb7, "f64", "convert_i32_s convert_i32_u", Signature([.i32], .f64))
    + row(0xb9, "f64", "convert_i64_s convert_i64_u", Signature([.i64], .f64))
    + row(0xbd, "i64", "reinterpret_f64", Signature([.f64], .i64))
    + row(0xbf, "f64", "reinterpret_i64", Signature([.i64], .f64))
    + row(0xc0, "i32", "extend8_s extend16_s", Signature([.i32], .i32))
    + row(0xc2, "i64", "extend8_s extend16_s extend32_s", Signature([.i64], .i64))
    + [
      Opcode(0xfc, 2, "i32.trunc_sat_f64_s", .none, Signature([.f64], .i32)),
      Opcode(0xfc, 3, "i32.trunc_sat_f64_u", .none, Signature([.f64], .i32)),
      Opcode(0xfc, 6, "i64.trunc_sat_f64_s", .none, Signature([.f64], .i64)),
      Opcode(0xfc, 7, "i64.trunc_sat_f64_u", .none, Signature([.f64], .i64)),
    ]

  /// `ref.test` and `ref.cast` have two codes each; the second ones, which let null pass, bear ` null` in their names.
  private static let heap: [Opcode] = [
    Opcode(0xd0, "ref.null", .heapType), plain(0xd1, "ref.is_null"), plain(0xd3, "ref.eq"),
    plain(0xd4, "ref.as_non_null"), Opcode(0xd5, "br_on_null", .index), Opcode(0xd6, "br_on_non_null", .index),
    Opcode(0xfb, 0, "struct.new", .index), Opcode(0xfb, 1, "struct.new_default", .index),
    Opcode(0xfb, 2, "struct.get", .twoIndices), Opcode(0xfb, 3, "struct.get_s", .twoIndices),
    Opcode(0xfb, 4, "struct.get_u", .twoIndices), Opcode(0xfb, 5, "struct.set", .twoIndices),
    Opcode(0xfb, 6, "array.new", .index), Opcode(0xfb, 7, "array.new_default", .index),
    Opcode(0xfb, 8, "array.new_fixed", .twoIndices), Opcode(0xfb, 9, "array.new_data", .twoIndices),
    Opcode(0xfb, 11, "array.get", .index), Opcode(0xfb, 12, "array.get_s", .index),
    Opcode(0xfb, 13, "array.get_u", .index), Opcode(0xfb, 14, "array.set", .index),
    Opcode(0xfb, 15, "array.len", .none),
    Opcode(0xfb, 16, "array.fill", .index), Opcode(0xfb, 17, "array.copy", .twoIndices),
    Opcode(0xfb, 18, "array.init_data", .twoIndices), Opcode(0xfb, 20, "ref.test", .heapType),
    Opcode(0xfb, 21, "ref.test null", .heapType), Opcode(0xfb, 22, "ref.cast", .heapType),
    Opcode(0xfb, 23, "ref.cast null", .heapType), Opcode(0xfb, 24, "br_on_cast", .castBranch),
    Opcode(0xfb, 25, "br_on_cast_fail", .castBranch),
  ]

  private init(_ prefix: UInt8, _ name: String, _ immediates: Immediates, _ signature: Signature? = nil) {
    self.init(prefix, nil, name, immediates, signature)
  }

  private init(
    _ prefix: UInt8, _ code: UInt32?, _ name: String, _ immediates: Immediates, _ signature: Signature? = nil
  ) {
    self.prefix = prefix
    self.code = code
    self.name = name
    self.immediates = immediates
    self.signature = signature
  }

  private static func plain(_ code: UInt8, _ name: String) -> Opcode { Opcode(code, name, .none) }

  private static func load(_ code: UInt8, _ name: String, _ type: Operand, _ width: Int) -> Opcode {
    Opcode(code, name, .memory, Signature([.i32], type, .readsMemory, mayTrap: true, width: width))
  }

  private static func store(_ code: UInt8, _ name: String, _ type: Operand, _ width: Int) -> Opcode {
    Opcode(code, name, .memory, Signature([.i32, type], nil, .writesMemory, mayTrap: true, width: width))
  }

  /// Instructions with consecutive codes and one signature.
  private static func row(_ first: UInt8, _ type: String, _ names: String, _ signature: Signature) -> [Opcode] {
    names.split(separator: " ").enumerated().map { offset, name in
      Opcode(first &+ UInt8(truncatingIfNeeded: offset), "\(type).\(name)", .none, signature)
    }
  }
}

extension Opcode.Signature {
  fileprivate init(
    _ operands: [Opcode.Operand], _ result: Opcode.Operand?, _ effect: Opcode.Effect = .none, mayTrap: Bool = false,
    width: Int = 0
  ) {
    self.operands = operands
    self.result = result
    self.effect = effect
    self.mayTrap = mayTrap
    self.width = width
  }
}
