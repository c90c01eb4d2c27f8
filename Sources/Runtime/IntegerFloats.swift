import CRuntime

/// The integer part of a float, exact at any magnitude; 0 for NaN and the infinities.
@c(nanoc_int_from_float)
public func integer(truncating value: Double) -> Word {
  if value.magnitude < 0x1p62 { return small(Int(value)) }
  if !value.isFinite { return small(0) }
  let shift = Int(value.exponent) &- 52
  let cell = makeBigInteger(limbs: shift / 64 &+ 2)
  for index in 0..<(shift / 64) { cell.limbs[index] = 0 }
  let significand = UInt(value.significandBitPattern | 1 &<< 52)
  cell.limbs[shift / 64] = significand &<< (shift % 64)
  cell.limbs[shift / 64 &+ 1] = shift % 64 == 0 ? 0 : significand &>> (64 &- shift % 64)
  return finish(cell, count: shift / 64 &+ 2, negative: value < 0)
}

/// The greatest integer not above a float; 0 for NaN and the infinities.
@c(nanoc_int_floor_float)
public func integer(roundingDown value: Double) -> Word {
  if value.magnitude >= 0x1p53 || value.isNaN { return integer(truncating: value) }
  let whole = Int(value)
  return small(Double(whole) > value ? whole &- 1 : whole)
}

/// The least integer not below a float; 0 for NaN and the infinities.
@c(nanoc_int_ceil_float)
public func integer(roundingUp value: Double) -> Word {
  if value.magnitude >= 0x1p53 || value.isNaN { return integer(truncating: value) }
  let whole = Int(value)
  return small(Double(whole) < value ? whole &+ 1 : whole)
}

/// The integer nearest to a float, halves away from zero; 0 for NaN and the infinities.
@c(nanoc_int_round_float)
public func integer(rounding value: Double) -> Word {
  if value.magnitude >= 0x1p53 || value.isNaN { return integer(truncating: value) }
  let whole = Int(value)
  let rest = value - Double(whole)
  if rest.magnitude < 0.5 { return small(whole) }
  return small(value < 0 ? whole &- 1 : whole &+ 1)
}

/// The float nearest to an integer, ties to even; an infinity beyond the range.
@c(nanoc_int_to_float)
public func float(_ value: Word) -> Double {
  if isSmall(value) { return Double(value &>> 1) }
  return withMagnitude(value) { number in
    let magnitude = float(number.limbs, number.count)
    return number.negative ? -magnitude : magnitude
  }
}

/// The float nearest to an absolute value without high zero limbs.
///
/// The highest 64 bits are rounded once; a bit that is set below them only breaks ties, so that it may stand for all.
private func float(_ limbs: UnsafePointer<UInt>, _ count: Int) -> Double {
  if count == 0 { return 0 }
  if count > 16 { return .infinity }
  let high = limbs[count &- 1]
  let shift = high.leadingZeroBitCount
  var top = high &<< shift
  var index = count &- 2
  if index >= 0 && shift > 0 { top |= limbs[index] &>> (64 &- shift) }
  var isInexact = index >= 0 && limbs[index] &<< shift != 0
  while !isInexact && index > 0 {
    index &-= 1
    isInexact = limbs[index] != 0
  }
  let exponent = (count &- 1) &* 64 &- shift
  return Double(top | (isInexact ? 1 : 0)) * Double(sign: .plus, exponent: exponent, significand: 1)
}
