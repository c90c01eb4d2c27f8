internal import CLLVM

/// An operation that LLVM provides as a function.
public struct Intrinsic: Hashable, Sendable {
  /// The name without overload suffix, such as `llvm.sadd.with.overflow`.
  public let name: String
  let number: UInt32

  /// Look an intrinsic up by its name without overload suffix. Throws if LLVM has none of that name.
  public init(_ name: String) throws {
    number = LLVMLookupIntrinsicID(name, name.utf8.count)
    guard number != 0 else { throw LLVMError("no intrinsic is named '\(name)'") }
    self.name = name
  }

  /// Whether the intrinsic works on more than one type, so that `declare` needs to be told which.
  public var isOverloaded: Bool { LLVMIntrinsicIsOverloaded(number) != 0 }

  /// Declare the intrinsic in a module for the given overload types: one per type that is left open in LLVM's
  /// language reference, such as `[i64]` for `llvm.sadd.with.overflow`.
  public func declare(in module: Module, overloads: [IRType] = []) throws -> Function {
    guard isOverloaded == !overloads.isEmpty else {
      throw LLVMError("\(name) \(isOverloaded ? "needs" : "takes no") overload types")
    }
    let handles = overloads.map { Optional($0.handle) }
    let found = withHandles(handles) { LLVMGetIntrinsicDeclaration(module.handle, number, $0, Int($1)) }
    guard let found else { throw LLVMError("\(name) has no such overload") }
    return Function(handle: found)
  }
}
