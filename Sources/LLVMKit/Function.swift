internal import CLLVM

/// A function of a module: declared until its first block is appended.
public struct Function: Symbol, Hashable {
  let handle: LLVMValueRef

  /// The address of the function.
  public var value: Value { Value(handle: handle) }

  /// The type of the function, with parameters and result.
  public var type: IRType { IRType(handle: LLVMGlobalGetValueType(handle)) }

  /// The parameters as values for the body.
  public var parameters: [Value] {
    (0..<LLVMCountParams(handle)).map { Value(handle: LLVMGetParam(handle, $0)) }
  }

  /// The blocks in the order of the text, the entry block first.
  public var blocks: [BasicBlock] {
    var found: [BasicBlock] = []
    var next = LLVMGetFirstBasicBlock(handle)
    while let block = next {
      found.append(BasicBlock(handle: block))
      next = LLVMGetNextBasicBlock(block)
    }
    return found
  }

  /// Whether some block goes to itself or to one that stands before it in the text, as every loop has one that does.
  public var goesBack: Bool {
    var passed: Set<LLVMBasicBlockRef> = []
    var next = LLVMGetFirstBasicBlock(handle)
    while let block = next {
      passed.insert(block)
      if let end = LLVMGetBasicBlockTerminator(block) {
        for index in 0..<LLVMGetNumSuccessors(end) {
          if let target = LLVMGetSuccessor(end, index), passed.contains(target) { return true }
        }
      }
      next = LLVMGetNextBasicBlock(block)
    }
    return false
  }

  /// How the function is called. Calls must use the same convention, or reaching them is undefined behaviour.
  public var convention: CallingConvention {
    CallingConvention(rawValue: LLVMGetFunctionCallConv(handle)) ?? .c
  }

  /// Choose how the function is called.
  public func setConvention(_ convention: CallingConvention) {
    LLVMSetFunctionCallConv(handle, convention.code)
  }

  /// Add a block at the end of the body.
  public func appendBlock(_ name: String = "", in context: Context) -> BasicBlock {
    BasicBlock(handle: LLVMAppendBasicBlockInContext(context.handle, handle, name))
  }

  /// Add attributes to the function, its result or a parameter. Throws for a name that LLVM does not know and for a
  /// parameter that the function does not have.
  public func add(_ attributes: Attribute..., to place: AttributePlace = .function, in context: Context) throws {
    try checkPlace(place, count: Int(LLVMCountParams(handle)), of: name)
    for attribute in attributes {
      LLVMAddAttributeAtIndex(handle, place.index, try context.resolve(attribute))
    }
  }

  /// Whether the function itself has the named attribute of LLVM.
  func has(_ attribute: String) -> Bool {
    let kind = LLVMGetEnumAttributeKindForName(attribute, attribute.utf8.count)
    return LLVMGetEnumAttributeAtIndex(handle, AttributePlace.function.index, kind) != nil
  }
}

/// Throw if `place` is a parameter outside `0..<count`.
func checkPlace(_ place: AttributePlace, count: Int, of name: String) throws {
  guard case .parameter(let number) = place else { return }
  guard (0..<count).contains(number) else { throw LLVMError("'\(name)' has no parameter \(number)") }
}

/// A global variable or constant of a module.
public struct Global: Symbol, Hashable {
  let handle: LLVMValueRef

  /// The address of the global.
  public var value: Value { Value(handle: handle) }

  /// The type of what the global holds.
  public var contentType: IRType { IRType(handle: LLVMGlobalGetValueType(handle)) }

  /// What the global holds when the program starts, nil for a declaration.
  public var initialValue: Value? { LLVMGetInitializer(handle).map(Value.init(handle:)) }

  /// Whether the global is never written.
  public var isConstant: Bool { LLVMIsGlobalConstant(handle) != 0 }

  /// Define the global as holding a constant of its content type. Throws for any other value.
  public func define(_ value: Value) throws {
    guard value.isConstant, value.type == contentType else {
      throw LLVMError("'\(name)' cannot hold \(value.text)")
    }
    LLVMSetInitializer(handle, value.handle)
  }

  /// Say whether the global is never written.
  public func setConstant(_ constant: Bool) { LLVMSetGlobalConstant(handle, constant ? 1 : 0) }

  /// Give each thread its own copy of the global.
  public func setThreadLocal(_ threadLocal: Bool) { LLVMSetThreadLocal(handle, threadLocal ? 1 : 0) }
}
