import Foundation
import Nanopass

/// What a primitive gets. The first ones stand here, so that a call of a primitive allocates nothing.
struct Arguments {
  let first: Value
  let second: Value
  let third: Value
  let others: [Value]
  let count: Int

  /// - Parameter argument: gives the argument at an index.
  init(count: Int, _ argument: (Int) throws -> Value) rethrows {
    self.count = count
    first = count > 0 ? try argument(0) : .unit
    second = count > 1 ? try argument(1) : .unit
    third = count > 2 ? try argument(2) : .unit
    others = count > 3 ? try (3..<count).map(argument) : []
  }

  var all: [Value] { Array([first, second, third].prefix(count)) + others }
}

/// The meaning of every primitive that the interpreters know, on values.
enum PrimitiveMeanings {
  typealias Meaning = @Sendable (borrowing Arguments) throws -> Value

  /// The meaning of a primitive; one that is not known fails when it is used.
  static func meaning(of name: Name) -> Meaning {
    table[name] ?? { _ in throw InterpreterError.unsupported("the primitive \(name)") }
  }

  private static let table = integers.merging(floats) { $1 }.merging(strings) { $1 }.merging(bytes) { $1 }
    .merging(vectors) { $1 }

  static func argument(_ arguments: borrowing Arguments, _ index: Int) throws -> Value {
    guard index < arguments.count else { throw InterpreterError.broken("a primitive lacks an argument") }
    switch index {
    case 0: return arguments.first
    case 1: return arguments.second
    case 2: return arguments.third
    default: return arguments.others[index - 3]
    }
  }

  // MARK: Integers and booleans

  private static let integers: [Name: Meaning] = [
    "int.add": whole { $0 + $1 }, "int.subtract": whole { $0 - $1 }, "int.multiply": whole { $0 * $1 },
    "int.negate": { .integer(-(try argument($0, 0).integer())) },
    "int.equal": comparison { $0 == $1 }, "int.less": comparison { $0 < $1 }, "int.lessEqual": comparison { $0 <= $1 },
    "int.divide": whole { $0.divided(by: $1).quotient },
    "int.modulo": whole { $0.divided(by: $1).remainder },
    "int.toString": { .string(Text(try argument($0, 0).integer().digits)) },
    "int.isNumeral": { .bool(try argument($0, 0).string().whole != nil) },
    "int.parse": { .integer(try argument($0, 0).string().whole ?? .small(0)) },
    "int.fromFloat": { .integer(Whole(truncating: try argument($0, 0).float())) },
    "int.toFloat": { .float(try argument($0, 0).integer().float) },
    "bits.and": whole { $0 & $1 }, "bits.or": whole { $0 | $1 }, "bits.xor": whole { $0 ^ $1 },
    "bits.not": { .integer(~(try argument($0, 0).integer())) },
    "bits.shiftLeft": whole { $0.shiftedLeft(by: $1.clamped) },
    "bits.shiftRight": whole { $0.shiftedRight(by: $1.clamped) },
    "bits.low": whole { $0.low($1.clamped) },
    "word.add": whole { $0 + $1 }, "word.subtract": whole { $0 - $1 }, "word.multiply": whole { $0 * $1 },
    "word.negate": { .integer(-(try argument($0, 0).integer())) },
    "word.equal": comparison { $0 == $1 }, "word.less": comparison { $0 < $1 },
    "word.lessEqual": comparison { $0 <= $1 },
    "word.divide": whole { $0.divided(by: $1).quotient },
    "word.modulo": whole { $0.divided(by: $1).remainder },
    "word.quotient": whole { $0.divided(by: $1).quotient },
    "word.remainder": whole { $0.divided(by: $1).remainder },
    "word.and": whole { $0 & $1 }, "word.or": whole { $0 | $1 }, "word.xor": whole { $0 ^ $1 },
    "word.shiftLeft": whole { $0.shiftedLeft(by: $1.clamped) },
    "word.shiftRight": whole { $0.shiftedRight(by: $1.clamped) },
    "int.fits": { .bool(fits(try argument($0, 0).integer(), 63)) },
    "word.fits": { .bool(fits(try argument($0, 0).integer(), 63)) },
    "word.productFits": {
      let (left, right) = (try argument($0, 0).integer(), try argument($0, 1).integer())
      return .bool(fits(left, 32) && fits(right - .small(1), 32))
    },
    "int.fromWord": { .integer(try argument($0, 0).integer()) },
    "int.fromNatural": { .integer(try argument($0, 0).integer()) },
    "word.fromInt": { .integer(try argument($0, 0).integer()) },
    "bool.equal": { .bool(try argument($0, 0).bool() == argument($0, 1).bool()) },
  ]

  /// Whether an integer has that many bits at most, its sign among them.
  private static func fits(_ integer: Whole, _ bits: Int) -> Bool {
    let most = Int.max >> (64 - bits)
    return .small(~most) <= integer && integer <= .small(most)
  }

  private static func whole(_ operation: @escaping @Sendable (Whole, Whole) -> Whole) -> Meaning {
    { .integer(operation(try argument($0, 0).integer(), try argument($0, 1).integer())) }
  }

  private static func comparison(_ operation: @escaping @Sendable (Whole, Whole) -> Bool) -> Meaning {
    { .bool(operation(try argument($0, 0).integer(), try argument($0, 1).integer())) }
  }

  // MARK: Floats

  private static let floats: [Name: Meaning] = [
    "float.add": float { $0 + $1 }, "float.subtract": float { $0 - $1 }, "float.multiply": float { $0 * $1 },
    "float.divide": float { $0 / $1 },
    "float.negate": float { -$0 }, "float.absolute": float { $0.magnitude },
    "float.squareRoot": float { $0.squareRoot() },
    "float.power": float { pow($0, $1) }, "float.sine": float { sin($0) }, "float.cosine": float { cos($0) },
    "float.arcTangent": float { atan2($0, $1) },
    "float.minimum": float { least($0, $1) }, "float.maximum": float { -least(-$0, -$1) },
    "float.equal": { .bool(try argument($0, 0).float() == argument($0, 1).float()) },
    "float.less": { .bool(try argument($0, 0).float() < argument($0, 1).float()) },
    "float.lessEqual": { .bool(try argument($0, 0).float() <= argument($0, 1).float()) },
    "float.floor": rounded(.down), "float.ceil": rounded(.up), "float.round": rounded(.toNearestOrAwayFromZero),
    "float.toString": { .string(Text(try argument($0, 0).float())) },
    "float.isNumeral": { .bool(try argument($0, 0).string().float != nil) },
    "float.parse": { .float(try argument($0, 0).string().float ?? .nan) },
  ]

  private static func float(_ operation: @escaping @Sendable (Double) -> Double) -> Meaning {
    { .float(operation(try argument($0, 0).float())) }
  }

  private static func float(_ operation: @escaping @Sendable (Double, Double) -> Double) -> Meaning {
    { .float(operation(try argument($0, 0).float(), try argument($0, 1).float())) }
  }

  private static func rounded(_ rule: FloatingPointRoundingRule) -> Meaning {
    { .integer(Whole(truncating: try argument($0, 0).float().rounded(rule))) }
  }

  /// The lesser one; of a number and a NaN the number, and `-0.0` is less than `0.0`.
  private static func least(_ left: Double, _ right: Double) -> Double {
    if left.isNaN || right.isNaN { return left.isNaN ? right : left }
    if left == right { return left.sign == .minus ? left : right }
    return left < right ? left : right
  }

  // MARK: Strings

  private static let strings: [Name: Meaning] = [
    "string.concat": { .string(try argument($0, 0).string() + argument($0, 1).string()) },
    "string.concatenate": { .string(Text(try $0.all.flatMap { try $0.string().scalars })) },
    "string.equal": test { $0 == $1 },
    "string.order": {
      let (left, right) = (try argument($0, 0).string(), try argument($0, 1).string())
      return .integer(.small(left < right ? -1 : right < left ? 1 : 0))
    },
    "string.less": test { $0 < $1 }, "string.lessEqual": test { $0 <= $1 },
    "string.contains": test { $0.contains($1) },
    "string.startsWith": test { $0.starts(with: $1) },
    "string.endsWith": test { $0.ends(with: $1) },
    "string.length": { .integer(.small(try argument($0, 0).string().scalars.count)) },
    "string.byteLength": { .integer(.small(try argument($0, 0).string().string.utf8.count)) },
    "string.at": {
      let start = try argument($0, 1).integer().clamped
      return .string(try argument($0, 0).string().slice(start, start + 1))
    },
    "string.codeAt": {
      let scalars = try argument($0, 0).string().scalars
      let index = try argument($0, 1).integer().clamped
      guard index >= 0, index < scalars.count else {
        throw InterpreterError.broken("an index is not inside of its text")
      }
      return .integer(.small(Int(scalars[scalars.index(scalars.startIndex, offsetBy: index)].value)))
    },
    "string.slice": {
      .string(try argument($0, 0).string().slice(argument($0, 1).integer().clamped, argument($0, 2).integer().clamped))
    },
    "string.chars": { .list(try argument($0, 0).string().scalars.map { .string(Text([$0])) }) },
    "string.split": { .list(try argument($0, 0).string().split(by: argument($0, 1).string()).map { .string($0) }) },
    "string.join": {
      .string(try argument($0, 1).string().joining(argument($0, 0).elements().map { try $0.string() }))
    },
    "string.replace": {
      .string(try argument($0, 0).string().replacing(argument($0, 1).string(), with: argument($0, 2).string()))
    },
    "string.trim": { .string(try argument($0, 0).string().trimmed) },
    "string.toUpper": { .string(try argument($0, 0).string().uppercased) },
    "string.toLower": { .string(try argument($0, 0).string().lowercased) },
    "string.firstCodePoint": {
      .integer(.small(try argument($0, 0).string().scalars.first.map { Int($0.value) } ?? -1))
    },
    "char.toCode": {
      guard let first = try argument($0, 0).string().scalars.first else {
        throw Fault(message: "Char.toCode: string is empty")
      }
      return .integer(.small(Int(first.value)))
    },
    "string.fromScalar": {
      let number = try argument($0, 0).integer().clamped
      if number == -1 { return .string(Text([])) }
      let value = UInt32(exactly: number).flatMap(Unicode.Scalar.init)
      guard let value else { throw InterpreterError.broken("no scalar value has this number") }
      return .string(Text([value]))
    },
  ]

  private static func test(_ operation: @escaping @Sendable (Text, Text) -> Bool) -> Meaning {
    { .bool(operation(try argument($0, 0).string(), try argument($0, 1).string())) }
  }
}
