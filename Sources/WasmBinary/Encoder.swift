extension BinaryModule {
  /// The bytes of the module. Equal modules have equal bytes.
  ///
  /// Source: WebAssembly Specification 3.0, chapter 5 (binary format).
  ///
  /// - Throws: `BinaryError` if an instruction has immediates that it does not take; `LimitExceeded`.
  public func encoded() throws -> [UInt8] {
    try checkCounts()
    var out = ByteWriter()
    out.raw(Self.header)
    try out.section(1, groups) { try $0.group($1) }
    try out.section(2, imports) { try $0.write($1) }
    try out.section(3, functions) { $0.unsigned($1.type) }
    try out.section(5, memory.map { [$0] } ?? []) { out, pages in
      out.byte(0)
      out.unsigned(pages)
    }
    try out.section(13, tags) { out, type in
      out.byte(0)
      out.unsigned(type)
    }
    try out.section(6, globals) { try $0.write($1) }
    try out.section(7, exports) { try $0.write($1) }
    if functions.contains(where: \.usesData) { try out.section(12) { try $0.count(data.count) } }
    try out.section(10, Array(functions.enumerated())) { out, function in
      do {
        try out.write(function.element)
      } catch var limit as LimitExceeded {
        limit.function = imports.count + function.offset
        throw limit
      } catch let error as BinaryError {
        let number = UInt32(truncatingIfNeeded: imports.count + function.offset)
        throw BinaryError("function \(number)\(names?.functions[number].map { " (`\($0)`)" } ?? ""): \(error.message)")
      }
    }
    try out.section(11, data) { try $0.write($1) }
    if let names, !names.isEmpty {
      try out.section(0) { out in
        try out.text("name")
        try out.write(names)
      }
    }
    if let producer {
      try out.section(0) { out in
        try out.text("producers")
        try out.list(["processed-by"]) { out, field in
          try out.text(field)
          try out.list([producer]) { out, producer in
            try out.text(producer.name)
            try out.text(producer.version)
          }
        }
      }
    }
    if let sourceMapURL {
      try out.section(0) { out in
        try out.text("sourceMappingURL")
        try out.text(sourceMapURL)
      }
    }
    return out.bytes
  }

  /// The magic number and the version.
  static let header: [UInt8] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
}

extension Function {
  /// Whether an instruction names a datum: then the number of data must be known before the code.
  var usesData: Bool { body.contains { Self.dataInstructions.contains($0.opcode) } }

  private static let dataInstructions =
    ["memory.init", "data.drop", "array.new_data", "array.init_data"].compactMap(Opcode.named)
}

// MARK: Types

extension HeapType {
  /// The codes of the types that are not defined by the module.
  static let abstract: [(code: UInt8, type: HeapType)] = [
    (0x6e, .any), (0x6d, .eq), (0x6c, .i31), (0x6b, .struct), (0x6a, .array), (0x70, .func), (0x6f, .extern),
    (0x71, .none), (0x72, .noextern), (0x73, .nofunc),
  ]

  /// The code of a type that is not defined by the module.
  var code: UInt8? { Self.abstract.first { $0.type == self }?.code }
}

extension ByteWriter {
  mutating func group(_ types: [SubType]) throws {
    if let only = types.first, types.count == 1 { return try write(only) }
    byte(0x4e)
    try list(types) { try $0.write($1) }
  }

  private mutating func write(_ type: SubType) throws {
    if type.parent != nil || !type.isFinal {
      byte(type.isFinal ? 0x4f : 0x50)
      try list(type.parent.map { [$0] } ?? []) { $0.unsigned($1) }
    }
    switch type.composite {
    case .function(let parameters, let results):
      byte(0x60)
      try list(parameters) { $0.write($1) }
      try list(results) { $0.write($1) }
    case .struct(let fields):
      byte(0x5f)
      try list(fields) { $0.write($1) }
    case .array(let element):
      byte(0x5e)
      write(element)
    }
  }

  private mutating func write(_ field: FieldType) {
    switch field.storage {
    case .value(let type): write(type)
    case .i8: byte(0x78)
    case .i16: byte(0x77)
    }
    byte(field.isMutable ? 1 : 0)
  }

  mutating func write(_ type: ValueType) {
    switch type {
    case .i32: byte(0x7f)
    case .i64: byte(0x7e)
    case .f64: byte(0x7c)
    case .ref(let heap, let isNullable):
      // `(ref null any)` and its like have one byte.
      if let code = heap.code, isNullable { return byte(code) }
      byte(isNullable ? 0x63 : 0x64)
      write(heap)
    }
  }

  mutating func write(_ heap: HeapType) {
    if case .defined(let number) = heap {
      signed(Int64(number))
    } else if let code = heap.code {
      byte(code)
    }
  }

  private mutating func write(_ block: BlockType) {
    switch block {
    case .none: byte(0x40)
    case .one(let type): write(type)
    case .type(let number): signed(Int64(number))
    }
  }
}

// MARK: Sections

extension ByteWriter {
  mutating func write(_ node: Import) throws {
    try text(node.module)
    try text(node.field)
    byte(0)
    unsigned(node.type)
  }

  mutating func write(_ node: Global) throws {
    write(node.type)
    byte(node.isMutable ? 1 : 0)
    try expression(node.value)
  }

  mutating func write(_ node: Export) throws {
    try text(node.field)
    switch node.item {
    case .function(let number):
      byte(0)
      unsigned(number)
    case .memory:
      byte(2)
      unsigned(0)
    }
  }

  mutating func write(_ node: Datum) throws {
    if let address = node.address {
      byte(0)
      byte(0x41)
      signed(Int64(Int32(bitPattern: address)))
      byte(0x0b)
    } else {
      byte(1)
    }
    try block(node.bytes)
  }

  /// A function's variables, runs of one type together, and its body.
  mutating func write(_ node: Function) throws {
    guard node.locals.count <= BinaryLimits.locals else {
      throw LimitExceeded("it has \(node.locals.count) variables, but engines take at most \(BinaryLimits.locals)")
    }
    var runs: [(type: ValueType, count: Int)] = []
    for type in node.locals {
      if let last = runs.last, last.type == type { runs[runs.count - 1].count += 1 } else { runs.append((type, 1)) }
    }
    var inner = ByteWriter()
    try inner.list(runs) { out, run in
      try out.count(run.count)
      out.write(run.type)
    }
    try inner.expression(node.body)
    guard inner.bytes.count <= BinaryLimits.bodySize else {
      throw LimitExceeded(
        "its body has \(inner.bytes.count) bytes, but engines take at most \(BinaryLimits.bodySize)")
    }
    try block(inner.bytes)
  }

  /// Instructions with the `end` of the format behind them.
  private mutating func expression(_ instructions: [Instruction]) throws {
    for instruction in instructions { try write(instruction) }
    byte(0x0b)
  }

  /// The code of a clause that catches exceptions of one tag, without a reference to them.
  private static let catchClause: UInt8 = 0

  private mutating func write(_ node: Instruction) throws {
    byte(node.opcode.prefix)
    if let code = node.opcode.code { unsigned(code) }
    switch (node.opcode.immediates, node.immediates) {
    case (.none, .none): break
    case (.zero, .none): byte(0)
    case (.twoZeros, .none):
      byte(0)
      byte(0)
    case (.index, .index(let number)): unsigned(number)
    case (.twoIndices, .twoIndices(let first, let second)):
      if second > BinaryLimits.fixedElements, node.opcode.name == "array.new_fixed" {
        throw LimitExceeded(
          "it makes an array of \(second) elements at once, but engines take at most \(BinaryLimits.fixedElements)")
      }
      unsigned(first)
      unsigned(second)
    case (.i32, .i32(let value)): signed(Int64(value))
    case (.i64, .i64(let value)): signed(value)
    case (.f64, .f64(let bits)): fixed(bits)
    case (.memory, .memory(let alignment, let offset)):
      unsigned(alignment)
      unsigned(offset)
    case (.heapType, .heapType(let heap)): write(heap)
    case (.blockType, .blockType(let block)): write(block)
    case (.table, .table(let labels, let rest)):
      try list(labels) { $0.unsigned($1) }
      unsigned(rest)
    case (.castBranch, .castBranch(let label, .ref(let from, let fromNull), .ref(let to, let toNull))):
      byte((fromNull ? 1 : 0) | (toNull ? 2 : 0))
      unsigned(label)
      write(from)
      write(to)
    case (.catching, .catching(let block, let tag, let label)):
      write(block)
      try list([(tag, label)]) { out, clause in
        out.byte(Self.catchClause)
        out.unsigned(clause.0)
        out.unsigned(clause.1)
      }
    default: throw BinaryError("`\(node.opcode)` does not take \(node.immediates)")
    }
  }

  mutating func write(_ names: Names) throws {
    try subsection(1, names.functions)
    if !names.locals.isEmpty {
      try section(2) { out in
        try out.list(names.locals.sorted { $0.key < $1.key }) { out, function in
          out.unsigned(function.key)
          try out.map(function.value)
        }
      }
    }
    try subsection(4, names.types)
    try subsection(7, names.globals)
    try subsection(9, names.data)
  }

  private mutating func subsection(_ number: UInt8, _ names: [UInt32: String]) throws {
    if !names.isEmpty { try section(number) { try $0.map(names) } }
  }

  private mutating func map(_ names: [UInt32: String]) throws {
    try list(names.sorted { $0.key < $1.key }) { out, entry in
      out.unsigned(entry.key)
      try out.text(entry.value)
    }
  }
}
