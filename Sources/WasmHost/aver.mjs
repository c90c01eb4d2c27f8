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

/** What functions of the caller's threw: nothing that tells of the program. */
const theirs = new WeakSet();

/** Notes what a function of the caller's throws. */
function passOn(failure) {
  if (failure instanceof Object) theirs.add(failure);
  throw failure;
}

/** A function of the caller's, and one that gives a promise. */
const own = (task) => (...given) => {
  try {
    return task(...given);
  } catch (failure) {
    return passOn(failure);
  }
};
const ownPromise = (task) => async (...given) => {
  try {
    return await task(...given);
  } catch (failure) {
    return passOn(failure);
  }
};

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
 * What they throw ends the program, and comes out of `main`. `bind` is to be called with the instance before `main`.
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
    if (typeof text.then === "function") throw new TypeError("readLine gave a promise; awaitLine may do so");
    if (text instanceof Uint8Array) return give(text);
    const { buffer, byteOffset, byteLength } = text;
    return give(ArrayBuffer.isView(text) ? new Uint8Array(buffer, byteOffset, byteLength) : encoder.encode(text));
  };
  const clock = own(() => BigInt(Math.floor(now())));
  const show = (task) => {
    const line = own(task);
    return (at, count) => void line(text(at, count));
  };
  const { randomInt: drawInt = randomInt, randomFloat: drawFloat = randomFloat } = options;
  const aver = {
    "Console.print": show(print),
    "Console.error": show(error),
    "Console.warn": show(warn),
    "Console.readLine": awaitLine
      ? new WebAssembly.Suspending(ownPromise(async () => giveText(await awaitLine())))
      : own(() => giveText(readLine())),
    "Env.get": (at, count) => giveText(variables.get(text(at, count))),
    "Env.set": (at, count) => {
      const [, name, value] = /^([^=]*)=([^]*)$/.exec(text(at, count));
      variables.set(name, value);
      return -1;
    },
    "Time.now": clock,
    "Time.unixMs": clock,
    "Time.sleep": awaitSleep
      ? new WebAssembly.Suspending(ownPromise((milliseconds) => awaitSleep(Number(milliseconds))))
      : own((milliseconds) => void (options.sleep ?? sleep)(Number(milliseconds))),
    "Random.int": own((least, most) => BigInt(drawInt(least, most))),
    "Random.float": own(drawFloat),
    "Args.get": () => give(block(args)),
    take: (at) => new Uint8Array(memory.buffer).set(pending, at),
    fail: (at, count, code) => {
      aver["Console.error"](at, count);
      throw new Exit(code);
    },
  };
  return { imports: { aver }, bind: (instance) => { memory = instance.exports.memory; } };
}

/**
 * Whether a failure says that memory is used up: the engine's stack by a recursion that is too deep, wherever it ended,
 * its heap, or what a text may take. Engines differ in their words and their classes.
 */
function isUsedUp(failure) {
  if (!(failure instanceof Error)) return false;
  if (/call stack|recursion|string longer/i.test(failure.message)) return true;
  if (theirs.has(failure)) return false;
  if (failure instanceof RangeError || failure.name === "InternalError") return true;
  return failure instanceof WebAssembly.RuntimeError && /too (large|many)|out of memory/i.test(failure.message);
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
  // Not by asking whether it is a `Response`: at its name Node loads all that fetches, which takes 30 ms.
  if (typeof source?.arrayBuffer === "function") {
    if (source.ok === false) throw new Error(`${source.url}: ${source.status} ${source.statusText}`);
    source = await source.arrayBuffer();
  }
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source);
  const instance = await WebAssembly.instantiate(module, imports);
  bind(instance);
  const { main } = instance.exports;
  if (typeof main !== "function") throw new TypeError("the module is no program: it exports no `main`");
  try {
    await (options.awaitLine || options.awaitSleep ? WebAssembly.promising(main) : main)();
    return 0;
  } catch (failure) {
    if (failure instanceof Exit) return failure.code;
    if (isUsedUp(failure)) {
      (options.error ?? ((line) => console.error(line)))("runtime fault: out of memory");
      return 70;
    }
    throw failure;
  }
}
