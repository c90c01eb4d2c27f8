"use strict";
// An array of columns as a stack.

function isSafe(column, placed) {
  for (let row = placed.length - 1; row >= 0; row--) {
    if (placed[row] === column || Math.abs(placed[row] - column) === placed.length - row) return false;
  }
  return true;
}

function place(n, placed) {
  if (placed.length === n) return 1;
  let count = 0;
  for (let column = 0; column < n; column++) {
    if (isSafe(column, placed)) {
      placed.push(column);
      count += place(n, placed);
      placed.pop();
    }
  }
  return count;
}

console.log(String(place(Number(process.argv[2] ?? 13), [])));
