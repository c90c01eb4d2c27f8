"""What the runners by wasmtime need: an engine with a large stack, a thread that has one, and the system interface."""
import sys
import threading

import wasmtime

MEGABYTE = 1 << 20
STACK = 1800 * MEGABYTE


def configuration(stack=STACK):
    config = wasmtime.Config()
    config.wasm_tail_call = True
    # Python has no name for the one that bounds the other.
    wasmtime._bindings.wasmtime_config_async_stack_size_set(config.ptr(), stack)
    config.max_wasm_stack = stack
    return config


def system_interface(store, arguments, environment):
    """A linker with preview 1 of the interface, by the streams of this process."""
    wasi = wasmtime.WasiConfig()
    wasi.argv = arguments
    wasi.env = [(name, value) for name, value in environment.items() if value.isprintable()]
    wasi.inherit_stdin()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    store.set_wasi(wasi)
    linker = wasmtime.Linker(store.engine)
    linker.define_wasi()
    return linker


def end_with(run, stack=STACK):
    """Calls `run` with the stack at its disposal, and ends with the exit code that it gives."""
    result = [2]

    def work():
        result[0] = run()

    threading.stack_size(stack + 200 * MEGABYTE)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    sys.exit(result[0])
