const std = @import("std");
const wasi = std.os.wasi;

// Prints a line by the one function of the host that this needs.
pub export fn _start() void {
    const text = "hello, world\n";
    const part = [1]wasi.ciovec_t{.{ .base = text, .len = text.len }};
    var written: usize = 0;
    _ = wasi.fd_write(1, &part, 1, &written);
}
