import CRuntime

/// A value of a compiled program as one machine word: a small integer, an immediate constructor, a pointer to a
/// cell, or raw bits.
public typealias Word = Int

/// A pointer to a cell: reference count (`Int32`, negative when immortal), tag and number of counted fields
/// (`UInt16` each), then the fields of eight bytes, the counted ones first. A vector's first field is its length.
public typealias Cell = UnsafeMutableRawPointer

/// The tag of cells that hold the bytes of a string.
let stringTag: UInt16 = 0xFFFF
/// The tag of cells that hold the limbs of a big integer.
let bigIntegerTag: UInt16 = 0xFFFE
/// The tag of cells that hold the elements of a vector.
let vectorTag: UInt16 = 0xFFFD
/// In place of the number of counted fields: all fields behind the first, which holds their number.
let arrayCount: UInt16 = 0xFFFF
/// The reference count of cells that are never freed.
let immortal = Int32.min
/// The immediate of the first constructor of a type, such as `[]`.
let firstImmediate: Word = 1

extension UnsafeMutableRawPointer {
  /// The reference count.
  var references: Int32 {
    get { load(as: Int32.self) }
    nonmutating set { storeBytes(of: newValue, as: Int32.self) }
  }

  /// The number of fields, from the first on, that hold counted words.
  var countedFields: Int { Int(load(fromByteOffset: 6, as: UInt16.self)) }

  /// Writes the header of a fresh cell.
  func setHeader(references: Int32, tag: UInt16, counted: UInt16) {
    storeBytes(of: references, as: Int32.self)
    storeBytes(of: tag, toByteOffset: 4, as: UInt16.self)
    storeBytes(of: counted, toByteOffset: 6, as: UInt16.self)
  }

  /// The word at field `index`.
  func field(_ index: Int) -> Word { load(fromByteOffset: 8 &+ index &* 8, as: Word.self) }

  /// Writes the word at field `index`.
  func setField(_ index: Int, _ word: Word) { storeBytes(of: word, toByteOffset: 8 &+ index &* 8, as: Word.self) }

  /// This pointer as a word.
  var word: Word { Int(bitPattern: self) }
}

/// The cell that a counted word points to; nil for small integers and immediates.
@inline(__always)
func pointee(_ word: Word) -> Cell? {
  word & 1 == 0 ? Cell(bitPattern: word) : nil
}

/// Adds one reference to a counted word.
@c(nanoc_dup)
public func duplicate(_ word: Word) {
  guard let cell = pointee(word) else { return }
  let references = cell.references
  if references >= 0 { cell.references = references &+ 1 }
}

/// Takes one reference away from a counted word and frees the cell with the last one.
@c(nanoc_drop)
public func drop(_ word: Word) {
  if let cell = pointee(word), releasesLast(cell) { free(cell: cell) }
}

/// Takes one reference away from a cell; true when it was the last one.
@inline(__always)
func releasesLast(_ cell: Cell) -> Bool {
  let references = cell.references
  if references < 0 { return false }
  cell.references = references &- 1
  return references == 1
}

/// Frees a cell whose last reference is gone, and all that only it kept alive.
///
/// Dead cells wait in a list threaded through their own headers, so that the space needed does not grow with the
/// depth of the structure. A header is the link divided by 8 in its low 48 bits with the number of counted fields
/// above: enough for addresses of 51 bits.
@c(nanoc_free)
public func free(cell: Cell) {
  if cell.countedFields == 0 { return release(cell) }
  var waiting: Cell? = nil
  push(cell, &waiting)
  while let dead = waiting {
    let header = dead.load(as: UInt64.self)
    waiting = Cell(bitPattern: UInt((header & 0xFFFF_FFFF_FFFF) &<< 3))
    let count = Int(header &>> 48)
    let fields = count == Int(arrayCount) ? 1..<dead.field(0) &+ 1 : 0..<count
    for index in fields {
      guard let child = pointee(dead.field(index)), releasesLast(child) else { continue }
      if child.countedFields == 0 { release(child) } else { push(child, &waiting) }
    }
    release(dead)
  }
}

/// Puts a dead cell in front of the list of those that wait.
@inline(__always)
private func push(_ cell: Cell, _ waiting: inout Cell?) {
  let link = UInt64(UInt(bitPattern: waiting)) &>> 3
  cell.storeBytes(of: UInt64(cell.countedFields) &<< 48 | link, as: UInt64.self)
  waiting = cell
}
