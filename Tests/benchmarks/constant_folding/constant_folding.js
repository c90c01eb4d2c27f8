"use strict";

const VAL = 0;
const VAR = 1;
const ADD = 2;
const MUL = 3;
const PRIME = 1000003;

class Expr {
  constructor(kind, n, a, b) {
    this.kind = kind;
    this.n = n;
    this.a = a;
    this.b = b;
  }
}

const leaf = (kind, n) => new Expr(kind, n, null, null);
const node = (kind, a, b) => new Expr(kind, 0, a, b);
const isLeaf = (e) => e.kind === VAL || e.kind === VAR;

function make(depth, seed) {
  if (depth === 0) return seed % 5 === 0 ? leaf(VAR, seed % 7) : leaf(VAL, seed);
  const a = make(depth - 1, (seed * 7 + 1) % PRIME);
  const b = make(depth - 1, (seed * 13 + 5) % PRIME);
  return node(seed % 3 === 0 ? MUL : ADD, a, b);
}

// Puts `b` behind the last operand of a fresh `a`, which leans to the right.
function append(kind, a, b) {
  if (a.kind !== kind) return node(kind, a, b);
  let last = a;
  while (last.b.kind === kind) last = last.b;
  last.b = node(kind, last.b, b);
  return a;
}

function reassociate(e) {
  return isLeaf(e) ? e : append(e.kind, reassociate(e.a), reassociate(e.b));
}

const apply = (kind, m, n) => (kind === ADD ? (m + n) % PRIME : (m * n) % PRIME);

function operation(kind, a, b) {
  if (a.kind === VAL && b.kind === VAL) return leaf(VAL, apply(kind, a.n, b.n));
  if (a.kind === VAL && a.n === (kind === ADD ? 0 : 1)) return b;
  if (a.kind === VAL && a.n === 0) return a;
  if (b.kind === VAL) return node(kind, b, a);
  if (b.kind === kind && b.a.kind === VAL) {
    if (a.kind === VAL) return node(kind, leaf(VAL, apply(kind, a.n, b.a.n)), b.b);
    return node(kind, b.a, node(kind, a, b.b));
  }
  return node(kind, a, b);
}

function fold(e) {
  return isLeaf(e) ? e : operation(e.kind, fold(e.a), fold(e.b));
}

function value(e) {
  switch (e.kind) {
    case VAL:
      return e.n;
    case VAR:
      return e.n * e.n;
    case ADD:
      return (value(e.a) + value(e.b)) % PRIME;
    default:
      return (value(e.a) * value(e.b)) % PRIME;
  }
}

function nodes(e) {
  return isLeaf(e) ? 1 : 1 + nodes(e.a) + nodes(e.b);
}

const e = make(Number(process.argv[2] ?? 20), 42);
const folded = fold(reassociate(e));
console.log(`${nodes(e)} ${value(e)} ${nodes(folded)} ${value(folded)}`);
