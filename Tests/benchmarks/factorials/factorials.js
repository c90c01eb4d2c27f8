"use strict";

function factorial(n) {
  let product = 1n;
  for (; n > 0n; n--) product *= n;
  return product;
}

function digitSum(text) {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += text.charCodeAt(i) - 48;
  return sum;
}

let total = 0;
for (let n = Number(process.argv[2] ?? 200); n > 0; n--) total += digitSum(String(factorial(BigInt(3000 + n))));
console.log(String(total));
