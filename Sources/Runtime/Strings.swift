import CRuntime

/// The offset of the bytes of a string in its cell.
let stringBytesOffset = 24

extension UnsafeMutableRawPointer {
  /// The number of UTF-8 bytes of a string.
  var byteLength: Int { field(0) }

  /// The number of scalars of a string.
  var scalarCount: Int { field(1) }

  /// Whether a string consists of ASCII only.
  var isASCII: Bool { byteLength == scalarCount }

  /// The first byte of a string.
  var textStart: UnsafeMutableRawPointer { self + stringBytesOffset }

  /// The first eight bytes of a string as a number that is ordered as they are. Behind a shorter string there are zeros.
  @inline(__always)
  var head: UInt64 { UInt64(bigEndian: textStart.load(as: UInt64.self)) }

  /// The bytes of a string.
  var utf8: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: textStart, count: byteLength) }
}

// Why every text has a cell: of the benchmarks, three make texts of at most seven bytes that are not single characters,
// which are there before: 27 % of the cells of json_parser, 63 % of those of word_count and of string_building. Their
// allocation and release takes 5 %, 3 % and 5 % of the time, which is 0.8 % of all benchmarks in the geometric mean, and
// every function on strings would first have to tell words from cells. Vectors of keys that hold the bytes themselves
// would save misses of the cache, too, which are half the time of word_count; `nanoc_string_search` hides a part of them.

/// Allocates a string whose bytes the caller fills in, and none behind them: the first eight are zero, so that strings
/// can be compared by them at once.
func makeString(byteLength: Int, scalarCount: Int) -> Cell {
  let cell = allocate(stringBytesOffset &+ max(byteLength, 8))
  cell.setHeader(references: 1, tag: stringTag, counted: 0)
  cell.setField(0, byteLength)
  cell.setField(1, scalarCount)
  cell.setField(2, 0)
  return cell
}

/// A string with a copy of the given UTF-8 bytes.
func makeString(_ bytes: UnsafeRawBufferPointer, scalarCount: Int) -> Cell {
  guard let start = bytes.baseAddress, !bytes.isEmpty else { return emptyString() }
  let cell = makeString(byteLength: bytes.count, scalarCount: scalarCount)
  memcpy(cell.textStart, start, bytes.count)
  return cell
}

/// A string with a copy of an ASCII text.
func makeString(ascii text: StaticString) -> Cell {
  makeString(bytes(of: text), scalarCount: text.utf8CodeUnitCount)
}

/// The header, lengths and first bytes of the string without characters, as a cell that is never freed.
nonisolated(unsafe) private var emptyCell: (header: UInt64, byteLength: Int, scalarCount: Int, bytes: UInt64) = (
  0x0000_FFFF_8000_0000, 0, 0, 0
)

/// The string without characters.
func emptyString() -> Cell { UnsafeMutableRawPointer(&emptyCell) }

/// The text of one string followed by that of another.
@c(nanoc_string_concat)
public func concatenate(_ first: Cell, _ second: Cell) -> Cell {
  if first.byteLength == 0 { return retained(second) }
  if second.byteLength == 0 { return retained(first) }
  let result = makeString(
    byteLength: first.byteLength &+ second.byteLength, scalarCount: first.scalarCount &+ second.scalarCount)
  memcpy(result.textStart, first.textStart, first.byteLength)
  memcpy(result.textStart + first.byteLength, second.textStart, second.byteLength)
  return result
}

/// Takes over references to two strings and gives one to the text of the first followed by that of the second.
///
/// A first string that nothing else refers to is extended where it is, with room for more when it must move, so that
/// a text built by adding to it piece by piece takes linear time.
@c(nanoc_string_append)
public func append(_ first: Cell, _ second: Cell) -> Cell {
  if second.byteLength == 0 {
    drop(second.word)
    return first
  }
  if first.byteLength == 0 {
    drop(first.word)
    return second
  }
  let length = first.byteLength
  if length &+ second.byteLength <= 8 { return appendShort(first, second) }
  let result: Cell
  if first.references == 1 {
    result = grown(first, from: stringBytesOffset &+ length, to: stringBytesOffset &+ length &+ second.byteLength)
  } else {
    result = makeString(byteLength: length &+ second.byteLength, scalarCount: 0)
    memcpy(result.textStart, first.textStart, length)
    result.setField(1, first.scalarCount)
    drop(first.word)
  }
  memcpy(result.textStart + length, second.textStart, second.byteLength)
  result.setField(0, length &+ second.byteLength)
  result.setField(1, result.scalarCount &+ second.scalarCount)
  drop(second.word)
  return result
}

/// The same for texts of at most eight bytes together, none of them empty: these are put together in a word.
@inline(__always)
private func appendShort(_ first: Cell, _ second: Cell) -> Cell {
  let length = first.byteLength
  let bytes = first.field(2) | second.field(2) &<< (length &* 8)
  let scalarCount = first.scalarCount &+ second.scalarCount
  let byteLength = length &+ second.byteLength
  let result: Cell
  if first.references == 1 {
    result = first
    result.setField(0, byteLength)
    result.setField(1, scalarCount)
  } else {
    result = makeString(byteLength: byteLength, scalarCount: scalarCount)
    drop(first.word)
  }
  result.setField(2, bytes)
  drop(second.word)
  return result
}

/// The texts of `count` strings, one or more, one after the other; takes over the references to them. A long first string
/// that nothing else refers to is extended where it is, as by `append`.
@c(nanoc_string_append_many)
public func append(_ count: Int, _ strings: UnsafePointer<UnsafeMutableRawPointer>) -> Cell {
  let first = strings[0]
  let length = first.byteLength
  guard first.references == 1, length > longestTemporary else {
    let result = concatenate(count, strings)
    for index in 0..<count { drop(strings[index].word) }
    return result
  }
  var byteLength = length
  for index in 1..<count { byteLength &+= strings[index].byteLength }
  let result = grown(first, from: stringBytesOffset &+ length, to: stringBytesOffset &+ byteLength)
  var end = result.textStart + length
  var scalarCount = result.scalarCount
  for index in 1..<count {
    let part = strings[index]
    memcpy(end, part.textStart, part.byteLength)
    end += part.byteLength
    scalarCount &+= part.scalarCount
    drop(part.word)
  }
  result.setField(0, byteLength)
  result.setField(1, scalarCount)
  return result
}

/// The most bytes of a first string that is likely to be a part among others, not a text that grows: what is put together
/// then gets no room for more.
private let longestTemporary = 32

/// The texts of `count` strings one after the other.
private func concatenate(_ count: Int, _ strings: UnsafePointer<UnsafeMutableRawPointer>) -> Cell {
  var byteLength = 0
  var scalarCount = 0
  for index in 0..<count {
    byteLength &+= strings[index].byteLength
    scalarCount &+= strings[index].scalarCount
  }
  if byteLength == 0 { return emptyString() }
  let result = makeString(byteLength: byteLength, scalarCount: scalarCount)
  var end = result.textStart
  for index in 0..<count {
    memcpy(end, strings[index].textStart, strings[index].byteLength)
    end += strings[index].byteLength
  }
  return result
}

/// Another reference to a cell, for functions that return one of their arguments.
func retained(_ cell: Cell) -> Cell {
  duplicate(cell.word)
  return cell
}

/// 1 when both strings have the same scalars, else 0.
@c(nanoc_string_equal)
public func stringsEqual(_ first: Cell, _ second: Cell) -> Int {
  if first == second { return 1 }
  let length = first.byteLength
  if length != second.byteLength || first.head != second.head { return 0 }
  if length <= 8 { return 1 }
  return memcmp(first.textStart + 8, second.textStart + 8, length &- 8) == 0 ? 1 : 0
}

/// -1, 0 or 1: the order of two strings by scalars, which is that of their UTF-8 bytes.
@c(nanoc_string_compare)
public func compareStrings(_ first: Cell, _ second: Cell) -> Int {
  // Most strings differ in their first bytes.
  let (head, other) = (first.head, second.head)
  return head == other ? compareTails(first, second) : (head < other ? -1 : 1)
}

/// The order of two strings with the same head.
func compareTails(_ first: Cell, _ second: Cell) -> Int {
  let (left, right) = (first.byteLength, second.byteLength)
  let common = min(left, right)
  if common > 8 {
    let order = memcmp(first.textStart + 8, second.textStart + 8, common &- 8)
    if order != 0 { return order < 0 ? -1 : 1 }
  }
  return (left &- right).signum()
}

/// The number of scalars, as a raw count.
@c(nanoc_string_length)
public func stringLength(_ text: Cell) -> Int { text.scalarCount }

/// The number of UTF-8 bytes, as a raw count.
@c(nanoc_string_byte_length)
public func stringByteLength(_ text: Cell) -> Int { text.byteLength }
