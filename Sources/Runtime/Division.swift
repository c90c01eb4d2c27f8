import CRuntime

/// The Euclidean quotient: the integer `q` with `first == second * q + r` and `0 <= r < |second|`. `second` is not 0.
@c(nanoc_int_div)
public func quotient(_ first: Word, _ second: Word) -> Word {
  if isSmall(first) && isSmall(second) {
    let (dividend, divisor) = (first &>> 1, second &>> 1)
    let result = dividend / divisor
    if dividend % divisor >= 0 { return integer(result) }
    return small(divisor > 0 ? result &- 1 : result &+ 1)
  }
  return withNumber(first) { dividend in
    withNumber(second) { divisor in
      makeInteger {
        if divisor.pointee._mp_size > 0 {
          __gmpz_fdiv_q($0, dividend, divisor)
        } else {
          __gmpz_cdiv_q($0, dividend, divisor)
        }
      }
    }
  }
}

/// The Euclidean remainder, from 0 up to but not including `|second|`. `second` is not 0.
@c(nanoc_int_mod)
public func remainder(_ first: Word, _ second: Word) -> Word {
  if isSmall(first) && isSmall(second) {
    let (dividend, divisor) = (first &>> 1, second &>> 1)
    let result = dividend % divisor
    return small(result >= 0 ? result : result &+ Int(divisor.magnitude))
  }
  return withNumber(first) { dividend in
    withNumber(second) { divisor in
      makeInteger { __gmpz_mod($0, dividend, divisor) }
    }
  }
}
