import CRuntime

// Where a key stands among keys in order: its index, or -1 less the index at which it belongs.

/// The place of an integer. The search goes on to the last key that is not greater, and then looks whether all it has
/// met are small.
///
/// Which half comes next can't be guessed, so that it is computed rather than jumped to; and as each look waits for the
/// one before, the memory of the keys that will be met first is asked for at once.
@c(nanoc_int_search)
public func search(_ keys: Cell, integer key: Word) -> Int {
  for line in 1...4 { runtime_prefetch(keys + line &* 64) }
  var count = keys.field(0)
  if count == 0 { return -1 }
  var low = keys + 16
  var small = key
  while count > 1 {
    let half = count &>> 1
    let found = (low + half &* 8).load(as: Word.self)
    small &= found
    low += runtime_if_not_less(key, found, half &* 8)
    count &-= half
  }
  let found = low.load(as: Word.self)
  if small & found & 1 == 0 { return searchBig(keys, key) }
  let index = (low - keys) &>> 3 &- 2
  return found == key ? index : (found < key ? -2 &- index : -1 &- index)
}

/// The place of an integer where some may be big.
private func searchBig(_ keys: Cell, _ key: Word) -> Int {
  var (low, high) = (0, keys.field(0))
  while low < high {
    let middle = (low &+ high) &>> 1
    let order = compareIntegers(keys.field(middle &+ 1), key)
    if order == 0 { return middle }
    if order < 0 { low = middle &+ 1 } else { high = middle }
  }
  return -1 &- low
}

/// The place of a string. The search by first bytes alone, computed as that of an integer, goes on to the last key that
/// begins no higher, and is all that most keys need. As the bytes of each key lie elsewhere, those of the two keys that
/// may be met next are asked for while one is looked at.
@c(nanoc_string_search)
public func search(_ keys: Cell, string key: Cell) -> Int {
  var count = keys.field(0)
  if count == 0 { return -1 }
  let head = key.signedHead
  var low = keys + 16
  while count > 1 {
    let half = count &>> 1
    let next = (count &- half) &>> 1 &* 8
    let middle = low + half &* 8
    runtime_prefetch((low + next).load(as: Cell.self) + stringBytesOffset)
    runtime_prefetch((middle + next).load(as: Cell.self) + stringBytesOffset)
    let found = middle.load(as: Cell.self)
    low += runtime_if_not_less(head, found.signedHead, half &* 8)
    count &-= half
  }
  let found = low.load(as: Cell.self)
  let index = (low - keys) &>> 3 &- 2
  if found.signedHead != head { return found.signedHead < head ? -2 &- index : -1 &- index }
  let order = compareTails(found, key)
  return order == 0 ? index : (order < 0 ? -2 &- index : searchTails(keys, key, before: index))
}

/// The place of a string that lies before the key at an index, which begins as it does.
private func searchTails(_ keys: Cell, _ key: Cell, before index: Int) -> Int {
  var (low, high) = (0, index)
  while low < high {
    let middle = (low &+ high) &>> 1
    let order = compareStrings(keys.string(middle), key)
    if order == 0 { return middle }
    if order < 0 { low = middle &+ 1 } else { high = middle }
  }
  return -1 &- low
}

extension UnsafeMutableRawPointer {
  /// The string at an index of a vector of strings.
  @inline(__always)
  fileprivate func string(_ index: Int) -> Cell { (self + 16).load(fromByteOffset: index &* 8, as: Cell.self) }

  /// The first eight bytes of a string as a number with a sign that is ordered as they are.
  @inline(__always)
  fileprivate var signedHead: Int { Int(bitPattern: UInt(head)) ^ Int.min }
}
