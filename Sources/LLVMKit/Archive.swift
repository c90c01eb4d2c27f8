internal import CLLVM

/// A static library in the `ar` format of System V and GNU: object files with an index of the symbols they define.
/// Numbers in the index are big-endian; those in the headers are decimal text.
final class Archive {
  private let path: String
  private let buffer: LLVMMemoryBufferRef
  private let bytes: UnsafeRawBufferPointer
  private var memberOfSymbol: [String: Int] = [:]
  private var taken: Set<Int> = []

  private static let magic = Array("!<arch>\n".utf8)
  private static let headerSize = 60

  /// Open the library at `path` and read its index. Throws if the file cannot be read, is no such library, or has no
  /// index.
  init(path: String) throws {
    self.path = path
    buffer = try readBuffer(path: path)
    bytes = UnsafeRawBufferPointer(start: LLVMGetBufferStart(buffer), count: LLVMGetBufferSize(buffer))
    guard bytes.starts(with: Self.magic) else { throw LLVMError("\(path): not a static library") }
    let index = try member(at: Self.magic.count)
    switch index.name {
    case "/": try readIndex(index.content, width: 4)
    case "/SYM64/": try readIndex(index.content, width: 8)
    default: throw LLVMError("\(path): the library has no symbol index")
    }
  }

  deinit {
    LLVMDisposeMemoryBuffer(buffer)
  }

  /// The object file that defines a symbol, at most once per object file; nil if there is none or it was taken.
  func take(defining symbol: String) throws -> UnsafeRawBufferPointer? {
    guard let offset = memberOfSymbol[symbol], taken.insert(offset).inserted else { return nil }
    return UnsafeRawBufferPointer(rebasing: try member(at: offset).content)
  }

  private func member(at offset: Int) throws -> (name: String, content: Slice<UnsafeRawBufferPointer>) {
    guard offset >= 0, offset <= bytes.count - Self.headerSize else { throw LLVMError("\(path): cut off") }
    let header = bytes[offset..<offset + Self.headerSize]
    let start = header.endIndex
    guard let size = Int(text(header, 48, 10)), size >= 0, size <= bytes.count - start else {
      throw LLVMError("\(path): malformed member at \(offset)")
    }
    return (text(header, 0, 16), bytes[start..<start + size])
  }

  /// A field of a header, without the spaces that fill it.
  private func text(_ header: Slice<UnsafeRawBufferPointer>, _ offset: Int, _ count: Int) -> String {
    let start = header.startIndex + offset
    return String(decoding: header[start..<start + count].prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
  }

  /// Read the index: a count, that many offsets of members, and that many zero-terminated names.
  private func readIndex(_ index: Slice<UnsafeRawBufferPointer>, width: Int) throws {
    func number(_ position: Int) -> Int? {
      let digits = index.dropFirst(position * width).prefix(width)
      guard digits.count == width else { return nil }
      return Int(exactly: digits.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    guard let count = number(0), count <= index.count / width - 1 else {
      throw LLVMError("\(path): malformed symbol index")
    }
    var names = index.dropFirst((count + 1) * width)
    memberOfSymbol.reserveCapacity(count)
    for symbol in 0..<count {
      guard let end = names.firstIndex(of: 0), let offset = number(symbol + 1) else {
        throw LLVMError("\(path): malformed symbol index")
      }
      let name = String(decoding: names[..<end], as: UTF8.self)
      if memberOfSymbol[name] == nil { memberOfSymbol[name] = offset }
      names = names[(end + 1)...]
    }
  }
}

/// Read a file into a buffer that the caller disposes of.
func readBuffer(path: String) throws -> LLVMMemoryBufferRef {
  var buffer: LLVMMemoryBufferRef?
  var message: UnsafeMutablePointer<CChar>?
  let failed = LLVMCreateMemoryBufferWithContentsOfFile(path, &buffer, &message)
  let text = takeString(message)
  guard failed == 0, let buffer else { throw LLVMError("\(path): \(text)") }
  return buffer
}
