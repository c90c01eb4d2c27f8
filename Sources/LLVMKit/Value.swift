internal import CLLVM

/// Anything an instruction can use: a constant, a parameter, the result of an instruction, a global or a function.
/// Valid as long as the module (for constants: the context) that it belongs to.
public struct Value: Hashable {
  let handle: LLVMValueRef

  /// The type of the value; a global or a function is a pointer.
  public var type: IRType { IRType(handle: LLVMTypeOf(handle)) }

  /// The value as LLVM prints it.
  public var text: String { takeString(LLVMPrintValueToString(handle)) }

  /// Whether the value is known when compiling. Building an instruction on constants often gives a constant.
  public var isConstant: Bool { LLVMIsConstant(handle) != 0 }

  /// The name in printed text, without its `%` or `@`.
  public var name: String {
    get {
      var length = 0
      guard let start = LLVMGetValueName2(handle, &length) else { return "" }
      return String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
    }
    nonmutating set { LLVMSetValueName2(handle, newValue, newValue.utf8.count) }
  }

  /// Attach metadata of a kind such as `tbaa`; does nothing on a value that is not an instruction.
  public func setMetadata(_ kind: String, _ metadata: Metadata, in context: Context) {
    guard isInstruction else { return }
    LLVMSetMetadata(handle, context.metadataKind(kind), LLVMMetadataAsValue(context.handle, metadata.handle))
  }

  var isInstruction: Bool { LLVMIsAInstruction(handle) != nil }
}

/// A basic block: a run of instructions ended by a branch, a return or `unreachable`.
public struct BasicBlock: Hashable {
  let handle: LLVMBasicBlockRef

  /// The label in printed text.
  public var name: String { LLVMGetBasicBlockName(handle).map { String(cString: $0) } ?? "" }

  /// Whether the block already ends in a branch, a return or `unreachable`.
  public var isTerminated: Bool { LLVMGetBasicBlockTerminator(handle) != nil }

  /// The function that the block belongs to, nil once it was taken out.
  public var function: Function? { LLVMGetBasicBlockParent(handle).map(Function.init(handle:)) }
}

/// A piece of metadata: what optimisers may know about an instruction but need not.
public struct Metadata: Hashable {
  let handle: LLVMMetadataRef
}

extension Context {
  /// A metadata string.
  public func metadata(_ text: String) -> Metadata {
    Metadata(handle: LLVMMDStringInContext2(handle, text, text.utf8.count))
  }

  /// A value, usually a constant, as metadata.
  public func metadata(_ value: Value) -> Metadata {
    Metadata(handle: LLVMValueAsMetadata(value.handle))
  }

  /// A metadata node with the given operands.
  public func metadata(_ operands: [Metadata]) -> Metadata {
    withHandles(operands.map(\.handle)) { Metadata(handle: LLVMMDNodeInContext2(handle, $0, Int($1))) }
  }

  /// The `prof` node that says how often each successor of a branch or switch is taken relative to the others.
  public func branchWeights(_ weights: [UInt32]) -> Metadata {
    metadata([metadata("branch_weights")] + weights.map { metadata(integer(i32, bits: UInt64($0))) })
  }
}
