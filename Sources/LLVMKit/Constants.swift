internal import CLLVM

extension Context {
  /// The 64-bit integer constant.
  public func integer(_ value: Int64) -> Value {
    integer(i64, bits: UInt64(bitPattern: value))
  }

  /// The integer constant of an integer type with the low bits of `bits`.
  public func integer(_ type: IRType, bits: UInt64) -> Value {
    Value(handle: LLVMConstInt(type.handle, bits, 0))
  }

  /// The integer constant of an integer type; `value` is sign-extended or cut to the width of the type.
  public func integer(_ type: IRType, _ value: Int64) -> Value {
    Value(handle: LLVMConstInt(type.handle, UInt64(bitPattern: value), 1))
  }

  /// The truth value constant.
  public func bool(_ value: Bool) -> Value {
    Value(handle: LLVMConstInt(i1.handle, value ? 1 : 0, 0))
  }

  /// The floating-point constant. Infinities, signed zeros and the payload of a NaN are kept.
  public func real(_ value: Double) -> Value {
    Value(handle: LLVMConstBitCast(integer(i64, bits: value.bitPattern).handle, double.handle))
  }

  /// The null pointer.
  public var null: Value { Value(handle: LLVMConstPointerNull(pointer.handle)) }

  /// A value of the type whose bits do not matter.
  public func undefined(_ type: IRType) -> Value { Value(handle: LLVMGetUndef(type.handle)) }

  /// A value of the type that must not matter: using it in a visible way is undefined behaviour.
  public func poison(_ type: IRType) -> Value { Value(handle: LLVMGetPoison(type.handle)) }

  /// A struct constant; `packed` leaves out the padding between the fields.
  public func structure(_ fields: [Value], packed: Bool = false) -> Value {
    withHandles(fields.map(\.handle)) { Value(handle: LLVMConstStructInContext(handle, $0, $1, packed ? 1 : 0)) }
  }

  /// An array constant of elements that all have the type `element`.
  public func array(of element: IRType, _ elements: [Value]) -> Value {
    withHandles(elements.map(\.handle)) { Value(handle: LLVMConstArray2(element.handle, $0, UInt64($1))) }
  }

  /// An array of `i8` with the given bytes, with a zero byte after them if asked.
  public func bytes(_ bytes: some Collection<UInt8>, zeroTerminated: Bool = false) -> Value {
    let copy = ContiguousArray(bytes)
    return copy.withUnsafeBytes { raw in
      let start = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
      return Value(
        handle: LLVMConstStringInContext(handle, start, UInt32(clamping: raw.count), zeroTerminated ? 0 : 1))
    }
  }

  /// The constant address `bytes` bytes after the constant pointer `base`, inside the same object.
  public func address(_ base: Value, offset bytes: Int) -> Value {
    guard bytes != 0 else { return base }
    return withHandles([integer(Int64(bytes)).handle]) {
      Value(handle: LLVMConstInBoundsGEP2(i8.handle, base.handle, $0, $1))
    }
  }
}
