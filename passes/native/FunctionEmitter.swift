import Diagnostics
import Languages
import LLVMKit
import Nanopass

/// Builds the body of one function for `EmitLLVM`.
struct FunctionEmitter {
  let module: Module
  let function: Name
  let builder: Builder
  var values: LocalTable<Value> = [:]
  var blocks: LocalTable<BasicBlock> = [:]
  var phis: LocalTable<[Value]> = [:]
  var functions: [Name: Function] = [:]
  var runtime: [Name: Function] = [:]
  var constants: [Name: Value] = [:]
  /// The addresses that variables hold, as pointers, in the block that is being built.
  private var pointers: LocalTable<Value> = [:]
  /// Lets functions count, if they are to.
  var profile: ProfileEmitter?
  /// What a debugger is told of the function, if anything.
  var debug: FunctionDebug?
  /// The memory of this frame that arrays use in turn.
  var scratch: Value?
  private var context: Context { module.context }

  init(module: Module, function: Name, builder: Builder) {
    self.module = module
    self.function = function
    self.builder = builder
  }

  /// Lets the function be seen by debuggers and profiles, from its start on.
  mutating func observe(
    _ function: Machine.Function, _ target: Function, _ debug: DebugEmitter?, _ profile: ProfileEmitter?
  ) throws {
    self.debug = debug?.begin(function, target)
    self.profile = profile
    let start = self
    try self.debug?.begin(function, { try start.operand($0) }, builder)
    try profile?.enter(function.name, builder)
  }

  // MARK: Instructions

  /// Goes on with the next block.
  mutating func move(to block: BasicBlock, at span: Span) {
    builder.move(to: block)
    pointers.removeAll(keepingCapacity: true)
    debug?.move(to: span, builder)
  }

  mutating func emit(_ instruction: Machine.Instruction) throws {
    debug?.move(to: instruction.span, builder)
    try build(instruction)
    if let profile, let callee = instruction.callee, profile.has(callee) {
      try profile.makeCurrent(function, builder)
    }
    for variable in instruction.definitions { try describe(variable) }
  }

  /// Tells a debugger of the value of a variable.
  mutating func describe(_ variable: Local) throws {
    if let value = values[variable.id] { try debug?.define(variable, value, builder) }
  }

  private mutating func build(_ instruction: Machine.Instruction) throws {
    switch instruction {
    case .set(_, let variable, let ty, let value): values[variable.id] = try operation(value, ty)
    case .run(_, let value): _ = try operation(value, .word)
    case .receive(_, let name, let arguments, let parameters):
      guard let callee = functions[name] else { throw bug("no function is called `\(name)`") }
      let result = try builder.call(callee, try arguments.map { try operand($0) })
      for (index, parameter) in parameters.enumerated() {
        values[parameter.variable.id] = parameters.count == 1 ? result : try builder.extract(result, index)
      }
    case .checked(_, let variable, let overflow, let operation, let left, let right):
      guard let kind = Self.checkedOperations[operation.text] else { throw bug("no checked operation `\(operation)`") }
      let pair = try builder.overflowing(kind, try operand(left), try operand(right))
      values[variable.id] = pair.result
      values[overflow.id] = pair.overflowed
    case .store(_, let address, let offset, let width, let value):
      let place = try self.address(address, offset)
      let operand = try operand(value)
      let narrow =
        width == 8 || operand.type == context.double
        ? operand : builder.convert(.trunc, operand, to: integerType(width))
      try builder.store(narrow, to: place, alignment: width)
    }
  }

  private mutating func operation(_ operation: Machine.Operation, _ ty: Machine.Ty) throws -> Value {
    switch operation {
    case .allocate(_, let size):
      return try call("nanoc_alloc", [context.integer(Int64(size))])
    case .load(_, let address, let offset, let width):
      let place = try self.address(address, offset)
      if ty == .float { return try builder.load(context.double, place, alignment: 8) }
      let loaded = try builder.load(integerType(width), place, alignment: width)
      return width == 8 ? loaded : builder.convert(.zext, loaded, to: context.i64)
    case .array(_, let elements):
      guard let scratch else { throw bug("no room was reserved for an array") }
      for (index, element) in elements.enumerated() {
        try builder.store(try operand(element), to: builder.offset(scratch, bytes: 8 * index), alignment: 8)
      }
      return builder.convert(.ptrtoint, scratch, to: context.i64)
    case .compute(_, let name, let operands): return try compute(name.text, try operands.map { try operand($0) })
    case .call(_, let name, let arguments):
      guard let callee = functions[name] else { throw bug("no function is called `\(name)`") }
      return try builder.call(callee, try arguments.map { try operand($0) })
    case .runtime(_, let name, let arguments):
      return try call(name, try arguments.map { try operand($0) })
    }
  }

  private func call(_ name: Name, _ arguments: [Value]) throws -> Value {
    guard let callee = runtime[name] else { throw bug("the run-time function `\(name)` is not declared") }
    return try builder.call(callee, arguments)
  }

  private mutating func address(_ base: Machine.Operand, _ offset: Int) throws -> Value {
    let pointer = try pointer(base)
    return offset == 0 ? pointer : builder.offset(pointer, bytes: offset)
  }

  private mutating func pointer(_ base: Machine.Operand) throws -> Value {
    if case .address(_, let name) = base, let constant = constants[name] { return constant }
    guard case .local(_, let variable) = base else {
      return builder.convert(.inttoptr, try operand(base), to: context.pointer)
    }
    if let known = pointers[variable.id] { return known }
    let pointer = builder.convert(.inttoptr, try operand(base), to: context.pointer)
    pointers[variable.id] = pointer
    return pointer
  }

  private func integerType(_ width: Int) -> IRType {
    switch width {
    case 1: return context.i8
    case 2: return context.i16
    case 4: return context.i32
    default: return context.i64
    }
  }

  func operand(_ operand: Machine.Operand) throws -> Value {
    switch operand {
    case .local(_, let variable):
      guard let value = values[variable.id] else { throw bug("`\(variable)` is read before it is set") }
      return value
    case .word(_, .small(let value)): return context.integer(Int64(value))
    case .word(_, .big(let digits)): throw bug("\(digits) is no machine word")
    case .float(_, let value): return context.real(value)
    case .bit(_, let value): return context.bool(value)
    case .address(_, let name):
      guard let value = constants[name] else { throw bug("no constant is called `\(name)`") }
      return builder.convert(.ptrtoint, value, to: context.i64)
    }
  }

  // MARK: Ends

  mutating func emit(_ end: Machine.End) throws {
    debug?.move(to: end.span, builder)
    switch end {
    case .return(_, let values): try emitReturn(values)
    case .jump(_, let label, let arguments): builder.branch(to: try target(label, arguments))
    case .branch(_, let condition, let then, let otherwise, let likely):
      let weights: (yes: UInt32, no: UInt32)? = likely.map { $0 == "then" ? (2000, 1) : (1, 2000) }
      let condition = try operand(condition)
      let yes = try target(then.label, then.arguments)
      builder.branch(if: condition, then: yes, else: try target(otherwise.label, otherwise.arguments), weights: weights)
    case .switch(_, let subject, let cases, let fallback):
      let subject = try operand(subject)
      let fallbackBlock = try target(fallback.label, fallback.arguments)
      var list: [(constant: Value, block: BasicBlock)] = []
      for branch in cases {
        guard case .small(let value) = branch.value else { throw bug("\(branch.value) is no machine word") }
        let constant = context.integer(subject.type, Int64(value))
        list.append((constant, try target(branch.target.label, branch.target.arguments)))
      }
      try builder.switch(on: subject, default: fallbackBlock, cases: list)
    case .tailCall(_, let name, let arguments):
      guard let callee = functions[name] else { throw bug("no function is called `\(name)`") }
      builder.ret(try builder.call(callee, try arguments.map { try operand($0) }, tail: .required))
    case .unreachable: builder.unreachable()
    }
  }

  private func emitReturn(_ operands: [Machine.Operand]) throws {
    let values = try operands.map { try operand($0) }
    if values.count == 1, let only = values.first {
      builder.ret(only)
      return
    }
    var result = context.poison(context.structure(values.map(\.type)))
    for (index, value) in values.enumerated() { result = try builder.insert(value, into: result, index) }
    builder.ret(result)
  }

  /// The block behind a label, told of the arguments that this block passes.
  private func target(_ label: Local, _ arguments: [Machine.Operand]) throws -> BasicBlock {
    guard let block = blocks[label.id] else { throw bug("no block is called `\(label)`") }
    for (phi, argument) in zip(phis[label.id] ?? [], arguments) {
      try builder.addIncoming(phi, [(value: try operand(argument), from: builder.block)])
    }
    return block
  }

  private func bug(_ message: String) -> PassBug {
    PassBug(NativeStep.emitLLVM.rawValue, "in `\(function)`: \(message)", broke: "known-addresses")
  }

  // MARK: Arithmetic

  private static let checkedOperations: [String: OverflowOperation] = ["add": .sadd, "sub": .ssub, "mul": .smul]

  private static let binaryOperations: [String: BinaryOperation] = [
    "add": .add, "sub": .sub, "mul": .mul, "div": .sdiv, "rem": .srem, "udiv": .udiv, "urem": .urem, "and": .and,
    "or": .or, "xor": .xor, "shl": .shl, "lshr": .lshr, "ashr": .ashr,
    "fadd": .fadd, "fsub": .fsub, "fmul": .fmul, "fdiv": .fdiv,
  ]
  private static let integerComparisons: [String: IntegerComparison] = [
    "eq": .eq, "ne": .ne, "slt": .slt, "sle": .sle,
  ]
  private static let floatComparisons: [String: RealComparison] = ["feq": .oeq, "flt": .olt, "fle": .ole]

  private func compute(_ name: String, _ operands: [Value]) throws -> Value {
    if let left = operands.first, operands.count == 1 {
      switch name {
      case "fneg": return builder.fneg(left)
      case "fsqrt": return try builder.squareRoot(left)
      case "extend": return builder.convert(.zext, left, to: context.i64)
      default: break
      }
    } else if let left = operands.first, let right = operands.last, operands.count == 2 {
      if let operation = Self.binaryOperations[name] { return builder.binary(operation, left, right) }
      if let comparison = Self.integerComparisons[name] { return builder.icmp(comparison, left, right) }
      if let comparison = Self.floatComparisons[name] { return builder.fcmp(comparison, left, right) }
    }
    throw bug("no machine operation `\(name)` takes \(operands.count) operands")
  }
}
