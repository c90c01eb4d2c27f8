// Prints a line by the one function of the host that this needs: Embedded Swift without its library.
struct Part {
  var bytes: UnsafePointer<UInt8>
  var count: Int
}

@_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_write")
@_extern(c)
func fd_write(_ file: Int32, _ parts: UnsafeRawPointer, _ count: Int, _ written: UnsafeMutableRawPointer) -> Int32

let text: StaticString = "hello, world\n"

@_expose(wasm, "_start")
@_cdecl("_start")
public func start() {
  var part = Part(bytes: text.utf8Start, count: text.utf8CodeUnitCount)
  var written = 0
  _ = fd_write(1, &part, 1, &written)
}
