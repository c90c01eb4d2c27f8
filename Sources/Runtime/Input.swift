import CRuntime

private let inputCapacity = 64 &<< 10

/// Standard input: the bytes from `start` to `end` of the buffer are read and not yet used.
private struct Input {
  var buffer: UnsafeMutableRawPointer? = nil
  var start = 0
  var end = 0
}

nonisolated(unsafe) private var input = Input()

/// The bytes of the next line of standard input without its end, behind one byte; no bytes at the end of input.
@c(nanoc_console_read_line)
public func readLine() -> Cell {
  flushOutput()
  guard fillInput() else { return emptyString() }
  if let whole = takeLine() { return optionalBytes(withoutReturn(whole)) }
  var line = GrowingBytes()
  defer { line.discard() }
  repeat {
    if let rest = takeLine() {
      line.append(rest)
      return optionalBytes(withoutReturn(line.bytes))
    }
    if let buffer = input.buffer {
      line.append(UnsafeRawBufferPointer(start: buffer + input.start, count: input.end &- input.start))
    }
    input.start = input.end
  } while fillInput()
  return optionalBytes(line.bytes)
}

/// The bytes in the buffer up to a line feed, which are used then; nil if there is none.
private func takeLine() -> UnsafeRawBufferPointer? {
  guard let buffer = input.buffer else { return nil }
  let start = buffer + input.start
  guard let feed = memchr(start, 10, input.end &- input.start) else { return nil }
  input.start = buffer.distance(to: feed) &+ 1
  return UnsafeRawBufferPointer(start: start, count: start.distance(to: feed))
}

/// A line without the carriage return before its line feed.
private func withoutReturn(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
  line.last == UInt8(ascii: "\r") ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
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
