"""Runs a command of the WebAssembly System Interface, preview 1, by wasmtime: run-wasi.py MODULE ARGUMENT..."""
import os
import sys

import engine
import wasmtime

def run():
    path, *arguments = sys.argv[1:]
    store = wasmtime.Store(wasmtime.Engine(engine.configuration()))
    linker = engine.system_interface(store, ["program", *arguments], os.environ)
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


engine.end_with(run)
