internal import CLLVM

/// A type of LLVM IR. Types are interned: two handles are equal exactly when the types are the same.
public struct IRType: Hashable {
  let handle: LLVMTypeRef

  /// The type as LLVM prints it, such as `i64`.
  public var text: String { takeString(LLVMPrintTypeToString(handle)) }

  /// Whether this is the type of a function.
  public var isFunction: Bool { LLVMGetTypeKind(handle) == LLVMFunctionTypeKind }

  /// Whether this is an integer type of any width.
  public var isInteger: Bool { LLVMGetTypeKind(handle) == LLVMIntegerTypeKind }

  /// Whether this is `void`.
  public var isVoid: Bool { LLVMGetTypeKind(handle) == LLVMVoidTypeKind }

  /// The result type of a function type, nil for any other type.
  public var result: IRType? {
    isFunction ? LLVMGetReturnType(handle).map(IRType.init(handle:)) : nil
  }

  /// The parameter types of a function type, empty for any other type.
  public var parameters: [IRType] {
    guard isFunction else { return [] }
    var found = [LLVMTypeRef?](repeating: nil, count: Int(LLVMCountParamTypes(handle)))
    found.withUnsafeMutableBufferPointer { LLVMGetParamTypes(handle, $0.baseAddress) }
    return found.compactMap { $0.map(IRType.init(handle:)) }
  }

  /// Whether a function type takes further arguments after its parameters.
  public var isVariadic: Bool { isFunction && LLVMIsFunctionVarArg(handle) != 0 }

  /// The null value of this type: zero, 0.0, the null pointer, or an aggregate of those. Void and function types have
  /// none and give nil.
  public var zero: Value? {
    isVoid || isFunction ? nil : Value(handle: LLVMConstNull(handle))
  }
}

extension Context {
  /// The type `void`, only for results of functions.
  public var void: IRType { IRType(handle: LLVMVoidTypeInContext(handle)) }
  /// The type of truth values, `i1`.
  public var i1: IRType { IRType(handle: LLVMInt1TypeInContext(handle)) }
  /// The type of bytes, `i8`.
  public var i8: IRType { IRType(handle: LLVMInt8TypeInContext(handle)) }
  /// The 16-bit integer type.
  public var i16: IRType { IRType(handle: LLVMInt16TypeInContext(handle)) }
  /// The 32-bit integer type.
  public var i32: IRType { IRType(handle: LLVMInt32TypeInContext(handle)) }
  /// The 64-bit integer type.
  public var i64: IRType { IRType(handle: LLVMInt64TypeInContext(handle)) }
  /// The 128-bit integer type.
  public var i128: IRType { IRType(handle: LLVMInt128TypeInContext(handle)) }
  /// The 64-bit IEEE floating-point type.
  public var double: IRType { IRType(handle: LLVMDoubleTypeInContext(handle)) }
  /// The 32-bit IEEE floating-point type.
  public var float: IRType { IRType(handle: LLVMFloatTypeInContext(handle)) }
  /// The pointer type of the default address space.
  public var pointer: IRType { IRType(handle: LLVMPointerTypeInContext(handle, 0)) }

  /// The type of functions from `parameters` to `result`.
  public func function(_ parameters: [IRType], to result: IRType, variadic: Bool = false) -> IRType {
    withHandles(parameters.map(\.handle)) {
      IRType(handle: LLVMFunctionType(result.handle, $0, $1, variadic ? 1 : 0))
    }
  }

  /// The literal struct type of the given fields; `packed` leaves out the padding between them.
  public func structure(_ fields: [IRType], packed: Bool = false) -> IRType {
    withHandles(fields.map(\.handle)) {
      IRType(handle: LLVMStructTypeInContext(handle, $0, $1, packed ? 1 : 0))
    }
  }

  /// The type of arrays of `count` elements; a negative count is taken as 0.
  public func array(of element: IRType, count: Int) -> IRType {
    IRType(handle: LLVMArrayType2(element.handle, UInt64(clamping: count)))
  }
}
