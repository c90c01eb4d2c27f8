#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Measures from its making on.
public struct Stopwatch: Sendable {
  private var start = ContinuousClock.now
  private var processor = Stopwatch.processorTime

  /// Starts.
  public init() {}

  /// What a pass took since the start.
  public func measure(_ pass: String, peakMemory: Int) -> StageMeasure {
    StageMeasure(
      pass: pass, duration: ContinuousClock.now - start, processor: Stopwatch.processorTime - processor,
      peakMemory: peakMemory)
  }

  /// Adds what has been taken since the start to a measure, and starts again.
  mutating func lap(_ measure: inout StageMeasure) {
    let (now, used) = (ContinuousClock.now, Stopwatch.processorTime)
    measure.duration += now - start
    measure.processor += used - processor
    (start, processor) = (now, used)
  }

  /// The time that the threads of the process have spent on processors.
  private static var processorTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
