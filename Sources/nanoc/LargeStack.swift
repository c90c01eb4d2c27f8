import Foundation

/// Runs `body` on a thread with a stack of 4 GiB, committed only as far as it is used, since passes recurse over the
/// nesting of programs. Where memory is limited the stack is smaller, and it is never larger than `limit`.
func onLargeStack<Result: Sendable>(limit: Int = 4 << 30, _ body: @escaping @Sendable () -> Result) -> Result {
  let box = ResultBox<Result>()
  let work = Work { box.result = body() }
  for size in [4 << 30, 1 << 30, 256 << 20, 64 << 20] where size <= limit && work.run(stackSize: size) {
    if let result = box.result { return result }
  }
  Console.error("error: there is not enough memory for nanoc's stack")
  exit(2)
}

/// Something to do on a thread of its own.
private final class Work: Sendable {
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  /// Does it and waits; false if there is no memory for such a stack.
  func run(stackSize: Int) -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, stackSize) == 0 else { return false }
    var thread = pthread_t()
    let started = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue().body() }
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    return started == 0 && pthread_join(thread, nil) == 0
  }
}

/// Hands a result from one thread to another; joining the thread orders the accesses.
private final class ResultBox<Result>: @unchecked Sendable {
  var result: Result?
}
