import Diagnostics
import Languages
import Nanopass
import WasmBinary

/// Turns `WasmCode` into the model of the binary format: names become numbers and instructions lie flat.
struct ModuleEncoder {
  /// A module, and where each instruction of its functions comes from.
  struct Result {
    var module = BinaryModule()
    var spans: [[Span]] = []
  }

  /// Instructions that lie flat, and where each comes from.
  private struct FlatCode {
    var instructions: [Instruction] = []
    var spans: [Span] = []

    mutating func append(_ instruction: Instruction, at span: Span) {
      instructions.append(instruction)
      spans.append(span)
    }
  }

  private var opcodes: [Name: Opcode] = [:]
  private let end: Opcode
  private let otherwise: Opcode

  init() throws {
    for opcode in Opcode.all { opcodes[Name(opcode.name)] = opcode }
    guard let end = Opcode.named("end"), let otherwise = Opcode.named("else") else {
      throw BinaryError("the table of instructions lacks `end`")
    }
    (self.end, self.otherwise) = (end, otherwise)
  }

  func module(_ root: WasmCode.Root, names: Bool) throws -> Result {
    let bodies = try root.functions.map { try flat($0.body) }
    var module = BinaryModule()
    module.groups = try root.groups.map { try $0.types.map(type) }
    module.imports = try root.imports.map {
      Import(module: $0.module, field: $0.field, type: try number($0.type))
    }
    module.memory = try root.memory.map(number)
    module.tags = try root.tags.map(number)
    module.globals = try root.globals.map {
      Global(try value($0.ty), isMutable: $0.isMutable, value: try flat($0.value).instructions)
    }
    module.exports = try root.exports.map { export in
      switch export {
      case .function(_, let field, let function): Export(field, .function(try number(function)))
      case .memory(_, let field): Export(field, .memory)
      }
    }
    module.functions = try zip(root.functions, bodies).map { function, body in
      Function(
        type: try number(function.type), locals: try function.locals.map { try value($0.ty) },
        body: body.instructions)
    }
    module.data = try root.data.map { datum in
      switch datum {
      case .active(_, let address, let bytes): Datum(address: try number(address), bytes: try bytes.map(byte))
      case .passive(_, let bytes): Datum(address: nil, bytes: try bytes.map(byte))
      }
    }
    if names {
      let all = try self.names(root)
      module.names = all.isEmpty ? nil : all
      module.producer = Producer(name: "nanoc")
    }
    return Result(module: module, spans: bodies.map(\.spans))
  }

  private func number(_ value: Int) throws -> UInt32 {
    guard let number = UInt32(exactly: value) else { throw BinaryError("\(value) does not fit 32 bits") }
    return number
  }

  private func byte(_ value: Int) throws -> UInt8 {
    guard let byte = UInt8(exactly: value) else { throw BinaryError("\(value) is no byte") }
    return byte
  }

  // MARK: Types

  private func type(_ node: WasmCode.TypeDef) throws -> SubType {
    switch node {
    case .function(_, let parameters, let results):
      return SubType(.function(parameters: try parameters.map(value), results: try results.map(value)))
    case .struct(_, _, let parent, let isFinal, let fields):
      return SubType(.struct(try fields.map(field)), parent: try parent.map(number), isFinal: isFinal)
    case .array(_, _, let element): return SubType(.array(try field(element)))
    }
  }

  private func field(_ node: WasmCode.Field) throws -> FieldType {
    switch node.storage {
    case .whole(let type): FieldType(.value(try value(type)), isMutable: node.isMutable)
    case .i8: FieldType(.i8, isMutable: node.isMutable)
    case .i16: FieldType(.i16, isMutable: node.isMutable)
    }
  }

  private func value(_ node: WasmCode.Ty) throws -> ValueType {
    switch node {
    case .i32: .i32
    case .i64: .i64
    case .f64: .f64
    case .ref(let type): .ref(.defined(try number(type)), isNullable: false)
    case .nullable(let type): .ref(.defined(try number(type)), isNullable: true)
    }
  }

  private func block(_ node: WasmCode.BlockTy) throws -> BlockType {
    switch node {
    case .none: .none
    case .one(let type): .one(try value(type))
    case .type(let type): .type(try number(type))
    }
  }

  // MARK: Instructions

  private func flat(_ body: [WasmCode.Instruction]) throws -> FlatCode {
    var result = FlatCode()
    result.instructions.reserveCapacity(body.count)
    result.spans.reserveCapacity(body.count)
    try flatten(body, into: &result)
    return result
  }

  private func flatten(_ body: [WasmCode.Instruction], into result: inout FlatCode) throws {
    for instruction in body {
      switch instruction {
      case .block(let span, let type, let body), .loop(let span, let type, let body):
        let name: Name = if case .block = instruction { "block" } else { "loop" }
        result.append(Instruction(try opcode(name), .blockType(try block(type))), at: span)
        try flatten(body, into: &result)
        result.append(Instruction(end), at: span)
      case .if(let span, let type, let then, let rest):
        result.append(Instruction(try opcode("if"), .blockType(try block(type))), at: span)
        try flatten(then, into: &result)
        if !rest.isEmpty {
          result.append(Instruction(otherwise), at: span)
          try flatten(rest, into: &result)
        }
        result.append(Instruction(end), at: span)
      case .try(let span, let type, let tag, let label, let body):
        let clause = Instruction.Immediates.catching(try block(type), tag: try number(tag), label: try number(label))
        result.append(Instruction(try opcode("try_table"), clause), at: span)
        try flatten(body, into: &result)
        result.append(Instruction(end), at: span)
      default: result.append(try single(instruction), at: instruction.span)
      }
    }
  }

  private func opcode(_ name: Name) throws -> Opcode {
    guard let opcode = opcodes[name] else { throw BinaryError("there is no instruction `\(name)`") }
    return opcode
  }

  private func single(_ node: WasmCode.Instruction) throws -> Instruction {
    switch node {
    case .plain(_, let name): return Instruction(try opcode(name))
    case .indexed(_, let name, let index): return Instruction(try opcode(name), .index(try number(index)))
    case .indexed2(_, let name, let first, let second):
      return Instruction(try opcode(name), .twoIndices(try number(first), try number(second)))
    case .i32(_, let value):
      guard case .small(let word) = value, let bits = Int32(wrapping: word) else {
        throw BinaryError("\(value) does not fit 32 bits")
      }
      return Instruction(try opcode("i32.const"), .i32(bits))
    case .i64(_, let value):
      guard let bits = Int64(wrapping: value) else { throw BinaryError("\(value) does not fit 64 bits") }
      return Instruction(try opcode("i64.const"), .i64(bits))
    case .f64(_, let value): return Instruction(try opcode("f64.const"), .f64(value.bitPattern))
    case .memory(_, let name, let alignment, let offset):
      return Instruction(
        try opcode(name), .memory(alignment: try number(alignment), offset: try number(offset)))
    case .null(_, let type): return Instruction(try opcode("ref.null"), .heapType(.defined(try number(type))))
    case .typed(_, let name, let type):
      guard case .ref(let heap, let isNullable) = try value(type) else {
        throw BinaryError("`\(name)` is about references")
      }
      return Instruction(try opcode(isNullable ? Name(name.text + " null") : name), .heapType(heap))
    case .branchOnCast(_, let name, let label, let from, let to):
      return Instruction(try opcode(name), .castBranch(try number(label), from: try value(from), to: try value(to)))
    case .table(_, let labels, let rest):
      return Instruction(try opcode("br_table"), .table(try labels.map(number), default: try number(rest)))
    case .block, .loop, .if, .try: throw BinaryError("a block is no single instruction")
    }
  }

  // MARK: Names

  private func names(_ root: WasmCode.Root) throws -> Names {
    var names = Names()
    for (index, each) in root.imports.enumerated() { names.functions[try number(index)] = each.name.text }
    for (index, each) in root.functions.enumerated() {
      let function = try number(root.imports.count + index)
      names.functions[function] = each.name.text
      let locals = each.parameters + each.locals.map(\.name)
      for (index, local) in locals.enumerated() { names.locals[function, default: [:]][try number(index)] = local.text }
    }
    for (index, each) in root.groups.flatMap(\.types).enumerated() {
      switch each {
      case .struct(_, let name?, _, _, _), .array(_, let name?, _): names.types[try number(index)] = name.text
      case .struct, .array, .function: break
      }
    }
    for (index, each) in root.globals.enumerated() { names.globals[try number(index)] = each.name.text }
    return names
  }
}

extension Int32 {
  /// The bits of a number from -2^31 to 2^32 - 1.
  fileprivate init?(wrapping value: Int) {
    if let signed = Int32(exactly: value) {
      self = signed
    } else if let unsigned = UInt32(exactly: value) {
      self.init(bitPattern: unsigned)
    } else {
      return nil
    }
  }
}

extension Int64 {
  /// The bits of a number from -2^63 to 2^64 - 1.
  fileprivate init?(wrapping value: Integer) {
    switch value {
    case .small(let word): self = Int64(word)
    case .big(let digits):
      guard let unsigned = UInt64(digits.text) else { return nil }
      self.init(bitPattern: unsigned)
    }
  }
}
