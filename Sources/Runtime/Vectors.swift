import CRuntime

// Vectors: cells whose first field is the length, as a raw word, with the elements behind it. Elements are counted
// words, raw words, raw words that fit a byte and take no more, or floats; the compiler knows which, and chooses the
// functions.

/// Allocates a vector whose elements are yet to be written.
@inline(__always)
func makeVector(_ length: Int, counted: Bool, width: Int = 8) -> Cell {
  let cell = allocate(16 &+ length &* width)
  cell.setHeader(references: 1, tag: vectorTag, counted: counted ? arrayCount : 0)
  cell.setField(0, length)
  return cell
}

/// Takes over a reference to a vector and gives one to a vector of the same elements that nothing else refers to: the
/// same, or a copy.
@inline(__always)
private func unique(_ vector: Cell, counted: Bool, width: Int = 8) -> Cell {
  if vector.references == 1 { return vector }
  let length = vector.field(0)
  let copy = makeVector(length, counted: counted, width: width)
  memcpy(copy + 16, vector + 16, length &* width)
  if counted {
    for index in 1..<length &+ 1 { duplicate(copy.field(index)) }
  }
  _ = releasesLast(vector)
  return copy
}

/// A vector without elements.
@c(nanoc_vector_empty)
public func emptyVector() -> Cell { makeVector(0, counted: false) }

/// The number of elements.
@c(nanoc_vector_length)
public func length(vector: Cell) -> Int { vector.field(0) }

/// A vector of `length` times the same counted word.
@c(nanoc_vector_new_counted)
public func vector(_ length: Int, of element: Word) -> Cell {
  let cell = makeVector(length, counted: true)
  for index in 1..<length &+ 1 {
    duplicate(element)
    cell.setField(index, element)
  }
  return cell
}

/// A vector of `length` times the same raw word.
@c(nanoc_vector_new_word)
public func vector(_ length: Int, ofWord element: Word) -> Cell {
  let cell = makeVector(length, counted: false)
  for index in 1..<length &+ 1 { cell.setField(index, element) }
  return cell
}

/// A vector of `length` times the same raw word that fits a byte.
@c(nanoc_vector_new_byte)
public func vector(_ length: Int, ofByte element: Word) -> Cell {
  let cell = makeVector(length, counted: false, width: 1)
  memset(cell + 16, Int32(truncatingIfNeeded: element), length)
  return cell
}

/// A vector of `length` times the same float.
@c(nanoc_vector_new_float)
public func vector(_ length: Int, ofFloat element: Double) -> Cell {
  vector(length, ofWord: Word(bitPattern: UInt(element.bitPattern)))
}

/// The counted word at a raw index inside the vector, which lends it.
@c(nanoc_vector_get_counted)
public func counted(_ vector: Cell, at index: Int) -> Word { vector.field(index &+ 1) }

/// The raw word at a raw index inside the vector.
@c(nanoc_vector_get_word)
public func word(_ vector: Cell, at index: Int) -> Word { vector.field(index &+ 1) }

/// The raw word, which fits a byte, at a raw index inside the vector.
@c(nanoc_vector_get_byte)
public func byte(_ vector: Cell, at index: Int) -> Word {
  Word(vector.load(fromByteOffset: index &+ 16, as: UInt8.self))
}

/// The float at a raw index inside the vector.
@c(nanoc_vector_get_float)
public func float(_ vector: Cell, at index: Int) -> Double {
  Double(bitPattern: UInt64(UInt(bitPattern: vector.field(index &+ 1))))
}

/// The vector with another counted word at a raw index inside it. Takes over the references to both.
@c(nanoc_vector_set_counted)
public func setCounted(_ vector: Cell, at index: Int, to element: Word) -> Cell {
  let cell = unique(vector, counted: true)
  let old = cell.field(index &+ 1)
  cell.setField(index &+ 1, element)
  drop(old)
  return cell
}

/// The vector with another raw word at a raw index inside it. Takes over the reference to the vector.
@c(nanoc_vector_set_word)
public func setWord(_ vector: Cell, at index: Int, to element: Word) -> Cell {
  let cell = unique(vector, counted: false)
  cell.setField(index &+ 1, element)
  return cell
}

/// The vector with another raw word that fits a byte at a raw index inside it. Takes over the reference to the vector.
@c(nanoc_vector_set_byte)
public func setByte(_ vector: Cell, at index: Int, to element: Word) -> Cell {
  let cell = unique(vector, counted: false, width: 1)
  cell.storeBytes(of: UInt8(truncatingIfNeeded: element), toByteOffset: index &+ 16, as: UInt8.self)
  return cell
}

/// The vector with another float at a raw index inside it. Takes over the reference to the vector.
@c(nanoc_vector_set_float)
public func setFloat(_ vector: Cell, at index: Int, to element: Double) -> Cell {
  setWord(vector, at: index, to: Word(bitPattern: UInt(element.bitPattern)))
}
