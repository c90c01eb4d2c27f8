// Calls of the standard library.

extension ProgramGenerator {
  /// The functions without type variables that give a type, with their arguments: types, or texts as they are.
  private enum Argument: Sendable {
    case of(GeneratedType)
    case exactly([String])
    /// An integer that is no literal, so that the call gives a `Result`.
    case variable

    static let int = Argument.of(.int)
    static let float = Argument.of(.float)
    static let string = Argument.of(.string)
    static let bool = Argument.of(.bool)
    static let bytes = Argument.of(.bytes)
    static let digest = Argument.of(.digest)
    static let integers = Argument.exactly(["List.reverse([1, 255, 0])", "[256, 3]", "List.take([7, -1], 2)"])
    static let width = Argument.exactly(["0", "1", "4", "16", "-1", "2000000"])
    static let divisor = Argument.exactly(["2", "-3", "10", "(-(7))", "18446744073709551616"])
    static let count = Argument.exactly(["0", "1", "5", "63", "64", "100"])
  }

  private static let functions: [GeneratedType: [(String, [Argument])]] = [
    .int: [
      ("Int.abs", [.int]), ("Int.min", [.int, .int]), ("Int.max", [.int, .int]), ("Int.fromFloat", [.float]),
      ("Int.div", [.int, .divisor]), ("Int.mod", [.int, .divisor]), ("Float.floor", [.float]),
      ("Float.ceil", [.float]), ("Float.round", [.float]), ("String.len", [.string]), ("String.byteLength", [.string]),
      ("Bits.and", [.int, .int]), ("Bits.or", [.int, .int]), ("Bits.xor", [.int, .int]), ("Bits.not", [.int]),
      ("Bytes.len", [.bytes]), ("Int.fromBigEndian", [.bytes]), ("Int.fromLittleEndian", [.bytes]),
      ("Char.toCode", [.string]),
      ("Bits.shiftLeft", [.int, .count]), ("Bits.shiftRight", [.int, .count]), ("Bits.low", [.int, .count]),
    ],
    .float: [
      ("Float.fromInt", [.int]), ("Float.abs", [.float]), ("Float.min", [.float, .float]),
      ("Float.max", [.float, .float]), ("Float.sqrt", [.float]), ("Float.pow", [.float, .float]),
      ("Float.sin", [.float]), ("Float.cos", [.float]), ("Float.atan2", [.float, .float]), ("Float.pi", []),
    ],
    .bool: [
      ("Bool.and", [.bool, .bool]), ("Bool.or", [.bool, .bool]), ("Bool.not", [.bool]),
      ("String.contains", [.string, .string]), ("String.startsWith", [.string, .string]),
      ("String.endsWith", [.string, .string]),
    ],
    .string: [
      ("String.slice", [.string, .int, .int]), ("String.trim", [.string]), ("String.toUpper", [.string]),
      ("String.toLower", [.string]), ("String.fromInt", [.int]), ("String.fromFloat", [.float]),
      ("String.fromBool", [.bool]), ("Bytes.toHex", [.bytes]),
      ("Crypto.Digest32.toHex", [.digest]),
    ],
    .list(.string): [("String.chars", [.string]), ("String.split", [.string, .string])],
    .option(.string): [
      ("String.charAt", [.string, .int]), ("String.fromCodePoint", [.int]), ("Char.fromCode", [.int]),
    ],
    .option(.int): [("String.firstCodePoint", [.string])],
    .result(.int, .string): [
      ("Int.div", [.int, .variable]), ("Int.mod", [.int, .variable]), ("Int.fromString", [.string]),
      ("Bits.shiftRight", [.int, .variable]), ("Byte.fromHex", [.string]),
    ],
    .result(.string, .string): [("Byte.toHex", [.int]), ("String.fromUtf8", [.bytes])],
    .bytes: [
      ("Bytes.take", [.bytes, .int]), ("Bytes.drop", [.bytes, .int]), ("String.toUtf8", [.string]),
      ("Crypto.Digest32.bytes", [.digest]), ("Crypto.Digest32.toBytes", [.digest]),
    ],
    .digest: [("Crypto.sha256", [.bytes])],
    .list(.int): [("Bytes.octets", [.bytes]), ("Bytes.toList", [.bytes])],
    .result(.bytes, .string): [
      ("Bytes.fromList", [.integers]), ("Bytes.fromHex", [.string]), ("Int.toBigEndian", [.int, .width]),
      ("Int.toLittleEndian", [.int, .width]),
    ],
    .result(.digest, .string): [
      ("Crypto.Digest32.fromBytes", [.bytes]), ("Crypto.Digest32.fromHex", [.string]),
    ],
    .result(.float, .string): [("Float.fromString", [.string])],
  ]

  /// A call of a library function that gives the type, if there is one.
  mutating func libraryCall(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String? {
    var calls: [String] = []
    if let (name, arguments) = Self.functions[type].map({ source.pick($0) }) {
      let values = arguments.map { argument in
        switch argument {
        case .of(let type): expression(type, depth, place)
        case .exactly(let texts): source.pick(texts)
        case .variable: "\(expression(.int, depth, place)) + \(source.pick(["0", "1"]))"
        }
      }
      calls.append("\(name)(\(values.joined(separator: ", ")))")
    }
    if let call = genericCall(type, depth, place) { calls.append(call) }
    return calls.isEmpty ? nil : source.pick(calls)
  }

  /// A call of a function with type variables or with an argument that must stay small.
  private mutating func genericCall(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String? {
    func make(_ type: GeneratedType) -> String { expression(type, depth, place) }
    switch type {
    case .int: return "List.len(\(make(.list(self.type(1)))))"
    case .bool:
      let element = self.type(1)
      return "List.contains(\(make(.list(element))), \(make(element)))"
    case .string:
      return chance(50)
        ? short("String.join(\(make(.list(.string))), \(make(.string)))")
        : short("String.replace(\(short(make(.string))), \(make(.string)), \(make(.string)))")
    case .list(.tuple(let elements)) where elements.count == 2 && chance(50):
      return "List.zip(\(make(.list(elements[0]))), \(make(.list(elements[1]))))"
    case .list(let element): return listCall(element, depth, place)
    case .result(.int, .string) where chance(60):
      let name = source.pick(["Bits.shiftLeft", "Bits.low"])
      return "\(name)(\(make(.int)), Int.mod(\(make(.int)), 90) - 9)"
    case .result(let success, let failure):
      let name = source.pick(["Result.fromOption", "Option.toResult"])
      return "\(name)(\(make(.option(success))), \(make(failure)))"
    default: return nil
    }
  }

  /// Lists stay short, so that no loop makes them too long.
  private mutating func listCall(_ element: GeneratedType, _ depth: Int, _ place: Place) -> String {
    let list = expression(.list(element), depth, place)
    switch source.below(5) {
    case 0: return "List.take(List.prepend(\(expression(element, depth, place)), \(list)), 12)"
    case 1: return "List.take(List.concat(\(list), \(expression(.list(element), depth, place))), 12)"
    case 2: return "List.reverse(\(list))"
    case 3: return "List.take(\(list), \(expression(.int, depth, place)))"
    default: return "List.drop(\(list), \(expression(.int, depth, place)))"
    }
  }
}
