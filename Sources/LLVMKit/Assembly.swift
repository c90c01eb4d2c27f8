internal import CLLVM

extension Builder {
  /// Put a line of assembly without operands here.
  public func assembly(_ text: String) {
    let type = LLVMFunctionType(LLVMVoidTypeInContext(context.handle), nil, 0, 0)
    let code = LLVMGetInlineAsm(type, text, text.utf8.count, "", 0, 1, 0, LLVMInlineAsmDialectATT, 0)
    LLVMBuildCall2(handle, type, code, nil, 0, "")
  }
}

extension Module {
  /// The directive that lets debuggers take a function as the outermost one: it is returned from to nowhere.
  public var endOfBacktraces: String {
    ".cfi_undefined " + (String(cString: LLVMGetTarget(handle)).hasPrefix("x86_64") ? "rip" : "x30")
  }
}
