"""Runs a module by wasmtime: run-wasmtime.py MODULE ARGUMENT...

This is all that a host needs for what nanoc makes for wasm-gc, as Sources/WasmLibrary/Console.wir describes it.
"""
import os
import random
import sys
import time

import engine
import wasmtime


class Exit(Exception):
    """Leaves a program that ends by itself."""


class Host:
    """What the imports of module "aver" do, by their names."""

    def __init__(self, arguments):
        self.arguments = [argument.encode("utf-8", "surrogateescape") for argument in arguments]
        self.environment = dict(os.environb)
        self.pending = b""
        self.memory = None
        self.store = None
        self.code = 0

    def text(self, at, count):
        return bytes(self.memory.read(self.store, at, at + count))

    def give(self, given):
        if given is None:
            return -1
        self.pending = given
        return len(given)

    def show(self, stream, line):
        other = sys.stderr if stream is sys.stdout else sys.stdout
        other.buffer.flush()
        stream.buffer.write(line + b"\n")

    def line(self):
        sys.stdout.buffer.flush()
        line = sys.stdin.buffer.readline()
        if not line:
            return None
        if not line.endswith(b"\n"):
            return line
        return line[:-2] if line.endswith(b"\r\n") else line[:-1]

    def block(self):
        return b"".join(len(argument).to_bytes(4, "little") + argument for argument in self.arguments)

    def set(self, at, count):
        name, value = self.text(at, count).split(b"=", 1)
        self.environment[name] = value
        return -1

    def sleep(self, milliseconds):
        sys.stdout.buffer.flush()
        time.sleep(milliseconds / 1000)

    def take(self, at):
        self.memory.write(self.store, self.pending, at)

    def fail(self, at, count, code):
        self.show(sys.stderr, self.text(at, count))
        self.code = code
        raise Exit()

    def functions(self):
        clock = lambda: time.time_ns() // 1_000_000
        return {
            "Console.print": lambda at, count: self.show(sys.stdout, self.text(at, count)),
            "Console.error": lambda at, count: self.show(sys.stderr, self.text(at, count)),
            "Console.warn": lambda at, count: self.show(sys.stderr, b"[warn] " + self.text(at, count)),
            "Console.readLine": lambda: self.give(self.line()),
            "Args.get": lambda: self.give(self.block()),
            "Env.get": lambda at, count: self.give(self.environment.get(self.text(at, count))),
            "Env.set": self.set,
            "Time.now": clock,
            "Time.unixMs": clock,
            "Time.sleep": self.sleep,
            "Random.int": random.SystemRandom().randint,
            "Random.float": random.SystemRandom().random,
            "take": self.take,
            "fail": self.fail,
        }


def run():
    path, *arguments = sys.argv[1:]
    config = engine.configuration()
    config.gc_support = True
    config.wasm_gc = True
    config.wasm_function_references = True
    host = Host(arguments)
    host.store = wasmtime.Store(wasmtime.Engine(config))
    with open(path, "rb") as file:
        module = wasmtime.Module(host.store.engine, file.read())
    functions = host.functions()
    imports = [wasmtime.Func(host.store, entry.type, functions[entry.name]) for entry in module.imports]
    exports = wasmtime.Instance(host.store, module, imports).exports(host.store)
    if "memory" in exports:
        host.memory = exports["memory"]
    try:
        exports["main"](host.store)
    except Exit:
        pass
    except wasmtime.Trap as trap:
        if trap.trap_code != wasmtime.TrapCode.STACK_OVERFLOW:
            raise
        host.show(sys.stderr, b"runtime fault: out of memory")
        host.code = 70
    sys.stdout.buffer.flush()
    sys.stderr.buffer.flush()
    return host.code


engine.end_with(run)
