// Functions that walk texts character by character.

/// The functions of a module that read a text from one end to the other.
struct CharacterFunctions {
  /// Gives the character at a place, or another text behind the end.
  var at: String
  /// The same as an option.
  var found: String
  /// Whether a character is of some kind.
  var isKind: String
  /// Makes another text of a text from a place on: `walk(text, 0, "")`.
  var walk: String
}

extension ProgramGenerator {
  /// What characters are compared with: most are one, some look like one.
  private static let characters = [
    "\"a\"", "\"b\"", "\" \"", "\"1\"", "\"9\"", "\"\"", "\"é\"", "\"🦊\"", "\"e\u{301}\"", "\"ab\"", "\"\\n\"", "\"Σ\"",
    "\"\u{10FFFF}\"", "\"z\"",
  ]

  /// An expression on the characters of a text; nil if the type has none.
  mutating func characters(_ type: GeneratedType, _ depth: Int, _ place: Place) -> String? {
    guard [.string, .int, .bool, .option(.string)].contains(type) else { return nil }
    let functions = characterFunctions()
    let text = operand(.string, depth, place)
    switch type {
    case .string where chance(30): return "\(functions.at)(\(text), \(source.below(4)))"
    case .string: return "\(functions.walk)(\(text), 0, \"\")"
    case .int where chance(30): return "Char.toCode(\(functions.at)(\(text), \(source.below(3))) + \"x\")"
    case .int: return "String.len(\(functions.walk)(\(text), 0, \"\"))"
    case .bool: return "\(functions.isKind)(\(functions.at)(\(text), \(source.below(3))))"
    default: return "\(functions.found)(\(text), \(source.below(4)))"
    }
  }

  /// Some functions of the module, made when they are first asked for.
  private mutating func characterFunctions() -> CharacterFunctions {
    let known = modules[current].characterFunctions
    if known.count > 1 || !known.isEmpty && chance(70) { return source.pick(known) }
    let functions = CharacterFunctions(
      at: fresh("at"), found: fresh("found"), isKind: fresh("isKind"), walk: fresh("walk"))
    modules[current].characterFunctions.append(functions)
    addReaders(functions)
    let body = kind().map { "    \($0)\n" }.joined()
    add("fn \(functions.isKind)(c: String) -> Bool\n    ? \"Whether it is of some kind.\"\n" + body)
    addWalk(functions)
    return functions
  }

  private mutating func character() -> String { source.pick(Self.characters) }

  /// Different texts that characters are compared with.
  private mutating func someCharacters() -> [String] {
    var some: [String] = []
    for _ in 0...source.below(4) {
      let text = character()
      if !some.contains(text) { some.append(text) }
    }
    return some
  }

  private mutating func addReaders(_ functions: CharacterFunctions) {
    let other = chance(70) ? "\"\"" : character()
    add(
      "fn \(functions.found)(s: String, i: Int) -> Option<String>\n    ? \"The character at a place.\"\n"
        + (chance(60)
          ? "    String.charAt(s, i)\n"
          : "    match String.charAt(s, i)\n        Option.Some(c) -> Option.Some(c)\n"
            + "        Option.None -> Option.Some(\(character()))\n"))
    let value = [
      "Option.withDefault(String.charAt(s, i), \(other))", "Option.withDefault(\(functions.found)(s, i), \(other))",
    ]
    add(
      "fn \(functions.at)(s: String, i: Int) -> String\n    ? \"The character at a place, or another text.\"\n"
        + "    \(source.pick(value))\n")
  }

  /// The body of a test of `c`.
  private mutating func kind() -> [String] {
    switch source.below(5) {
    case 0: return ["Bool.and(\(character()) <= c, c <= \(character()))"]
    case 1: return ["Bool.or(c == \(character()), c < \(character()))"]
    case 2: return ["String.contains(\"ab1 🦊\", c)"]
    case 3: return ["Bool.and(\"1\" <= c, Int.mod(Char.toCode(c + \"x\"), 2) == \(source.below(2)))"]
    default: return ["match c"] + someCharacters().map { "    \($0) -> \(chance(50))" } + ["    _ -> \(chance(50))"]
    }
  }

  private mutating func addWalk(_ functions: CharacterFunctions) {
    let step = fresh("step")
    let (walk, isKind) = (functions.walk, functions.isKind)
    add(
      "fn \(walk)(s: String, i: Int, out: String) -> String\n    ? \"Another text of the rest.\"\n"
        + "    match Bool.and(i < String.len(s), i < 60)\n        false -> out\n"
        + "        true -> \(step)(s, i, \(functions.at)(s, i), out)\n")
    let pieces = ["c", "\"x\"", "\"<{c}>\"", "\"{Char.toCode(c + \"0\")}\"", "\"{\(isKind)(c)}\""]
    var lines = ["match c"]
    for text in someCharacters() {
      let coded = text == "\"\"" ? "c" : "\"{Char.toCode(c)}\""
      lines.append(
        "    \(text) -> \(walk)(s, i + \(1 + source.below(2)), out + \(chance(50) ? coded : source.pick(pieces)))")
    }
    if chance(50) {
      lines += [
        "    _ -> match \(isKind)(c)", "        true -> \(walk)(s, i + 1, out + \(source.pick(pieces)))",
        "        false -> \(walk)(s, i + 1, \(source.pick(["c", "out", "c + out"])))",
      ]
    } else {
      let last = "\(functions.at)(s, i + 1)"
      lines.append("    _ -> \(walk)(s, i + 1, out + \(chance(50) ? last : source.pick(pieces)))")
    }
    add(
      "fn \(step)(s: String, i: Int, c: String, out: String) -> String\n    ? \"Takes one character.\"\n"
        + lines.map { "    \($0)\n" }.joined())
  }
}
