import Foundation

/// Runs `body` on a thread with a stack of 4 GiB, committed only as far as it is used, since passes recurse over the
/// nesting of programs.
func onLargeStack<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result {
  let box = ResultBox<Result>()
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    box.result = body()
    done.signal()
  }
  thread.stackSize = 4 << 30
  thread.start()
  done.wait()
  while true {
    if let result = box.result { return result }
  }
}

/// Hands a result from one thread to another; the semaphore orders the accesses.
private final class ResultBox<Result>: @unchecked Sendable {
  var result: Result?
}
