/// A module of WebAssembly: one memory at most, functions as the only imports, the constructs of garbage collection,
/// exceptions.
///
/// Source: WebAssembly Specification 3.0, chapter 2 (structure).
public struct BinaryModule: Sendable, Equatable {
  /// Types, numbered through all groups.
  public var groups: [[SubType]]
  /// Imported functions, which are numbered first.
  public var imports: [Import]
  /// The number of pages of memory at the start, of 64 KiB each; nil for no memory.
  public var memory: UInt32?
  /// The function types of exceptions.
  public var tags: [UInt32]
  public var globals: [Global]
  public var exports: [Export]
  public var functions: [Function]
  public var data: [Datum]
  /// What things are called, for people and tools.
  public var names: Names?
  /// The program that made the module, and its version, which may be empty.
  public var producer: Producer?
  /// Where debuggers find the places of instructions in the source.
  public var sourceMapURL: String?

  public init(
    groups: [[SubType]] = [], imports: [Import] = [], memory: UInt32? = nil, tags: [UInt32] = [],
    globals: [Global] = [], exports: [Export] = [], functions: [Function] = [], data: [Datum] = [], names: Names? = nil,
    producer: Producer? = nil, sourceMapURL: String? = nil
  ) {
    self.groups = groups
    self.imports = imports
    self.memory = memory
    self.tags = tags
    self.globals = globals
    self.exports = exports
    self.functions = functions
    self.data = data
    self.names = names
    self.producer = producer
    self.sourceMapURL = sourceMapURL
  }
}

/// The type of values on the heap that a reference is to.
public enum HeapType: Sendable, Hashable {
  /// One of the module's.
  case defined(UInt32)
  case any, eq, i31, `struct`, array, `func`, extern, none, noextern, nofunc
}

/// The type of a variable or operand.
public enum ValueType: Sendable, Hashable {
  case i32, i64, f64
  case ref(HeapType, isNullable: Bool)
}

/// What a field or an element holds.
public enum StorageType: Sendable, Hashable {
  case value(ValueType)
  case i8, i16
}

/// A field of a struct, or the elements of an array.
public struct FieldType: Sendable, Hashable {
  public var storage: StorageType
  public var isMutable: Bool

  public init(_ storage: StorageType, isMutable: Bool) {
    self.storage = storage
    self.isMutable = isMutable
  }
}

/// What a type is made of.
public enum CompositeType: Sendable, Hashable {
  case function(parameters: [ValueType], results: [ValueType])
  case `struct`([FieldType])
  case array(FieldType)
}

/// A type, and the one that it is a kind of.
public struct SubType: Sendable, Hashable {
  public var parent: UInt32?
  public var isFinal: Bool
  public var composite: CompositeType

  public init(_ composite: CompositeType, parent: UInt32? = nil, isFinal: Bool = true) {
    self.parent = parent
    self.isFinal = isFinal
    self.composite = composite
  }
}

/// A function that the host gives.
public struct Import: Sendable, Hashable {
  public var module: String
  public var field: String
  /// The number of its function type.
  public var type: UInt32

  public init(module: String, field: String, type: UInt32) {
    self.module = module
    self.field = field
    self.type = type
  }
}

/// A global variable with its constant expression, which does without the `end` of the format.
public struct Global: Sendable, Equatable {
  public var type: ValueType
  public var isMutable: Bool
  public var value: [Instruction]

  public init(_ type: ValueType, isMutable: Bool, value: [Instruction]) {
    self.type = type
    self.isMutable = isMutable
    self.value = value
  }
}

/// What the host sees.
public struct Export: Sendable, Hashable {
  public enum Item: Sendable, Hashable {
    case function(UInt32)
    case memory
  }

  public var field: String
  public var item: Item

  public init(_ field: String, _ item: Item) {
    self.field = field
    self.item = item
  }
}

/// A function with its variables behind the parameters. The body does without the `end` of the function.
public struct Function: Sendable, Equatable {
  /// The number of its function type.
  public var type: UInt32
  public var locals: [ValueType]
  public var body: [Instruction]

  public init(type: UInt32, locals: [ValueType], body: [Instruction]) {
    self.type = type
    self.locals = locals
    self.body = body
  }
}

/// Constant bytes.
public struct Datum: Sendable, Equatable {
  /// Where the bytes are in memory from the start; nil for bytes that instructions copy from.
  public var address: UInt32?
  public var bytes: [UInt8]

  public init(address: UInt32?, bytes: [UInt8]) {
    self.address = address
    self.bytes = bytes
  }
}

/// What the things of a module are called, by their numbers. Things without a name are not mentioned.
public struct Names: Sendable, Equatable {
  public var functions: [UInt32: String] = [:]
  /// By the number of the function, then of the variable.
  public var locals: [UInt32: [UInt32: String]] = [:]
  public var types: [UInt32: String] = [:]
  public var globals: [UInt32: String] = [:]
  public var data: [UInt32: String] = [:]

  public init() {}

  /// Whether nothing has a name.
  public var isEmpty: Bool {
    functions.isEmpty && locals.isEmpty && types.isEmpty && globals.isEmpty && data.isEmpty
  }
}

/// The program that made a module.
public struct Producer: Sendable, Hashable {
  public var name: String
  public var version: String

  public init(name: String, version: String = "") {
    self.name = name
    self.version = version
  }
}

/// What a block, loop or choice takes from the stack and leaves there.
public enum BlockType: Sendable, Hashable {
  case none
  case one(ValueType)
  /// As the function type of that number says.
  case type(UInt32)
}

/// An instruction with its immediates. Blocks are flat: `end` closes them.
public struct Instruction: Sendable, Equatable {
  /// What follows the instruction's code.
  public enum Immediates: Sendable, Equatable {
    case none
    case index(UInt32)
    case twoIndices(UInt32, UInt32)
    case i32(Int32)
    case i64(Int64)
    /// The bits of the number, so that every NaN is equal to itself.
    case f64(UInt64)
    case memory(alignment: UInt32, offset: UInt32)
    case heapType(HeapType)
    case blockType(BlockType)
    case table([UInt32], default: UInt32)
    case castBranch(UInt32, from: ValueType, to: ValueType)
    /// What the block takes and leaves, and the label that an exception of the tag is caught at.
    case catching(BlockType, tag: UInt32, label: UInt32)
  }

  public var opcode: Opcode
  public var immediates: Immediates

  public init(_ opcode: Opcode, _ immediates: Immediates = .none) {
    self.opcode = opcode
    self.immediates = immediates
  }
}

/// Why bytes are no module, or a module can't be written as bytes.
public struct BinaryError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where in the bytes, from their start; nil where none have been written.
  public var offset: Int?
  /// One sentence.
  public var message: String

  public init(offset: Int? = nil, _ message: String) {
    self.offset = offset
    self.message = message
  }

  public var description: String { offset.map { "at byte \($0): \(message)" } ?? message }
}
