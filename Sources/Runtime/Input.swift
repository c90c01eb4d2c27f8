import CRuntime

/// The outcomes of reading a line, as the raw status words that compiled programs test.
private enum LineStatus {
  static let read = 0
  static let endOfInput = 1
  static let invalid = 2
}

private let inputCapacity = 64 &<< 10

/// Standard input: the bytes from `start` to `end` of the buffer are read and not yet used.
private struct Input {
  var buffer: UnsafeMutableRawPointer? = nil
  var start = 0
  var end = 0
}

nonisolated(unsafe) private var input = Input()

/// The next line of standard input without its line end. `status` becomes 0, or 1 at the end of input, or 2 for a line
/// that is not valid UTF-8; then the result is empty.
@c(nanoc_console_read_line)
public func readLine(_ status: UnsafeMutablePointer<Word>) -> Cell {
  flushOutput()
  var line = GrowingBytes()
  defer { line.discard() }
  var isEnded = false
  var isEmpty = true
  while !isEnded, fillInput(), let buffer = input.buffer {
    isEmpty = false
    let rest = UnsafeRawBufferPointer(start: buffer + input.start, count: input.end &- input.start)
    let feed = rest.firstIndex(of: UInt8(ascii: "\n"))
    line.append(UnsafeRawBufferPointer(rebasing: rest[..<(feed ?? rest.count)]))
    input.start &+= feed.map { $0 &+ 1 } ?? rest.count
    isEnded = feed != nil
  }
  if isEmpty {
    status.pointee = LineStatus.endOfInput
    return emptyString()
  }
  var bytes = line.bytes
  if isEnded, bytes.last == UInt8(ascii: "\r") { bytes = UnsafeRawBufferPointer(rebasing: bytes.dropLast()) }
  guard let count = validScalarCount(bytes) else {
    status.pointee = LineStatus.invalid
    return emptyString()
  }
  status.pointee = LineStatus.read
  return makeString(bytes, scalarCount: count)
}

/// Reads more of standard input if all that was read is used. False at its end.
private func fillInput() -> Bool {
  if input.start < input.end { return true }
  if input.buffer == nil { input.buffer = malloc(inputCapacity) }
  guard let buffer = input.buffer else { fault("out of memory") }
  while true {
    let count = read(0, buffer, inputCapacity)
    if count > 0 {
      input.start = 0
      input.end = count
      return true
    }
    if count == 0 { return false }
    if runtime_errno() == EAGAIN {
      var ready = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
      poll(&ready, 1, -1)
    } else if runtime_errno() != EINTR {
      return false
    }
  }
}

/// Bytes collected in memory of their own.
private struct GrowingBytes {
  private var start: UnsafeMutableRawPointer? = nil
  private var capacity = 0
  private var count = 0

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  mutating func append(_ more: UnsafeRawBufferPointer) {
    guard let source = more.baseAddress, more.count > 0 else { return }
    if count &+ more.count > capacity {
      capacity = max(count &+ more.count, capacity &* 2)
      start = realloc(start, capacity)
    }
    guard let start else { fault("out of memory") }
    memcpy(start + count, source, more.count)
    count &+= more.count
  }

  func discard() { free(start) }
}
