import Foundation
import Nanopass
import Testing
import WasmBinary

/// The encoder, the decoder and the printer of the binary format.
@Suite struct WasmBinaryTests {
  private static func instruction(_ name: String, _ immediates: Instruction.Immediates = .none) throws -> Instruction {
    Instruction(try #require(Opcode.named(name)), immediates)
  }

  /// A module with all that the model has; no engine would take it.
  private static func everything() throws -> BinaryModule {
    let reference = ValueType.ref(.defined(1), isNullable: false)
    var module = BinaryModule()
    module.groups = [
      [SubType(.function(parameters: [.i32, .i64, .f64, reference], results: [.i32, .i64]))],
      [
        SubType(.struct([FieldType(.value(.i32), isMutable: false), FieldType(.i8, isMutable: true)]), isFinal: false),
        SubType(
          .struct([FieldType(.value(.i32), isMutable: false), FieldType(.i8, isMutable: true)]), parent: 1),
        SubType(.array(FieldType(.i16, isMutable: true))),
      ],
      [SubType(.array(FieldType(.value(.ref(.any, isNullable: true)), isMutable: true)), isFinal: false)],
    ]
    module.imports = [Import(module: "wörld", field: "", type: 0)]
    module.memory = 3
    module.globals = [
      Global(.i32, isMutable: true, value: [try instruction("i32.const", .i32(.min))]),
      Global(.ref(.extern, isNullable: false), isMutable: false, value: []),
    ]
    module.tags = [0, 200]
    module.exports = [Export("main", .function(1)), Export("memory", .memory)]
    module.data = [Datum(address: 0x8000_0000, bytes: [0, 255, 34]), Datum(address: nil, bytes: [])]
    let heaps: [HeapType] = [
      .defined(0), .defined(200), .any, .eq, .i31, .struct, .array, .func, .extern, .none, .noextern, .nofunc,
    ]
    let blocks: [BlockType] = [
      .none, .one(.f64), .one(reference), .one(.ref(.eq, isNullable: true)), .type(0), .type(99),
    ]
    var body: [Instruction] = []
    for opcode in Opcode.all where !["else", "end"].contains(opcode.name) {
      switch opcode.immediates {
      case .none, .zero, .twoZeros: body.append(Instruction(opcode))
      case .index: body.append(Instruction(opcode, .index(.max)))
      case .twoIndices: body.append(Instruction(opcode, .twoIndices(127, 128)))
      case .i32:
        for value in [0, -1, 63, 64, -64, -65, Int32.min, .max] { body.append(Instruction(opcode, .i32(value))) }
      case .i64:
        for value in [0, -1, 1 << 40, Int64.min, .max] { body.append(Instruction(opcode, .i64(value))) }
      case .f64:
        for value in [0, -0.0, 1.5, .infinity, -.infinity, .nan, 5e-324] {
          body.append(Instruction(opcode, .f64(value.bitPattern)))
        }
      case .memory: body.append(Instruction(opcode, .memory(alignment: 0, offset: .max)))
      case .heapType: body += heaps.map { Instruction(opcode, .heapType($0)) }
      case .blockType:
        for block in blocks {
          body.append(Instruction(opcode, .blockType(block)))
          if opcode.name == "if" { body.append(try instruction("else")) }
          body.append(try instruction("end"))
        }
      case .table:
        body += [Instruction(opcode, .table([], default: 0)), Instruction(opcode, .table([1, 2], default: 3))]
      case .castBranch:
        body.append(Instruction(opcode, .castBranch(1, from: .ref(.any, isNullable: true), to: reference)))
      case .catching:
        for block in blocks {
          body += [Instruction(opcode, .catching(block, tag: 300, label: 1)), try instruction("end")]
        }
      }
    }
    module.functions = [
      Function(type: 0, locals: [.i32, .i32, .f64, reference, reference], body: body),
      Function(type: 0, locals: [], body: []),
    ]
    var names = Names()
    names.functions = [1: "main", 0: "hello"]
    names.locals = [1: [0: "x", 300: "y"], 2: [:]]
    names.types = [0: "F"]
    names.globals = [1: "g ;) ("]
    names.data = [0: "text"]
    module.names = names
    module.producer = Producer(name: "nanoc", version: "1")
    module.sourceMapURL = "map.json"
    return module
  }

  @Test func everyFormIsReadBack() throws {
    let module = try Self.everything()
    let bytes = try module.encoded()
    #expect(try BinaryModule(decoding: bytes) == module)
    #expect(try module.encoded() == bytes)
    #expect(try ImportList(of: bytes).entries == [ImportList.Entry(module: "wörld", field: "")])
    let sizes = try SectionSizes(of: bytes).sections
    #expect(sizes.reduce(8) { $0 + $1.bytes } == bytes.count)
    #expect(sizes.map(\.content).prefix(3) == ["types", "imports", "functions"])
    #expect(sizes.map(\.content).suffix(4) == ["data", "name", "producers", "sourceMappingURL"], "\(sizes)")
    let functions = module.exports.compactMap { if case .function = $0.item { $0.field } else { nil } }
    #expect(try ExportList(of: bytes).functions == functions)
  }

  /// Each damaged module is refused with a place in it, or is another module that is written and read back.
  @Test func damagedBytesAreRefused() throws {
    let refused = try Self.refusals(of: try Self.everything().encoded(), rounds: 20_000)
    #expect(refused > 5_000)
  }

  /// The same with modules of real programs, with names and without.
  @Test(arguments: ["wasm-gc", "wasm32"]) func damagedProgramsAreRefused(_ target: String) throws {
    let folder = try TemporaryFolder()
    let source = Repository.path("Tests/benchmarks/word_count/word_count.av")
    for level in ["-Os", "-O0"] {
      let result = try nanoc(["--target=\(target)", level, source, "-o", "program.wasm"], in: folder.path)
      try #require(result.code == 0, "\(result.errors)")
      let whole = try #require(folder.bytes("program.wasm"))
      // Of most changes the format says nothing: another number, another instruction.
      let refused = try Self.refusals(of: whole, rounds: 500, cuts: 100)
      #expect(refused > 150, "\(level): \(refused)")
    }
  }

  /// Damages a module in each of many rounds, in the first ones by cutting it off; gives how often it is refused.
  private static func refusals(of whole: [UInt8], rounds: Int, cuts: Int? = nil) throws -> Int {
    var source = RandomSource(seed: 7)
    var refused = 0
    let cuts = cuts ?? whole.count
    for round in 0..<rounds {
      var bytes = whole
      if round < cuts { bytes.removeLast(whole.count - whole.count * round / cuts) }
      for _ in 0..<(round < cuts ? 0 : 1 + source.below(3)) where !bytes.isEmpty {
        let place = source.below(bytes.count)
        switch source.below(4) {
        case 0: bytes[place] = UInt8(source.below(256))
        case 1: bytes[place] ^= 1 << UInt8(source.below(8))
        case 2: bytes.remove(at: place)
        default: bytes.insert(UInt8(source.pick([0, 1, 0x7f, 0x80, 0xff])), at: place)
        }
      }
      do {
        let module = try BinaryModule(decoding: bytes)
        #expect(try BinaryModule(decoding: try module.encoded()) == module)
        _ = module.text
      } catch let error as BinaryError {
        refused += 1
        if let offset = error.offset { #expect(offset <= bytes.count, "\(error)") }
      } catch is LimitExceeded {
        refused += 1
      }
      _ = try? ImportList(of: bytes)
      _ = try? ExportList(of: bytes)
    }
    return refused
  }

  @Test func numbersOutsideTheirRangeAreRefused() throws {
    let header: [UInt8] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
    // Sections of functions whose only type is a number that is too long, too big, or cut off.
    for number: [UInt8] in [[0x80, 0x80, 0x80, 0x80, 0x80, 0], [0xff, 0xff, 0xff, 0xff, 0x1f], [0x80]] {
      let section = [3, UInt8(number.count + 1), 1] + number
      #expect(throws: BinaryError.self) { try BinaryModule(decoding: header + section) }
    }
    // A list that claims more elements than there are bytes.
    let list: [UInt8] = [1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]
    #expect(throws: BinaryError(offset: 10, "there is no room for 4294967295 elements")) {
      try BinaryModule(decoding: header + list)
    }
    #expect(throws: BinaryError(offset: 4, "this is no module of WebAssembly, version 1")) {
      try BinaryModule(decoding: [0, 0x61, 0x73, 0x6d, 2, 0, 0, 0])
    }
  }

  /// A few bytes that ask for many variables do not fill the memory.
  @Test func variablesAreBoundedByTheBytes() throws {
    var module = BinaryModule()
    module.groups = [[SubType(.function(parameters: [], results: []))]]
    let many = Function(type: 0, locals: Array(repeating: .i64, count: BinaryLimits.locals), body: [])
    module.functions = Array(repeating: many, count: 20)
    #expect(try BinaryModule(decoding: try module.encoded()) == module)
    module.functions += module.functions
    #expect(throws: BinaryError.self) { try BinaryModule(decoding: try module.encoded()) }
  }

  @Test func limitsAreKept() throws {
    var module = BinaryModule()
    module.groups = [[SubType(.function(parameters: [], results: []))]]
    module.functions = [Function(type: 0, locals: Array(repeating: .i32, count: 50_001), body: [])]
    #expect(throws: LimitExceeded(function: 0, "it has 50001 variables, but engines take at most 50000")) {
      try module.encoded()
    }
    let nothing = try Self.instruction("nop")
    module.functions = [Function(type: 0, locals: [], body: Array(repeating: nothing, count: 7_654_321))]
    #expect(throws: LimitExceeded.self) { try module.encoded() }
    module.functions = []
    module.data = Array(repeating: Datum(address: nil, bytes: []), count: 100_001)
    #expect(throws: LimitExceeded("there are 100001 data, but engines take at most 100000")) { try module.encoded() }
  }

  @Test func wrongImmediatesAreRefused() throws {
    var module = BinaryModule()
    module.functions = [Function(type: 0, locals: [], body: [try Self.instruction("br", .i32(1))])]
    #expect(throws: BinaryError.self) { try module.encoded() }
  }

  /// Each instruction of the table has the code and the immediates that the tools for WebAssembly know.
  @Test func instructionsAreThoseOfTheTools() throws {
    var module = BinaryModule()
    let function = SubType(.function(parameters: [], results: []))
    module.groups = [
      [function], [SubType(.struct([FieldType(.i8, isMutable: true)]), isFinal: false)],
      [SubType(.array(FieldType(.i8, isMutable: true)))],
    ]
    module.memory = 1
    module.tags = [0]
    module.data = [Datum(address: nil, bytes: [])]
    module.globals = [Global(.i32, isMutable: true, value: [try Self.instruction("i32.const", .i32(0))])]
    var body: [Instruction] = []
    for opcode in Opcode.all where !["else", "end", "block", "loop", "if"].contains(opcode.name) {
      switch opcode.immediates {
      case .none, .zero, .twoZeros: body.append(Instruction(opcode))
      case .index: body.append(Instruction(opcode, .index(0)))
      case .twoIndices: body.append(Instruction(opcode, .twoIndices(0, 0)))
      case .i32: body.append(Instruction(opcode, .i32(-5)))
      case .i64: body.append(Instruction(opcode, .i64(-5)))
      case .f64: body.append(Instruction(opcode, .f64(0x7ff8_0000_0000_0001)))
      case .memory: body.append(Instruction(opcode, .memory(alignment: 0, offset: 9)))
      case .heapType: body.append(Instruction(opcode, .heapType(.defined(1))))
      case .table: body.append(Instruction(opcode, .table([0], default: 0)))
      case .castBranch:
        body.append(
          Instruction(
            opcode, .castBranch(0, from: .ref(.struct, isNullable: true), to: .ref(.defined(1), isNullable: false))))
      case .catching:
        body += [Instruction(opcode, .catching(.type(0), tag: 0, label: 0)), try Self.instruction("end")]
      case .blockType: break
      }
    }
    module.functions = [Function(type: 0, locals: [.i32], body: body)]
    // What the tools make of our text must be our bytes: one table wrong in two ways would have to be wrong alike.
    let assembled = try BinaryModule(decoding: try WasmTools.assemble(module.text))
    #expect(assembled.functions == module.functions)
    #expect(assembled.groups == module.groups)
    #expect(assembled.tags == module.tags)
  }
}
