"use strict";
// Arrays instead of lists.

function scrambled(x) {
  return (x * x + 3 * x) % 10007;
}

function roundFrom(first, length) {
  const numbers = Array.from({ length }, (_, i) => first + i);
  return numbers.map(scrambled).filter((x) => x % 2 === 1).reduce((sum, x) => sum + x, 0);
}

let total = 0;
const size = Number(process.argv[2] ?? 200);
for (let n = size; n > 0; n--) total += roundFrom(n, size * 500);
console.log(String(total));
