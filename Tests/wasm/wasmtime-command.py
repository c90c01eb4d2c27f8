"""Stands for the command `wasmtime`, of which only the library comes as a package: `wasmtime run OPTION... MODULE ARGUMENT...`.

It knows the options that nanoc may give, refuses others as the command does, and reports a failure in its words.
"""
import os
import sys

import engine
import wasmtime


def refuse(word):
    sys.stderr.write(f"error: unexpected argument '{word}' found\n")
    sys.exit(2)


def read(words):
    """The bytes of stack, whether the program gets the environment, and what follows the options."""
    if words[:1] != ["run"]:
        refuse(words[0] if words else "")
    stack, inherits, at = 512 * 1024, False, 1
    while at < len(words) and words[at].startswith("-"):
        name, value = words[at : at + 2]
        key, _, setting = value.partition("=")
        if (name, key) == ("-W", "max-wasm-stack"):
            stack = int(setting)
        elif (name, key, setting) == ("-S", "inherit-env", "y"):
            inherits = True
        else:
            refuse(f"{name} {value}")
        at += 2
    return stack, inherits, words[at], words[at + 1 :]


STACK, INHERITS, PATH, ARGUMENTS = read(sys.argv[1:])


def run():
    config = engine.configuration(STACK)
    store = wasmtime.Store(wasmtime.Engine(config))
    environment = dict(os.environ) if INHERITS else {}
    linker = engine.system_interface(store, [PATH, *ARGUMENTS], environment)
    try:
        module = wasmtime.Module.from_file(store.engine, PATH)
        linker.instantiate(store, module).exports(store)["_start"](store)
    except wasmtime.ExitTrap as ended:
        return ended.code
    except wasmtime.WasmtimeError as error:
        sys.stderr.write(f"Error: failed to run main module `{PATH}`\n\nCaused by:\n    {error}\n")
        return 1
    except wasmtime.Trap as trap:
        sys.stderr.write(f"Error: failed to run main module `{PATH}`\n\nCaused by:\n    0: {trap.message}\n")
        return 134
    return 0


engine.end_with(run, STACK)
