"""Runs a command of the WebAssembly System Interface, preview 1, by wasmtime: run-wasi.py MODULE ARGUMENT..."""
import os
import sys
import threading

import wasmtime

MEGABYTE = 1 << 20


def run(path, arguments):
    config = wasmtime.Config()
    config.wasm_tail_call = True
    # Python has no name for the one that bounds the other.
    wasmtime._bindings.wasmtime_config_async_stack_size_set(config.ptr(), 1800 * MEGABYTE)
    config.max_wasm_stack = 1800 * MEGABYTE
    store = wasmtime.Store(wasmtime.Engine(config))
    wasi = wasmtime.WasiConfig()
    wasi.argv = ["program", *arguments]
    wasi.env = [(name, value) for name, value in os.environ.items() if value.isprintable()]
    wasi.inherit_stdin()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    store.set_wasi(wasi)
    linker = wasmtime.Linker(store.engine)
    linker.define_wasi()
    exports = linker.instantiate(store, wasmtime.Module.from_file(store.engine, path)).exports(store)
    try:
        exports["_start"](store)
    except wasmtime.ExitTrap as ended:
        return ended.code
    except wasmtime.Trap as trap:
        if trap.trap_code != wasmtime.TrapCode.STACK_OVERFLOW:
            raise
        if "flush" in exports:
            exports["flush"](store)
        sys.stderr.write("runtime fault: out of memory\n")
        return 70
    return 0


def main():
    result = [2]

    def work():
        result[0] = run(sys.argv[1], sys.argv[2:])

    threading.stack_size(2000 * MEGABYTE)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    sys.exit(result[0])


main()
