internal import CLLVM

/// An instruction that computes a value from two values of one type.
public enum BinaryOperation: Hashable, Sendable, CaseIterable {
  /// Integer addition, subtraction and multiplication, modulo two to the width unless flags say otherwise.
  case add, sub, mul
  /// Division of signed and unsigned integers, towards zero. Dividing by zero is undefined behaviour.
  case sdiv, udiv
  /// The remainder that belongs to `sdiv` and `udiv`.
  case srem, urem
  /// Shifts: left, right filling with zeros, right filling with the sign. The distance must be below the width.
  case shl, lshr, ashr
  /// Bitwise operations.
  case and, or, xor
  /// Floating-point arithmetic.
  case fadd, fsub, fmul, fdiv, frem

  var code: LLVMOpcode {
    switch self {
    case .add: LLVMAdd
    case .sub: LLVMSub
    case .mul: LLVMMul
    case .sdiv: LLVMSDiv
    case .udiv: LLVMUDiv
    case .srem: LLVMSRem
    case .urem: LLVMURem
    case .shl: LLVMShl
    case .lshr: LLVMLShr
    case .ashr: LLVMAShr
    case .and: LLVMAnd
    case .or: LLVMOr
    case .xor: LLVMXor
    case .fadd: LLVMFAdd
    case .fsub: LLVMFSub
    case .fmul: LLVMFMul
    case .fdiv: LLVMFDiv
    case .frem: LLVMFRem
    }
  }
}

/// What is known about an integer operation: where it does not hold, the result is poison.
public struct ArithmeticFlags: OptionSet, Hashable, Sendable {
  /// The bits of the set.
  public let rawValue: UInt8

  /// A set with the given bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The signed result fits. For `add`, `sub`, `mul` and `shl`.
  public static let noSignedWrap = ArithmeticFlags(rawValue: 1)
  /// The unsigned result fits. For `add`, `sub`, `mul` and `shl`.
  public static let noUnsignedWrap = ArithmeticFlags(rawValue: 2)
  /// Nothing is cut off. For `sdiv`, `udiv`, `lshr` and `ashr`.
  public static let exact = ArithmeticFlags(rawValue: 4)
}

/// A comparison of integers or pointers, giving an `i1`.
public enum IntegerComparison: Hashable, Sendable, CaseIterable {
  /// Equal, not equal.
  case eq, ne
  /// Signed: greater, greater or equal, less, less or equal.
  case sgt, sge, slt, sle
  /// Unsigned: greater, greater or equal, less, less or equal.
  case ugt, uge, ult, ule

  var code: LLVMIntPredicate {
    switch self {
    case .eq: LLVMIntEQ
    case .ne: LLVMIntNE
    case .sgt: LLVMIntSGT
    case .sge: LLVMIntSGE
    case .slt: LLVMIntSLT
    case .sle: LLVMIntSLE
    case .ugt: LLVMIntUGT
    case .uge: LLVMIntUGE
    case .ult: LLVMIntULT
    case .ule: LLVMIntULE
    }
  }
}

/// A comparison of floating-point numbers, giving an `i1`.
public enum RealComparison: Hashable, Sendable, CaseIterable {
  /// False when an operand is not a number: equal, not equal, greater, greater or equal, less, less or equal.
  case oeq, one, ogt, oge, olt, ole
  /// True when an operand is not a number: equal, not equal, greater, greater or equal, less, less or equal.
  case ueq, une, ugt, uge, ult, ule
  /// Whether both operands are numbers; whether one of them is not.
  case ord, uno

  var code: LLVMRealPredicate {
    switch self {
    case .oeq: LLVMRealOEQ
    case .one: LLVMRealONE
    case .ogt: LLVMRealOGT
    case .oge: LLVMRealOGE
    case .olt: LLVMRealOLT
    case .ole: LLVMRealOLE
    case .ueq: LLVMRealUEQ
    case .une: LLVMRealUNE
    case .ugt: LLVMRealUGT
    case .uge: LLVMRealUGE
    case .ult: LLVMRealULT
    case .ule: LLVMRealULE
    case .ord: LLVMRealORD
    case .uno: LLVMRealUNO
    }
  }
}

/// A conversion of one value to another type.
public enum Conversion: Hashable, Sendable, CaseIterable {
  /// Integers: cut off the high bits, extend with zeros, extend with the sign.
  case trunc, zext, sext
  /// Floating-point to signed or unsigned integer. A number that does not fit gives poison.
  case fptosi, fptoui
  /// Signed or unsigned integer to floating-point.
  case sitofp, uitofp
  /// Between floating-point types, to the smaller and to the larger one.
  case fptrunc, fpext
  /// Between pointers and integers.
  case ptrtoint, inttoptr
  /// The same bits as another type of the same width.
  case bitcast

  var code: LLVMOpcode {
    switch self {
    case .trunc: LLVMTrunc
    case .zext: LLVMZExt
    case .sext: LLVMSExt
    case .fptosi: LLVMFPToSI
    case .fptoui: LLVMFPToUI
    case .sitofp: LLVMSIToFP
    case .uitofp: LLVMUIToFP
    case .fptrunc: LLVMFPTrunc
    case .fpext: LLVMFPExt
    case .ptrtoint: LLVMPtrToInt
    case .inttoptr: LLVMIntToPtr
    case .bitcast: LLVMBitCast
    }
  }
}

/// Integer arithmetic that says whether the result fitted.
public enum OverflowOperation: String, Hashable, Sendable, CaseIterable {
  /// Signed addition, subtraction and multiplication.
  case sadd, ssub, smul
  /// Unsigned addition, subtraction and multiplication.
  case uadd, usub, umul
}

/// Whether a call gives up the caller's stack frame.
public enum TailCall: Hashable, Sendable {
  /// The optimiser decides.
  case automatic
  /// The callee uses no memory of the caller's frame, so that the call may become a jump.
  case allowed
  /// The call is a jump, or the module does not compile. It must be followed by a return of its result, with equal
  /// conventions on both sides; any convention but `.tail` also asks for equal parameters.
  case required
  /// The call keeps the caller's frame.
  case never

  var code: LLVMTailCallKind {
    switch self {
    case .automatic: LLVMTailCallKindNone
    case .allowed: LLVMTailCallKindTail
    case .required: LLVMTailCallKindMustTail
    case .never: LLVMTailCallKindNoTail
    }
  }
}
