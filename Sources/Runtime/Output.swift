import CRuntime

/// Standard output: bytes wait in a buffer until it is full, the program ends, or, on a terminal, a line ends.
struct Output {
  var buffer: UnsafeMutableRawPointer? = nil
  /// The bytes from `written` to `used` wait to be written.
  var written = 0
  var used = 0
  var isTerminal = false
  /// Set when the other end is gone; all further output is dropped.
  var isClosed = false
  /// Set while the system is writing, when a signal handler must not touch the buffer.
  var isWriting = false
}

/// The state of standard output.
nonisolated(unsafe) var output = Output()

private let outputCapacity = 64 &<< 10

/// Prints a text and a line feed to standard output.
@c(nanoc_console_print)
public func print(_ text: Cell) {
  let bytes = text.utf8
  appendOutput(bytes)
  withUnsafeBytes(of: UInt8(ascii: "\n")) { appendOutput($0) }
  if output.isTerminal { flushOutput() }
}

/// Prints an integer of a word and a line feed to standard output.
@c(nanoc_print_word)
public func print(_ value: Int) {
  var digits = DecimalDigits(value.magnitude)
  if value < 0 { withUnsafeBytes(of: UInt8(ascii: "-")) { appendOutput($0) } }
  digits.withBytes { appendOutput($0) }
  withUnsafeBytes(of: UInt8(ascii: "\n")) { appendOutput($0) }
  if output.isTerminal { flushOutput() }
}

/// Prints a text and a line feed to standard error.
@c(nanoc_console_error)
public func printError(_ text: Cell) {
  writeMessage("", text.utf8, "\n")
}

/// Prints a warning and a line feed to standard error.
@c(nanoc_console_warn)
public func printWarning(_ text: Cell) {
  writeMessage("[warn] ", text.utf8, "\n")
}

/// Adds bytes to the buffer of standard output; more than fit it go to the system at once.
func appendOutput(_ bytes: UnsafeRawBufferPointer) {
  if output.buffer == nil {
    guard let buffer = malloc(outputCapacity) else { fault("out of memory") }
    output.buffer = buffer
    output.isTerminal = isatty(1) == 1
  }
  if bytes.count > outputCapacity &- output.used { flushOutput() }
  guard let source = bytes.baseAddress, let buffer = output.buffer else { return }
  if bytes.count > outputCapacity { return writeOutput(bytes) }
  memcpy(buffer + output.used, source, bytes.count)
  output.used &+= bytes.count
}

/// Hands all buffered output to the system.
@c(nanoc_console_flush)
public func flushOutput() {
  guard let buffer = output.buffer, output.used > output.written else { return }
  writeOutput(UnsafeRawBufferPointer(start: buffer + output.written, count: output.used &- output.written))
  output.written = 0
  output.used = 0
}

/// Writes bytes to standard output, or drops them when it is closed.
private func writeOutput(_ bytes: UnsafeRawBufferPointer) {
  if output.isClosed { return }
  output.isWriting = true
  if !write(bytes, to: 1) { output.isClosed = true }
  output.isWriting = false
  if pendingExit != 0 { end(pendingExit) }
}

/// Writes bytes to a file descriptor, waiting when it is not ready. False when it does not take them.
func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    if pendingExit != 0 { return true }
    if count >= 0 {
      rest = rest.dropFirst(count)
    } else if runtime_errno() == EAGAIN {
      var ready = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
      poll(&ready, 1, -1)
    } else if runtime_errno() != EINTR {
      return false
    }
  }
  return true
}

/// Writes a message in three parts to standard error, in one system call when the system takes it whole.
func writeMessage(_ prefix: StaticString, _ text: UnsafeRawBufferPointer, _ suffix: StaticString) {
  let first = bytes(of: prefix)
  let last = bytes(of: suffix)
  let parts = (vector(first), vector(text), vector(last))
  var taken = withUnsafeBytes(of: parts) { writev(2, $0.bindMemory(to: iovec.self).baseAddress, 3) }
  if taken < 0 { taken = 0 }
  writeRest(first, &taken)
  writeRest(text, &taken)
  writeRest(last, &taken)
}

/// Writes to standard error what of a part the system has not taken yet.
private func writeRest(_ part: UnsafeRawBufferPointer, _ taken: inout Int) {
  let skipped = min(taken, part.count)
  taken &-= skipped
  _ = write(UnsafeRawBufferPointer(rebasing: part[skipped...]), to: 2)
}

/// The description of a part of a message for `writev`.
private func vector(_ part: UnsafeRawBufferPointer) -> iovec {
  iovec(iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: part.count)
}

/// The bytes of a text that is part of the runtime.
func bytes(of text: StaticString) -> UnsafeRawBufferPointer {
  UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
}
