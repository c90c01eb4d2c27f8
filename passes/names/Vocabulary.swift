import Languages
import Nanopass

/// The names that the language itself has.
enum Vocabulary {
  /// The built-in types that can be compiled, with the numbers of their arguments; nil for two or more.
  static let types: [Name: Int?] = [
    "Int": 0, "Float": 0, "Bool": 0, "Unit": 0, "String": 0, "Bytes": 0, "Digest32": 0, "Crypto.Digest32": 0,
    "List": 1, "Option": 1, "Result": 2, "Tuple": nil,
  ]

  /// The functions of the namespaces without effects, whether they can be compiled yet or not.
  static let functions: [Name: Set<String>] = [
    "Int": [
      "abs", "min", "max", "div", "mod", "fromString", "fromFloat", "toBigEndian", "toLittleEndian", "fromBigEndian",
      "fromLittleEndian",
    ],
    "Float": [
      "fromInt", "fromString", "abs", "floor", "ceil", "round", "min", "max", "sqrt", "pow", "sin", "cos", "atan2",
      "pi",
    ],
    "Bool": ["and", "or", "not"],
    "String": [
      "len", "byteLength", "charAt", "slice", "chars", "startsWith", "endsWith", "contains", "split", "join", "replace",
      "trim", "toUpper", "toLower", "fromInt", "fromFloat", "fromBool", "firstCodePoint", "fromCodePoint", "toUtf8",
      "fromUtf8",
    ],
    "Char": ["fromCode", "toCode"],
    "Byte": ["toHex", "fromHex"],
    "Bits": ["and", "or", "xor", "not", "shiftLeft", "shiftRight", "low"],
    "Bytes": ["fromList", "octets", "toList", "fromHex", "toHex", "empty", "len", "concat", "take", "drop"],
    "Crypto": ["sha256"],
    "Crypto.Digest32": ["fromBytes", "bytes", "toBytes", "fromHex", "toHex"],
    "List": ["len", "prepend", "concat", "reverse", "contains", "zip", "take", "drop", "fromVector"],
    "Vector": ["new", "get", "set", "len", "fromList"],
    "Map": ["fromList", "get", "has", "set", "remove", "len", "keys", "values", "entries"],
    "Option": ["withDefault", "toResult"],
    "Result": ["withDefault", "fromOption"],
    "BranchPath": ["Root", "child", "parse"],
  ]

  /// The methods of the effectful namespaces.
  static let effects = Dictionary(
    uniqueKeysWithValues: EffectOperation.namespaces.map { (Name($0.name), $0.methods) })

  /// All built-in namespaces.
  static let namespaces: Set<Name> = Set(Array(functions.keys) + Array(effects.keys))

  /// The names of all built-in types.
  static let allTypes: Set<Name> = Set(Array(types.keys) + Array(NotYet.types.keys))

  /// What no user's type or module may be called.
  static let reserved: Set<Name> = namespaces.union(allTypes)

  /// The sum types whose constructors programs may name.
  static func variants(of type: Name) -> [(name: Name, arity: Int)]? {
    type == "Option" || type == "Result" ? BuiltinData.variants(of: type) : nil
  }

  /// What to use in place of a function that other languages have, and this one has not.
  static func replacement(of function: String) -> String? { replacements[function] }

  private static let replacements: [String: String] = {
    let recursion = "write a recursive function"
    return [
      "List.map": recursion, "List.filter": recursion, "List.fold": recursion, "List.find": recursion,
      "List.any": recursion,
      "List.get": "use a list pattern, or `Vector.get`", "List.head": "use a list pattern, or `Vector.get`",
      "List.tail": "use a list pattern, or `Vector.get`",
      "List.append": "use `List.concat(xs, [x])`", "List.push": "use `List.concat(xs, [x])`",
      "Vector.toList": "use `List.fromVector`", "Map.empty": "use `{}`", "String.concat": "use `+`",
      "Int.toString": "use `String.fromInt`", "Float.toString": "use `String.fromFloat`",
      "String.toInt": "use `Int.fromString`", "Int.toFloat": "use `Float.fromInt`",
      "Float.toInt": "use `Int.fromFloat`", "Int.parse": "use `Int.fromString`",
      "Float.parse": "use `Float.fromString`", "Int.rem": "use `Int.mod`", "Int.modulo": "use `Int.mod`",
      "Option.unwrap": "use `match`, or `Option.withDefault`",
      "Result.unwrap": "use `match`, `Result.withDefault` or `?`",
    ]
  }()
}
