// The host of modules that nanoc makes for the target wasm-gc, for browsers and Node 22 or newer.
//
//     import { run } from "./aver.mjs";
//     const code = await run(fetch("hello.wasm"), { print: line => console.log(line) });
//
// A module imports, from "aver", one function for each effect that its program has, named for the effect, and exports
// `main` and, if texts cross, `memory`. A text goes to the host as its place and its number of bytes in memory, in
// UTF-8. What the host gives back is announced by its number of bytes (-1 for nothing) and copied by `take` to where the
// program wants it; a list of texts is one block, each text behind its number of bytes in four bytes, least first. Times
// and the bounds of random numbers are `i64`.

/** Thrown to leave a program that ends by itself. */
export class Exit extends Error {
  constructor(code) {
    super(`the program ended with exit code ${code}`);
    this.code = code;
  }
}

/** Whether a program can be kept waiting for a promise while the rest of the world goes on. */
export const canWait = typeof WebAssembly.Suspending === "function";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** A block of texts, as a program takes it. */
function block(texts) {
  const parts = texts.map((text) => encoder.encode(text));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}

/** Random words of 64 bits, drawn many at a time. */
const words = new BigUint64Array(256);
let drawn = words.length;

function randomWord() {
  if (drawn === words.length) {
    crypto.getRandomValues(words);
    drawn = 0;
  }
  return words[drawn++];
}

/** A random integer of the range, both ends included. What would make some more likely than others is drawn again. */
function randomInt(least, most) {
  const choices = most - least + 1n;
  const fair = (1n << 64n) - ((1n << 64n) % choices);
  let word;
  do word = randomWord();
  while (word >= fair);
  return least + (word % choices);
}

const randomFloat = () => Number(randomWord() >> 11n) * 2 ** -53;

/** Waits in this thread. Where a thread may not be kept waiting, as that of a page, it is kept busy. */
export function sleep(milliseconds) {
  const until = performance.now() + milliseconds;
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  } catch {
    // No memory can be shared here, or nobody may wait.
  }
  while (performance.now() < until);
}

/** Gives the promise of a time so many milliseconds later; timers take about 24 days at most. */
export async function pause(milliseconds) {
  const until = performance.now() + milliseconds;
  for (let left = milliseconds; left > 0; left = until - performance.now()) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.ceil(left), 2 ** 31 - 1)));
  }
}

/**
 * The imports of a program, by what its effects are to do. All are optional:
 *
 * - `args`: the arguments of the program, a list of texts;
 * - `print`, `error`: take a line without its end; `warn` does, which by default is `error` behind `[warn] `;
 * - `readLine`: gives a line, as a text or its bytes, or null at the end;
 * - `awaitLine`: gives the promise of one, in place of `readLine`; `canWait` says whether the engine can do so;
 * - `env`: the environment variables by name, as texts or their bytes; the program changes a copy of its own;
 * - `now`: gives the milliseconds since 1970;
 * - `sleep`: waits so many milliseconds; `awaitSleep` gives a promise in its place;
 * - `randomInt`: gives a BigInt from its first argument to its second, both included; `randomFloat`: a number from 0 up
 *   to 1, which it never is.
 *
 * `bind` is to be called with the instance before `main`.
 */
export function host(options = {}) {
  const { args = [], print = (line) => console.log(line), error = (line) => console.error(line) } = options;
  const { warn = (line) => error(`[warn] ${line}`), readLine = () => null, awaitLine } = options;
  const { now = Date.now, awaitSleep } = options;
  const variables = new Map(Object.entries(options.env ?? {}));
  let memory;
  let pending = new Uint8Array();
  const text = (at, count) => decoder.decode(new Uint8Array(memory.buffer, at, count));
  const give = (bytes) => {
    pending = bytes;
    return bytes.length;
  };
  const giveText = (text) => {
    if (text === null || text === undefined) return -1;
    return give(typeof text === "string" ? encoder.encode(text) : text);
  };
  const clock = () => BigInt(Math.floor(now()));
  const aver = {
    "Console.print": (at, count) => print(text(at, count)),
    "Console.error": (at, count) => error(text(at, count)),
    "Console.warn": (at, count) => warn(text(at, count)),
    "Console.readLine": awaitLine
      ? new WebAssembly.Suspending(async () => giveText(await awaitLine()))
      : () => giveText(readLine()),
    "Env.get": (at, count) => giveText(variables.get(text(at, count))),
    "Env.set": (at, count) => {
      const [, name, value] = /^([^=]*)=([^]*)$/.exec(text(at, count));
      variables.set(name, value);
      return -1;
    },
    "Time.now": clock,
    "Time.unixMs": clock,
    "Time.sleep": awaitSleep
      ? new WebAssembly.Suspending((milliseconds) => awaitSleep(Number(milliseconds)))
      : (milliseconds) => (options.sleep ?? sleep)(Number(milliseconds)),
    "Random.int": options.randomInt ?? randomInt,
    "Random.float": options.randomFloat ?? randomFloat,
    "Args.get": () => give(block(args)),
    take: (at) => new Uint8Array(memory.buffer).set(pending, at),
    fail: (at, count, code) => {
      error(text(at, count));
      throw new Exit(code);
    },
  };
  return { imports: { aver }, bind: (instance) => { memory = instance.exports.memory; } };
}

/** Whether an engine refused an array for its size. */
const tooLarge = (failure) => failure instanceof WebAssembly.RuntimeError && /too large/.test(failure.message);

/** The bytes of a module. Node loads its whole network library, in 45 ms, where `Response` is named: bytes are first. */
async function bytesOf(source) {
  if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer || typeof Response === "undefined") return source;
  return source instanceof Response ? source.arrayBuffer() : source;
}

/**
 * Runs a program to its end.
 *
 * @param source the module: its bytes, a WebAssembly.Module, or a response (or the promise of one) that brings it.
 * @param options as for `host`.
 * @returns its exit code.
 */
export async function run(source, options = {}) {
  const { imports, bind } = host(options);
  source = await source;
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(await bytesOf(source));
  const instance = await WebAssembly.instantiate(module, imports);
  bind(instance);
  const { main } = instance.exports;
  try {
    await (options.awaitLine || options.awaitSleep ? WebAssembly.promising(main) : main)();
    return 0;
  } catch (failure) {
    if (failure instanceof Exit) return failure.code;
    // Memory is used up: the engine's heap, or its stack by a recursion that is too deep.
    if (failure instanceof RangeError || tooLarge(failure)) {
      (options.error ?? ((line) => console.error(line)))("runtime fault: out of memory");
      return 70;
    }
    throw failure;
  }
}
