import CRuntime

// The variant of the library for `nanoc run --profile`. A compiled program has a record for each of its functions; it
// counts the calls and says which function runs: at its start and behind each call. A timer that ticks with the time
// that the processor spends on the program counts a sample for the function that runs, and so does each allocation, by
// whatever part of this library.

/// Ends the program; what it wrote has been flushed.
func end(_ code: Int32) -> Never {
  #if PROFILE
    reportProfile()
  #endif
  _exit(code)
}

#if PROFILE
  private typealias Record = UnsafeMutablePointer<runtime_profile>

  /// The record of the function that runs.
  @_silgen_name("nanoc_profile_current") @used
  nonisolated(unsafe) private var current: UnsafeMutablePointer<runtime_profile>?
  nonisolated(unsafe) private var table: (first: UnsafeMutablePointer<runtime_profile>?, count: Int) = (nil, 0)
  nonisolated(unsafe) private var report = Report()
  nonisolated(unsafe) private var startTime = 0

  /// The functions that the report shows at most.
  private let mostRows = 40
  private let sampleInterval = 1000

  /// Starts to sample a program with records of `count` functions.
  @c(nanoc_profile_start)
  public func startProfile(_ first: UnsafeMutablePointer<runtime_profile>?, _ count: Int) {
    table = (first, count)
    report.buffer = malloc(reportCapacity)
    startTime = runtime_processor_time()
    runtime_handle(
      SIGPROF, { _, _, _ in if let current { current.pointee.samples &+= 1 } }, Int32(bitPattern: UInt32(SA_RESTART)))
    runtime_start_timer(sampleInterval)
  }

  /// Counts an allocation of `size` bytes for the function that runs.
  @inline(__always)
  func countAllocation(_ size: Int) {
    guard let current else { return }
    current.pointee.allocations &+= 1
    current.pointee.bytes &+= UInt64(truncatingIfNeeded: size)
  }

  /// Writes a table of the functions that took most to standard error.
  private func reportProfile() {
    runtime_start_timer(0)
    guard let first = table.first else { return }
    let time = runtime_processor_time() &- startTime
    var sum = runtime_profile()
    for index in 0..<table.count {
      sum.samples &+= first[index].samples
      sum.calls &+= first[index].calls
      sum.allocations &+= first[index].allocations
      sum.bytes &+= first[index].bytes
    }
    report.text("profile: ")
    report.number(UInt64(truncatingIfNeeded: time / 1_000_000))
    report.text(" ms in ")
    report.number(sum.calls)
    report.text(" calls, ")
    report.number(sum.allocations)
    report.text(" allocations of ")
    report.number(sum.bytes)
    report.text(" bytes\n   time        calls  allocations        bytes  function\n")
    var rows = 0
    while rows < mostRows, let record = takeGreatest(first) {
      report.row(record.pointee, of: sum.samples)
      record.pointee.calls = 0
      rows &+= 1
    }
    var rest: UInt64 = 0
    for index in 0..<table.count where first[index].calls > 0 { rest &+= 1 }
    if rest > 0 {
      report.text("and ")
      report.number(rest)
      report.text(" functions that took less\n")
    }
    report.flush()
    table.first = nil
  }

  /// The function with the most samples that has calls, then with the most bytes, then with the most calls.
  private func takeGreatest(_ first: UnsafeMutablePointer<runtime_profile>) -> UnsafeMutablePointer<runtime_profile>? {
    var greatest: UnsafeMutablePointer<runtime_profile>?
    for index in 0..<table.count where first[index].calls > 0 {
      if let known = greatest, !isGreater(first[index], known.pointee) { continue }
      greatest = first + index
    }
    return greatest
  }

  private func isGreater(_ left: runtime_profile, _ right: runtime_profile) -> Bool {
    if left.samples != right.samples { return left.samples > right.samples }
    if left.bytes != right.bytes { return left.bytes > right.bytes }
    return left.calls > right.calls
  }

  private let reportCapacity = 4096

  /// Text on its way to standard error, in memory that is there before a signal may end the program.
  private struct Report {
    var buffer: UnsafeMutableRawPointer?
    var used = 0

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
      guard let buffer, let start = bytes.baseAddress else { return }
      if bytes.count > reportCapacity &- used { flush() }
      let count = min(bytes.count, reportCapacity)
      memcpy(buffer + used, start, count)
      used &+= count
    }

    mutating func text(_ text: StaticString) { add(bytes(of: text)) }

    /// A number, right-aligned in at least `width` characters.
    mutating func number(_ value: UInt64, width: Int = 0) {
      var digits = DecimalDigits(UInt(value))
      digits.withBytes { bytes in
        for _ in 0..<max(0, width &- bytes.count) { text(" ") }
        add(bytes)
      }
    }

    mutating func row(_ record: runtime_profile, of samples: UInt64) {
      let share = samples == 0 ? 0 : (record.samples &* 1000 &+ samples / 2) / samples
      number(share / 10, width: 5)
      text(".")
      number(share % 10)
      text("%")
      number(record.calls, width: 12)
      number(record.allocations, width: 13)
      number(record.bytes, width: 13)
      text("  ")
      if let name = record.name { add(UnsafeRawBufferPointer(start: name, count: strlen(name))) }
      text("\n")
    }

    mutating func flush() {
      _ = write(UnsafeRawBufferPointer(start: buffer, count: used), to: 2)
      used = 0
    }
  }
#endif
