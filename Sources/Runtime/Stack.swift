import CRuntime

/// The stack that the program runs on: address space reserved at start, committed downwards as the program needs it.
///
/// The lowest `guardSize` bytes are never committed.
nonisolated(unsafe) var stack: (base: UnsafeMutableRawPointer, size: Int, committed: Int)? = nil

private let gibibyte = 1 &<< 30
private let stackStep = 64 &<< 20
private let guardSize = 1 &<< 20
private let leastSize = 4 &<< 20

/// Reserves the root stack, 64 GiB if the system allows and less otherwise, and commits its first part, or all of a small
/// one.
/// Nil when there is no address space even for a small one.
func allocateStack() -> (base: UnsafeMutableRawPointer, size: Int)? {
  var size = 64 &* gibibyte
  while size >= leastSize {
    if let base = runtime_reserve(size) {
      let first = min(stackStep, size &- guardSize)
      if runtime_commit(base + (size &- first), first) == 0 {
        stack = (base, size, first)
        return (base, size)
      }
      munmap(base, size)
    }
    size &>>= 1
  }
  return nil
}

/// Whether an address lies in the root stack, its guard included.
func isInStack(_ address: UnsafeMutableRawPointer?) -> Bool {
  guard let address, let stack else { return false }
  return address >= stack.base && address < stack.base + stack.size
}

/// Commits more of the root stack, down to `address` at least. False when the stack or the memory is exhausted.
/// Runs in a signal handler: calls nothing but system calls.
func growStack(to address: UnsafeMutableRawPointer?) -> Bool {
  guard let address, var grown = stack else { return false }
  let depth = grown.base + grown.size - address
  if depth <= grown.committed { return false }
  while grown.committed < depth {
    grown.committed &+= stackStep
    if grown.committed > grown.size &- guardSize { return false }
    if !hasMemory(stackStep) { return false }
    let lowest = grown.base + (grown.size &- grown.committed)
    if runtime_commit(lowest, stackStep) != 0 { return false }
    runtime_prefer_large_pages(lowest, stackStep)
  }
  stack = grown
  return true
}
