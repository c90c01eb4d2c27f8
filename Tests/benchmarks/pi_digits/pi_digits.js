"use strict";

function digits(n) {
  let text = "";
  let q = 1n;
  let r = 0n;
  let t = 1n;
  let k = 1n;
  while (text.length < n) {
    if (q < t) {
      const d = (q * 3n + r) / t;
      if (d === (q * 4n + r) / t) {
        text += d;
        r = 10n * (r - d * t);
        q *= 10n;
        continue;
      }
    }
    const odd = 2n * k + 1n;
    r = (2n * q + r) * odd;
    q *= k;
    t *= odd;
    k += 1n;
  }
  return text;
}

const text = digits(Number(process.argv[2] ?? 5000));
for (let at = 0; at < text.length; at += 50) console.log(text.slice(at, at + 50));
