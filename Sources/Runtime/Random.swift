import CRuntime

/// The generator xoshiro256++ (Blackman, Vigna: Scrambled linear pseudorandom number generators, ACM TOMS 47, 2021). All
/// zeros stand for one that has no seed yet.
nonisolated(unsafe) private var state: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

/// The next 64 random bits.
private func randomBits() -> UInt64 {
  if state.0 | state.1 | state.2 | state.3 == 0 { seed() }
  let sum = state.0 &+ state.3
  let result = rotated(sum, 23) &+ state.0
  let shifted = state.1 &<< 17
  state.2 ^= state.0
  state.3 ^= state.1
  state.1 ^= state.2
  state.0 ^= state.3
  state.2 ^= shifted
  state.3 = rotated(state.3, 45)
  return result
}

private func rotated(_ bits: UInt64, _ count: UInt64) -> UInt64 { bits &<< count | bits &>> (64 &- count) }

/// Takes a seed from the system, or, where it has none to give, from the clock and the place of the stack.
private func seed() {
  let wanted = MemoryLayout.size(ofValue: state)
  let given = withUnsafeMutableBytes(of: &state) { getrandom($0.baseAddress, wanted, UInt32(GRND_NONBLOCK)) }
  if given == wanted, state.0 | state.1 | state.2 | state.3 != 0 { return }
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  let place = withUnsafePointer(to: &now) { UInt64(UInt(bitPattern: $0)) }
  state = (UInt64(truncatingIfNeeded: now.tv_sec), UInt64(truncatingIfNeeded: now.tv_nsec), place, 1)
  for _ in 0..<16 { _ = randomBits() }
}

/// A random integer from the first to the second, both included, which are in order.
///
/// The high word of a random word times the number of choices is a choice; what would make some more likely than others
/// is drawn again (Lemire: Fast Random Integer Generation in an Interval, ACM TOMACS 29, 2019).
@c(nanoc_random_int)
public func randomInteger(_ least: Int, _ most: Int) -> Word {
  let choices = UInt64(bitPattern: Int64(most &- least)) &+ 1
  if choices == 0 { return integer(Int(Int64(bitPattern: randomBits()))) }
  var product = choices.multipliedFullWidth(by: randomBits())
  if product.low < choices {
    let unfair = (0 &- choices) % choices
    while product.low < unfair { product = choices.multipliedFullWidth(by: randomBits()) }
  }
  return integer(least &+ Int(Int64(bitPattern: product.high)))
}

/// A random number from 0 up to 1, which it never is: a multiple of 2 to the -53.
@c(nanoc_random_float)
public func randomFloat() -> Double { Double(randomBits() &>> 11) * 0x1p-53 }
