public import Nanopass

/// How an argument or a result of a primitive travels to the run-time library or into an instruction.
public enum Passing: Sendable {
  /// A reference to a cell, or a tagged integer, as it is.
  case counted
  /// An integer that stands for a position or a count; what does not fit a machine word is clamped to one.
  case index
  /// A raw word, such as a boolean.
  case word
  /// A binary64.
  case float
}

/// How native code carries a primitive out.
public enum Implementation: Sendable {
  /// Instructions chosen by the primitive's name.
  case inline
  /// The same, with arguments and a result that travel as said.
  case instructions([Passing], Passing)
  /// A call of that function of the run-time library.
  case runtime(String, [Passing], Passing)
}

/// An operation that the language has no words for: the standard library and the operators are made of these.
/// All are pure, total on the arguments that they are given unless `mayFail` says otherwise, and borrow them unless
/// `ownsArguments` says otherwise.
public struct Primitive: Sendable {
  /// The dotted name, such as `int.add`; the standard library writes `Prim.intAdd`.
  public let name: Name
  /// The types of the arguments; for `string.concatenate` any number of the one given.
  public let parameters: [Typed.Ty]
  /// The type of the result.
  public let result: Typed.Ty
  /// How native code carries it out.
  public let native: Implementation
  /// The type variables of its parameters and its result.
  public let variables: [Name]
  /// Whether it takes over the references to its arguments, so that it may change them in place.
  public let ownsArguments: Bool
  /// Whether it takes any number of arguments of its only parameter's type.
  public let isVariadic: Bool
  /// Whether it ends the program with a fault for some arguments.
  public var mayFail: Bool { name == "char.toCode" }

  /// How its arguments and its result travel; nil if that goes without saying.
  private var passing: (parameters: [Passing], result: Passing)? {
    switch native {
    case .inline: nil
    case .instructions(let parameters, let result), .runtime(_, let parameters, let result): (parameters, result)
    }
  }

  /// How the argument at a position travels; nil if that goes without saying.
  public func passing(at position: Int) -> Passing? {
    guard let parameters = passing?.parameters, parameters.indices.contains(position) else { return nil }
    return parameters[position]
  }

  /// How the result travels; nil if that goes without saying.
  public var resultPassing: Passing? { passing?.result }

  /// The primitive of that name.
  public static func named(_ name: Name) -> Primitive? { table[name] }

  /// The primitive that the standard library calls `Prim.NAME`.
  public static func inLibrary(_ name: String) -> Primitive? { byNameInLibrary[name] }

  private static let table = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  /// Whether the primitive of that name takes over the references to its arguments.
  public static func ownsArguments(_ name: Name) -> Bool { named(name)?.ownsArguments == true }

  private static let byNameInLibrary = Dictionary(uniqueKeysWithValues: all.map { ($0.nameInLibrary, $0) })

  /// `int.add` as `intAdd`.
  public var nameInLibrary: String {
    let parts = name.text.split(separator: ".")
    return parts.dropFirst().reduce(String(parts.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
  }

  init(
    _ name: Name, _ parameters: [Typed.Ty], _ result: Typed.Ty, _ native: Implementation = .inline,
    variables: [Name] = [], ownsArguments: Bool = false, isVariadic: Bool = false
  ) {
    self.name = name
    self.parameters = parameters
    self.result = result
    self.native = native
    self.variables = variables
    self.ownsArguments = ownsArguments
    self.isVariadic = isVariadic
  }

  /// All primitives.
  public static let all: [Primitive] =
    integers + words + floats + strings + bytes + collections + [
      Primitive("bool.equal", [.bool, .bool], .bool)
    ]

  private static let integers: [Primitive] = [
    Primitive("int.add", [.int, .int], .int),
    Primitive("int.subtract", [.int, .int], .int),
    Primitive("int.multiply", [.int, .int], .int),
    Primitive("int.negate", [.int], .int),
    Primitive("int.equal", [.int, .int], .bool),
    Primitive("int.less", [.int, .int], .bool),
    Primitive("int.lessEqual", [.int, .int], .bool),
    // The divisor of the next two is not 0.
    Primitive("int.divide", [.int, .int], .int, .runtime("nanoc_int_div", [.counted, .counted], .counted)),
    Primitive("int.modulo", [.int, .int], .int, .runtime("nanoc_int_mod", [.counted, .counted], .counted)),
    Primitive("int.toString", [.int], .string, .runtime("nanoc_int_to_string", [.counted], .counted)),
    Primitive("int.isNumeral", [.string], .bool, .runtime("nanoc_int_is_numeral", [.counted], .word)),
    Primitive("int.parse", [.string], .int, .runtime("nanoc_int_parse_numeral", [.counted], .counted)),
    Primitive("int.fromFloat", [.float], .int, .runtime("nanoc_int_from_float", [.float], .counted)),
    Primitive("int.toFloat", [.int], .float, .runtime("nanoc_int_to_float", [.counted], .float)),
    Primitive("bits.and", [.int, .int], .int, .runtime("nanoc_int_and", [.counted, .counted], .counted)),
    Primitive("bits.or", [.int, .int], .int, .runtime("nanoc_int_or", [.counted, .counted], .counted)),
    Primitive("bits.xor", [.int, .int], .int, .runtime("nanoc_int_xor", [.counted, .counted], .counted)),
    Primitive("bits.not", [.int], .int, .runtime("nanoc_int_not", [.counted], .counted)),
    Primitive("bits.shiftLeft", [.int, .int], .int, .runtime("nanoc_int_shift_left", [.counted, .index], .counted)),
    Primitive("bits.shiftRight", [.int, .int], .int, .runtime("nanoc_int_shift_right", [.counted, .index], .counted)),
    Primitive("bits.low", [.int, .int], .int, .runtime("nanoc_int_low", [.counted, .index], .counted)),
  ]

  // Integers from -2^62 to 2^62 - 1 as raw words; so is the exact result.
  private static let words: [Primitive] = [
    word("word.add", 2), word("word.subtract", 2), word("word.multiply", 2), word("word.negate", 1),
    wordTest("word.equal"), wordTest("word.less"), wordTest("word.lessEqual"),
    // The divisor of the next two is positive.
    word("word.divide", 2), word("word.modulo", 2),
    // The same if the dividend is not negative either, which is what instructions without signs are for.
    word("word.quotient", 2), word("word.remainder", 2),
    word("word.and", 2), word("word.or", 2), word("word.xor", 2),
    // The second argument of the next two is from 0 to 62.
    word("word.shiftLeft", 2), word("word.shiftRight", 2),
    Primitive("int.fromWord", [.int], .int, .instructions([.word], .counted)),
    // The word is not negative.
    Primitive("int.fromNatural", [.int], .int, .instructions([.word], .counted)),
    // Whether an integer is from -2^62 to 2^62 - 1; the same of a sum or difference of two words, held in 64 bits.
    Primitive("int.fits", [.int], .bool),
    Primitive("word.fits", [.int], .bool, .instructions([.word], .word)),
    // Whether the first is from -2^31 to 2^31 - 1, and the second from -2^31 + 1 to 2^31, so that the product is a word.
    wordTest("word.productFits"),
    // The integer fits.
    Primitive("word.fromInt", [.int], .int, .instructions([.counted], .word)),
  ]

  private static func word(_ name: Name, _ count: Int) -> Primitive {
    let passing = [Passing](repeating: .word, count: count)
    return Primitive(name, passing.map { _ in .int }, .int, .instructions(passing, .word))
  }

  private static func wordTest(_ name: Name) -> Primitive {
    Primitive(name, [.int, .int], .bool, .instructions([.word, .word], .word))
  }

  private static let floats: [Primitive] = [
    Primitive("float.add", [.float, .float], .float),
    Primitive("float.subtract", [.float, .float], .float),
    Primitive("float.multiply", [.float, .float], .float),
    Primitive("float.divide", [.float, .float], .float),
    Primitive("float.negate", [.float], .float),
    Primitive("float.equal", [.float, .float], .bool),
    Primitive("float.less", [.float, .float], .bool),
    Primitive("float.lessEqual", [.float, .float], .bool),
    Primitive("float.floor", [.float], .int, .runtime("nanoc_int_floor_float", [.float], .counted)),
    Primitive("float.ceil", [.float], .int, .runtime("nanoc_int_ceil_float", [.float], .counted)),
    Primitive("float.round", [.float], .int, .runtime("nanoc_int_round_float", [.float], .counted)),
    Primitive("float.absolute", [.float], .float, .runtime("nanoc_float_abs", [.float], .float)),
    Primitive("float.squareRoot", [.float], .float, .runtime("nanoc_float_sqrt", [.float], .float)),
    Primitive("float.power", [.float, .float], .float, .runtime("nanoc_float_pow", [.float, .float], .float)),
    Primitive("float.sine", [.float], .float, .runtime("nanoc_float_sin", [.float], .float)),
    Primitive("float.cosine", [.float], .float, .runtime("nanoc_float_cos", [.float], .float)),
    Primitive("float.arcTangent", [.float, .float], .float, .runtime("nanoc_float_atan2", [.float, .float], .float)),
    // The least or the greatest of the two, by the rules of `Float.min` and `Float.max`.
    Primitive("float.minimum", [.float, .float], .float, .runtime("nanoc_float_min", [.float, .float], .float)),
    Primitive("float.maximum", [.float, .float], .float, .runtime("nanoc_float_max", [.float, .float], .float)),
    Primitive("float.toString", [.float], .string, .runtime("nanoc_float_to_string", [.float], .counted)),
    Primitive("float.isNumeral", [.string], .bool, .runtime("nanoc_float_is_numeral", [.counted], .word)),
    Primitive("float.parse", [.string], .float, .runtime("nanoc_float_parse_numeral", [.counted], .float)),
  ]

  private static let strings: [Primitive] = [
    Primitive(
      "string.concat", [.string, .string], .string, .runtime("nanoc_string_append", [.counted, .counted], .counted),
      ownsArguments: true),
    Primitive("string.concatenate", [.string], .string, ownsArguments: true, isVariadic: true),
    Primitive("string.equal", [.string, .string], .bool, .runtime("nanoc_string_equal", [.counted, .counted], .word)),
    Primitive("string.less", [.string, .string], .bool),
    Primitive("string.lessEqual", [.string, .string], .bool),
    // Negative, zero or positive.
    Primitive("string.order", [.string, .string], .int, .runtime("nanoc_string_order", [.counted, .counted], .index)),
    Primitive("string.length", [.string], .int, .runtime("nanoc_string_length", [.counted], .index)),
    Primitive("string.byteLength", [.string], .int, .runtime("nanoc_string_byte_length", [.counted], .index)),
    // The index is inside the string.
    Primitive("string.at", [.string, .int], .string, .runtime("nanoc_string_at", [.counted, .index], .counted)),
    Primitive(
      "string.slice", [.string, .int, .int], .string,
      .runtime("nanoc_string_slice", [.counted, .index, .index], .counted)),
    Primitive("string.chars", [.string], .list(element: .string), .runtime("nanoc_string_chars", [.counted], .counted)),
    Primitive(
      "string.contains", [.string, .string], .bool, .runtime("nanoc_string_contains", [.counted, .counted], .word)),
    Primitive(
      "string.startsWith", [.string, .string], .bool, .runtime("nanoc_string_starts_with", [.counted, .counted], .word)),
    Primitive(
      "string.endsWith", [.string, .string], .bool, .runtime("nanoc_string_ends_with", [.counted, .counted], .word)),
    Primitive(
      "string.split", [.string, .string], .list(element: .string),
      .runtime("nanoc_string_split", [.counted, .counted], .counted)),
    Primitive(
      "string.join", [.list(element: .string), .string], .string,
      .runtime("nanoc_string_join", [.counted, .counted], .counted)),
    Primitive(
      "string.replace", [.string, .string, .string], .string,
      .runtime("nanoc_string_replace", [.counted, .counted, .counted], .counted)),
    Primitive("string.trim", [.string], .string, .runtime("nanoc_string_trim", [.counted], .counted)),
    Primitive("string.toUpper", [.string], .string, .runtime("nanoc_string_to_upper", [.counted], .counted)),
    Primitive("string.toLower", [.string], .string, .runtime("nanoc_string_to_lower", [.counted], .counted)),
    // The value of the scalar at an index inside the string.
    Primitive("string.codeAt", [.string, .int], .int, .runtime("nanoc_string_code_at", [.counted, .index], .index)),
    // -1 for the empty string.
    Primitive(
      "string.firstCodePoint", [.string], .int, .runtime("nanoc_string_first_code_point", [.counted], .index)),
    // The argument is a Unicode scalar value, or -1 for the empty string.
    Primitive("string.fromScalar", [.int], .string, .runtime("nanoc_string_from_scalar", [.index], .counted)),
    // A fault for the empty string.
    Primitive("char.toCode", [.string], .int, .runtime("nanoc_char_to_code", [.counted], .index)),
  ]

  // Bytes are held like strings, and share with them what only looks at the octets.
  private static let bytes: [Primitive] = [
    Primitive("bytes.equal", [.bytes, .bytes], .bool, .runtime("nanoc_string_equal", [.counted, .counted], .word)),
    Primitive("bytes.less", [.bytes, .bytes], .bool),
    Primitive("bytes.lessEqual", [.bytes, .bytes], .bool),
    Primitive("bytes.length", [.bytes], .int, .runtime("nanoc_string_byte_length", [.counted], .index)),
    Primitive(
      "bytes.concat", [.bytes, .bytes], .bytes, .runtime("nanoc_string_concat", [.counted, .counted], .counted)),
    Primitive(
      "bytes.slice", [.bytes, .int, .int], .bytes,
      .runtime("nanoc_bytes_slice", [.counted, .index, .index], .counted)),
    Primitive("bytes.reversed", [.bytes], .bytes, .runtime("nanoc_bytes_reversed", [.counted], .counted)),
    // The integers are octets.
    Primitive("bytes.ofList", [.list(element: .int)], .bytes, .runtime("nanoc_bytes_of_list", [.counted], .counted)),
    Primitive("bytes.toList", [.bytes], .list(element: .int), .runtime("nanoc_bytes_to_list", [.counted], .counted)),
    Primitive("bytes.ofText", [.string], .bytes, .runtime("nanoc_same", [.counted], .counted)),
    Primitive("bytes.isText", [.bytes], .bool, .runtime("nanoc_bytes_is_text", [.counted], .word)),
    // The bytes are UTF-8.
    Primitive("bytes.toText", [.bytes], .string, .runtime("nanoc_bytes_to_text", [.counted], .counted)),
    // The index of the first character that is no hexadecimal digit and stands in a whole pair, or -1.
    Primitive("bytes.hexProblem", [.string], .int, .runtime("nanoc_bytes_hex_problem", [.counted], .index)),
    // The text consists of pairs of hexadecimal digits.
    Primitive("bytes.ofHex", [.string], .bytes, .runtime("nanoc_bytes_of_hex", [.counted], .counted)),
    Primitive("bytes.toHex", [.bytes], .string, .runtime("nanoc_bytes_to_hex", [.counted], .counted)),
    // Big-endian in that many bytes; the integer fits them.
    Primitive("bytes.ofInt", [.int, .int], .bytes, .runtime("nanoc_bytes_of_int", [.counted, .index], .counted)),
    // Big-endian.
    Primitive("bytes.toInt", [.bytes], .int, .runtime("nanoc_bytes_to_int", [.counted], .counted)),
    Primitive("crypto.sha256", [.bytes], .digest, .runtime("nanoc_sha256", [.counted], .counted)),
    Primitive("digest.equal", [.digest, .digest], .bool, .runtime("nanoc_string_equal", [.counted, .counted], .word)),
    Primitive("digest.less", [.digest, .digest], .bool),
    Primitive("digest.lessEqual", [.digest, .digest], .bool),
    // There are 32 bytes.
    Primitive("digest.ofBytes", [.bytes], .digest, .runtime("nanoc_same", [.counted], .counted)),
    Primitive("digest.toBytes", [.digest], .bytes, .runtime("nanoc_same", [.counted], .counted)),
  ]
}

/// An effect operation and the service that carries it out.
///
/// What programs call is either the operation itself or, where `access` is `library`, a function of the standard library
/// with the same name, which checks the arguments before it performs the operation and makes of what that gives what the
/// language promises. So services take and give nothing but texts, bytes and numbers, on every target.
public struct EffectOperation: Sendable {
  /// Who may perform an operation.
  public enum Access: Sendable {
    /// Programs, by its name.
    case program
    /// The standard library, as `Prim.consoleReadLine`; programs call the library's function of the operation's name.
    case prelude
    /// The compiler.
    case compiler
  }

  /// The method's name, such as `Console.print`.
  public let name: Name
  /// The types of the arguments.
  public let parameters: [Typed.Ty]
  /// The type of the result.
  public let result: Typed.Ty
  /// The function of the run-time library behind the service; it borrows its arguments.
  public let native: String
  /// How the arguments travel to that function or to the host.
  public let passing: [Passing]
  /// How the result travels.
  public let resultPassing: Passing
  /// Who may perform it.
  public let access: Access
  /// Whether the program ends by it.
  public let ends: Bool

  /// The service's name in the service interface, such as `console.print`.
  public var service: Name { Name(name.text.prefix(1).lowercased() + name.text.dropFirst()) }

  /// What the standard library calls it: `consoleReadLine`.
  private var nameInLibrary: String {
    let parts = service.text.split(separator: ".")
    return parts.dropFirst().reduce(String(parts.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
  }

  private init(
    _ name: Name, _ parameters: [Typed.Ty], _ result: Typed.Ty, _ native: String,
    _ passing: ([Passing], Passing)? = nil, by access: Access = .program, ends: Bool = false
  ) {
    self.name = name
    self.parameters = parameters
    self.result = result
    self.native = native
    self.passing = passing?.0 ?? parameters.map { _ in .counted }
    resultPassing = passing?.1 ?? .counted
    self.access = access
    self.ends = ends
  }

  /// The operation of that name.
  public static func named(_ name: Name) -> EffectOperation? { table[name] }

  /// The operation that a service carries out.
  public static func service(_ name: Name) -> EffectOperation? { byService[name] }

  /// The operation that the standard library performs as `Prim.NAME`.
  public static func inLibrary(_ name: String) -> EffectOperation? { byNameInLibrary[name] }

  private static let table = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  private static let byService = Dictionary(uniqueKeysWithValues: all.map { ($0.service, $0) })
  private static let byNameInLibrary = Dictionary(
    uniqueKeysWithValues: all.filter { $0.access == .prelude }.map { ($0.nameInLibrary, $0) })

  /// The operations that can be compiled.
  ///
  /// Bytes that a host may lack, such as the next line at the end of input, come behind one byte of any value, so that
  /// no bytes at all say that there are none. Times are milliseconds, those to wait at least 0; what is passed as an
  /// index lies within the signed 64-bit range.
  public static let all: [EffectOperation] = [
    EffectOperation("Console.print", [.string], .unit, "nanoc_console_print"),
    EffectOperation("Console.error", [.string], .unit, "nanoc_console_error"),
    EffectOperation("Console.warn", [.string], .unit, "nanoc_console_warn"),
    // The next line without its end, or nothing at the end of input.
    EffectOperation("Console.readLine", [], .bytes, "nanoc_console_read_line", by: .prelude),
    EffectOperation("Args.get", [], .list(element: .string), "nanoc_args_get"),
    // The value of a variable, or nothing. The name is not empty and has neither `=` nor NUL in it.
    EffectOperation("Env.get", [.string], .bytes, "nanoc_env_get", by: .prelude),
    // The empty text, or why the variable can't be set. There is no NUL in name and value, and no `=` in the name.
    EffectOperation("Env.set", [.string, .string], .string, "nanoc_env_set", by: .prelude),
    // Since 1970 in UTC, as `Time.unixMs`.
    EffectOperation("Time.now", [], .int, "nanoc_time_unix_ms", ([], .index), by: .prelude),
    EffectOperation("Time.unixMs", [], .int, "nanoc_time_unix_ms", ([], .index)),
    EffectOperation("Time.sleep", [.int], .unit, "nanoc_time_sleep", ([.index], .counted), by: .prelude),
    // The first is at most the second.
    EffectOperation("Random.int", [.int, .int], .int, "nanoc_random_int", ([.index, .index], .counted), by: .prelude),
    EffectOperation("Random.float", [], .float, "nanoc_random_float", ([], .float)),
    // An integer of at most 63 bits, as `Console.print` of its digits; the second is not negative.
    EffectOperation("Program.printInt", [.int], .unit, "nanoc_print_word", ([.index], .counted), by: .compiler),
    EffectOperation("Program.printNatural", [.int], .unit, "nanoc_print_word", ([.index], .counted), by: .compiler),
    EffectOperation("Program.fail", [.string], .unit, "nanoc_main_failed", by: .compiler, ends: true),
  ]

  /// The methods of every effectful namespace, for effect lists; those without an operation in `all` can't be called.
  public static let namespaces: [(name: String, methods: [String])] = [
    ("Console", ["print", "error", "warn", "readLine"]),
    ("Args", ["get"]),
    ("Env", ["get", "set"]),
    ("Time", ["now", "unixMs", "sleep"]),
    ("Random", ["int", "float"]),
    (
      "Disk",
      [
        "readText", "writeText", "appendText", "readBytes", "readBytesAt", "writeBytes", "appendBytes", "size",
        "exists", "delete", "deleteDir", "listDir", "makeDir", "sync",
      ]
    ),
    (
      "Terminal",
      [
        "enableRawMode", "disableRawMode", "clear", "moveTo", "print", "setColor", "resetColor", "hideCursor",
        "showCursor", "flush", "readKey", "size",
      ]
    ),
    ("Tcp", ["connect", "writeLine", "writeBytes", "readLine", "readBytes", "close", "send", "sendBytes", "ping"]),
    ("Http", ["get", "head", "delete", "post", "put", "patch"]),
    ("HttpServer", ["listen", "listenWith"]),
  ]
}

/// The built-in sum types, whose constructors the language always has.
public enum BuiltinData {
  /// The constructors of a built-in sum type in the order of their tags, with the number of their fields.
  public static func variants(of type: Name) -> [(name: Name, arity: Int)]? {
    switch type.text {
    case "Option": return [("None", 0), ("Some", 1)]
    case "Result": return [("Err", 1), ("Ok", 1)]
    case "List": return [("Nil", 0), ("Cons", 2)]
    case "Map": return [("Empty", 0), ("Leaf", 2), ("Inner", 3)]
    default: return nil
    }
  }
}
