import Diagnostics
import Languages
import Nanopass

// How `LowerToMachine` lowers what needs few instructions on strings: these hold the number of their bytes, that of their
// characters and the bytes. With short literals they are compared at once, since there are zeros behind a string of less
// than eight bytes.

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
  /// The offsets of the lengths, and that of the first byte.
  private static let bytes = 8
  private static let scalars = 16
  private static let start = 24

  /// Lowers a primitive on strings in place; false if it is a call of the run-time library.
  mutating func text(
    _ primitive: Primitive, _ arguments: [Machine.Operand], to variable: Local, at span: Span
  ) -> Bool {
    switch (primitive.name, arguments.count) {
    case ("string.length", 1): readLength(of: arguments[0], Self.scalars, to: variable, at: span)
    case ("string.byteLength", 1), ("bytes.length", 1):
      readLength(of: arguments[0], Self.bytes, to: variable, at: span)
    case ("string.codeAt", 2): code(of: arguments[0], at: arguments[1], to: variable, at: span)
    default: return false
    }
    return true
  }

  private mutating func readLength(
    of string: Machine.Operand, _ offset: Int, to variable: Local, at span: Span
  ) {
    let length = Machine.Operation.load(span, address: string, offset: offset, width: 8)
    setIndex(variable, builder.set("length", .word, length, at: span), at: span)
  }

  /// Reads the character's byte if there are as many bytes as characters.
  private mutating func code(
    of string: Machine.Operand, at index: Machine.Operand, to variable: Local, at span: Span
  ) {
    func load(_ address: Machine.Operand, _ offset: Int, _ width: Int) -> Machine.Operation {
      .load(span, address: address, offset: offset, width: width)
    }
    let bytes = builder.set("bytes", .word, load(string, Self.bytes, 8), at: span)
    let scalars = builder.set("scalars", .word, load(string, Self.scalars, 8), at: span)
    let isASCII = builder.compute("ascii", .bit, "eq", [bytes, scalars], at: span)
    let (here, call, done) = (builder.make("here"), builder.make("call"), builder.make("done"))
    builder.end(.branch(span, condition: isASCII, then: .to(here), else: .to(call), likely: "then"))
    builder.begin(here, at: span)
    let place = builder.compute("place", .word, "add", [string, index], at: span)
    let byte = builder.set("byte", .word, load(place, Self.start, 1), at: span)
    builder.end(.jump(span, label: done, arguments: [byte]))
    builder.begin(call, at: span)
    let operands = [string, index]
    let found = Machine.Operation.runtime(span, function: "nanoc_string_code_at", arguments: operands)
    let scalar = builder.set("scalar", .word, found, at: span)
    builder.end(.jump(span, label: done, arguments: [scalar]))
    let code = builder.make("code")
    builder.begin(done, [Machine.Parameter(span, variable: code, ty: .word)], at: span)
    setIndex(variable, .local(span, variable: code), at: span)
  }

  /// Reads the first eight bytes of a string and the number of all.
  mutating func textStart(of string: Machine.Operand, at span: Span) -> TextStart {
    let head = builder.set("head", .word, .load(span, address: string, offset: Self.start, width: 8), at: span)
    let length = builder.set("length", .word, .load(span, address: string, offset: Self.bytes, width: 8), at: span)
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
