import CRuntime

/// The SHA-256 digest of bytes, as 32 bytes.
@c(nanoc_sha256)
public func sha256(_ bytes: Cell) -> Cell {
  var hash = SHA256()
  let data = bytes.utf8
  var start = 0
  while start &+ 64 <= data.count {
    hash.add(data, at: start)
    start &+= 64
  }
  // What is left, a one bit, zeros and the length in bits fill one or two blocks.
  let left = data.count &- start
  let padded = left < 56 ? 64 : 128
  withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { tail in
    for index in 0..<padded {
      tail[index] = index < left ? data[start &+ index] : (index == left ? 0x80 : 0)
    }
    for index in 0..<8 {
      tail[padded &- 1 &- index] = UInt8(truncatingIfNeeded: (data.count &<< 3) &>> (8 &* index))
    }
    hash.add(UnsafeRawBufferPointer(tail), at: 0)
    if padded == 128 { hash.add(UnsafeRawBufferPointer(tail), at: 64) }
  }
  let result = makeString(byteLength: 32, scalarCount: 32)
  for index in 0..<32 {
    result.setByte(index, UInt8(truncatingIfNeeded: hash.state[index / 4] &>> UInt32(24 &- index % 4 &* 8)))
  }
  return result
}

/// The state of the hash function of FIPS 180-4, section 6.2.
private struct SHA256 {
  private(set) var state: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private var schedule = InlineArray<64, UInt32>(repeating: 0)
  private let constants: InlineArray<64, UInt32> = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]

  /// Adds the block of 64 bytes at an offset.
  mutating func add(_ data: UnsafeRawBufferPointer, at start: Int) {
    for index in 0..<16 {
      schedule[index] = data.loadUnaligned(fromByteOffset: start &+ 4 &* index, as: UInt32.self).bigEndian
    }
    for index in 16..<64 {
      let (early, late) = (schedule[index &- 15], schedule[index &- 2])
      let first = turn(early, 7) ^ turn(early, 18) ^ early &>> 3
      let second = turn(late, 17) ^ turn(late, 19) ^ late &>> 10
      schedule[index] = schedule[index &- 16] &+ first &+ schedule[index &- 7] &+ second
    }
    mix()
  }

  /// Mixes the schedule into the state.
  private mutating func mix() {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let choice = e & f ^ ~e & g
      let first = h &+ (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) &+ choice &+ constants[index] &+ schedule[index]
      let second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) &+ (a & b ^ a & c ^ b & c)
      (h, g, f, e) = (g, f, e, d &+ first)
      (d, c, b, a) = (c, b, a, first &+ second)
    }
    let sums: InlineArray<8, UInt32> = [a, b, c, d, e, f, g, h]
    for index in 0..<8 { state[index] = state[index] &+ sums[index] }
  }

  /// A word turned to the right.
  private func turn(_ word: UInt32, _ count: UInt32) -> UInt32 { word &>> count | word &<< (32 &- count) }
}
