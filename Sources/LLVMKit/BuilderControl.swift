internal import CLLVM

extension Builder {
  /// A parameter of the current block, to be placed before its other instructions. Each predecessor gives its
  /// argument with `addIncoming`.
  public func phi(_ type: IRType, name: String = "") -> Value {
    Value(handle: LLVMBuildPhi(handle, type.handle, name))
  }

  /// Say which values a block parameter made by `phi` has when the block is entered from the given predecessors.
  public func addIncoming(_ phi: Value, _ incoming: [(value: Value, from: BasicBlock)]) throws {
    guard LLVMIsAPHINode(phi.handle) != nil else { throw LLVMError("'\(phi.text)' is no block parameter") }
    withHandles(incoming.map(\.value.handle)) { values, count in
      withHandles(incoming.map(\.from.handle)) { blocks, _ in
        LLVMAddIncoming(phi.handle, values, blocks, count)
      }
    }
  }

  /// Go to a block.
  @discardableResult
  public func branch(to target: BasicBlock) -> Value {
    Value(handle: LLVMBuildBr(handle, target.handle))
  }

  /// Go to one of two blocks. The weights say how often each is taken relative to the other.
  @discardableResult
  public func branch(
    if condition: Value, then yes: BasicBlock, else no: BasicBlock, weights: (yes: UInt32, no: UInt32)? = nil
  ) -> Value {
    let result = Value(handle: LLVMBuildCondBr(handle, condition.handle, yes.handle, no.handle))
    if let weights { result.setMetadata("prof", context.branchWeights([weights.yes, weights.no]), in: context) }
    return result
  }

  /// Go to the block whose integer constant equals `value`, or to the default. The weights, if given, are one for the
  /// default and then one per case.
  @discardableResult
  public func `switch`(
    on value: Value, default fallback: BasicBlock, cases: [(constant: Value, block: BasicBlock)],
    weights: [UInt32] = []
  ) throws -> Value {
    guard weights.isEmpty || weights.count == cases.count + 1 else {
      throw LLVMError("\(cases.count) cases need \(cases.count + 1) weights, not \(weights.count)")
    }
    let result = Value(handle: LLVMBuildSwitch(handle, value.handle, fallback.handle, UInt32(clamping: cases.count)))
    for (constant, block) in cases {
      guard LLVMIsAConstantInt(constant.handle) != nil, constant.type == value.type else {
        throw LLVMError("'\(constant.text)' cannot be a case of '\(value.text)'")
      }
      LLVMAddCase(result.handle, constant.handle, block.handle)
    }
    if !weights.isEmpty { result.setMetadata("prof", context.branchWeights(weights), in: context) }
    return result
  }

  /// Call a function with its own convention. Throws unless the arguments have the types of its parameters.
  @discardableResult
  public func call(
    _ function: Function, _ arguments: [Value], tail: TailCall = .automatic, name: String = ""
  ) throws -> Value {
    try call(
      function.value, of: function.type, arguments, convention: function.convention, tail: tail, name: name)
  }

  /// Call the function at an address. Throws unless `type` is a function type and the arguments have the types of its
  /// parameters. A call that gives nothing must have no name.
  @discardableResult
  public func call(
    _ callee: Value, of type: IRType, _ arguments: [Value], convention: CallingConvention,
    tail: TailCall = .automatic, name: String = ""
  ) throws -> Value {
    let parameters = type.parameters
    let given = arguments.map(\.type)
    let fits = type.isVariadic ? given.starts(with: parameters) : given == parameters
    guard type.isFunction, fits else {
      let listed = given.map(\.text).joined(separator: ", ")
      throw LLVMError("'\(callee.name)' of type \(type.text) called with (\(listed))")
    }
    let label = type.result?.isVoid == true ? "" : name
    let result = withHandles(arguments.map(\.handle)) {
      Value(handle: LLVMBuildCall2(handle, type.handle, callee.handle, $0, $1, label))
    }
    LLVMSetInstructionCallConv(result.handle, convention.code)
    LLVMSetTailCallKind(result.handle, tail.code)
    return result
  }

  /// Add attributes to a call, its result or one of its arguments.
  public func add(_ attributes: Attribute..., to place: AttributePlace = .function, of call: Value) throws {
    guard LLVMIsACallInst(call.handle) != nil else { throw LLVMError("'\(call.text)' is no call") }
    try checkPlace(place, count: Int(LLVMGetNumArgOperands(call.handle)), of: "call")
    for attribute in attributes {
      LLVMAddCallSiteAttribute(call.handle, place.index, try context.resolve(attribute))
    }
  }

  /// Return a value from the function, or nothing.
  @discardableResult
  public func ret(_ value: Value? = nil) -> Value {
    guard let value else { return Value(handle: LLVMBuildRetVoid(handle)) }
    return Value(handle: LLVMBuildRet(handle, value.handle))
  }

  /// End a block that is never left, such as after a call that does not return.
  @discardableResult
  public func unreachable() -> Value {
    Value(handle: LLVMBuildUnreachable(handle))
  }
}
