import Diagnostics
import Languages
import Nanopass

/// The static data of a program: each text and each big integer once, in the order of first use.
struct ConstantPool {
  private(set) var constants: [Machine.Constant] = []
  private var texts: [[UInt8]: Name] = [:]
  private var integers: [Integer: Name] = [:]

  /// The address of a text.
  mutating func text(_ value: String, at span: Span) -> Machine.Operand {
    let key = Array(value.utf8)
    if let name = texts[key] { return .address(span, name: name) }
    let name = Name("text.\(texts.count)")
    texts[key] = name
    constants.append(.text(span, name: name, value: value))
    return .address(span, name: name)
  }

  /// An integer: a tagged word, or the address of a big one.
  mutating func integer(_ value: Integer, at span: Span) -> Machine.Operand {
    if let word = taggedWord(value) { return .word(span, value: .small(word)) }
    if let name = integers[value] { return .address(span, name: name) }
    let name = Name("integer.\(integers.count)")
    integers[value] = name
    constants.append(.integer(span, name: name, value: value))
    return .address(span, name: name)
  }
}
