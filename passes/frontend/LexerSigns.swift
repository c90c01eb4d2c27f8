import Diagnostics
import Languages
import Nanopass

/// The signs and operators.
enum Signs {
  static let plus: Name = "+", minus: Name = "-", star: Name = "*", slash: Name = "/"
  static let equal: Name = "==", unequal: Name = "!=", less: Name = "<", greater: Name = ">"
  static let lessOrEqual: Name = "<=", greaterOrEqual: Name = ">="
  static let assign: Name = "=", fatArrow: Name = "=>", arrow: Name = "->"
  static let bang: Name = "!", question: Name = "?", dot: Name = ".", range: Name = ".."
  static let colon: Name = ":", comma: Name = ","
  static let openParen: Name = "(", closeParen: Name = ")"
  static let openBracket: Name = "[", closeBracket: Name = "]"
  static let openBrace: Name = "{", closeBrace: Name = "}"
}

extension Lexer {
  /// Reads a sign, or reports what is none.
  mutating func sign(_ byte: UInt8) {
    let next = bytes[position + 1]
    switch byte {
    case 0x28: open(Signs.openParen)
    case 0x29: close(Signs.closeParen)
    case 0x5B: open(Signs.openBracket)
    case 0x5D: close(Signs.closeBracket)
    case 0x7B: open(Signs.openBrace)
    case 0x7D: closeBrace()
    case 0x2C: add(Signs.comma, 1)
    case 0x2E: next == 0x2E ? add(Signs.range, 2) : add(Signs.dot, 1)
    case 0x3A: add(Signs.colon, 1)
    case 0x3F: add(Signs.question, 1)
    case 0x3D where next != 0x3D && next != 0x3E: if !variantSigns() { add(Signs.assign, 1) }
    case 0x3D: next == 0x3D ? add(Signs.equal, 2) : add(Signs.fatArrow, 2)
    case 0x7C where next != 0x7C && next != 0x3E && (variantSigns() || barAtLineStart()): break
    case 0x21: next == 0x3D ? add(Signs.unequal, 2) : add(Signs.bang, 1)
    case 0x3E: next == 0x3D ? add(Signs.greaterOrEqual, 2) : add(Signs.greater, 1)
    case 0x2B where next != 0x3D && next != 0x2B: add(Signs.plus, 1)
    case 0x2D where next != 0x3D && next != 0x2D: next == 0x3E ? add(Signs.arrow, 2) : add(Signs.minus, 1)
    case 0x2A where next != 0x3D: add(Signs.star, 1)
    case 0x2F where next != 0x3D: add(Signs.slash, 1)
    case 0x3C where next != 0x3C: next == 0x3D ? add(Signs.lessOrEqual, 2) : add(Signs.less, 1)
    case 0x5C where !interpolations.isEmpty: backslashInInterpolation()
    default: rejected(byte, next)
    }
  }

  private mutating func add(_ name: Name, _ length: Int) {
    let span = span(position, position + length)
    position += length
    add(.sign(span, text: name))
  }

  private mutating func open(_ name: Name) {
    add(name, 1)
    if !interpolations.isEmpty, name == Signs.openBrace { interpolations[interpolations.count - 1].braces += 1 }
    if interpolations.isEmpty { depth += 1 }
  }

  private mutating func close(_ name: Name) {
    add(name, 1)
    if interpolations.isEmpty { depth = max(0, depth - 1) }
  }

  private mutating func closeBrace() {
    guard let inner = interpolations.last else { return close(Signs.closeBrace) }
    if inner.braces == 0 { return endInterpolation() }
    interpolations[interpolations.count - 1].braces -= 1
    add(Signs.closeBrace, 1)
  }

  /// Reports an operator of other languages, or a character that starts nothing.
  private mutating func rejected(_ byte: UInt8, _ next: UInt8) {
    guard case (let length, var advice)? = replacement(byte, next) else { return badCharacter(1) }
    if byte == 0x7C, let closure = closureHead() {
      error(
        "lambda", position, closure, "functions have names and stand at the top level",
        help: "declare a function and pass its name")
      badCharacterEnd = closure
      position = closure
      return
    }
    if byte == 0x7C, length == 1, isRecordUpdate {
      advice = "a copy of a record with other fields is written `P.update(p, x = ...)`"
    }
    if byte == 0x26, length == 1, isWordByte(next), !startsOperandBefore {
      advice = Advice(
        "values are passed as they are: leave the `&` out", edits: [.remove(span(position, position + 1))])
    }
    if "%^".utf8.contains(byte), lastByte == 0x22 {
      advice = byte == 0x25 ? "put the values into the text: `\"n = {n}\"`" : "strings are joined by `+`"
    }
    if byte == 0x2D, lineColumn >= 0 {
      advice = Advice("a comment begins with `//`", edits: [Edit(span(position, position + 2), "//")])
    }
    if byte == 0x3B, endsLine(behind: position + 1), startsOperandBefore {
      advice = Advice(
        "a line break ends the statement: leave the `;` out", edits: [.remove(span(position, position + 1))])
    }
    if length == 2, byte == next, byte == 0x26 || byte == 0x7C,
      let edits = editsToJoin(by: byte == 0x26 ? "Bool.and" : "Bool.or")
    {
      advice = Advice(advice.text, edits: edits)
    }
    if byte == 0x5E, lastByte != 0x22 { advice = "use `Bits.xor(a, b)`; powers are `Float.pow(a, b)`" }
    if byte == 0x2B, next == byte, startsOperand(behind: position + length) {
      advice = "strings are joined by `+`, lists by `List.concat`"
    }
    let previousEnd = badCharacterEnd
    badCharacterEnd = position + length
    defer { position += length }
    // Signs in a row are one mistake.
    if previousEnd == position { return }
    let spelling = text(position, position + length)
    error("rejected-operator", position, position + length, "there is no operator `\(spelling)`", help: advice)
  }

  /// Whether nothing but spaces and a comment stands in the rest of the line.
  private func endsLine(behind offset: Int) -> Bool {
    var place = offset
    while place < end, bytes[place] == 0x20 || bytes[place] == 0x0D { place += 1 }
    return place >= end || bytes[place] == 0x0A || bytes[place] == 0x2F && bytes[place + 1] == 0x2F
  }

  /// The changes that make `a && b` a call; nil where its ends are not plain to see, as beside other such signs, a
  /// string or a bracket that is closed on another line.
  private func editsToJoin(by function: String) -> [Edit]? {
    guard interpolations.isEmpty, startsOperandBefore, startsOperand(behind: position + 2) else { return nil }
    var (from, open) = (position - 1, 0)
    search: while from >= 0 {
      switch bytes[from] {
      case 0x0A, 0x22, 0x7B, 0x7D, 0x7C, 0x26: break search
      case 0x29, 0x5D: open += 1
      case 0x28, 0x5B:
        if open == 0 { break search }
        open -= 1
      case 0x2C where open == 0: break search
      // The sign of a binding or an arm, not of a comparison.
      case 0x3D where open == 0 && !"=!<>".utf8.contains(bytes[from - 1]) && bytes[from + 1] != 0x3D: break search
      case 0x3E where open == 0 && (bytes[from - 1] == 0x2D || bytes[from - 1] == 0x3D): break search
      default: break
      }
      from -= 1
    }
    if from >= 0, !"(,=>\n[".utf8.contains(bytes[from]) { return nil }
    from += 1
    while bytes[from] == 0x20 { from += 1 }
    if text(from, min(from + 6, end)) == "match " { from += 6 }
    var to = position + 2
    open = 0
    reach: while to < end {
      switch bytes[to] {
      case 0x22, 0x7B, 0x7D, 0x7C, 0x26: return nil
      case 0x2A where bytes[to + 1] == 0x2A: return nil
      case 0x28, 0x5B: open += 1
      case 0x29, 0x5D:
        if open == 0 { break reach }
        open -= 1
      case 0x2C where open == 0: break reach
      case 0x0A, 0x0D, 0x2F: break reach
      default: break
      }
      to += 1
    }
    while to > position, bytes[to - 1] == 0x20 { to -= 1 }
    guard open == 0, to < end, bytes[to] != 0x2F, to > position + 2, from < position else { return nil }
    var left = position
    while bytes[left - 1] == 0x20 { left -= 1 }
    var right = position + 2
    while bytes[right] == 0x20 { right += 1 }
    guard left > from, right < to else { return nil }
    return [
      .insert(function + "(", before: span(from, from + 1)), Edit(span(left, right), ", "),
      .insert(")", behind: span(to - 1, to)),
    ]
  }

  /// The end of `|a, b|`, which begins a function in other languages, if it stands where a value could.
  private func closureHead() -> Int? {
    var before = position - 1
    while before >= 0, bytes[before] == 0x20 { before -= 1 }
    guard before >= 0, "(,=".utf8.contains(bytes[before]) else { return nil }
    var place = position + 1
    while place < end, isWordByte(bytes[place]) || " ,:".utf8.contains(bytes[place]) { place += 1 }
    return place < end && bytes[place] == 0x7C ? place + 1 : nil
  }

  /// The last byte of the line before the current place that is no space; 0 if there is none.
  private var lastByte: UInt8 {
    var place = position - 1
    while place >= 0, bytes[place] == 0x20 { place -= 1 }
    return place >= 0 ? bytes[place] : 0
  }

  /// Whether a value ends before the current place, so that an operator can follow.
  private var startsOperandBefore: Bool { isWordByte(lastByte) || "\")]}".utf8.contains(lastByte) }

  /// Whether `{ name` stands before the current place.
  private var isRecordUpdate: Bool {
    var place = position - 1
    while place >= 0, bytes[place] == 0x20 { place -= 1 }
    while place >= 0, isWordByte(bytes[place]) || bytes[place] == 0x2E { place -= 1 }
    while place >= 0, bytes[place] == 0x20 { place -= 1 }
    return place >= 0 && bytes[place] == 0x7B && interpolations.isEmpty
  }

  /// Whether a value begins in the rest of the line.
  private func startsOperand(behind offset: Int) -> Bool {
    var place = offset
    while place < end, bytes[place] == 0x20 { place += 1 }
    return place < end && (isWordByte(bytes[place]) || "\"[(".utf8.contains(bytes[place]))
  }

  private func replacement(_ byte: UInt8, _ next: UInt8) -> (length: Int, advice: Advice)? {
    let character = Character(Unicode.Scalar(byte))
    let nextCharacter = Character(Unicode.Scalar(next))
    switch (character, nextCharacter) {
    case ("%", _): return (1, "use `Int.mod(a, b)`")
    case ("&", "&"): return (2, "use `Bool.and(a, b)`")
    case ("|", "|"): return (2, "use `Bool.or(a, b)`")
    case ("|", ">"): return (2, "nest the calls, or bind the result of each to a name")
    case ("&", _): return (1, "use `Bits.and(a, b)`")
    case ("|", _): return (1, "use `Bits.or(a, b)`; patterns have no alternatives, and the rest of a list is `..rest`")
    case ("^", _): return (1, "use `Bits.xor(a, b)`")
    case ("~", _): return (1, "use `Bits.not(a)`")
    case ("<", "<"): return (2, "use `Bits.shiftLeft(a, n)`")
    case ("-", "-"): return (2, "subtract a negated value with a space between: `a - -b`")
    case ("/", _): return (2, "values differ by `!=`; names keep their values: bind a new one to another name")
    case ("+", _), ("-", _), ("*", _):
      return (2, "names keep their values: bind the new value to another name")
    case (";", _): return (1, "end the statement with a line break")
    default: return nil
    }
  }
}
