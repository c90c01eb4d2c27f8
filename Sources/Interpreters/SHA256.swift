/// SHA-256 (FIPS 180-4), written as the standard describes it.
public enum SHA256 {
  /// The 32 octets of the hash.
  public static func digest(of octets: [UInt8]) -> [UInt8] {
    var message = octets + [0x80]
    while message.count % 64 != 56 { message.append(0) }
    message += bytes(of: UInt64(octets.count) * 8)
    var state = primes.prefix(8).map { fraction(of: Double($0).squareRoot()) }
    for start in stride(from: 0, to: message.count, by: 64) { absorb(message[start..<(start + 64)], &state) }
    return state.flatMap(bytes)
  }

  private static func bytes<Word: FixedWidthInteger>(of word: Word) -> [UInt8] {
    stride(from: Word.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
  }

  /// The first 64 primes.
  private static let primes = (2..<312).filter { number in (2..<number).allSatisfy { number % $0 != 0 } }

  /// The first 64 constants: of the cube roots of primes the fractions.
  private static let constants: [UInt32] = primes.map { prime in
    // The greatest root with root³ <= prime * 2^96 has the fraction in its low half.
    var root: UInt64 = 0
    for bit in stride(from: UInt64(35), through: 0, by: -1) {
      let trial = root | 1 << bit
      if isCubeAtMost(trial, prime) { root = trial }
    }
    return UInt32(truncatingIfNeeded: root)
  }

  private static func isCubeAtMost(_ root: UInt64, _ prime: Int) -> Bool {
    let square = root.multipliedFullWidth(by: root)
    let low = square.low.multipliedFullWidth(by: root)
    let (high, overflow) = square.high.multipliedReportingOverflow(by: root)
    let (top, carry) = high.addingReportingOverflow(low.high)
    return !overflow && !carry && (top < UInt64(prime) << 32 || (top == UInt64(prime) << 32 && low.low == 0))
  }

  private static func fraction(of root: Double) -> UInt32 {
    UInt32(truncatingIfNeeded: UInt64((root - root.rounded(.down)) * 4_294_967_296))
  }

  private static func absorb(_ block: ArraySlice<UInt8>, _ state: inout [UInt32]) {
    var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
      block[start..<(start + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for index in 16..<64 {
      let (first, second) = (words[index - 15], words[index - 2])
      let low = rotate(first, 7) ^ rotate(first, 18) ^ first >> 3
      let high = rotate(second, 17) ^ rotate(second, 19) ^ second >> 10
      words.append(words[index - 16] &+ low &+ words[index - 7] &+ high)
    }
    var work = state
    for (word, constant) in zip(words, constants) {
      let high = rotate(work[4], 6) ^ rotate(work[4], 11) ^ rotate(work[4], 25)
      let choice = work[4] & work[5] ^ ~work[4] & work[6]
      let first = work[7] &+ high &+ choice &+ constant &+ word
      let low = rotate(work[0], 2) ^ rotate(work[0], 13) ^ rotate(work[0], 22)
      let majority = work[0] & work[1] ^ work[0] & work[2] ^ work[1] & work[2]
      work = [first &+ low &+ majority, work[0], work[1], work[2], work[3] &+ first, work[4], work[5], work[6]]
    }
    state = zip(state, work).map(&+)
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
}
