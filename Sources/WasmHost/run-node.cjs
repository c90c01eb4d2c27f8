// Runs a module under Node: `node run-node.cjs MODULE ARGUMENT...`.
const { fstatSync, readFileSync, readSync, writeSync } = require("node:fs");
const { runInThisContext } = require("node:vm");
const { environment } = require("./node-environment.cjs");
const { endWith, explain } = require("./node-failures.cjs");

if (Number.parseInt(process.versions.node) < 22) {
  endWith(`Node ${process.versions.node} is too old for wasm-gc modules; install Node 22 or newer (https://nodejs.org)`);
}

// Node needs 11 ms for the first module it loads, a third of all it does for a small program: that is read as a script.
const host = `${__dirname}/aver.mjs`;
const script = readFileSync(host, "utf8").replace(/^export /gm, "");
const { run, sleep } = runInThisContext(`(() => { ${script}; return { run, sleep }; })()`, { filename: host });

// Where people watch, and while lines are few, each is written at once: if the engine's heap is used up, what is held is
// lost. Many lines in a short time are written together. Node loads its streams to tell, for 8 ms, which files and pipes
// can do without.
const atOnce = 200;
const period = 100;
const isWatched = fstatSync(1).isCharacterDevice() && require("node:tty").isatty(1);
const most = isWatched ? 0 : 65536;
const pieces = { 1: [], 2: [] };
let held = 0;
let sent = 0;
let began = 0;
function flush() {
  if (held === 0) return;
  const now = Date.now();
  if (now - began >= period || now < began) [began, sent] = [now, 0];
  for (const [descriptor, lines] of Object.entries(pieces)) {
    let bytes = Buffer.from(lines.join(""));
    lines.length = 0;
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(writeSync(Number(descriptor), bytes));
      } catch (failure) {
        // What nobody takes is dropped, and does not end a program.
        if (failure.code !== "EAGAIN") break;
        sleep(1);
      }
    }
  }
  held = 0;
}
function write(descriptor, line) {
  // The two streams keep their order.
  if (pieces[3 - descriptor].length > 0) flush();
  pieces[descriptor].push(line + "\n");
  held += line.length + 1;
  if (sent < atOnce) {
    sent += 1;
    flush();
  } else if (held > most) {
    flush();
  }
}

// Input comes in pieces; the bytes from `next` to `end` are not used yet.
const piece = new Uint8Array(65536);
let [next, end] = [0, 0];

/** Reads more when all that has been read is used; false at the end of input. */
function fill() {
  if (next < end) return true;
  for (;;) {
    try {
      [next, end] = [0, readSync(0, piece)];
      return end > 0;
    } catch (failure) {
      // A stream that others have set not to wait.
      if (failure.code === "EAGAIN") sleep(10);
      else return false;
    }
  }
}

/** The bytes of the next line of input, without its end; null at the end of input. They are good until the next call. */
function readLine() {
  flush();
  const parts = [];
  while (fill()) {
    const feed = piece.indexOf(10, next);
    const isWhole = feed >= 0 && feed < end;
    const part = piece.subarray(next, isWhole ? feed : end);
    next = isWhole ? feed + 1 : end;
    if (!isWhole) {
      parts.push(part.slice());
      continue;
    }
    const line = parts.length > 0 ? Buffer.concat([...parts, part]) : part;
    return line.at(-1) === 13 ? line.subarray(0, -1) : line;
  }
  return parts.length > 0 ? Buffer.concat(parts) : null;
}

/** The module with these bytes. */
function moduleOf(bytes) {
  try {
    return new WebAssembly.Module(bytes);
  } catch (failure) {
    // Node 22.18 and 24.14 have the exceptions of WebAssembly if they are asked for them.
    const flag = "--experimental-wasm-exnref";
    if (!failure.message.includes(flag)) throw failure;
    require("node:v8").setFlagsFromString(flag);
    return new WebAssembly.Module(bytes);
  }
}

const [path, ...args] = process.argv.slice(2);
const options = {
  args, readLine, env: environment(), print: (line) => write(1, line), error: (line) => write(2, line),
  sleep: (milliseconds) => {
    flush();
    sleep(milliseconds);
  },
};

async function start() {
  try {
    process.exitCode = await run(moduleOf(readFileSync(path)), options);
  } catch (failure) {
    flush();
    explain(failure);
  }
  flush();
}
start();
