"""What both runners by wasmtime need: an engine with a large stack, and a thread that has one."""
import sys
import threading

import wasmtime

MEGABYTE = 1 << 20


def configuration():
    config = wasmtime.Config()
    config.wasm_tail_call = True
    # Python has no name for the one that bounds the other.
    wasmtime._bindings.wasmtime_config_async_stack_size_set(config.ptr(), 1800 * MEGABYTE)
    config.max_wasm_stack = 1800 * MEGABYTE
    return config


def end_with(run):
    """Calls `run` with the module's path and the program's arguments, and ends with the exit code that it gives."""
    result = [2]

    def work():
        result[0] = run(sys.argv[1], sys.argv[2:])

    threading.stack_size(2000 * MEGABYTE)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    sys.exit(result[0])
