extension BinaryModule {
  /// Reads a module that has only what this model has: all that `encoded` writes.
  ///
  /// It checks the format, not the types of instructions or whether numbers name something: that is what engines and
  /// validators do. Bytes of any kind are read or refused, in time and memory linear in their number.
  ///
  /// - Throws: `BinaryError` with the place where the bytes are wrong or have what the model lacks.
  public init(decoding bytes: [UInt8]) throws {
    var offsets: [[Int]] = []
    try self.init(decoding: bytes, offsets: &offsets)
  }

  /// The same; `offsets` become the places of all instructions in the bytes, function by function.
  public init(decoding bytes: [UInt8], offsets: inout [[Int]]) throws {
    self.init()
    var reader = ByteReader(bytes)
    for expected in Self.header where try reader.byte() != expected {
      throw reader.error("this is no module of WebAssembly, version 1", at: reader.position - 1)
    }
    var parts = ModuleParts(variables: BinaryLimits.functions + bytes.count)
    var last = 0
    while !reader.isAtEnd {
      let start = reader.position
      let number = try reader.byte()
      var section = try reader.sized()
      guard number != 0 else {
        try custom(&section)
        continue
      }
      guard let rank = Self.sectionOrder.firstIndex(of: number) else {
        throw reader.error("section \(number) is not supported", at: start)
      }
      guard rank >= last else { throw reader.error("section \(number) is out of order or there twice", at: start) }
      last = rank + 1
      try self.section(number, &section, &parts)
      try section.finish("section \(number)")
    }
    guard parts.types.count == parts.bodies.count else {
      throw reader.error("\(parts.types.count) functions are declared, but \(parts.bodies.count) have a body")
    }
    if let count = parts.dataCount, Int(count) != data.count {
      throw reader.error("\(count) data are declared, but there are \(data.count)")
    }
    functions = zip(parts.types, parts.bodies).map { Function(type: $0, locals: $1.locals, body: $1.code.instructions) }
    offsets = parts.bodies.map(\.code.offsets)
    if parts.dataCount == nil, functions.contains(where: \.usesData) {
      throw reader.error("instructions use data, whose number is not declared")
    }
    try checkCounts()
  }

  /// The numbers of the sections in the order of the format.
  private static let sectionOrder: [UInt8] = [1, 2, 3, 5, 13, 6, 7, 12, 10, 11]

  /// What stands in different sections but belongs together.
  private struct ModuleParts {
    var types: [UInt32] = []
    var bodies: [(locals: [ValueType], code: PlacedCode)] = []
    var dataCount: UInt32?
    /// How many variables functions may have in all. A few bytes ask for many, which must not fill the memory: programs
    /// that use theirs have more bytes than variables.
    var variables: Int
  }

  private mutating func section(_ number: UInt8, _ reader: inout ByteReader, _ parts: inout ModuleParts) throws {
    switch number {
    case 1: groups = try reader.list { try $0.group() }
    case 2: imports = try reader.list { try $0.imported() }
    case 3: parts.types = try reader.list { try $0.unsigned() }
    case 5:
      let start = reader.position
      let memories = try reader.list { try $0.memory() }
      guard memories.count < 2 else { throw reader.error("there is more than one memory", at: start) }
      memory = memories.first
    case 13: tags = try reader.list { try $0.tag() }
    case 6: globals = try reader.list { try $0.global() }
    case 7: exports = try reader.list { try $0.exported() }
    case 12: parts.dataCount = try reader.unsigned()
    case 10:
      parts.bodies = try reader.list { reader in
        let body = try reader.body(variables: parts.variables)
        parts.variables -= body.locals.count
        return body
      }
    default: data = try reader.list { try $0.datum() }
    }
  }

  private mutating func custom(_ section: inout ByteReader) throws {
    switch try section.text() {
    case "name": names = try section.names()
    case "producers": producer = try section.producer() ?? producer
    case "sourceMappingURL":
      sourceMapURL = try section.text()
      try section.finish("the place of the source map")
    default: break
    }
  }
}

/// Instructions, and where each begins in the bytes.
private struct PlacedCode {
  var instructions: [Instruction] = []
  var offsets: [Int] = []
}

// MARK: Types

extension ByteReader {
  fileprivate mutating func group() throws -> [SubType] {
    guard try peek() == 0x4e else { return [try subType()] }
    _ = try byte()
    return try list { try $0.subType() }
  }

  private mutating func subType() throws -> SubType {
    let start = position
    let code = try peek()
    guard code == 0x50 || code == 0x4f else { return SubType(try composite()) }
    _ = try byte()
    let parents = try list { try $0.unsigned() }
    guard parents.count < 2 else { throw error("a type has two parents", at: start) }
    return SubType(try composite(), parent: parents.first, isFinal: code == 0x4f)
  }

  private mutating func composite() throws -> CompositeType {
    let start = position
    switch try byte() {
    case 0x60: return .function(parameters: try list { try $0.valueType() }, results: try list { try $0.valueType() })
    case 0x5f: return .struct(try list { try $0.field() })
    case 0x5e: return .array(try field())
    case let code: throw error("there is no kind of type with code \(code)", at: start)
    }
  }

  private mutating func field() throws -> FieldType {
    let storage: StorageType
    switch try peek() {
    case 0x78:
      _ = try byte()
      storage = .i8
    case 0x77:
      _ = try byte()
      storage = .i16
    default: storage = .value(try valueType())
    }
    return FieldType(storage, isMutable: try flag())
  }

  private mutating func flag() throws -> Bool {
    let start = position
    switch try byte() {
    case 0: return false
    case 1: return true
    case let code: throw error("\(code) is neither constant nor mutable", at: start)
    }
  }

  private mutating func valueType() throws -> ValueType {
    let start = position
    let code = try byte()
    switch code {
    case 0x7f: return .i32
    case 0x7e: return .i64
    case 0x7c: return .f64
    case 0x63: return .ref(try heapType(), isNullable: true)
    case 0x64: return .ref(try heapType(), isNullable: false)
    default:
      guard let short = HeapType.abstract.first(where: { $0.code == code }) else {
        throw error("there is no type of values with code \(code)", at: start)
      }
      return .ref(short.type, isNullable: true)
    }
  }

  private mutating func heapType() throws -> HeapType {
    let start = position
    let code = try peek()
    if let short = HeapType.abstract.first(where: { $0.code == code }) {
      _ = try byte()
      return short.type
    }
    guard let number = UInt32(exactly: try signed(bits: 33)) else { throw error("there is no such type", at: start) }
    return .defined(number)
  }

  private mutating func blockType() throws -> BlockType {
    let code = try peek()
    if code == 0x40 {
      _ = try byte()
      return .none
    }
    // The codes of types of values are negative numbers of one byte.
    if code & 0xc0 == 0x40 { return .one(try valueType()) }
    let start = position
    guard let number = UInt32(exactly: try signed(bits: 33)) else { throw error("there is no such type", at: start) }
    return .type(number)
  }
}

// MARK: Sections

extension ByteReader {
  fileprivate mutating func imported() throws -> Import {
    let module = try text()
    let field = try text()
    let start = position
    guard try byte() == 0 else { throw error("only functions may be imported", at: start) }
    return Import(module: module, field: field, type: try unsigned())
  }

  fileprivate mutating func memory() throws -> UInt32 {
    let start = position
    guard try byte() == 0 else { throw error("this kind of memory is not supported", at: start) }
    return try unsigned()
  }

  fileprivate mutating func tag() throws -> UInt32 {
    let start = position
    guard try byte() == 0 else { throw error("tags are for exceptions", at: start) }
    return try unsigned()
  }

  fileprivate mutating func global() throws -> Global {
    Global(try valueType(), isMutable: try flag(), value: try expression().instructions)
  }

  fileprivate mutating func exported() throws -> Export {
    let field = try text()
    let start = position
    switch (try byte(), try unsigned()) {
    case (0, let number): return Export(field, .function(number))
    case (2, 0): return Export(field, .memory)
    default: throw error("only functions and the memory may be exported", at: start)
    }
  }

  fileprivate mutating func datum() throws -> Datum {
    let start = position
    switch try byte() {
    case 0:
      guard try byte() == 0x41 else { throw error("the address of a datum is no constant", at: position - 1) }
      let address = UInt32(bitPattern: Int32(truncatingIfNeeded: try signed(bits: 32)))
      guard try byte() == 0x0b else { throw error("the address of a datum is no constant", at: position - 1) }
      return Datum(address: address, bytes: Array(try block()))
    case 1: return Datum(address: nil, bytes: Array(try block()))
    case let code: throw error("there is no kind of data with code \(code)", at: start)
    }
  }

  /// - Parameter variables: how many it may have at most.
  fileprivate mutating func body(variables: Int) throws -> (locals: [ValueType], code: PlacedCode) {
    let start = position
    var inner = try sized()
    guard inner.left <= BinaryLimits.bodySize else { throw error("a function's body is too long", at: start) }
    let runs = try inner.list { (count: try $0.unsigned(), type: try $0.valueType()) }
    var locals: [ValueType] = []
    for run in runs {
      guard Int(run.count) <= min(variables, BinaryLimits.locals) - locals.count else {
        throw error("there are too many variables", at: start)
      }
      locals += repeatElement(run.type, count: Int(run.count))
    }
    let code = try inner.expression()
    try inner.finish("this function's body")
    return (locals, code)
  }

  /// Instructions up to the `end` that closes them, which is left out.
  private mutating func expression() throws -> PlacedCode {
    var code = PlacedCode()
    // Whether each block that is open is an `if` that has had no `else`.
    var open: [Bool] = []
    while true {
      let start = position
      let instruction = try instruction()
      switch instruction.opcode.prefix {
      case 0x02, 0x03, 0x04, 0x1f: open.append(instruction.opcode.prefix == 0x04)
      case 0x05:
        guard open.last == true else { throw error("this `else` belongs to no `if`", at: start) }
        open[open.count - 1] = false
      case 0x0b: if open.popLast() == nil { return code }
      default: break
      }
      code.instructions.append(instruction)
      code.offsets.append(start)
    }
  }

  private mutating func instruction() throws -> Instruction {
    let start = position
    let prefix = try byte()
    let found = prefix == 0xfb || prefix == 0xfc ? Opcode.coded(prefix, try unsigned()) : Opcode.coded(prefix)
    guard let opcode = found else { throw error("there is no such instruction, or it is not supported", at: start) }
    return Instruction(opcode, try immediates(of: opcode))
  }

  private mutating func immediates(of opcode: Opcode) throws -> Instruction.Immediates {
    let start = position
    switch opcode.immediates {
    case .none: return .none
    case .zero, .twoZeros:
      for _ in 0..<(opcode.immediates == .zero ? 1 : 2) where try byte() != 0 {
        throw error("there is only one memory", at: position - 1)
      }
      return .none
    case .index: return .index(try unsigned())
    case .twoIndices: return .twoIndices(try unsigned(), try unsigned())
    case .i32: return .i32(Int32(truncatingIfNeeded: try signed(bits: 32)))
    case .i64: return .i64(try signed(bits: 64))
    case .f64: return .f64(try fixed())
    case .memory:
      let alignment = try unsigned()
      guard alignment < 32 else { throw error("there is only one memory", at: start) }
      return .memory(alignment: alignment, offset: try unsigned())
    case .heapType: return .heapType(try heapType())
    case .blockType: return .blockType(try blockType())
    case .table: return .table(try list { try $0.unsigned() }, default: try unsigned())
    case .castBranch:
      let flags = try byte()
      guard flags < 4 else { throw error("there are no such casts", at: start) }
      let label = try unsigned()
      return .castBranch(
        label, from: .ref(try heapType(), isNullable: flags & 1 != 0),
        to: .ref(try heapType(), isNullable: flags & 2 != 0))
    case .catching:
      let block = try blockType()
      let place = position
      guard try unsigned() == 1, try byte() == 0 else { throw error("one kind of exception is caught", at: place) }
      return .catching(block, tag: try unsigned(), label: try unsigned())
    }
  }
}

// MARK: Custom sections

extension ByteReader {
  fileprivate mutating func names() throws -> Names {
    var names = Names()
    while !isAtEnd {
      let number = try byte()
      var part = try sized()
      switch number {
      case 1: names.functions = try part.nameMap()
      case 2:
        for (function, locals) in try part.list({ (try $0.unsigned(), try $0.nameMap()) }) {
          names.locals[function] = locals
        }
      case 4: names.types = try part.nameMap()
      case 7: names.globals = try part.nameMap()
      case 9: names.data = try part.nameMap()
      // Names of other things.
      default: continue
      }
      try part.finish("a list of names")
    }
    return names
  }

  private mutating func nameMap() throws -> [UInt32: String] {
    Dictionary(try list { (try $0.unsigned(), try $0.text()) }) { first, _ in first }
  }

  fileprivate mutating func producer() throws -> Producer? {
    let fields = try list { reader in
      (try reader.text(), try reader.list { Producer(name: try $0.text(), version: try $0.text()) })
    }
    try finish("the list of producers")
    return fields.first { $0.0 == "processed-by" }?.1.first
  }
}
