import Diagnostics
import Languages
import Nanopass

/// The static data of a program: each text, big integer and cell of constants once, in the order of first use.
struct ConstantPool {
  private(set) var constants: [Machine.Constant] = []
  private var texts: [[UInt8]: Name] = [:]
  private var integers: [Integer: Name] = [:]
  private var cells: [Cell: Name] = [:]

  /// A cell of constants. Of its fields only what they hold counts, not where they stand.
  private struct Cell: Hashable {
    enum Field: Hashable {
      case word(Integer), bits(UInt64), address(Name)
    }

    var tag: Int
    var counted: Int
    var fields: [Field]
  }

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
    if let word = value.taggedWord { return .word(span, value: .small(word)) }
    if let name = integers[value] { return .address(span, name: name) }
    let name = Name("integer.\(integers.count)")
    integers[value] = name
    constants.append(.integer(span, name: name, value: value))
    return .address(span, name: name)
  }

  /// The address of a cell of constants.
  mutating func cell(
    _ tag: Int, _ counted: [Machine.Operand], _ raw: [Machine.Operand], at span: Span
  ) -> Machine.Operand {
    let fields = (counted + raw).map { operand -> Cell.Field in
      switch operand {
      case .word(_, let value): .word(value)
      case .float(_, let value): .bits(value.bitPattern)
      case .address(_, let name): .address(name)
      case .bit(_, let value): .word(.small(value ? 1 : 0))
      case .local: .word(.small(0))
      }
    }
    let key = Cell(tag: tag, counted: counted.count, fields: fields)
    if let name = cells[key] { return .address(span, name: name) }
    let name = Name("cell.\(cells.count)")
    cells[key] = name
    constants.append(.cell(span, name: name, tag: tag, counted: counted, raw: raw))
    return .address(span, name: name)
  }
}
