"use strict";
// JavaScript has no ordered map: a hash map, whose keys are sorted where their order matters.

const next = (random) => (random * 16807) % 2147483647;

const n = Number(process.argv[2] ?? 200000);
const entries = new Map();
let random = 42;
for (let value = n; value > 0; value--) {
  entries.set(random % 1000000, value);
  random = next(random);
}
random = 1;
let sum = 0;
for (let i = 0; i < 2 * n; i++) {
  sum += entries.get(random % 1000000) ?? 1;
  random = next(random);
}
let checksum = 0;
for (const key of Int32Array.from(entries.keys()).sort()) {
  checksum = (checksum * 31 + key + entries.get(key)) % 1000003;
}
console.log(`${entries.size} ${sum} ${checksum}`);
