import Diagnostics
import Languages
import Nanopass

/// The literals of a program: texts in data, strings and big integers that are made once.
struct WasmLiterals {
  private let heap: WasmIR.Heap
  /// Constant strings and big integers.
  private(set) var globals: [WasmIR.Global] = []
  /// The texts.
  private(set) var data: [WasmIR.Datum] = []
  /// What makes long strings when they are first asked for.
  private(set) var functions: [WasmIR.Function] = []
  private var strings: [Name: WasmIR.Expr] = [:]
  private var texts: [Name: Name] = [:]
  private var integers: [Name: Name] = [:]

  /// The most bytes of a string that is a constant of its own; each takes two or three bytes of code there.
  private static let longestConstant = 24

  /// Whether all strings are constants, which `gather-string-literals` puts together.
  let favoursSize: Bool

  /// - Parameters:
  ///   - heap: where the values of the program lie. In memory all literals are there from the start.
  ///   - favoursSize: whether small output is asked for.
  init(_ heap: WasmIR.Heap, favoursSize: Bool = false) {
    self.heap = heap
    self.favoursSize = favoursSize
  }

  /// The datum with a text.
  mutating func datum(_ text: String, at span: Span) -> Name {
    let key = Name(text)
    if let name = texts[key] { return name }
    let name = Name("text.\(data.count)")
    texts[key] = name
    data.append(.text(span, name: name, value: text))
    return name
  }

  /// The string with a text.
  mutating func string(_ text: String, at span: Span) -> WasmIR.Expr {
    let key = Name(text)
    if let value = strings[key] { return value }
    let bytes = Array(text.utf8)
    let value: WasmIR.Expr
    if heap == .memory {
      value = constant(.newFromDatum(span, type: "bytes", datum: datum(text, at: span)), bytes, at: span)
    } else if favoursSize || bytes.count <= Self.longestConstant {
      let elements = bytes.map { WasmIR.Expr.i32(span, value: .small(Int($0))) }
      value = constant(.newFixed(span, type: "bytes", elements: elements), bytes, at: span)
    } else {
      value = lazy(text, at: span)
    }
    strings[key] = value
    return value
  }

  private mutating func constant(_ array: WasmIR.Expr, _ bytes: [UInt8], at span: Span) -> WasmIR.Expr {
    let name = Name("string.\(strings.count)")
    globals.append(
      WasmIR.Global(
        span, name: name, ty: .ref(type: HeapLayout.string), isMutable: false,
        value: Self.string(array, bytes.count, bytes.allSatisfy { $0 < 128 }, at: span)))
    return .global(span, name: name)
  }

  /// The number of bytes of a constant string; nil if the name is none.
  func length(of name: Name) -> Int? {
    guard let global = globals.first(where: { $0.name == name }),
      case .new(_, HeapLayout.string, let fields) = global.value,
      fields.count > 2, case .i32(_, .small(let count)) = fields[2]
    else { return nil }
    return Int(count)
  }

  private static func string(_ array: WasmIR.Expr, _ count: Int, _ isASCII: Bool, at span: Span) -> WasmIR.Expr {
    let length = WasmIR.Expr.i32(span, value: .small(count))
    let scalars = WasmIR.Expr.i32(span, value: .small(isASCII ? count : -1))
    return .new(
      span, type: HeapLayout.string, fields: [array, .i32(span, value: .small(0)), length, scalars])
  }

  /// A call of a function that makes the string once.
  private mutating func lazy(_ text: String, at span: Span) -> WasmIR.Expr {
    let datum = datum(text, at: span)
    let name = Name("string.\(strings.count)")
    let global = Name("held.\(strings.count)")
    let type = HeapLayout.string
    globals.append(
      WasmIR.Global(
        span, name: global, ty: .nullable(type: type), isMutable: true, value: .null(span, type: type)))
    let held = WasmIR.Expr.global(span, name: global)
    let made = Self.string(
      .newFromDatum(span, type: "bytes", datum: datum), text.utf8.count, text.utf8.allSatisfy { $0 < 128 }, at: span)
    let fresh = Local("string", 0)
    let variable = WasmIR.Expr.local(span, variable: fresh)
    let make = WasmIR.Block(
      span,
      steps: [
        .let(span, variable: fresh, ty: .ref(type: type), value: made),
        .run(span, value: .setGlobal(span, name: global, value: variable)),
      ], end: .return(span, values: [variable]))
    let give = WasmIR.Block(span, steps: [], end: .return(span, values: [.notNull(span, subject: held)]))
    functions.append(
      WasmIR.Function(
        span, name: name, parameters: [], results: [.ref(type: type)],
        body: WasmIR.Block(
          span, steps: [], end: .if(span, condition: .isNull(span, subject: held), then: make, else: give))))
    return .call(span, function: name, arguments: [])
  }

  // MARK: Integers

  /// The two parts of an integer.
  mutating func integer(_ value: Integer, at span: Span) -> [WasmIR.Expr] {
    switch value {
    case .small: return [.i64(span, value: value), .null(span, type: HeapLayout.big)]
    case .big(let digits):
      return [.i64(span, value: .small(0)), .global(span, name: big(digits, at: span))]
    }
  }

  /// A tagged integer: a word, or the address of a big one.
  mutating func tagged(_ value: Integer, at span: Span) -> WasmIR.Expr {
    if let word = value.taggedWord { return .i64(span, value: .small(word)) }
    let address = WasmIR.Expr.global(span, name: big(Name(value.description), at: span))
    return .compute(span, operator: "i64.extend_i32_u", operands: [address])
  }

  /// The constant with those decimal digits, which fit no word, or not all of whose bits do.
  private mutating func big(_ digits: Name, at span: Span) -> Name {
    if let name = integers[digits] { return name }
    let name = Name("integer.\(integers.count)")
    integers[digits] = name
    let isNegative = digits.text.hasPrefix("-")
    let limbs = Self.limbs(digits.text.utf8.drop { $0 == UInt8(ascii: "-") })
    let array = WasmIR.Expr.newFixed(
      span, type: "limbs", elements: limbs.map { .i32(span, value: .small(Int(Int32(bitPattern: $0)))) })
    globals.append(
      WasmIR.Global(
        span, name: name, ty: .ref(type: HeapLayout.big), isMutable: false,
        value: .new(span, type: HeapLayout.big, fields: [.i32(span, value: .small(isNegative ? 1 : 0)), array])))
    return name
  }

  /// The digits of base 2^32, least first, of a decimal numeral.
  private static func limbs(_ digits: some Collection<UInt8>) -> [UInt32] {
    var limbs: [UInt32] = []
    var digits = digits[...]
    while !digits.isEmpty {
      let part = digits.prefix(9)
      digits = digits.dropFirst(9)
      var carry = part.reduce(UInt64(0)) { $0 * 10 + UInt64($1 &- UInt8(ascii: "0")) }
      let scale = part.reduce(UInt64(1)) { scale, _ in scale * 10 }
      for index in limbs.indices {
        let value = UInt64(limbs[index]) * scale + carry
        limbs[index] = UInt32(truncatingIfNeeded: value)
        carry = value >> 32
      }
      if carry > 0 { limbs.append(UInt32(carry)) }
    }
    return limbs
  }
}
