import BigInt
import Nanopass

// The meaning of the primitives on sequences of octets.

extension PrimitiveMeanings {
  static let bytes: [Name: Meaning] = [
    "bytes.equal": { .bool(try argument($0, 0).bytes() == argument($0, 1).bytes()) },
    "bytes.order": order,
    "bytes.less": { .bool(try isLess(argument($0, 0), argument($0, 1))) },
    "bytes.lessEqual": { .bool(try !isLess(argument($0, 1), argument($0, 0))) },
    "bytes.length": { .integer(.small(try argument($0, 0).bytes().count)) },
    "bytes.concat": { .bytes(try argument($0, 0).bytes() + argument($0, 1).bytes()) },
    "bytes.slice": {
      let octets = try argument($0, 0).bytes()
      let start = min(max(try argument($0, 1).integer().clamped, 0), octets.count)
      let end = min(max(try argument($0, 2).integer().clamped, 0), octets.count)
      return .bytes(start < end ? Array(octets[start..<end]) : [])
    },
    "bytes.reversed": { .bytes(try argument($0, 0).bytes().reversed()) },
    "bytes.ofList": { .bytes(try argument($0, 0).elements().map { try octet($0) }) },
    "bytes.toList": { .list(try argument($0, 0).bytes().map { .integer(.small(Int($0))) }) },
    "bytes.ofText": { .bytes(Array(try argument($0, 0).string().string.utf8)) },
    "bytes.isText": { .bool(String(validating: try argument($0, 0).bytes(), as: UTF8.self) != nil) },
    "bytes.toText": { .string(Text(String(decoding: try argument($0, 0).bytes(), as: UTF8.self))) },
    "bytes.hexProblem": { .integer(.small(hexProblem(try argument($0, 0).string().scalars))) },
    "bytes.ofHex": { .bytes(octets(try argument($0, 0).string().scalars)) },
    "bytes.toHex": { .string(Text(try argument($0, 0).bytes().map(hex).joined())) },
    "bytes.ofInt": {
      let digits = [UInt8](try argument($0, 0).integer().big.magnitude.serialize())
      let width = try argument($0, 1).integer().clamped
      guard digits.count <= width else { throw InterpreterError.broken("an integer does not fit its octets") }
      return .bytes(Array(repeating: 0, count: width - digits.count) + digits)
    },
    "bytes.toInt": {
      let octets = try argument($0, 0).bytes()
      return .integer(octets.reduce(Whole.small(0)) { $0 * .small(256) + .small(Int($1)) })
    },
    "crypto.sha256": { .bytes(SHA256.digest(of: try argument($0, 0).bytes())) },
    "digest.equal": { .bool(try argument($0, 0).bytes() == argument($0, 1).bytes()) },
    "digest.order": order,
    "digest.less": { .bool(try isLess(argument($0, 0), argument($0, 1))) },
    "digest.lessEqual": { .bool(try !isLess(argument($0, 1), argument($0, 0))) },
    "digest.ofBytes": { try argument($0, 0) },
    "digest.toBytes": { try argument($0, 0) },
  ]

  private static let order: Meaning = {
    let (left, right) = (try argument($0, 0), try argument($0, 1))
    return .integer(.small(try isLess(left, right) ? -1 : isLess(right, left) ? 1 : 0))
  }

  private static func isLess(_ left: Value, _ right: Value) throws -> Bool {
    try left.bytes().lexicographicallyPrecedes(right.bytes())
  }

  private static func octet(_ value: Value) throws -> UInt8 {
    guard let octet = UInt8(exactly: try value.integer().clamped) else {
      throw InterpreterError.broken("an element of bytes is no octet")
    }
    return octet
  }

  private static func hex(_ octet: UInt8) -> String { (octet < 16 ? "0" : "") + String(octet, radix: 16) }

  private static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
    scalar.isASCII ? Character(scalar).hexDigitValue.flatMap { UInt8(exactly: $0) } : nil
  }

  /// The index of the first scalar in a whole pair that is no hexadecimal digit, or -1.
  private static func hexProblem(_ scalars: [Unicode.Scalar]) -> Int {
    scalars.dropLast(scalars.count % 2).firstIndex { digit($0) == nil } ?? -1
  }

  private static func octets(_ scalars: [Unicode.Scalar]) -> [UInt8] {
    let digits = scalars.map { digit($0) ?? 0 }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
