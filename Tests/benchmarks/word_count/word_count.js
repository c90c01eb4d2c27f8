"use strict";

function spell(n) {
  const syllable = "bdfgklmnprstvz"[Math.floor((n % 70) / 5)] + "aeiou"[n % 5];
  return n < 70 ? syllable : spell(Math.floor(n / 70)) + syllable;
}

function words(n) {
  const result = new Array(n);
  let random = 42;
  for (let i = n - 1; i >= 0; i--) {
    result[i] = spell((random % 300) * (Math.floor(random / 300) % 300));
    random = (random * 16807) % 2147483647;
  }
  return result;
}

const text = words(Number(process.argv[2] ?? 400000)).join(" ");
const counts = new Map();
for (const word of text.split(" ")) counts.set(word, (counts.get(word) ?? 0) + 1);
console.log(`${text.length} ${counts.size}`);
const ranking = [...counts].sort(([v, m], [w, n]) => n - m || (v < w ? -1 : 1));
for (const [word, count] of ranking.slice(0, 10)) console.log(`${word} ${count}`);
