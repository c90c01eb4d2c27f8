// fib(32) modulo 1,000,000,007 with 64 bits, and its digits by hand: Embedded Swift without its
// library.
struct Part {
  var bytes: UnsafePointer<UInt8>
  var count: Int
}

@_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_write")
@_extern(c)
func fd_write(_ file: Int32, _ parts: UnsafeRawPointer, _ count: Int, _ written: UnsafeMutableRawPointer) -> Int32

@inline(never)
func fib(_ n: Int64) -> Int64 { n < 2 ? n : (fib(n &- 1) &+ fib(n &- 2)) % 1_000_000_007 }

@_expose(wasm, "_start")
@_cdecl("_start")
public func start() {
  withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 21) { text in
    guard let base = text.baseAddress else { return }
    var first = base + 20
    first.pointee = UInt8(ascii: "\n")
    var rest = UInt64(bitPattern: fib(32))
    repeat {
      first -= 1
      first.pointee = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest != 0
    var part = Part(bytes: UnsafePointer(first), count: base + 21 - first)
    var written = 0
    _ = fd_write(1, &part, 1, &written)
  }
}
