import Diagnostics
import Languages
import Nanopass

// How `LowerToMachine` compares strings with short literals: the first eight bytes of a string are read at once, since
// there are zeros behind a shorter one.

/// A literal of at most eight bytes.
struct ShortText {
  /// The bytes as a little-endian word, with zeros behind.
  let head: Int
  let length: Int

  /// Nil for a longer text.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count <= 8 else { return nil }
    length = bytes.count
    head = Int(truncatingIfNeeded: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}

/// What two strings that differ seldom share.
struct TextStart {
  var head, length: Machine.Operand
}

extension LowerToMachine {
  /// Reads the first eight bytes of a string and the number of all.
  mutating func textStart(of string: Machine.Operand, at span: Span) -> TextStart {
    let head = builder.set("head", .word, .load(span, address: string, offset: 24, width: 8), at: span)
    let length = builder.set("length", .word, .load(span, address: string, offset: 8, width: 8), at: span)
    return TextStart(head: head, length: length)
  }

  /// Sets a word to whether a string is equal to a short literal; false if none of two atoms is one.
  mutating func equalsShortText(_ atoms: [Counted.Atom], to variable: Local, at span: Span) -> Bool {
    guard atoms.count == 2 else { return false }
    for (literal, other) in [(atoms[0], atoms[1]), (atoms[1], atoms[0])] {
      guard case .string(_, let value) = literal, let text = ShortText(value), case .local = other else { continue }
      let start = textStart(of: operand(other), at: span)
      let head = builder.compute("differ", .word, "xor", [start.head, .number(text.head)], at: span)
      let length = builder.compute("differ", .word, "xor", [start.length, .number(text.length)], at: span)
      let all = builder.compute("differ", .word, "or", [head, length], at: span)
      setWord(variable, fromBit: "eq", [all, .number(0)], at: span)
      return true
    }
    return false
  }
}
