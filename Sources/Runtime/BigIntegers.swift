import CRuntime

/// The offset of the limbs of a big integer in its cell.
private let limbsOffset = 16

extension UnsafeMutableRawPointer {
  /// The limbs of a big integer, least significant first.
  var limbs: UnsafeMutablePointer<UInt> { (self + limbsOffset).assumingMemoryBound(to: UInt.self) }
}

/// Absolute value and sign of an integer, borrowed from its word or cell. Zero has no limbs.
struct Magnitude {
  let limbs: UnsafePointer<UInt>
  let count: Int
  let negative: Bool
}

/// Calls `body` with the absolute value and the sign of an integer.
@inline(__always)
func withMagnitude<Result>(_ word: Word, _ body: (Magnitude) -> Result) -> Result {
  if let cell = pointee(word) {
    let count = cell.field(0)
    return body(Magnitude(limbs: cell.limbs, count: Int(count.magnitude), negative: count < 0))
  }
  var limb = (word &>> 1).magnitude
  return withUnsafePointer(to: &limb) {
    body(Magnitude(limbs: $0, count: word == small(0) ? 0 : 1, negative: word < 0))
  }
}

/// Allocates a big integer with room for `count` limbs; the caller fills in limbs and count.
func makeBigInteger(limbs count: Int) -> Cell {
  if count > Int(Int32.max) { fault("out of memory") }
  let cell = allocate(limbsOffset &+ count &* 8)
  cell.setHeader(references: 1, tag: bigIntegerTag, counted: 0)
  return cell
}

/// The integer with a copy of the given limbs, of which the highest may be zero.
func makeInteger(_ limbs: UnsafePointer<UInt>, count: Int, negative: Bool) -> Word {
  if let value = smallValue(limbs, count: count, negative: negative) { return value }
  let cell = makeBigInteger(limbs: count)
  memcpy(cell.limbs, limbs, count &* 8)
  return finish(cell, count: count, negative: negative)
}

/// Completes a big integer whose limbs are written: drops high zero limbs, and the cell too when the value is small.
func finish(_ cell: Cell, count: Int, negative: Bool) -> Word {
  var count = count
  while count > 0 && cell.limbs[count &- 1] == 0 { count &-= 1 }
  if let value = smallValue(cell.limbs, count: count, negative: negative) {
    release(cell)
    return value
  }
  cell.setField(0, negative ? 0 &- count : count)
  return cell.word
}

/// The word of the integer with the given limbs if it is small.
@inline(__always)
private func smallValue(_ limbs: UnsafePointer<UInt>, count: Int, negative: Bool) -> Word? {
  if count > 1 { return nil }
  let limb = count == 0 ? 0 : limbs[0]
  if limb > UInt(smallRange.greatest) &+ (negative ? 1 : 0) { return nil }
  return small(negative ? 0 &- Int(limb) : Int(limb))
}

/// Sum or difference of two integers of which one at least is big.
func addBig(_ first: Word, _ second: Word, subtract: Bool) -> Word {
  withMagnitude(first) { one in
    withMagnitude(second) { other in
      let otherNegative = other.negative != subtract
      if one.negative == otherNegative { return addMagnitudes(one, other, negative: one.negative) }
      return subtractMagnitudes(one, other, negative: one.negative)
    }
  }
}

/// The sum of two absolute values, with the given sign.
private func addMagnitudes(_ one: Magnitude, _ other: Magnitude, negative: Bool) -> Word {
  let (long, short) = one.count >= other.count ? (one, other) : (other, one)
  if short.count == 0 { return makeInteger(long.limbs, count: long.count, negative: negative) }
  let cell = makeBigInteger(limbs: long.count &+ 1)
  cell.limbs[long.count] = __gmpn_add(cell.limbs, long.limbs, long.count, short.limbs, short.count)
  return finish(cell, count: long.count &+ 1, negative: negative)
}

/// The difference of two absolute values; `negative` is the sign when the first is the greater one.
private func subtractMagnitudes(_ one: Magnitude, _ other: Magnitude, negative: Bool) -> Word {
  let greater = one.count != other.count ? one.count > other.count : __gmpn_cmp(one.limbs, other.limbs, one.count) >= 0
  let (long, short) = greater ? (one, other) : (other, one)
  let negative = greater ? negative : !negative
  if short.count == 0 { return makeInteger(long.limbs, count: long.count, negative: negative) }
  let cell = makeBigInteger(limbs: long.count)
  _ = __gmpn_sub(cell.limbs, long.limbs, long.count, short.limbs, short.count)
  return finish(cell, count: long.count, negative: negative)
}

/// The product of two integers by GMP.
func multiplyBig(_ first: Word, _ second: Word) -> Word {
  useOwnMemoryFunctions()
  return withMagnitude(first) { one in
    withMagnitude(second) { other in
      let (long, short) = one.count >= other.count ? (one, other) : (other, one)
      if short.count == 0 { return small(0) }
      let cell = makeBigInteger(limbs: long.count &+ short.count)
      _ = __gmpn_mul(cell.limbs, long.limbs, long.count, short.limbs, short.count)
      return finish(cell, count: long.count &+ short.count, negative: one.negative != other.negative)
    }
  }
}

/// Set once GMP allocates by the functions below.
nonisolated(unsafe) private var ownMemoryFunctions = false

/// Makes GMP report exhausted memory as this runtime does, where by itself it would abort.
func useOwnMemoryFunctions() {
  if ownMemoryFunctions { return }
  ownMemoryFunctions = true
  __gmp_set_memory_functions(
    { size in
      guard let memory = malloc(size) else { fault("out of memory") }
      return memory
    },
    { old, _, size in
      guard let memory = realloc(old, size) else { fault("out of memory") }
      return memory
    },
    { memory, _ in free(memory) })
}

/// Calls `body` with an integer as a read-only GMP number.
@inline(__always)
func withNumber<Result>(_ word: Word, _ body: (UnsafePointer<__mpz_struct>) -> Result) -> Result {
  withMagnitude(word) { magnitude in
    let count = Int32(truncatingIfNeeded: magnitude.count)
    var number = __mpz_struct(
      _mp_alloc: 0, _mp_size: magnitude.negative ? 0 &- count : count,
      _mp_d: UnsafeMutablePointer(mutating: magnitude.limbs))
    return withUnsafePointer(to: &number) { body($0) }
  }
}

/// The integer that `body` stores in the GMP number it is given.
@inline(__always)
func makeInteger(_ body: (UnsafeMutablePointer<__mpz_struct>) -> Void) -> Word {
  useOwnMemoryFunctions()
  var number = __mpz_struct()
  __gmpz_init(&number)
  body(&number)
  let result = makeInteger(
    number._mp_d, count: Int(number._mp_size.magnitude), negative: number._mp_size < 0)
  __gmpz_clear(&number)
  return result
}
