internal import CLLVM

/// Which modules and files see a function or global.
public enum Linkage: Hashable, Sendable {
  /// Seen by every file that is linked.
  case external
  /// Seen in its module, listed as a local symbol in the object file.
  case `internal`
  /// Seen in its module and absent from the object file's symbols.
  case `private`
  /// Seen by every file; any other definition of the same name is equal to this one, and unused ones are dropped.
  case linkOnceODR
  /// Seen by every file; another definition of the same name takes precedence.
  case weak

  var code: LLVMLinkage {
    switch self {
    case .external: LLVMExternalLinkage
    case .internal: LLVMInternalLinkage
    case .private: LLVMPrivateLinkage
    case .linkOnceODR: LLVMLinkOnceODRLinkage
    case .weak: LLVMWeakAnyLinkage
    }
  }
}

/// Whether a symbol is seen outside the executable or library it is linked into.
public enum Visibility: Hashable, Sendable {
  /// Seen outside.
  case standard
  /// Seen only inside, so that calls and addresses need no indirection.
  case hidden

  var code: LLVMVisibility {
    switch self {
    case .standard: LLVMDefaultVisibility
    case .hidden: LLVMHiddenVisibility
    }
  }
}

/// How arguments and results are passed.
public enum CallingConvention: UInt32, Hashable, Sendable {
  /// The convention of C on the target.
  case c = 0
  /// Whatever is fastest.
  case fast = 8
  /// For calls that rarely happen.
  case cold = 9
  /// Keeps nearly all registers for the caller.
  case preserveMost = 14
  /// Calls in tail position can be made in constant stack, whatever the parameters of the two functions.
  case tail = 18
  /// As `c`, but up to four words and four floats of a result are in registers.
  case swift = 16
  /// As `tail`, with results as in `swift`.
  case swiftTail = 20

  var code: UInt32 { rawValue }
}

/// The properties that functions and globals share as symbols.
public protocol Symbol {
  /// The symbol's address as a constant value.
  var value: Value { get }
}

extension Symbol {
  /// The name of the symbol.
  public var name: String { value.name }

  /// Whether the symbol is only declared here and defined elsewhere.
  public var isDeclaration: Bool { LLVMIsDeclaration(value.handle) != 0 }

  /// Choose which modules and files see the symbol.
  public func setLinkage(_ linkage: Linkage) { LLVMSetLinkage(value.handle, linkage.code) }

  /// Choose whether the symbol is seen outside what it is linked into.
  public func setVisibility(_ visibility: Visibility) { LLVMSetVisibility(value.handle, visibility.code) }

  /// The section of the object file, empty for the one that the code generator picks.
  public var section: String { LLVMGetSection(value.handle).map { String(cString: $0) } ?? "" }

  /// Put the symbol in the named section of the object file.
  public func setSection(_ section: String) { LLVMSetSection(value.handle, section) }

  /// Say that the address does not matter, so that equal constants or functions may be merged.
  public func setUnnamedAddress(_ unnamed: Bool = true) {
    LLVMSetUnnamedAddress(value.handle, unnamed ? LLVMGlobalUnnamedAddr : LLVMNoUnnamedAddr)
  }

  /// Align the symbol to a multiple of `bytes`. Throws unless `bytes` is a power of two below 2^32.
  public func setAlignment(_ bytes: Int) throws {
    LLVMSetAlignment(value.handle, try alignment(bytes))
  }
}

/// `bytes` as LLVM takes alignments. Throws unless it is a power of two below 2^32.
func alignment(_ bytes: Int) throws -> UInt32 {
  guard let exact = UInt32(exactly: bytes), exact.nonzeroBitCount == 1 else {
    throw LLVMError("\(bytes) is not an alignment")
  }
  return exact
}
