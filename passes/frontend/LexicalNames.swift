import Nanopass

/// The keywords of the language; they are never names.
enum Keywords {
  static let all: Set<Name> = ["module", "fn", "type", "record", "match", "verify", "decision", "true", "false"]
  /// Keywords that begin an item of a file.
  static let itemStarts: Set<Name> = ["module", "fn", "type", "record", "verify", "decision"]
  static let module: Name = "module"
  static let decision: Name = "decision"
}

/// The names that occur in one file, each interned once: looking a known one up by its bytes takes no lock and makes
/// no string.
struct NameTable {
  /// A name that was seen, with the place of one spelling.
  struct Entry {
    var hash: UInt64
    var start: Int
    var length: Int
    var name: Name
    var isKeyword: Bool
    var isUpper: Bool
  }

  private var entries: [Entry] = []
  /// Indices of entries plus one, by hash, with linear probing; the count is a power of two.
  private var slots = [Int32](repeating: 0, count: 256)

  /// The entry of the name at `start`, made if needed; `hash` is that of its bytes.
  mutating func entry(of bytes: [UInt8], start: Int, length: Int, hash: UInt64) -> Entry {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if entry.hash == hash, entry.length == length, Self.same(bytes, entry.start, start, length) { return entry }
      slot = (slot + 1) & mask
    }
    let text = String(decoding: bytes[start..<start + length], as: UTF8.self)
    let name = Name(text)
    let entry = Entry(
      hash: hash, start: start, length: length, name: name, isKeyword: Keywords.all.contains(name),
      isUpper: text.unicodeScalars.first?.properties.isUppercase ?? false)
    entries.append(entry)
    slots[slot] = Int32(truncatingIfNeeded: entries.count)
    if entries.count * 2 > slots.count { grow() }
    return entry
  }

  private static func same(_ bytes: [UInt8], _ first: Int, _ second: Int, _ length: Int) -> Bool {
    for offset in 0..<length where bytes[first + offset] != bytes[second + offset] { return false }
    return true
  }

  private mutating func grow() {
    var larger = [Int32](repeating: 0, count: slots.count * 4)
    let mask = larger.count - 1
    for (index, entry) in entries.enumerated() {
      var slot = Int(truncatingIfNeeded: entry.hash) & mask
      while larger[slot] != 0 { slot = (slot + 1) & mask }
      larger[slot] = Int32(truncatingIfNeeded: index + 1)
    }
    slots = larger
  }
}
