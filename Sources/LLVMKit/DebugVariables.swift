internal import CLLVM

extension DebugInfo {
  /// A variable of the source.
  public struct Variable: Hashable {
    let handle: LLVMMetadataRef
  }

  /// A variable of a function; `argument` counts its parameters from 1 and is nil for others.
  public func variable(
    _ name: String, _ type: DataType, argument: Int? = nil, line: Int, in scope: Scope, of file: File
  ) -> Variable? {
    let start = UInt32(clamping: line)
    let made =
      if let argument {
        LLVMDIBuilderCreateParameterVariable(
          handle, scope.handle, name, name.utf8.count, UInt32(clamping: argument), file.handle, start, type.handle, 1,
          LLVMDIFlagZero)
      } else {
        LLVMDIBuilderCreateAutoVariable(
          handle, scope.handle, name, name.utf8.count, file.handle, start, type.handle, 1, LLVMDIFlagZero, 0)
      }
    return made.map(Variable.init(handle:))
  }

  /// Say that a variable has a value from the end of `block` on. Its scope is that of the location.
  public func set(_ variable: Variable, to value: Value, at location: Location, in block: BasicBlock) {
    LLVMDIBuilderInsertDbgValueRecordAtEnd(
      handle, value.handle, variable.handle, LLVMDIBuilderCreateExpression(handle, nil, 0), location.handle,
      block.handle)
  }

  /// Say that a variable lies in memory at an address.
  public func place(_ variable: Variable, at address: Value, location: Location, in block: BasicBlock) {
    LLVMDIBuilderInsertDeclareRecordAtEnd(
      handle, address.handle, variable.handle, LLVMDIBuilderCreateExpression(handle, nil, 0), location.handle,
      block.handle)
  }
}
