import CRuntime

/// Bit by bit "and" of two integers in infinite two's complement.
@c(nanoc_int_and)
public func bitAnd(_ first: Word, _ second: Word) -> Word {
  if isSmall(first) && isSmall(second) { return first & second }
  return withNumber(first) { one in withNumber(second) { other in makeInteger { __gmpz_and($0, one, other) } } }
}

/// Bit by bit "or" of two integers in infinite two's complement.
@c(nanoc_int_or)
public func bitOr(_ first: Word, _ second: Word) -> Word {
  if isSmall(first) && isSmall(second) { return first | second }
  return withNumber(first) { one in withNumber(second) { other in makeInteger { __gmpz_ior($0, one, other) } } }
}

/// Bit by bit "exclusive or" of two integers in infinite two's complement.
@c(nanoc_int_xor)
public func bitXor(_ first: Word, _ second: Word) -> Word {
  if isSmall(first) && isSmall(second) { return first ^ second | 1 }
  return withNumber(first) { one in withNumber(second) { other in makeInteger { __gmpz_xor($0, one, other) } } }
}

/// All bits of an integer inverted: `-value - 1`.
@c(nanoc_int_not)
public func bitNot(_ value: Word) -> Word {
  if isSmall(value) { return ~value | 1 }
  return withNumber(value) { number in makeInteger { __gmpz_com($0, number) } }
}

/// The integer times two to the power of a raw count, which is not negative.
@c(nanoc_int_shift_left)
public func shiftLeft(_ value: Word, _ count: Int) -> Word {
  if value == small(0) { return value }
  if isSmall(value) && count < 62 {
    let shifted = (value &>> 1) &<< count
    if shifted &>> count == value &>> 1 { return integer(shifted) }
  }
  if count / 64 > Int(Int32.max) { fault("out of memory") }
  return withNumber(value) { number in makeInteger { __gmpz_mul_2exp($0, number, UInt(count)) } }
}

/// The integer divided by two to the power of a raw count, which is not negative, rounded down.
@c(nanoc_int_shift_right)
public func shiftRight(_ value: Word, _ count: Int) -> Word {
  if isSmall(value) { return small((value &>> 1) &>> min(count, 63)) }
  return withNumber(value) { number in makeInteger { __gmpz_fdiv_q_2exp($0, number, UInt(count)) } }
}

/// The integer modulo two to the power of a raw count, which is not negative.
@c(nanoc_int_low)
public func lowBits(_ value: Word, _ count: Int) -> Word {
  if isSmall(value) && count < 62 { return small((value &>> 1) & ((1 &<< count) &- 1)) }
  if !isNegative(value), isSmall(value) || isShorter(value, than: count) {
    duplicate(value)
    return value
  }
  if count / 64 > Int(Int32.max) { fault("out of memory") }
  return withNumber(value) { number in makeInteger { __gmpz_fdiv_r_2exp($0, number, UInt(count)) } }
}

/// Whether the absolute value of an integer has no bit set at `count` or above, judged by whole limbs.
private func isShorter(_ value: Word, than count: Int) -> Bool {
  withMagnitude(value) { $0.count <= count / 64 }
}
