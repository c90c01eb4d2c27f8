import CRuntime

/// The exit code asked for by a signal that arrived while standard output was being written; 0 when there was none.
nonisolated(unsafe) var pendingExit: Int32 = 0

private let signalStackSize = 64 &<< 10

/// Installs the signal handlers: growth of the root stack, orderly ends on SIGINT and SIGTERM, no end where output is not
/// taken because its reader is gone or its file too large.
func installHandlers() {
  if let memory = malloc(signalStackSize) {
    var alternate = stack_t()
    alternate.ss_sp = memory
    alternate.ss_size = signalStackSize
    sigaltstack(&alternate, nil)
  }
  runtime_handle(SIGSEGV, { _, info, _ in handleBadAccess(info) }, 0)
  runtime_handle(SIGBUS, { _, info, _ in handleBadAccess(info) }, 0)
  runtime_handle(SIGINT, { _, _, _ in endBySignal(130) }, SA_NODEFER)
  runtime_handle(SIGTERM, { _, _, _ in endBySignal(143) }, SA_NODEFER)
  runtime_reset_signal(SIGPIPE, 1)
  runtime_reset_signal(SIGXFSZ, 1)
}

/// Grows the root stack when the bad access lies in it; any other bad access takes the default action.
private func handleBadAccess(_ info: UnsafeMutablePointer<siginfo_t>?) {
  guard let info else { return }
  let address = runtime_fault_address(info)
  if growStack(to: address) { return }
  if isInStack(address) { fault("out of memory") }
  runtime_reset_signal(SIGSEGV, 0)
  runtime_reset_signal(SIGBUS, 0)
}

/// When the first signal to end came; zero before.
nonisolated(unsafe) private var endingSince = timespec()
/// A signal this much later than the first, in milliseconds, is one more wish to end: output that cannot be written is
/// given up. Sooner it is the same wish, sent to the process and to its group.
private let patience = 200

/// Ends the program after SIGINT or SIGTERM, at once or when the write under way is over.
private func endBySignal(_ code: Int32) {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  if endingSince.tv_sec != 0 {
    let waited = (now.tv_sec &- endingSince.tv_sec) &* 1000 &+ (now.tv_nsec &- endingSince.tv_nsec) / 1_000_000
    if waited > patience { end(code) }
    return
  }
  endingSince = now
  if output.isWriting {
    pendingExit = code
    return
  }
  flushOutput()
  end(code)
}
