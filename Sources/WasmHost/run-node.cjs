// Runs a module under Node: `node run-node.cjs MODULE ARGUMENT...`.
const { fstatSync, readFileSync, readSync, writeSync } = require("node:fs");
const { runInThisContext } = require("node:vm");
const { environment } = require("./node-environment.cjs");

// Node needs 11 ms for the first module it loads, a third of all it does for a small program: that is read as a script.
const host = `${__dirname}/aver.mjs`;
const script = readFileSync(host, "utf8").replace(/^export /gm, "");
const { run, sleep } = runInThisContext(`(() => { ${script}; return { run, sleep }; })()`, { filename: host });

// Output is written at once in large pieces, since a program may print a line at a time; line by line where people watch.
// Node loads its streams to tell, for 8 ms, which files and pipes can do without.
const isWatched = fstatSync(1).isCharacterDevice() && require("node:tty").isatty(1);
const most = isWatched ? 0 : 65536;
const pieces = { 1: [], 2: [] };
let held = 0;
function flush() {
  for (const [descriptor, lines] of Object.entries(pieces)) {
    let bytes = Buffer.from(lines.join(""));
    lines.length = 0;
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(writeSync(Number(descriptor), bytes));
      } catch (failure) {
        if (failure.code === "EAGAIN") continue;
        if (failure.code === "EPIPE") process.exit(141);
        throw failure;
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
  if (held > most) flush();
}

// Input comes in pieces; the bytes from `next` to `end` are not used yet.
const piece = Buffer.alloc(65536);
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

/** The bytes of the next line of input, without its end; null at the end of input. */
function readLine() {
  flush();
  const parts = [];
  while (fill()) {
    const feed = piece.subarray(0, end).indexOf(10, next);
    parts.push(Buffer.from(piece.subarray(next, feed < 0 ? end : feed)));
    next = feed < 0 ? end : feed + 1;
    if (feed < 0) continue;
    const line = Buffer.concat(parts);
    return line.at(-1) === 13 ? line.subarray(0, -1) : line;
  }
  return parts.length > 0 ? Buffer.concat(parts) : null;
}

const [path, ...args] = process.argv.slice(2);
const options = {
  args, readLine, env: environment(), print: (line) => write(1, line), error: (line) => write(2, line),
  sleep: (milliseconds) => {
    flush();
    sleep(milliseconds);
  },
};
process.exitCode = 2;
run(new WebAssembly.Module(readFileSync(path)), options)
  .then((code) => { process.exitCode = code; })
  .finally(flush);
