import Diagnostics
import Nanopass

/// What to use in place of functions that other languages have, and this one has not.
enum Replacements {
  /// The help for a function of a built-in namespace that there is not; nil if nothing is known of it.
  static func help(for function: String) -> Advice? {
    if let advice = advice[function] { return advice }
    if function.hasSuffix(".lenght") { return help(for: function.replacing(".lenght", with: ".length")) }
    if let other = otherNames[function] { return "use \(code: other)" }
    guard let dot = function.lastIndex(of: ".") else { return nil }
    let (space, member) = (function[..<dot], function[function.index(after: dot)...])
    switch (space, member) {
    case ("List", let member) where loops.contains(String(member)): return "write a recursive function"
    case ("Option", let member) where steps.contains(String(member)),
      ("Result", let member) where steps.contains(String(member)):
      return space == "Result" ? "use `match` or `?`" : "use `match`"
    default: return nil
    }
  }

  /// The function that is called so elsewhere; nil if nothing is known of it.
  static func otherName(for function: String) -> String? { otherNames[function] }

  /// The function that makes a text of the values of a type; nil if there is none.
  static func text(of space: Name) -> String? { otherNames["\(space).toString"] }

  /// The help for a value of another language; nil if nothing is known of it.
  static func value(for name: String) -> Advice? {
    switch name {
    case "null", "nil", "undefined", "nullptr", "Nothing", "NULL":
      "a value that may be missing is an `Option`: `Option.None` or `Option.Some(value)`"
    case "True", "TRUE": "did you mean \(code: "true")?"
    case "False", "FALSE": "did you mean \(code: "false")?"
    case "Just", "some": "did you mean \(code: "Option.Some")?"
    case "Nil", "Empty": "did you mean \(code: "[]")?"
    case "Cons": "a list is written `[first, second]`; `[first, ..rest]` takes one apart"
    case "Left", "Success": "did you mean \(code: name == "Left" ? "Result.Err" : "Result.Ok")?"
    case "Right", "Failure", "Error": "did you mean \(code: name == "Right" ? "Result.Ok" : "Result.Err")?"
    case "pass": "the value of no interest is \(code: "Unit")"
    case "this", "self": "functions belong to no value: take what is needed as a parameter"
    default: nil
    }
  }

  /// The help for a function of another language that is called by its path; nil if nothing is known of it.
  static func call(of path: String) -> Advice? {
    let parts = path.split(separator: ".").map(String.init)
    guard let first = parts.first, let last = parts.last else { return nil }
    if parts.count > 1 {
      let owner = first.lowercased()
      if mathematics.contains(owner) { return number(last) }
      guard streams.contains(owner) else { return nil }
    }
    switch last.lowercased() {
    case _ where path == "log": return "write `Console.print`; there is no logarithm"
    case "print", "println", "printline", "puts", "putstrln", "putstr", "echo", "say", "cout", "log", "write",
      "writeline", "writeln", "info", "debug", "trace":
      return "write \(code: "Console.print"), which takes a `String`"
    case "printf", "format", "sprintf":
      return "put the values into the text: `Console.print(\"n = {n}\")`"
    case "eprint", "eprintln", "error", "cerr", "err": return "write \(code: "Console.error"), which takes a `String`"
    case "warn", "warning": return "write \(code: "Console.warn"), which takes a `String`"
    case "input", "readline", "gets", "getline", "prompt", "scanf", "read": return "write \(code: "Console.readLine")"
    default: return parts.count > 1 ? nil : conversions[last]
    }
  }

  /// The help for a method of other languages on a value whose type is not known; nil if nothing is known of it.
  static func method(_ name: String) -> Advice? { methods[name.filter { $0 != "_" }.lowercased()] }

  private static let methods: [String: Advice] = {
    let kinds: [(String, Advice)] = [
      (
        "append push add pushback extend",
        "a list with one more element is `List.prepend(x, xs)`, or `List.concat(xs, [x])` with the new one last"
      ),
      ("includes member elem", "write `List.contains(xs, x)` or `String.contains(s, part)`"),
      ("unwrapor getorelse ordefault orelse valueor", "write `Option.withDefault(x, y)` or `Result.withDefault(x, y)`"),
      ("unwrap expect get!", "take the value out by `match`, or pass a failure of a `Result` on with `?`"),
      ("charcodeat codepointat ord", "write `Char.toCode(s)`; `String.charAt(s, i)` gives the character at a place"),
      ("isempty empty", "compare with the empty value: `\"\"`, `[]` or `{}`"),
      ("issome isnone isok iserr ispresent", "take it apart by `match`"),
      ("map filter fold foldl reduce foreach each any all find sort sorted", "write a recursive function"),
      ("clone copy iter intoiter collect toowned asstr", "values are used as they are: leave the call out"),
    ]
    return Dictionary(
      uniqueKeysWithValues: kinds.flatMap { names, help in names.split(separator: " ").map { (String($0), help) } })
  }()

  /// The help for what other languages read in place of a call; nil if nothing is known of it.
  static func read(of path: String) -> Advice? {
    ["sys.argv", "process.argv", "os.Args", "os.args", "argv", "ARGV"].contains(path)
      ? "the arguments are \(code: "Args.get()")" : nil
  }

  /// What prints and reads in other languages.
  private static let streams: Set<String> = [
    "console", "system", "fmt", "std", "io", "process", "sys", "log", "logger", "logging", "stdout", "stderr", "out",
  ]

  /// Where other languages keep functions of numbers.
  private static let mathematics: Set<String> = ["math", "cmath", "number", "numeric"]

  private static func number(_ name: String) -> Advice? {
    switch name {
    case "sqrt", "pow", "sin", "cos", "atan2", "floor", "ceil", "round": "write \(code: "Float.\(name)")"
    case "abs", "min", "max": "write `Int.\(name)` or `Float.\(name)`"
    case "PI": "write \(code: "Float.pi()")"
    case "pi": "write `Float.pi()`"
    case "trunc": "write \(code: "Int.fromFloat")"
    default: nil
    }
  }

  /// Functions of other languages that make one kind of value from another, or stand for a form of this language.
  private static let conversions: [String: Advice] = [
    "str": "write `String.fromInt` or `String.fromFloat`, or put the value into a text: `\"{n}\"`",
    "toString": "write `String.fromInt` or `String.fromFloat`, or put the value into a text: `\"{n}\"`",
    "show": "write `String.fromInt` or `String.fromFloat`, or put the value into a text: `\"{n}\"`",
    "length": "write `String.len`, `List.len` or `Map.len`", "size": "write `String.len`, `List.len` or `Map.len`",
    "int": "write `Int.fromString` or `Int.fromFloat`", "parseInt": "write \(code: "Int.fromString")",
    "float": "write `Float.fromInt` or `Float.fromString`", "parseFloat": "write \(code: "Float.fromString")",
    "ord": "write \(code: "Char.toCode")", "chr": "write \(code: "String.fromCodePoint")",
    "not": "write \(code: "Bool.not")", "and": "write \(code: "Bool.and")", "or": "write \(code: "Bool.or")",
    "mod": "write \(code: "Int.mod")",
    "assert": "what a function gives is tested in a block `verify f`",
    "exit": "a program ends with `main`; one that fails returns `Result.Err(...)` from it",
    "panic": "a function that can fail returns a `Result`: `Result.Err(...)`",
    "fst": "take a tuple apart by `match` with the arm `(a, b) -> ...`",
    "snd": "take a tuple apart by `match` with the arm `(a, b) -> ...`",
    "map": "write a recursive function", "filter": "write a recursive function", "fold": "write a recursive function",
    "reduce": "write a recursive function", "range": "write a recursive function", "sum": "write a recursive function",
    "forEach": "write a recursive function", "sorted": "write a recursive function",
    "sort": "write a recursive function",
  ]

  /// The help for a type of another language with its arguments as they are written; nil if nothing is known of it.
  static func type(for name: String, of arguments: [String]) -> Advice? {
    if ["box", "rc", "arc", "ref", "lazy"].contains(name.lowercased()), let inner = arguments.first {
      return "write \(code: inner): a type may hold itself in a variant or a list"
    }
    if name.lowercased() == "io", let inner = arguments.first {
      return "write \(code: inner); effects stand below the header, as in `! [Console.print]`"
    }
    guard let help = types[name.lowercased()] else { return nil }
    guard !arguments.isEmpty, !arguments.contains("...") else { return written(help, of: []) }
    // The letters between angle brackets stand for the arguments.
    let written = arguments.joined(separator: ", ")
    let filled =
      arguments.count == 1
      ? help.replacing("<A>", with: "<\(written)>").replacing("<A, Unit>", with: "<\(written), Unit>")
      : ["<K, V>", "<A, E>", "<A, B>"].reduce(help) { $0.replacing($1, with: "<\(written)>") }
    return self.written(filled, of: arguments)
  }

  /// Advice to write a type; the first of several, if it has no letters for what is not known.
  private static func written(_ help: String, of arguments: [String]) -> Advice {
    let parts = help.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
    guard help.hasPrefix("`"), parts.count == 3, !arguments.isEmpty || !parts[1].contains("<") else {
      return "write \(help)"
    }
    return "write \(code: parts[1])\(parts[2])"
  }

  private static let types: [String: String] = [
    "integer": "`Int`", "long": "`Int`, which has no limits", "bigint": "`Int`, which has no limits",
    "int": "`Int`", "int32": "`Int`, which has no limits", "int64": "`Int`, which has no limits",
    "i32": "`Int`, which has no limits", "i64": "`Int`, which has no limits", "u32": "`Int`, which has no limits",
    "u64": "`Int`, which has no limits", "uint": "`Int`, which has no limits", "usize": "`Int`, which has no limits",
    "number": "`Int` or `Float`", "double": "`Float`", "real": "`Float`", "f64": "`Float`", "f32": "`Float`",
    "boolean": "`Bool`", "void": "`Unit`", "none": "`Unit`", "nil": "`Unit`", "null": "`Unit`",
    "str": "`String`", "string": "`String`", "text": "`String`",
    "char": "`String`; a character is a string of length 1",
    "character": "`String`; a character is a string of length 1",
    "array": "`List<A>`, or `Vector<A>` for access by index", "vec": "`List<A>`, or `Vector<A>` for access by index",
    "arraylist": "`List<A>`, or `Vector<A>` for access by index", "seq": "`List<A>`", "sequence": "`List<A>`",
    "linkedlist": "`List<A>`", "slice": "`List<A>`",
    "dict": "`Map<K, V>`", "dictionary": "`Map<K, V>`", "hashmap": "`Map<K, V>`", "treemap": "`Map<K, V>`",
    "object": "a record of your own, or `Map<K, V>`", "record": "`Map<K, V>`", "set": "`Map<A, Unit>`",
    "hashset": "`Map<A, Unit>`",
    "maybe": "`Option<A>`", "optional": "`Option<A>`", "nullable": "`Option<A>`", "either": "`Result<A, E>`",
    "pair": "`Tuple<A, B>`", "fn": "the type of a function as `Fn(A, B) -> C`", "function": "`Fn(A, B) -> C`",
    "byte": "`Int`, or `Bytes` for many",
  ]

  /// Functions that take a function over a list.
  private static let loops: Set<String> = [
    "map", "filter", "fold", "find", "any", "all", "foldl", "foldr", "reduce", "each", "forEach", "flatMap", "sort",
    "sortBy", "sum", "last", "range", "repeat", "indexOf",
  ]

  /// Functions that go on with what is inside.
  private static let steps: Set<String> = [
    "map", "andThen", "flatMap", "then", "isSome", "isNone", "isOk", "isErr", "mapErr", "expect",
  ]

  private static let advice: [String: Advice] = [
    "List.get": "use a list pattern, or `Vector.get`", "List.head": "use a list pattern, or `Vector.get`",
    "List.tail": "use a list pattern, or `Vector.get`", "List.first": "use a list pattern, or `Vector.get`",
    "List.append": "use `List.concat(xs, [x])`", "List.push": "use `List.concat(xs, [x])`",
    "List.new": "use `[]`", "List.empty": "use `[]`", "Map.new": "use `{}`",
    "List.isEmpty": "compare with `[]`", "Map.empty": "use `{}`", "Map.isEmpty": "compare with `{}`",
    "String.concat": "use `+`", "String.append": "use `+`", "String.isEmpty": "compare with `\"\"`",
    "String.repeat": "write a recursive function",
    "String.format": "put the values into the text: `\"n = {n}\"`", "Bool.xor": "use `!=`",
    "Option.unwrap": "use `match`, or `Option.withDefault`",
    "Result.unwrap": "use `match`, `Result.withDefault` or `?`",
    "Int.pow": "write a recursive function; `Bits.shiftLeft(1, n)` is 2 to the power of n",
    "Bytes.get": "use `Bytes.toList` and a list pattern", "Bytes.slice": "use `Bytes.drop` and `Bytes.take`",
  ]

  private static let otherNames: [String: String] = [
    "Env.args": "Args.get", "Env.argv": "Args.get", "Args.all": "Args.get", "Args.list": "Args.get",
    "Vector.toList": "List.fromVector", "Int.toString": "String.fromInt", "Float.toString": "String.fromFloat",
    "Bool.toString": "String.fromBool", "String.toInt": "Int.fromString", "String.toFloat": "Float.fromString",
    "Int.toFloat": "Float.fromInt", "Float.toInt": "Int.fromFloat", "Float.truncate": "Int.fromFloat",
    "Option.Just": "Option.Some", "Option.some": "Option.Some", "Option.Nothing": "Option.None",
    "Option.none": "Option.None", "Result.Error": "Result.Err", "Result.Failure": "Result.Err",
    "Result.Left": "Result.Err", "Result.error": "Result.Err", "Result.Success": "Result.Ok",
    "Result.Right": "Result.Ok",
    "Result.ok": "Result.Ok",
    "Int.parse": "Int.fromString", "Float.parse": "Float.fromString", "Int.rem": "Int.mod", "Int.modulo": "Int.mod",
    "String.length": "String.len", "String.size": "String.len", "List.length": "List.len", "List.size": "List.len",
    "Map.length": "Map.len", "Map.size": "Map.len", "Bytes.length": "Bytes.len", "Bytes.size": "Bytes.len",
    "Vector.length": "Vector.len", "Vector.size": "Vector.len",
    "String.substring": "String.slice", "String.substr": "String.slice", "String.upper": "String.toUpper",
    "String.toUpperCase": "String.toUpper", "String.lower": "String.toLower", "String.toLowerCase": "String.toLower",
    "String.strip": "String.trim", "String.at": "String.charAt", "String.get": "String.charAt",
    "String.toBytes": "String.toUtf8", "String.fromBytes": "String.fromUtf8", "Bytes.fromString": "String.toUtf8",
    "Bytes.toString": "String.fromUtf8", "Bytes.append": "Bytes.concat",
    "List.cons": "List.prepend", "List.add": "List.prepend", "Map.insert": "Map.set", "Map.put": "Map.set",
    "Map.add": "Map.set", "Map.delete": "Map.remove", "Map.contains": "Map.has", "Map.containsKey": "Map.has",
    "Map.member": "Map.has", "Map.find": "Map.get", "Map.lookup": "Map.get", "Map.toList": "Map.entries",
    "Option.unwrapOr": "Option.withDefault", "Option.getOrElse": "Option.withDefault",
    "Option.orElse": "Option.withDefault", "Option.default": "Option.withDefault",
    "Result.unwrapOr": "Result.withDefault", "Result.getOrElse": "Result.withDefault",
    "Result.orElse": "Result.withDefault", "Result.default": "Result.withDefault",
    "Char.fromInt": "Char.fromCode", "Char.toInt": "Char.toCode",
    "Console.log": "Console.print", "Console.println": "Console.print", "Console.printLine": "Console.print",
    "Console.write": "Console.print", "Console.writeLine": "Console.print", "Console.writeln": "Console.print",
    "Console.puts": "Console.print", "Console.info": "Console.print", "Console.debug": "Console.print",
    "Console.WriteLine": "Console.print", "Console.Write": "Console.print", "Console.err": "Console.error",
    "Console.warning": "Console.warn", "Console.read": "Console.readLine",
    "Console.input": "Console.readLine", "Console.readline": "Console.readLine", "Console.getLine": "Console.readLine",
  ]
}
