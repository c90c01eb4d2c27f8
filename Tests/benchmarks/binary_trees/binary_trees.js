"use strict";

function make(depth, label) {
  if (depth === 0) return null;
  return { left: make(depth - 1, 2 * label), label, right: make(depth - 1, 2 * label + 1) };
}

function sum(tree) {
  return tree === null ? 0 : sum(tree.left) + tree.label + sum(tree.right);
}

const deepest = Number(process.argv[2] ?? 20);
const longLived = make(deepest, 1);
for (let depth = 4; depth <= deepest; depth += 4) {
  const count = 1 << (deepest - depth);
  let total = 0;
  for (let label = count; label > 0; label--) total += sum(make(depth, label));
  console.log(`${count} trees of depth ${depth}: ${total}`);
}
console.log(`long lived: ${sum(longLived)}`);
