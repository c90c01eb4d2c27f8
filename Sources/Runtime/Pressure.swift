import CRuntime

/// Memory left alone so that the system and the runtime can still act when a program has used up the rest.
private let reserve = 64 &<< 20

/// Whether the system can give `size` more bytes of memory now: what it reports as available, and what is left of
/// the limit of the control group.
///
/// Linux promises more memory than it has and kills the program that then uses it, so that asking before growing
/// is the only way to an orderly end. Calls nothing but system calls; files that do not exist count as no limit.
func hasMemory(_ size: Int) -> Bool {
  let needed = size &+ reserve
  if let available = number(after: "MemAvailable:", in: "/proc/meminfo") {
    let swap = number(after: "SwapFree:", in: "/proc/meminfo") ?? 0
    if (available &+ swap) &* 1024 < needed { return false }
  }
  if let limit = number(after: "", in: "/sys/fs/cgroup/memory.max"),
    let used = number(after: "", in: "/sys/fs/cgroup/memory.current")
  {
    let cached = number(after: "\ninactive_file ", in: "/sys/fs/cgroup/memory.stat") ?? 0
    if limit &- used &+ cached < needed { return false }
  }
  if let limit = number(after: "", in: "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    let used = number(after: "", in: "/sys/fs/cgroup/memory/memory.usage_in_bytes")
  {
    let cached = number(after: "\ntotal_inactive_file ", in: "/sys/fs/cgroup/memory/memory.stat") ?? 0
    if limit &- used &+ cached < needed { return false }
  }
  return true
}

/// The decimal number that follows `key` and spaces in the first 4 KiB of a file; nil when there is none.
private func number(after key: StaticString, in path: StaticString) -> Int? {
  let file = path.utf8Start.withMemoryRebound(to: CChar.self, capacity: path.utf8CodeUnitCount) { runtime_open($0) }
  if file < 0 { return nil }
  defer { close(file) }
  return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { (buffer) -> Int? in
    guard let start = buffer.baseAddress else { return nil }
    let count = read(file, start, buffer.count)
    if count <= 0 { return nil }
    guard let match = memmem(start, count, key.utf8Start, key.utf8CodeUnitCount) else { return nil }
    var index = UnsafeRawPointer(match) - UnsafeRawPointer(start) &+ key.utf8CodeUnitCount
    while index < count && buffer[index] == UInt8(ascii: " ") { index &+= 1 }
    var value = 0
    let first = index
    while index < count, case let digit = buffer[index] &- UInt8(ascii: "0"), digit <= 9, index &- first < 18 {
      value = value &* 10 &+ Int(digit)
      index &+= 1
    }
    return index == first ? nil : value
  }
}
