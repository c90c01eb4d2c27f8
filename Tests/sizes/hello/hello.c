// Prints a line by the one function of the host that this needs, without a C library.
typedef struct {
    const char *bytes;
    unsigned long count;
} Part;

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write")))
int fd_write(int file, const Part *parts, unsigned long count, unsigned long *written);

static const char text[] = "hello, world\n";

void _start(void) {
    Part part = {text, sizeof text - 1};
    unsigned long written;
    fd_write(1, &part, 1, &written);
}
