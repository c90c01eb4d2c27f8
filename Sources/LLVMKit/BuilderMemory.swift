internal import CLLVM

extension Builder {
  /// Reserve memory in the frame of the function, for a value of the given type; freed when the function returns.
  public func alloca(_ type: IRType, alignment bytes: Int? = nil, name: String = "") throws -> Value {
    let result = Value(handle: LLVMBuildAlloca(handle, type.handle, name))
    if let bytes { LLVMSetAlignment(result.handle, try alignment(bytes)) }
    return result
  }

  /// Read a value of the given type from memory. Without an alignment, the address must have the type's usual one.
  public func load(_ type: IRType, _ address: Value, alignment bytes: Int? = nil, name: String = "") throws -> Value {
    let result = Value(handle: LLVMBuildLoad2(handle, type.handle, address.handle, name))
    if let bytes { LLVMSetAlignment(result.handle, try alignment(bytes)) }
    return result
  }

  /// Write a value to memory. Without an alignment, the address must have the type's usual one. A volatile store stays
  /// where it is.
  @discardableResult
  public func store(_ value: Value, to address: Value, alignment bytes: Int? = nil, isVolatile: Bool = false) throws
    -> Value
  {
    let result = Value(handle: LLVMBuildStore(handle, value.handle, address.handle))
    if isVolatile { LLVMSetVolatile(result.handle, 1) }
    if let bytes { LLVMSetAlignment(result.handle, try alignment(bytes)) }
    return result
  }

  /// The address `bytes` bytes after `base`, inside the same object.
  public func offset(_ base: Value, bytes: Int, name: String = "") -> Value {
    bytes == 0 ? base : offset(base, by: context.integer(Int64(bytes)), name: name)
  }

  /// The address `bytes` bytes after `base`, inside the same object; `bytes` is a signed integer value.
  public func offset(_ base: Value, by bytes: Value, name: String = "") -> Value {
    element(base, of: context.i8, bytes, name: name)
  }

  /// The address of element `index` of an array of `type` that starts at `base`; `index` is a signed integer value.
  public func element(_ base: Value, of type: IRType, _ index: Value, name: String = "") -> Value {
    withHandles([index.handle]) {
      Value(handle: LLVMBuildInBoundsGEP2(handle, type.handle, base.handle, $0, $1, name))
    }
  }

  /// Copy `count` bytes between memory that does not overlap. Both addresses are multiples of `bytes`.
  @discardableResult
  public func copyMemory(to target: Value, from source: Value, count: Value, alignment bytes: Int = 1) throws -> Value {
    let align = try alignment(bytes)
    return Value(handle: LLVMBuildMemCpy(handle, target.handle, align, source.handle, align, count.handle))
  }

  /// Set `count` bytes of memory to the byte `value`. The address is a multiple of `bytes`.
  @discardableResult
  public func fillMemory(_ target: Value, with value: Value, count: Value, alignment bytes: Int = 1) throws -> Value {
    let align = try alignment(bytes)
    return Value(handle: LLVMBuildMemSet(handle, target.handle, value.handle, count.handle, align))
  }
}
