import Languages
import LLVMKit
import Nanopass

/// Builds the LLVM module of a `Machine` program.
///
/// Functions that make tail calls or are their targets use the `tail` convention, so that any tail call, whatever its
/// arguments, is a `musttail` call in constant stack; the others `fast`, whose calls need no room for a callee that
/// tidies the stack (3 instructions of a call). Block parameters become phi nodes. Functions are hidden, not internal: LLVM inlines any internal function that
/// has a single caller, whatever its size, until a large program is one huge function; `opt -O2` took 12 s instead of 5
/// for 10,000 lines. The linker drops what is not called.
struct EmitLLVM {
  private let module: Module
  private let context: Context
  private let exportsFunctions: Bool
  private let debug: DebugEmitter?
  private let profile: ProfileEmitter?
  private var functions: [Name: Function] = [:]
  private var runtime: [Name: Function] = [:]
  private var constants: [Name: Value] = [:]

  /// - Parameters:
  ///   - exportsFunctions: whether each function is visible outside, as for `--target=object`.
  ///   - debug: describes the functions to a debugger.
  ///   - profile: lets the functions count.
  init(
    module: Module, exportsFunctions: Bool = false, debug: DebugEmitter? = nil, profile: ProfileEmitter? = nil
  ) {
    self.profile = profile
    self.module = module
    self.debug = debug
    self.exportsFunctions = exportsFunctions
    context = module.context
  }

  /// Adds a part of the program to the module; the one that has its entry gets a C `main`.
  mutating func emit(_ program: Machine.Root, _ part: Division.Part) throws {
    for position in part.constants { try declare(program.constants[position]) }
    let tailing = tailing(program)
    let shared = Set(part.shared)
    for position in (part.own + part.shared + part.declared).sorted() {
      let function = program.functions[position]
      let type = context.function(function.parameters.map { self.type($0.ty) }, to: result(of: function))
      let declared = try module.addFunction(
        "aver." + function.name.text, type, linkage: shared.contains(position) ? .linkOnceODR : .external,
        convention: convention(of: function, isTailing: tailing.contains(function.name)))
      if !exportsFunctions { declared.setVisibility(.hidden) }
      try declared.add(.nounwind, in: context)
      functions[function.name] = declared
    }
    for position in (part.own + part.shared).sorted() { try body(of: program.functions[position]) }
    if part.own.contains(where: { program.functions[$0].name == program.entry }) { try emitMain(program.entry) }
    debug?.info.finish()
  }

  // MARK: Declarations

  /// The functions that make tail calls or are called so.
  private func tailing(_ program: Machine.Root) -> Set<Name> {
    var result: Set<Name> = []
    for function in program.functions {
      for case .tailCall(_, let callee, _) in function.blocks.map(\.end) { result.formUnion([function.name, callee]) }
    }
    return result
  }

  /// Several results are one struct, whose fields are in registers.
  private func result(of function: Machine.Function) -> IRType {
    let types = function.results.map { type($0) }
    if types.count == 1, let only = types.first { return only }
    return context.structure(types)
  }

  /// Those of Swift have registers for four words and four floats of a result, the others for three and two, but keep
  /// fewer of the caller's. A tail call goes to a function with the same results, so both have one convention.
  private func convention(of function: Machine.Function, isTailing: Bool) -> CallingConvention {
    let floats = function.results.count { $0 == .float }
    let isWide = floats > 2 || function.results.count - floats > 3
    return isTailing ? isWide ? .swiftTail : .tail : isWide ? .swift : .fast
  }

  private func type(_ ty: Machine.Ty) -> IRType {
    switch ty {
    case .word: return context.i64
    case .float: return context.double
    case .bit: return context.i1
    }
  }

  private mutating func declare(_ constant: Machine.Constant) throws {
    switch constant {
    case .text(_, let name, let value):
      let bytes = Array(value.utf8)
      let scalars = value.unicodeScalars.count
      // The run-time library reads the first eight bytes at once.
      let padding = [UInt8](repeating: 0, count: max(0, 8 - bytes.count))
      let fields =
        header(tag: 0xFFFF) + [
          context.integer(Int64(bytes.count)), context.integer(Int64(scalars)), context.bytes(bytes + padding),
        ]
      try define(name, fields)
    case .integer(_, let name, let value):
      let limbs = Limbs(decimal: value.description)
      let count = Int64(limbs.magnitude.count) * (limbs.isNegative ? -1 : 1)
      let digits = limbs.magnitude.map { context.integer(context.i64, bits: $0) }
      try define(name, header(tag: 0xFFFE) + [context.integer(count), context.array(of: context.i64, digits)])
    case .cell(_, let name, let tag, let counted, let raw):
      let fields = try (counted + raw).map { try field($0) }
      try define(name, header(tag: Int64(tag), counted: Int64(counted.count)) + fields)
    case .external(_, let name):
      let global = try module.addGlobal(name.text, context.i64)
      global.setVisibility(.hidden)
      constants[name] = global.value
    }
  }

  /// The header of a static cell: a count below zero is never changed.
  private func header(tag: Int64, counted: Int64 = 0) -> [Value] {
    [
      context.integer(context.i32, Int64(Int32.min)), context.integer(context.i16, tag),
      context.integer(context.i16, counted),
    ]
  }

  /// A field of a static cell.
  private func field(_ operand: Machine.Operand) throws -> Value {
    switch operand {
    case .word(_, .small(let value)): return context.integer(Int64(value))
    case .float(_, let value): return context.real(value)
    case .address(_, let name): if let value = constants[name] { return value }
    case .word(_, .big), .bit, .local: break
    }
    throw PassBug("emit-llvm", "`\(operand)` stands in a static cell", broke: "known-addresses")
  }

  private mutating func define(_ name: Name, _ fields: [Value]) throws {
    let global = try module.addGlobal(
      "aver.constant." + name.text, context.structure(fields), constant: true, alignment: 8)
    constants[name] = global.value
  }

  private mutating func runtimeFunction(_ name: Name) throws -> Function {
    if let function = runtime[name] { return function }
    guard let facts = RuntimeFunction.named(name) else {
      throw PassBug("emit-llvm", "no run-time function is called `\(name)`", broke: "known-addresses")
    }
    let type = context.function(
      facts.arguments.map { self.type($0) }, to: facts.result.map { self.type($0) } ?? context.void)
    let function = try facts.inner.map { try keeping(name, type, around: $0) } ?? module.addFunction(name.text, type)
    try function.add(.nounwind, in: context)
    if facts.facts.contains(.cold) { try function.add(.cold, in: context) }
    if facts.facts.contains(.neverReturns) { try function.add(.noreturn, in: context) }
    runtime[name] = function
    return function
  }

  /// A function that calls one of the library, and saves the registers that this may use. Inlined it would be in vain.
  private mutating func keeping(_ name: Name, _ type: IRType, around inner: Name) throws -> Function {
    let callee = try runtimeFunction(inner)
    let function = try module.addFunction(name.text, type, linkage: .linkOnceODR, convention: .preserveMost)
    function.setVisibility(.hidden)
    try function.add(.noinline, in: context)
    let builder = Builder(module, at: function.appendBlock(in: context))
    let result = try builder.call(callee, function.parameters)
    builder.ret(type.result?.isVoid == true ? nil : result)
    return function
  }

  private mutating func emitMain(_ entry: Name) throws {
    guard let program = functions[entry] else {
      throw PassBug("emit-llvm", "the entry `\(entry)` is missing", broke: "known-addresses")
    }
    let thunk = try module.addFunction(
      "nanoc_entry", context.function([], to: context.void), linkage: .internal)
    let builder = Builder(module, at: thunk.appendBlock(in: context))
    if debug != nil { builder.assembly(module.endOfBacktraces) }
    _ = try builder.call(program, [])
    // What stands behind a call keeps its caller's frame.
    if debug != nil { builder.assembly("") }
    builder.ret()
    let start = try module.addFunction(
      "nanoc_start", context.function([context.i32, context.pointer, context.pointer], to: context.i32))
    let main = try module.addFunction("main", context.function([context.i32, context.pointer], to: context.i32))
    builder.move(to: main.appendBlock(in: context))
    try profile?.start(builder)
    builder.ret(try builder.call(start, main.parameters + [thunk.value]))
  }

  // MARK: Bodies

  private mutating func body(of function: Machine.Function) throws {
    guard let target = functions[function.name] else { return }
    var emitter = FunctionEmitter(
      module: module, function: function.name, builder: Builder(module, at: target.appendBlock("entry", in: context)))
    for (parameter, value) in zip(function.parameters, target.parameters) {
      emitter.values[parameter.variable.id] = value
    }
    emitter.functions = functions
    emitter.constants = constants
    let longest = function.blocks.flatMap(\.instructions).reduce(0) { max($0, arrayLength($1)) }
    if longest > 0 {
      emitter.scratch = try emitter.builder.alloca(context.array(of: context.i64, count: longest), alignment: 8)
    }
    try emitter.observe(function, target, debug, profile)
    appendBlocks(of: function, to: target, &emitter)
    if function.blocks.contains(where: { if case .tailCall = $0.end { true } else { false } }) {
      // Else LLVM 19 makes a loop of a function that calls itself and returns a constant, and computes its results
      // between a `musttail` call and the return behind it, which is not allowed. Tail calls to oneself are loops here.
      try target.add(.text("disable-tail-calls", "true"), in: context)
    }
    for block in function.blocks {
      guard let place = emitter.blocks[block.label.id] else { continue }
      emitter.builder.move(to: place)
      emitter.debug?.move(to: block.span, emitter.builder)
      for parameter in block.parameters { try emitter.describe(parameter.variable) }
      for instruction in block.instructions {
        for name in runtimeNames(instruction) { emitter.runtime[name] = try runtimeFunction(name) }
        try emitter.emit(instruction)
      }
      try emitter.emit(block.end)
    }
  }

  /// Adds the blocks, with phi nodes for their parameters; the first is there.
  private func appendBlocks(of function: Machine.Function, to target: Function, _ emitter: inout FunctionEmitter) {
    for (index, block) in function.blocks.enumerated() {
      let place = index == 0 ? emitter.builder.block : target.appendBlock(block.label.name.text, in: context)
      emitter.blocks[block.label.id] = place
      if index == 0 { continue }
      emitter.builder.move(to: place)
      emitter.phis[block.label.id] = block.parameters.map { parameter in
        let phi = emitter.builder.phi(type(parameter.ty))
        emitter.values[parameter.variable.id] = phi
        return phi
      }
    }
  }

  private func arrayLength(_ instruction: Machine.Instruction) -> Int {
    if case .set(_, _, _, .array(_, let elements)) = instruction { return elements.count }
    return 0
  }

  private func runtimeNames(_ instruction: Machine.Instruction) -> [Name] {
    switch instruction {
    case .set(_, _, _, .runtime(_, let function, _)), .run(_, .runtime(_, let function, _)): return [function]
    case .set(_, _, _, .allocate), .run(_, .allocate): return ["nanoc_alloc"]
    default: return []
    }
  }
}

/// The magnitude of a decimal integer in limbs of 64 bits, least first.
struct Limbs {
  var isNegative: Bool
  var magnitude: [UInt64] = []

  /// Reads decimal digits, nineteen at a time.
  init(decimal text: String) {
    isNegative = text.hasPrefix("-")
    var digits = Array(text.utf8.drop { $0 == UInt8(ascii: "-") })[...]
    while !digits.isEmpty {
      let chunk = digits.prefix(19)
      digits = digits.dropFirst(19)
      let value = chunk.reduce(UInt64(0)) { $0 * 10 + UInt64($1 &- UInt8(ascii: "0")) }
      let scale = chunk.reduce(UInt64(1)) { power, _ in power * 10 }
      multiply(by: scale, adding: value)
    }
  }

  private mutating func multiply(by factor: UInt64, adding summand: UInt64) {
    var carry = summand
    for index in magnitude.indices {
      let product = magnitude[index].multipliedFullWidth(by: factor)
      let (low, overflow) = product.low.addingReportingOverflow(carry)
      magnitude[index] = low
      carry = product.high + (overflow ? 1 : 0)
    }
    if carry != 0 { magnitude.append(carry) }
  }
}
