"use strict";

function primes(limit) {
  const crossed = new Uint8Array(limit);
  for (let n = 2; n * n < limit; n++) {
    if (crossed[n] === 0) {
      for (let multiple = n * n; multiple < limit; multiple += n) crossed[multiple] = 1;
    }
  }
  let count = 0;
  for (let n = 2; n < limit; n++) if (crossed[n] === 0) count++;
  return count;
}

let total = 0;
const n = Number(process.argv[2] ?? 100);
for (let i = 0; i < n; i++) total += primes(n * 10000 - i);
console.log(String(total));
