// Runs a command of the WebAssembly System Interface, preview 1, under Node: `node run-wasi.cjs MODULE ARGUMENT...`.
// No module: Node needs 8 ms more for the first of those.
const { readFileSync } = require("node:fs");
const { WASI } = require("node:wasi");
const { environment } = require("./node-environment.cjs");

const [path, ...args] = process.argv.slice(2);
// Node hands on texts only: a value that is none is left out, since programs find no text there either.
const texts = Object.entries(environment()).filter(([, value]) => typeof value === "string");
const env = Object.fromEntries(texts);
const wasi = new WASI({ version: "preview1", args: ["program", ...args], env, returnOnExit: true });
const imports = { wasi_snapshot_preview1: wasi.wasiImport };
const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), imports);
try {
  process.exitCode = wasi.start(instance);
} catch (failure) {
  // The stack is used up.
  if (!(failure instanceof RangeError)) throw failure;
  instance.exports.flush?.();
  console.error("runtime fault: out of memory");
  process.exitCode = 70;
}
