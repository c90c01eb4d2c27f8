import CRuntime

/// The least and the greatest integer that a word holds without a cell.
let smallRange = (least: -(1 &<< 62), greatest: (1 &<< 62) &- 1)

/// Whether an integer is held in its word.
@inline(__always)
func isSmall(_ word: Word) -> Bool { word & 1 != 0 }

/// The word of an integer known to be small.
@inline(__always)
func small(_ value: Int) -> Word { value &<< 1 | 1 }

/// The integer with the value of a machine word.
@c(nanoc_int_from_word)
public func integer(_ value: Int) -> Word {
  if value >= smallRange.least && value <= smallRange.greatest { return small(value) }
  let cell = makeBigInteger(limbs: 1)
  cell.limbs[0] = value.magnitude
  cell.setField(0, value < 0 ? -1 : 1)
  return cell.word
}

/// The value of an integer as a machine word, the nearest one when it does not fit.
@c(nanoc_int_to_word_saturating)
public func saturated(_ integer: Word) -> Int {
  guard let cell = pointee(integer) else { return integer &>> 1 }
  let count = cell.field(0)
  if count > 1 || (count == 1 && cell.limbs[0] > UInt(Int.max)) { return Int.max }
  if count < -1 || (count == -1 && cell.limbs[0] > UInt(Int.max)) { return Int.min }
  return count < 0 ? -Int(cell.limbs[0]) : Int(cell.limbs[0])
}

/// The sum of two integers.
@c(nanoc_int_add)
public func add(_ first: Word, _ second: Word) -> Word {
  if isSmall(first) && isSmall(second) { return integer((first &>> 1) &+ (second &>> 1)) }
  return addBig(first, second, subtract: false)
}

/// The difference of two integers.
@c(nanoc_int_sub)
public func subtract(_ first: Word, _ second: Word) -> Word {
  if isSmall(first) && isSmall(second) { return integer((first &>> 1) &- (second &>> 1)) }
  return addBig(first, second, subtract: true)
}

/// The product of two integers.
@c(nanoc_int_mul)
public func multiply(_ first: Word, _ second: Word) -> Word {
  if isSmall(first) && isSmall(second) {
    let (product, overflow) = (first &>> 1).multipliedReportingOverflow(by: second &>> 1)
    if !overflow { return integer(product) }
  }
  return multiplyBig(first, second)
}

/// The integer with the opposite sign.
@c(nanoc_int_neg)
public func negate(_ value: Word) -> Word {
  if isSmall(value) { return integer(0 &- (value &>> 1)) }
  return withMagnitude(value) { makeInteger($0.limbs, count: $0.count, negative: !$0.negative) }
}

/// The integer without its sign.
@c(nanoc_int_abs)
public func absolute(_ value: Word) -> Word {
  if isNegative(value) { return negate(value) }
  duplicate(value)
  return value
}

/// Whether an integer is below zero.
@inline(__always)
func isNegative(_ value: Word) -> Bool {
  guard let cell = pointee(value) else { return value < 0 }
  return cell.field(0) < 0
}

/// -1, 0 or 1: the order of two integers.
@c(nanoc_int_compare)
public func compareIntegers(_ first: Word, _ second: Word) -> Int {
  if isSmall(first) && isSmall(second) { return first < second ? -1 : (first == second ? 0 : 1) }
  guard let one = pointee(first) else { return isNegative(second) ? 1 : -1 }
  guard let other = pointee(second) else { return isNegative(first) ? -1 : 1 }
  let (count, otherCount) = (one.field(0), other.field(0))
  if count != otherCount { return count < otherCount ? -1 : 1 }
  var index = Int(count.magnitude)
  while index > 0 {
    index &-= 1
    let (limb, otherLimb) = (one.limbs[index], other.limbs[index])
    if limb != otherLimb { return (limb < otherLimb) == (count > 0) ? -1 : 1 }
  }
  return 0
}

/// 1 when two integers are equal, else 0.
@c(nanoc_int_equal)
public func integersEqual(_ first: Word, _ second: Word) -> Int {
  if first == second { return 1 }
  if isSmall(first) || isSmall(second) { return 0 }
  return compareIntegers(first, second) == 0 ? 1 : 0
}
