public import Nanopass

/// The names of the standard library's functions.
public enum LibraryFunctions {
  /// The functions of the namespaces without effects, whether they can be compiled yet or not.
  public static let byNamespace: [Name: Set<String>] = [
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
}
