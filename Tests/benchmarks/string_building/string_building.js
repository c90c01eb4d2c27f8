"use strict";

const names = ["alpha", "beta", "gamma"];

function rows(n) {
  let text = "";
  for (let i = 0; i < n; i++) text += `${i}: ${(i * i) % 1009} ${names[i % 3]}\n`;
  return text;
}

function nested(depth, label) {
  return depth === 0 ? String(label) : "(" + nested(depth - 1, 2 * label) + " " + nested(depth - 1, 2 * label + 1) + ")";
}

function report(text) {
  let checksum = 0;
  for (let i = 0; i < text.length; i++) checksum = (checksum * 31 + text.charCodeAt(i)) % 1000003;
  console.log(`${text.length} ${checksum}`);
}

const n = Number(process.argv[2] ?? 18);
report(rows(n * n * n * 150));
report(nested(n, 1));
