public import Diagnostics

/// A tree of some language: the types that the language compiler derives.
public protocol Node: Writable, Hashable {
  /// The greatest number of a local in the tree; -1 if there is none.
  var greatestLocal: Int { get }
}

extension Local {
  /// The local's own number.
  @inlinable public var greatestLocal: Int { id }
}

extension Array where Element: Node {
  /// The greatest number of a local in the trees; -1 if there is none.
  @inlinable public var greatestLocal: Int { reduce(-1) { Swift.max($0, $1.greatestLocal) } }
}

extension Array where Element == Local {
  /// The greatest number of the locals; -1 if there are none.
  @inlinable public var greatestLocal: Int { reduce(-1) { Swift.max($0, $1.id) } }
}

extension Optional where Wrapped: Node {
  /// The greatest number of a local in the tree; -1 if there is none.
  @inlinable public var greatestLocal: Int { self?.greatestLocal ?? -1 }
}

extension Optional where Wrapped == Local {
  /// The local's number; -1 if there is none.
  @inlinable public var greatestLocal: Int { self?.id ?? -1 }
}

/// A node that has a place in the source. Equality and hash ignore the places.
public protocol SpannedNode: Node {
  /// Where the source has it.
  var span: Span { get }
}

extension SpannedNode {
  public static func == (left: Self, right: Self) -> Bool {
    var leftBytes = NodeEncoder()
    var rightBytes = NodeEncoder()
    left.write(to: &leftBytes)
    right.write(to: &rightBytes)
    return leftBytes.bytes == rightBytes.bytes
  }

  public func hash(into hasher: inout Hasher) {
    var encoder = NodeEncoder()
    write(to: &encoder)
    hasher.combine(encoder.bytes)
  }
}

/// What takes in a node's forms and terminals in order: the printer, the hasher, the structural verifier.
public protocol NodeSink {
  /// A form begins; `span` counts only when `spanned`.
  mutating func open(_ form: StaticString, _ span: Span, spanned: Bool)
  /// The last opened form ends; `empty` if it has no fields.
  mutating func close(empty: Bool)
  /// A terminal in its text form.
  mutating func atom(_ text: String)
  /// A name.
  mutating func name(_ name: Name)
  /// A local.
  mutating func local(_ local: Local)
  /// A natural number.
  mutating func number(_ number: Int)
  /// An integer literal.
  mutating func integer(_ integer: Integer)
  /// A list field of `count` elements begins.
  mutating func beginList(count: Int, minimum: Int)
  /// The list ends.
  mutating func endList()
  /// An optional field without a value.
  mutating func absent()
}

extension NodeSink {
  /// By default an atom.
  public mutating func name(_ name: Name) { atom(Printer.spelling(of: name.text)) }

  /// By default an atom.
  public mutating func local(_ local: Local) { atom(Printer.spelling(of: local.description)) }

  /// By default an atom.
  public mutating func number(_ number: Int) { atom(String(number)) }

  /// By default an atom.
  public mutating func integer(_ integer: Integer) { atom(integer.description) }

  /// A list field.
  @inlinable public mutating func list<Element: Writable>(_ elements: [Element], minimum: Int) {
    beginList(count: elements.count, minimum: minimum)
    for element in elements { element.write(to: &self) }
    endList()
  }

  /// An optional field.
  @inlinable public mutating func optional<Value: Writable>(_ value: Value?) {
    if let value {
      value.write(to: &self)
    } else {
      absent()
    }
  }
}

/// Writes a node as bytes without its spans: two nodes are equal exactly if their bytes are.
///
/// Each part starts with a byte that says what it is; texts come with their length, so that no two nodes run together.
struct NodeEncoder: NodeSink {
  private enum Part: UInt8 {
    case form, end, atom, name, local, number, list, endOfList, absent
  }

  private(set) var bytes: [UInt8] = []

  mutating func open(_ form: StaticString, _ span: Span, spanned: Bool) {
    bytes.append(Part.form.rawValue)
    form.withUTF8Buffer { append($0) }
  }
  mutating func close(empty: Bool) { bytes.append(Part.end.rawValue) }
  mutating func atom(_ text: String) { append(.atom, text) }
  mutating func name(_ name: Name) { append(.name, name.text) }
  mutating func local(_ local: Local) {
    append(.local, local.name.text)
    append(local.id)
  }
  mutating func number(_ number: Int) {
    bytes.append(Part.number.rawValue)
    append(number)
  }
  mutating func integer(_ integer: Integer) {
    switch integer {
    case .small(let value): number(value)
    case .big(let digits): atom(digits.text)
    }
  }
  mutating func beginList(count: Int, minimum: Int) { bytes.append(Part.list.rawValue) }
  mutating func endList() { bytes.append(Part.endOfList.rawValue) }
  mutating func absent() { bytes.append(Part.absent.rawValue) }

  private mutating func append(_ part: Part, _ text: String) {
    bytes.append(part.rawValue)
    var text = text
    text.withUTF8 { append($0) }
  }

  private mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    append(text.count)
    bytes.append(contentsOf: text)
  }

  private mutating func append(_ number: Int) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

/// The FNV-1a hash, 64 bits (Fowler, Noll, Vo): stable between runs, unlike Swift's.
public struct StableHash: Sendable {
  /// The hash so far.
  public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  public init() {}

  /// Takes in some bytes.
  public mutating func combine(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// The hash of a text, as 16 hexadecimal digits.
  public static func hex(_ text: String) -> String { hex(text.utf8) }

  /// The hash of some bytes, as 16 hexadecimal digits.
  public static func hex(_ bytes: some Sequence<UInt8>) -> String {
    var hash = StableHash()
    hash.combine(bytes)
    let digits = String(hash.value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Node {
  /// A hash of the tree without its spans, the same in every run.
  public var stableHash: String {
    var encoder = NodeEncoder()
    write(to: &encoder)
    return StableHash.hex(encoder.bytes)
  }
}

// MARK: Helpers of the derived traversals

/// Whether two values of an indirect enumeration are one and the same object.
///
/// Such a value is one word, so comparing the words never says `true` of different trees.
@inlinable public func sameReference<Value>(_ left: Value, _ right: Value) -> Bool {
  guard MemoryLayout<Value>.size == MemoryLayout<UInt>.size else { return false }
  return unsafeBitCast(left, to: UInt.self) == unsafeBitCast(right, to: UInt.self)
}

/// Whether two lists share their storage.
@inlinable public func sameFields<Element: Writable>(_ left: [Element], _ right: [Element]) -> Bool {
  guard left.count == right.count else { return false }
  if left.isEmpty { return true }
  return left.withUnsafeBufferPointer { a in right.withUnsafeBufferPointer { b in a.baseAddress == b.baseAddress } }
}

/// Whether two optional fields are the same.
@inlinable public func sameFields<Value: Writable>(_ left: Value?, _ right: Value?) -> Bool {
  switch (left, right) {
  case (nil, nil): return true
  case (let left?, let right?): return Value.isSame(left, right)
  default: return false
  }
}

/// Rewrites each element; the list itself comes back if none changed.
@inlinable public func rewriteAll<Element: Writable>(
  _ elements: [Element], _ rewrite: (Element) throws -> Element
) rethrows -> [Element] {
  var result: [Element]?
  for (index, element) in elements.enumerated() {
    let new = try rewrite(element)
    if result == nil, !Element.isSame(new, element) {
      result = Array(elements[..<index])
      result?.reserveCapacity(elements.count)
    }
    result?.append(new)
  }
  return result ?? elements
}

/// A list that was made anew in the place of an old one; the old one if the elements are the same, so that the node which
/// holds it counts as the same, too.
@inlinable public func reusing<Element: Writable>(_ old: [Element], for new: [Element]) -> [Element] {
  guard old.count == new.count else { return new }
  for (index, element) in new.enumerated() where !Element.isSame(element, old[index]) { return new }
  return old
}
