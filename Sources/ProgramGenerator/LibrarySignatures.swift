import Languages
import Nanopass
import Prelude

/// A function of the standard library, as its source declares it.
struct LibraryFunction: Sendable {
  /// The full name, such as `List.take`.
  var name: String
  var parameters: [GeneratedType]
  var result: GeneratedType

  /// All that programs may call, without those that have effects.
  static let all: [LibraryFunction] = preludeSources.sorted { $0.key < $1.key }.flatMap { module, text in
    let isPure = LibraryFunctions.byNamespace[Name(module)] != nil
    return isPure ? text.split(separator: "\n").compactMap { LibraryFunction(module, $0) } : []
  }

  /// Reads the head of a function; nil for any other line and for functions of the library's own.
  private init?(_ module: String, _ line: Substring) {
    guard line.hasPrefix("fn "), !line.hasPrefix("fn _") else { return nil }
    var reader = TypeReader(rest: line.dropFirst(3))
    name = module + "." + reader.word()
    parameters = []
    while reader.skip("(") || reader.skip(",") {
      if reader.skip(")") { break }
      _ = reader.word()
      _ = reader.skip(":")
      parameters.append(reader.type())
    }
    _ = reader.skip(")")
    result = reader.skip("->") ? reader.type() : .unit
  }
}

/// Reads types from the head of a function.
private struct TypeReader {
  var rest: Substring

  mutating func skip(_ token: String) -> Bool {
    rest = rest.drop { $0 == " " }
    guard rest.hasPrefix(token) else { return false }
    rest = rest.dropFirst(token.count)
    return true
  }

  mutating func word() -> String {
    rest = rest.drop { $0 == " " }
    let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "." }
    rest = rest.dropFirst(word.count)
    return String(word)
  }

  mutating func type() -> GeneratedType {
    let name = word()
    var arguments: [GeneratedType] = []
    if skip("<") {
      repeat { arguments.append(type()) } while skip(",")
      _ = skip(">")
    }
    switch (name, arguments.count) {
    case ("Int", 0): return .int
    case ("Float", 0): return .float
    case ("Bool", 0): return .bool
    case ("String", 0): return .string
    case ("Bytes", 0): return .bytes
    case ("Digest32", 0): return .digest
    case ("Unit", 0): return .unit
    case ("List", 1): return .list(arguments[0])
    case ("Vector", 1): return .vector(arguments[0])
    case ("Option", 1): return .option(arguments[0])
    case ("Map", 2): return .map(arguments[0], arguments[1])
    case ("Result", 2): return .result(arguments[0], arguments[1])
    case ("Tuple", _): return .tuple(arguments)
    default: return .variable(name)
    }
  }
}
