import CRuntime

/// The raw byte offset of the first occurrence of `needle` at or after the raw byte offset `from`, or -1.
@c(nanoc_string_index_of)
public func offset(in text: Cell, of needle: Cell, from start: Int) -> Int {
  if start < 0 || start > text.byteLength { return -1 }
  guard needle.byteLength > 0 else { return start }
  if needle.byteLength == 1 {
    let byte = Int32(needle.textStart.load(as: UInt8.self))
    guard let match = memchr(text.textStart + start, byte, text.byteLength &- start) else { return -1 }
    return UnsafeRawPointer(match) - UnsafeRawPointer(text.textStart)
  }
  guard let match = memmem(text.textStart + start, text.byteLength &- start, needle.textStart, needle.byteLength)
  else { return -1 }
  return match - text.textStart
}

/// 1 when `needle` occurs in the text, else 0.
@c(nanoc_string_contains)
public func contains(_ text: Cell, _ needle: Cell) -> Int { offset(in: text, of: needle, from: 0) < 0 ? 0 : 1 }

/// 1 when the text begins with `needle`, else 0.
@c(nanoc_string_starts_with)
public func starts(_ text: Cell, with needle: Cell) -> Int {
  needle.byteLength <= text.byteLength && memcmp(text.textStart, needle.textStart, needle.byteLength) == 0 ? 1 : 0
}

/// 1 when the text ends with `needle`, else 0.
@c(nanoc_string_ends_with)
public func ends(_ text: Cell, with needle: Cell) -> Int {
  let start = text.byteLength &- needle.byteLength
  return start >= 0 && memcmp(text.textStart + start, needle.textStart, needle.byteLength) == 0 ? 1 : 0
}

/// The pieces of a text between non-overlapping separators. The empty separator stands at every boundary of
/// characters, the two ends included.
@c(nanoc_string_split)
public func split(_ text: Cell, _ separator: Cell) -> Word {
  var result = ListBuilder()
  var start = 0
  forEachMatch(in: text, of: separator) { match in
    result.append(sliceBytes(text, from: start, to: match).word)
    start = match &+ separator.byteLength
  }
  result.append(sliceBytes(text, from: start, to: text.byteLength).word)
  return result.list
}

/// The text with every non-overlapping occurrence of `old`, from left to right, replaced by `new`.
@c(nanoc_string_replace)
public func replace(_ text: Cell, _ old: Cell, with new: Cell) -> Cell {
  var matches = 0
  forEachMatch(in: text, of: old) { _ in matches &+= 1 }
  if matches == 0 { return retained(text) }
  let byteLength = text.byteLength &+ matches &* (new.byteLength &- old.byteLength)
  if byteLength == 0 { return emptyString() }
  let result = makeString(
    byteLength: byteLength,
    scalarCount: text.scalarCount &+ matches &* (new.scalarCount &- old.scalarCount))
  var end = result.textStart
  var start = 0
  forEachMatch(in: text, of: old) { match in
    memcpy(end, text.textStart + start, match &- start)
    end += match &- start
    memcpy(end, new.textStart, new.byteLength)
    end += new.byteLength
    start = match &+ old.byteLength
  }
  memcpy(end, text.textStart + start, text.byteLength &- start)
  return result
}

/// Calls `body` with the byte offset of every non-overlapping occurrence of `needle`; the empty one occurs at every
/// boundary of characters.
@inline(__always)
private func forEachMatch(in text: Cell, of needle: Cell, _ body: (Int) -> Void) {
  var position = 0
  if needle.byteLength == 0 {
    while position < text.byteLength {
      body(position)
      position &+= scalarLength(text.utf8[position])
    }
    return body(position)
  }
  while case let match = offset(in: text, of: needle, from: position), match >= 0 {
    body(match)
    position = match &+ needle.byteLength
  }
}

/// The elements of a list of strings with a separator between them.
@c(nanoc_string_join)
public func join(_ list: Word, _ separator: Cell) -> Cell {
  var (byteLength, scalarCount) = (0, 0)
  var elements = 0
  forEach(list) { word in
    byteLength &+= string(word).byteLength
    scalarCount &+= string(word).scalarCount
    elements &+= 1
  }
  if elements == 0 { return emptyString() }
  byteLength &+= (elements &- 1) &* separator.byteLength
  scalarCount &+= (elements &- 1) &* separator.scalarCount
  if byteLength == 0 { return emptyString() }
  let result = makeString(byteLength: byteLength, scalarCount: scalarCount)
  var end = result.textStart
  var isFirst = true
  forEach(list) { word in
    if !isFirst {
      memcpy(end, separator.textStart, separator.byteLength)
      end += separator.byteLength
    }
    isFirst = false
    memcpy(end, string(word).textStart, string(word).byteLength)
    end += string(word).byteLength
  }
  return result
}
