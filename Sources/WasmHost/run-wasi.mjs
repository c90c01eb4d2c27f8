// Runs a command of the WebAssembly System Interface, preview 1, under Node: `node run-wasi.mjs MODULE ARGUMENT...`.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";
import { environment } from "./node-environment.mjs";
import { explain } from "./node-failures.mjs";

const [path, ...args] = process.argv.slice(2);
// Node hands on texts only: a value that is none is left out, since programs find no text there either.
const texts = Object.entries(environment()).filter(([, value]) => typeof value === "string");
const env = Object.fromEntries(texts);
const wasi = new WASI({ version: "preview1", args: ["program", ...args], env, returnOnExit: true });
const imports = { wasi_snapshot_preview1: wasi.wasiImport };
const { instance } = await WebAssembly.instantiate(readFileSync(path), imports).catch(explain);
try {
  process.exitCode = wasi.start(instance);
} catch (failure) {
  // The stack is used up.
  if (!(failure instanceof RangeError)) explain(failure);
  instance.exports.flush?.();
  console.error("runtime fault: out of memory");
  process.exitCode = 70;
}
