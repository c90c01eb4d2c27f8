// Runs a module under Node: `node run-node.mjs MODULE ARGUMENT...`.
import { readFileSync, writeSync } from "node:fs";
import { run } from "./aver.mjs";

// Output is written at once in large pieces: a program may print a line at a time.
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
  if (held > 65536) flush();
}

const [path, ...args] = process.argv.slice(2);
let code = 2;
try {
  code = await run(readFileSync(path), { args, print: (line) => write(1, line), error: (line) => write(2, line) });
} finally {
  flush();
}
process.exitCode = code;
