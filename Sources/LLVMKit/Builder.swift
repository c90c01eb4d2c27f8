internal import CLLVM

/// Appends instructions to a block. Operands must have the types that LLVM's language reference asks for; what does
/// not fit together is found by `Module.verify`. Names are for readers of the text only.
public final class Builder {
  /// The module that is being built.
  public let module: Module
  /// The block that instructions are appended to.
  public private(set) var block: BasicBlock
  let handle: LLVMBuilderRef

  /// The context of the module.
  public var context: Context { module.context }

  /// Make a builder that appends to a block of the module.
  public init(_ module: Module, at block: BasicBlock) {
    self.module = module
    self.block = block
    handle = LLVMCreateBuilderInContext(module.context.handle)
    LLVMPositionBuilderAtEnd(handle, block.handle)
  }

  deinit {
    LLVMDisposeBuilder(handle)
  }

  /// Append to another block from now on.
  public func move(to block: BasicBlock) {
    self.block = block
    LLVMPositionBuilderAtEnd(handle, block.handle)
  }

  /// Compute `left operation right`. The flags that do not belong to the operation must be left out.
  public func binary(
    _ operation: BinaryOperation, _ left: Value, _ right: Value, flags: ArithmeticFlags = [], name: String = ""
  ) -> Value {
    let result = Value(handle: LLVMBuildBinOp(handle, operation.code, left.handle, right.handle, name))
    guard !flags.isEmpty, result.isInstruction else { return result }
    if flags.contains(.noSignedWrap) { LLVMSetNSW(result.handle, 1) }
    if flags.contains(.noUnsignedWrap) { LLVMSetNUW(result.handle, 1) }
    if flags.contains(.exact) { LLVMSetExact(result.handle, 1) }
    return result
  }

  /// Negate a floating-point number, its sign bit only.
  public func fneg(_ value: Value, name: String = "") -> Value {
    Value(handle: LLVMBuildFNeg(handle, value.handle, name))
  }

  /// Compare integers or pointers.
  public func icmp(_ comparison: IntegerComparison, _ left: Value, _ right: Value, name: String = "") -> Value {
    Value(handle: LLVMBuildICmp(handle, comparison.code, left.handle, right.handle, name))
  }

  /// Compare floating-point numbers.
  public func fcmp(_ comparison: RealComparison, _ left: Value, _ right: Value, name: String = "") -> Value {
    Value(handle: LLVMBuildFCmp(handle, comparison.code, left.handle, right.handle, name))
  }

  /// Convert a value to another type.
  public func convert(_ conversion: Conversion, _ value: Value, to type: IRType, name: String = "") -> Value {
    Value(handle: LLVMBuildCast(handle, conversion.code, value.handle, type.handle, name))
  }

  /// Choose between two values of one type without branching.
  public func select(_ condition: Value, _ yes: Value, _ no: Value, name: String = "") -> Value {
    Value(handle: LLVMBuildSelect(handle, condition.handle, yes.handle, no.handle, name))
  }

  /// Turn poison and undefined bits into some fixed value.
  public func freeze(_ value: Value, name: String = "") -> Value {
    Value(handle: LLVMBuildFreeze(handle, value.handle, name))
  }

  /// Read a field of a struct value. Throws if the value is no struct with that field.
  public func extract(_ aggregate: Value, _ field: Int, name: String = "") throws -> Value {
    let index = try checkField(field, of: aggregate)
    return Value(handle: LLVMBuildExtractValue(handle, aggregate.handle, index, name))
  }

  /// A copy of a struct value with one field replaced. Throws if the value is no struct with that field.
  public func insert(_ value: Value, into aggregate: Value, _ field: Int, name: String = "") throws -> Value {
    let index = try checkField(field, of: aggregate)
    return Value(handle: LLVMBuildInsertValue(handle, aggregate.handle, value.handle, index, name))
  }

  private func checkField(_ field: Int, of aggregate: Value) throws -> UInt32 {
    let type = aggregate.type.handle
    guard LLVMGetTypeKind(type) == LLVMStructTypeKind,
      let index = UInt32(exactly: field), index < LLVMCountStructElementTypes(type)
    else { throw LLVMError("\(aggregate.type.text) has no field \(field)") }
    return index
  }

  /// The square root of a float, correctly rounded; NaN for negative ones.
  public func squareRoot(_ value: Value) throws -> Value {
    try call(Intrinsic("llvm.sqrt").declare(in: module, overloads: [value.type]), [value])
  }

  /// Compute on two integers of one type: the result modulo two to the width, and an `i1` that is true if the exact
  /// result does not fit.
  public func overflowing(
    _ operation: OverflowOperation, _ left: Value, _ right: Value, name: String = ""
  ) throws -> (result: Value, overflowed: Value) {
    let intrinsic = try Intrinsic("llvm.\(operation.rawValue).with.overflow")
    let pair = try call(intrinsic.declare(in: module, overloads: [left.type]), [left, right])
    return (try extract(pair, 0, name: name), try extract(pair, 1))
  }
}
