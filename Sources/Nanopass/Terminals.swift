import Synchronization

/// An interned name: of a function, a type, a field, a module. Equal names are one object, so comparing and hashing
/// take one instruction; the order is that of the texts.
public struct Name: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  @usableFromInline final class Entry: Sendable {
    @usableFromInline let text: String
    init(text: String) { self.text = text }
  }

  // Entries are never freed, so a reference needs no counting.
  @usableFromInline let entry: Unmanaged<Entry>

  /// Keys compare by their bytes: Swift's own string equality would join names that differ in normalisation.
  private struct Key: Hashable {
    let text: String
    static func == (left: Key, right: Key) -> Bool {
      let (left, right) = (left.text.utf8, right.text.utf8)
      guard left.count == right.count else { return false }
      let isSame = left.withContiguousStorageIfAvailable { left in
        right.withContiguousStorageIfAvailable { right in left.elementsEqual(right) }
      }
      return (isSame ?? nil) ?? left.elementsEqual(right)
    }
    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  private static let table = Mutex<[Key: Entry]>([:])

  /// The name with that text.
  public init(_ text: String) {
    entry = Name.table.withLock { table in
      if let entry = table[Key(text: text)] { return Unmanaged.passUnretained(entry) }
      let entry = Entry(text: text)
      table[Key(text: text)] = entry
      return Unmanaged.passUnretained(entry)
    }
  }

  /// The name written as a literal.
  public init(stringLiteral text: StaticString) { self = LiteralNames.name(text) }

  /// The name's text.
  public var text: String { entry._withUnsafeGuaranteedRef { $0.text } }

  /// The name's text.
  public var description: String { text }
}

/// A hash of one word, by multiplication (Knuth, The Art of Computer Programming 3, 6.4).
@inlinable func mixed(_ word: Int, _ seed: Int) -> Int {
  let product = UInt(bitPattern: word ^ seed) &* 0x9E37_79B9_7F4A_7C15
  return Int(bitPattern: product ^ (product >> 32))
}

extension Name: Hashable, Comparable {
  @inlinable public static func == (left: Name, right: Name) -> Bool {
    left.entry.toOpaque() == right.entry.toOpaque()
  }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(entry.toOpaque()) }
  /// Tables keyed by names are in all passes, and their keys are no input: no need for a hash that withstands attacks.
  @inlinable public func _rawHashValue(seed: Int) -> Int { mixed(Int(bitPattern: entry.toOpaque()), seed) }
  public static func < (left: Name, right: Name) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}

/// The names of literals by where the program has their text, so that a name written in a pass takes no lock and no
/// hashing of its text.
///
/// An open-addressed table without a lock: a slot is written once, and never freed since another thread may be reading.
private enum LiteralNames {
  private final class Literal: Sendable {
    let start: UInt
    let name: Name
    init(_ start: UInt, _ name: Name) { (self.start, self.name) = (start, name) }
  }

  private static let slotCount: UInt = 1 << 14
  private static let longestProbe: UInt = 16
  nonisolated(unsafe) private static let slots: UnsafeMutablePointer<Atomic<UInt>> = {
    let slots = UnsafeMutablePointer<Atomic<UInt>>.allocate(capacity: Int(slotCount))
    for index in 0..<Int(slotCount) { (slots + index).initialize(to: Atomic(0)) }
    return slots
  }()

  static func name(_ text: StaticString) -> Name {
    guard text.hasPointerRepresentation else { return Name(text.description) }
    let start = UInt(bitPattern: text.utf8Start)
    let home = UInt(bitPattern: mixed(Int(bitPattern: start), 0))
    for probe in 0..<longestProbe {
      let slot = slots + Int((home &+ probe) % slotCount)
      let held = slot.pointee.load(ordering: .acquiring)
      if let object = UnsafeRawPointer(bitPattern: held) {
        let literal = Unmanaged<Literal>.fromOpaque(object)
        if literal._withUnsafeGuaranteedRef({ $0.start == start }) { return literal._withUnsafeGuaranteedRef(\.name) }
      } else {
        return remember(Name(text.description), from: start, in: slot)
      }
    }
    return Name(text.description)
  }

  private static func remember(_ name: Name, from start: UInt, in slot: UnsafeMutablePointer<Atomic<UInt>>) -> Name {
    let literal = Unmanaged.passRetained(Literal(start, name))
    let address = UInt(bitPattern: literal.toOpaque())
    if !slot.pointee.compareExchange(expected: 0, desired: address, ordering: .acquiringAndReleasing).exchanged {
      literal.release()
    }
    return name
  }
}

/// A local variable: the name it has in the source and a number that tells it from all others of its function.
public struct Local: Hashable, Sendable, CustomStringConvertible {
  /// The name in the source, or one that says what a pass made it for.
  public var name: Name
  /// Distinct for each variable of a function, from 0 to `greatestNumber`.
  public var id: Int

  /// The greatest number that a program may use; there is room for more beyond, which passes give.
  public static let greatestNumber = 1 << 31

  @inlinable public init(_ name: Name, _ id: Int) {
    self.name = name
    self.id = id
  }

  @inlinable public static func == (left: Local, right: Local) -> Bool {
    left.id == right.id && left.name == right.name
  }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(id) }
  @inlinable public func _rawHashValue(seed: Int) -> Int { mixed(id, seed) }

  /// `name.id`.
  public var description: String { "\(name.text).\(id)" }
}

/// An integer literal of any size.
public enum Integer: Hashable, Sendable, CustomStringConvertible {
  /// A value that fits a machine word.
  case small(Int)
  /// The canonical decimal digits, with `-` for negatives, of a value that doesn't; as a name, since that needs no counting
  /// of references wherever integers are copied.
  case big(Name)

  /// Reads decimal digits with an optional leading `-`; nil for anything else.
  public init?(decimal text: String) {
    let negative = text.utf8.first == UInt8(ascii: "-")
    let digits = negative ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
    if let value = Int(text) {
      self = .small(value)
      return
    }
    let significant = digits.drop { $0 == "0" }
    let canonical = (negative ? "-" : "") + significant
    self = Int(canonical).map(Integer.small) ?? .big(Name(canonical))
  }

  /// The value, if it fits a machine word.
  public var small: Int? { if case .small(let value) = self { value } else { nil } }

  /// The value with its sign turned.
  public var negated: Integer {
    switch self {
    case .small(let value):
      let (negative, overflow) = 0.subtractingReportingOverflow(value)
      return overflow ? .big(Name(String(value.magnitude))) : .small(negative)
    case .big(let digits):
      let text = digits.text.hasPrefix("-") ? String(digits.text.dropFirst()) : "-" + digits.text
      return Int(text).map(Integer.small) ?? .big(Name(text))
    }
  }

  /// The decimal digits.
  public var description: String {
    switch self {
    case .small(let value): return String(value)
    case .big(let digits): return digits.text
    }
  }
}

/// What may stand in a field of a form: terminals and nodes.
public protocol Writable: Sendable {
  /// Feeds the value to a printer, hasher or other consumer.
  func write<Sink: NodeSink>(to sink: inout Sink)
  /// Reads the value back from its text form.
  init(reading text: SExpression, from reader: inout NodeReader) throws
  /// A random value, small when the source's fuel is used up.
  static func random(_ source: inout RandomSource) -> Self
  /// Whether both are the same, cheaply; for trees a false `false` is allowed.
  static func isSame(_ left: Self, _ right: Self) -> Bool
}

extension Name: Writable {
  public func write<Sink: NodeSink>(to sink: inout Sink) { sink.name(self) }
  public init(reading text: SExpression, from reader: inout NodeReader) throws {
    self.init(try reader.atom(text, "a name"))
  }
  public static func random(_ source: inout RandomSource) -> Name {
    Name(source.pick(["f", "Data.Json.parse", "x y", "List<Int>", "", "(", "a|b", "ü", "-"]))
  }
  @inlinable public static func isSame(_ left: Name, _ right: Name) -> Bool { left == right }
}

extension Local: Writable {
  public func write<Sink: NodeSink>(to sink: inout Sink) { sink.local(self) }
  public init(reading text: SExpression, from reader: inout NodeReader) throws {
    let atom = try reader.atom(text, "a variable such as `x.1`")
    guard let dot = atom.lastIndex(of: "."), let id = Int(atom[atom.index(after: dot)...]),
      (0...Local.greatestNumber).contains(id)
    else {
      throw ReadError(offset: text.start, message: "expected a variable such as `x.1`, found `\(atom)`")
    }
    self.init(Name(String(atom[..<dot])), id)
  }
  public static func random(_ source: inout RandomSource) -> Local {
    Local(Name(source.pick(["x", "y", "acc", "_"])), source.below(5))
  }
  @inlinable public static func isSame(_ left: Local, _ right: Local) -> Bool { left == right }
}

extension Integer: Writable {
  public func write<Sink: NodeSink>(to sink: inout Sink) { sink.integer(self) }
  public init(reading text: SExpression, from reader: inout NodeReader) throws {
    let atom = try reader.atom(text, "an integer")
    guard let value = Integer(decimal: atom) else {
      throw ReadError(offset: text.start, message: "expected an integer, found `\(atom)`")
    }
    self = value
  }
  public static func random(_ source: inout RandomSource) -> Integer {
    source.pick([
      .small(0), .small(-7), .small(.max), .small(.min), .big("9223372036854775808"), .big(Name("-1" + zeros)),
    ])
  }
  @inlinable public static func isSame(_ left: Integer, _ right: Integer) -> Bool { left == right }
  private static let zeros = String(repeating: "0", count: 40)
}

extension Double: Writable {
  public func write<Sink: NodeSink>(to sink: inout Sink) { sink.atom(isNaN ? "nan" : description) }
  public init(reading text: SExpression, from reader: inout NodeReader) throws {
    let atom = try reader.atom(text, "a float")
    guard let value = Double(atom) else {
      throw ReadError(offset: text.start, message: "expected a float, found `\(atom)`")
    }
    self = value
  }
  public static func random(_ source: inout RandomSource) -> Double {
    source.pick([0.0, -0.0, 1.5, .infinity, -.infinity, .nan, 1e-300, 0.1, 1e300])
  }
  @inlinable public static func isSame(_ left: Double, _ right: Double) -> Bool { left.bitPattern == right.bitPattern }
}

extension String: Writable {
  public func write<Sink: NodeSink>(to sink: inout Sink) { sink.atom(Printer.quoted(self)) }
  public init(reading text: SExpression, from reader: inout NodeReader) throws {
    guard case .string = text.kind else {
      throw ReadError(offset: text.start, message: "expected a quoted text, found \(text.summary)")
    }
    self = text.text
  }
  public static func random(_ source: inout RandomSource) -> String {
    source.pick(["", "a", "two words", "\"\\\n\t\r", "\u{0}\u{7f}", "héllo 🦊", "{x}", "(a)", "e\u{301}"])
  }
  @inlinable public static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }
}

extension Bool: Writable {
  public func write<Sink: NodeSink>(to sink: inout Sink) { sink.atom(self ? "true" : "false") }
  public init(reading text: SExpression, from reader: inout NodeReader) throws {
    let atom = try reader.atom(text, "`true` or `false`")
    guard let value = Bool(atom) else {
      throw ReadError(offset: text.start, message: "expected `true` or `false`, found `\(atom)`")
    }
    self = value
  }
  public static func random(_ source: inout RandomSource) -> Bool { source.below(2) == 0 }
  @inlinable public static func isSame(_ left: Bool, _ right: Bool) -> Bool { left == right }
}

extension Int: Writable {
  public func write<Sink: NodeSink>(to sink: inout Sink) { sink.number(self) }
  public init(reading text: SExpression, from reader: inout NodeReader) throws {
    let atom = try reader.atom(text, "a natural number")
    guard let value = Int(atom), value >= 0 else {
      throw ReadError(offset: text.start, message: "expected a natural number, found `\(atom)`")
    }
    self = value
  }
  public static func random(_ source: inout RandomSource) -> Int { source.below(100) }
  @inlinable public static func isSame(_ left: Int, _ right: Int) -> Bool { left == right }
}
