import CRuntime

/// The milliseconds since 1970 in UTC, by the system's clock.
@c(nanoc_time_unix_ms)
public func unixMilliseconds() -> Int {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return now.tv_sec &* 1000 &+ now.tv_nsec / 1_000_000
}

/// Waits at least that many milliseconds, with all output written before.
@c(nanoc_time_sleep)
public func sleep(milliseconds: Int) {
  flushOutput()
  var wanted = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 &* 1_000_000)
  var left = timespec()
  // A signal that does not end the program interrupts the call, which says what is left.
  while nanosleep(&wanted, &left) != 0, runtime_errno() == EINTR { wanted = left }
}
