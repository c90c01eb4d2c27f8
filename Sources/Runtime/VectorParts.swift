import CRuntime

// Vectors that become longer, shorter or parts of others.

/// Takes over a reference to a vector and gives one to a vector with room for one more element at a raw index, which
/// is yet to be written.
@inline(__always)
private func opened(_ vector: Cell, at index: Int, counted: Bool, width: Int = 8) -> Cell {
  let length = vector.field(0)
  let (before, after) = (index &* width, (length &- index) &* width)
  let cell: Cell
  if vector.references == 1 {
    cell = grown(vector, from: 16 &+ length &* width, to: 16 &+ (length &+ 1) &* width)
    // A vector without elements is of no kind.
    cell.setHeader(references: 1, tag: vectorTag, counted: counted ? arrayCount : 0)
    memmove(cell + (16 &+ before &+ width), cell + (16 &+ before), after)
    cell.setField(0, length &+ 1)
  } else {
    cell = makeVector(length &+ 1, counted: counted, width: width)
    memcpy(cell + 16, vector + 16, before)
    memcpy(cell + (16 &+ before &+ width), vector + (16 &+ before), after)
    if counted { duplicateElements(of: vector, from: 0, to: length) }
    drop(vector.word)
  }
  return cell
}

/// Takes over a reference to a vector and gives one to a vector without the element at a raw index inside it.
@inline(__always)
private func closed(_ vector: Cell, at index: Int, counted: Bool, width: Int = 8) -> Cell {
  let length = vector.field(0)
  let (before, after) = (index &* width, (length &- index &- 1) &* width)
  if vector.references == 1 {
    let old = counted ? vector.field(index &+ 1) : firstImmediate
    memmove(vector + (16 &+ before), vector + (16 &+ before &+ width), after)
    vector.setField(0, length &- 1)
    drop(old)
    return vector
  }
  let cell = makeVector(length &- 1, counted: counted, width: width)
  memcpy(cell + 16, vector + 16, before)
  memcpy(cell + (16 &+ before), vector + (16 &+ before &+ width), after)
  if counted { duplicateElements(of: cell, from: 0, to: length &- 1) }
  drop(vector.word)
  return cell
}

/// The elements of two vectors between raw indices.
@inline(__always)
private func joined(
  _ first: Cell, _ from: Int, _ to: Int, _ second: Cell, _ length: Int, counted: Bool, width: Int = 8
) -> Cell {
  let cell = makeVector(to &- from &+ length, counted: counted, width: width)
  memcpy(cell + 16, first + (16 &+ from &* width), (to &- from) &* width)
  memcpy(cell + (16 &+ (to &- from) &* width), second + 16, length &* width)
  if counted { duplicateElements(of: cell, from: 0, to: to &- from &+ length) }
  return cell
}

/// Adds one reference to each counted element between two indices.
private func duplicateElements(of vector: Cell, from: Int, to: Int) {
  var index = from
  while index < to {
    index &+= 1
    duplicate(vector.field(index))
  }
}

/// The vector with one more counted word at a raw index, which may be its length. Takes over the references to both.
@c(nanoc_vector_insert_counted)
public func insertCounted(_ vector: Cell, at index: Int, _ element: Word) -> Cell {
  let cell = opened(vector, at: index, counted: true)
  cell.setField(index &+ 1, element)
  return cell
}

/// The vector with one more raw word at a raw index, which may be its length. Takes over the reference to the vector.
@c(nanoc_vector_insert_word)
public func insertWord(_ vector: Cell, at index: Int, _ element: Word) -> Cell {
  let cell = opened(vector, at: index, counted: false)
  cell.setField(index &+ 1, element)
  return cell
}

/// The vector with one more raw word that fits a byte at a raw index, which may be its length. Takes over the reference
/// to the vector.
@c(nanoc_vector_insert_byte)
public func insertByte(_ vector: Cell, at index: Int, _ element: Word) -> Cell {
  let cell = opened(vector, at: index, counted: false, width: 1)
  cell.storeBytes(of: UInt8(truncatingIfNeeded: element), toByteOffset: index &+ 16, as: UInt8.self)
  return cell
}

/// The vector with one more float at a raw index, which may be its length. Takes over the reference to the vector.
@c(nanoc_vector_insert_float)
public func insertFloat(_ vector: Cell, at index: Int, _ element: Double) -> Cell {
  insertWord(vector, at: index, Word(bitPattern: UInt(element.bitPattern)))
}

/// The vector without the counted word at a raw index inside it. Takes over the reference to the vector.
@c(nanoc_vector_remove_counted)
public func removeCounted(_ vector: Cell, at index: Int) -> Cell { closed(vector, at: index, counted: true) }

/// The vector without the raw word at a raw index inside it. Takes over the reference to the vector.
@c(nanoc_vector_remove_word)
public func removeWord(_ vector: Cell, at index: Int) -> Cell { closed(vector, at: index, counted: false) }

/// The vector without the raw word that fits a byte at a raw index inside it. Takes over the reference to the vector.
@c(nanoc_vector_remove_byte)
public func removeByte(_ vector: Cell, at index: Int) -> Cell { closed(vector, at: index, counted: false, width: 1) }

/// The vector without the float at a raw index inside it. Takes over the reference to the vector.
@c(nanoc_vector_remove_float)
public func removeFloat(_ vector: Cell, at index: Int) -> Cell { removeWord(vector, at: index) }

/// The counted words from one raw index up to another, both inside the vector.
@c(nanoc_vector_slice_counted)
public func sliceCounted(_ vector: Cell, from: Int, to: Int) -> Cell {
  joined(vector, from, to, vector, 0, counted: true)
}

/// The raw words from one raw index up to another, both inside the vector.
@c(nanoc_vector_slice_word)
public func sliceWord(_ vector: Cell, from: Int, to: Int) -> Cell {
  joined(vector, from, to, vector, 0, counted: false)
}

/// The raw words that fit bytes from one raw index up to another, both inside the vector.
@c(nanoc_vector_slice_byte)
public func sliceByte(_ vector: Cell, from: Int, to: Int) -> Cell {
  joined(vector, from, to, vector, 0, counted: false, width: 1)
}

/// The floats from one raw index up to another, both inside the vector.
@c(nanoc_vector_slice_float)
public func sliceFloat(_ vector: Cell, from: Int, to: Int) -> Cell { sliceWord(vector, from: from, to: to) }

/// The counted words of two vectors, one after the other.
@c(nanoc_vector_concat_counted)
public func concatenateCounted(_ first: Cell, _ second: Cell) -> Cell {
  joined(first, 0, first.field(0), second, second.field(0), counted: true)
}

/// The raw words of two vectors, one after the other.
@c(nanoc_vector_concat_word)
public func concatenateWords(_ first: Cell, _ second: Cell) -> Cell {
  joined(first, 0, first.field(0), second, second.field(0), counted: false)
}

/// The raw words that fit bytes of two vectors, one after the other.
@c(nanoc_vector_concat_byte)
public func concatenateBytes(_ first: Cell, _ second: Cell) -> Cell {
  joined(first, 0, first.field(0), second, second.field(0), counted: false, width: 1)
}

/// The floats of two vectors, one after the other.
@c(nanoc_vector_concat_float)
public func concatenateFloats(_ first: Cell, _ second: Cell) -> Cell { concatenateWords(first, second) }
