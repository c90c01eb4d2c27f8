internal import CLLVM

extension Module {
  /// Give each function and global that is defined here an ELF section of its own, so that the linker can leave out
  /// what nothing refers to (`--gc-sections`). Symbols that have a section already keep it. Call it last, after
  /// optimisation: the names tell the linker which data is written, and which needs relocation, by prefix.
  public func useSectionPerSymbol() {
    for function in functions where !function.isDeclaration && function.section.isEmpty {
      function.setSection((function.has("cold") ? ".text.unlikely." : ".text.") + function.name)
    }
    for global in globals where !global.isDeclaration && global.section.isEmpty {
      guard !global.name.isEmpty, !global.name.hasPrefix("llvm.") else { continue }
      guard LLVMIsThreadLocal(global.handle) == 0, let value = global.initialValue else { continue }
      global.setSection(sectionPrefix(of: global, holding: value) + global.name)
    }
  }

  private func sectionPrefix(of global: Global, holding value: Value) -> String {
    if global.isConstant {
      var seen: Set<Value> = []
      return refersToSymbol(value, &seen) ? ".data.rel.ro." : ".rodata."
    }
    return LLVMIsNull(value.handle) != 0 ? ".bss." : ".data."
  }
}

/// Whether a constant contains an address, which a position-independent program learns only when it starts.
private func refersToSymbol(_ value: Value, _ seen: inout Set<Value>) -> Bool {
  guard seen.insert(value).inserted else { return false }
  if LLVMIsAGlobalValue(value.handle) != nil || LLVMIsABlockAddress(value.handle) != nil { return true }
  guard LLVMIsAUser(value.handle) != nil else { return false }
  for index in 0..<max(0, LLVMGetNumOperands(value.handle)) {
    guard let operand = LLVMGetOperand(value.handle, UInt32(index)) else { continue }
    if refersToSymbol(Value(handle: operand), &seen) { return true }
  }
  return false
}
