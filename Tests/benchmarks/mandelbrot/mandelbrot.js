"use strict";

function steps(cx, cy) {
  let x = 0;
  let y = 0;
  let n = 0;
  while (n < 100 && x * x + y * y <= 4) {
    const next = x * x - y * y + cx;
    y = 2 * x * y + cy;
    x = next;
    n++;
  }
  return n;
}

const width = Number(process.argv[2] ?? 2000);
let total = 0;
for (let line = 0; line < width; line++) {
  const cy = (3 * line) / width - 1.5;
  for (let column = 0; column < width; column++) total += steps((3 * column) / width - 2, cy);
}
console.log(String(total));
