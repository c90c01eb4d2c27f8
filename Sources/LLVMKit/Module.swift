internal import CLLVM

/// A unit of compilation: functions, globals and metadata. Owns its contents and keeps its context alive.
public final class Module {
  /// The context that the types, constants and metadata of the module come from.
  public let context: Context
  let handle: LLVMModuleRef

  /// Make an empty module; the name appears in messages and in the printed text.
  public init(_ name: String, context: Context) {
    self.context = context
    handle = LLVMModuleCreateWithNameInContext(name, context.handle)
  }

  /// Read a module from the text of LLVM IR, or from bitcode. Throws with LLVM's message if that is malformed.
  public convenience init(parsing text: String, name: String = "module", context: Context) throws {
    try self.init(parsing: Array(text.utf8), name: name, context: context)
  }

  /// Read a module from the bytes of LLVM IR text or of bitcode. Throws with LLVM's message if those are malformed.
  public init(parsing bytes: [UInt8], name: String, context: Context) throws {
    var parsed: LLVMModuleRef?
    var message: UnsafeMutablePointer<CChar>?
    let failed = LLVMParseIRInContext(context.handle, try makeBuffer(bytes, name: name), &parsed, &message)
    let text = takeString(message)
    guard failed == 0, let parsed else { throw LLVMError(text) }
    self.context = context
    handle = parsed
  }

  deinit {
    LLVMDisposeModule(handle)
  }

  /// The module as LLVM IR text.
  public var text: String { takeString(LLVMPrintModuleToString(handle)) }

  /// The module as bitcode.
  public func bitcode() throws -> [UInt8] {
    guard let buffer = LLVMWriteBitcodeToMemoryBuffer(handle) else { throw LLVMError("bitcode not written") }
    return takeBytes(buffer)
  }

  /// Check that the module is well formed. Throws with LLVM's list of what is wrong. Optimising, emitting or running
  /// a module that does not pass is not safe.
  public func verify() throws {
    var message: UnsafeMutablePointer<CChar>?
    let broken = LLVMVerifyModule(handle, LLVMReturnStatusAction, &message)
    let text = takeString(message)
    if broken != 0 { throw LLVMError(text) }
  }

  /// Declare a function. A taken name is made unique by appending a number.
  public func addFunction(
    _ name: String, _ type: IRType, linkage: Linkage = .external, convention: CallingConvention = .c
  ) throws -> Function {
    guard type.isFunction else { throw LLVMError("'\(name)' needs a function type, not \(type.text)") }
    let function = Function(handle: LLVMAddFunction(handle, name, type.handle))
    function.setLinkage(linkage)
    function.setConvention(convention)
    return function
  }

  /// The function of that name, if the module has one.
  public func function(named name: String) -> Function? {
    LLVMGetNamedFunction(handle, name).map(Function.init(handle:))
  }

  /// The functions, declared ones too, in the order of the text.
  public var functions: [Function] {
    var found: [Function] = []
    var next = LLVMGetFirstFunction(handle)
    while let function = next {
      found.append(Function(handle: function))
      next = LLVMGetNextFunction(function)
    }
    return found
  }

  /// Declare a global that holds a value of the given type. A taken name is made unique by appending a number.
  public func addGlobal(_ name: String, _ type: IRType) throws -> Global {
    guard !type.isFunction, !type.isVoid else { throw LLVMError("'\(name)' cannot hold \(type.text)") }
    return Global(handle: LLVMAddGlobal(handle, type.handle, name))
  }

  /// Define a global that holds `value`; `constant` means that it is never written. Throws if `value` is no constant
  /// or the alignment no power of two.
  public func addGlobal(
    _ name: String, _ value: Value, constant: Bool, linkage: Linkage = .private, unnamedAddress: Bool = true,
    alignment: Int? = nil
  ) throws -> Global {
    let global = try addGlobal(name, value.type)
    try global.define(value)
    global.setConstant(constant)
    global.setLinkage(linkage)
    global.setUnnamedAddress(unnamedAddress)
    if let alignment { try global.setAlignment(alignment) }
    return global
  }

  /// The global of that name, if the module has one.
  public func global(named name: String) -> Global? {
    LLVMGetNamedGlobal(handle, name).map(Global.init(handle:))
  }

  /// The globals, declared ones too, in the order of the text.
  public var globals: [Global] {
    var found: [Global] = []
    var next = LLVMGetFirstGlobal(handle)
    while let global = next {
      found.append(Global(handle: global))
      next = LLVMGetNextGlobal(global)
    }
    return found
  }

  /// Record a fact about the whole module, such as `PIC Level` = 2. Two different values for one fact make linking
  /// modules an error.
  public func setFlag(_ key: String, _ value: UInt32) {
    let number = context.metadata(context.integer(context.i32, bits: UInt64(value)))
    LLVMAddModuleFlag(handle, LLVMModuleFlagBehaviorError, key, key.utf8.count, number.handle)
  }
}
