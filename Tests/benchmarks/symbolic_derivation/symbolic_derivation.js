"use strict";

const NUM = 0;
const X = 1;
const ADD = 2;
const MUL = 3;
const POW = 4;
const LN = 5;

class Expr {
  constructor(kind, value, a, b) {
    this.kind = kind;
    this.value = value;
    this.a = a;
    this.b = b;
  }
}

const num = (value) => new Expr(NUM, value, null, null);
const node = (kind, a, b) => new Expr(kind, 0, a, b);
const is = (e, value) => e.kind === NUM && e.value === value;

function add(a, b) {
  if (a.kind === NUM && b.kind === NUM) return num(a.value + b.value);
  if (is(a, 0)) return b;
  if (is(b, 0)) return a;
  if (b.kind === NUM) return add(b, a);
  if (b.kind === ADD && b.a.kind === NUM) {
    return a.kind === NUM ? add(num(a.value + b.a.value), b.b) : add(b.a, add(a, b.b));
  }
  if (a.kind === ADD) return add(a.a, add(a.b, b));
  return node(ADD, a, b);
}

function mul(a, b) {
  if (a.kind === NUM && b.kind === NUM) return num(a.value * b.value);
  if (is(a, 0) || is(b, 1)) return a;
  if (is(b, 0) || is(a, 1)) return b;
  if (b.kind === NUM) return mul(b, a);
  if (b.kind === MUL && b.a.kind === NUM) {
    return a.kind === NUM ? mul(num(a.value * b.a.value), b.b) : mul(b.a, mul(a, b.b));
  }
  if (a.kind === MUL) return mul(a.a, mul(a.b, b));
  return node(MUL, a, b);
}

function pow(a, b) {
  if (is(b, 0)) return num(1);
  if (is(b, 1) || is(a, 0)) return a;
  return node(POW, a, b);
}

const ln = (a) => (is(a, 1) ? num(0) : node(LN, a, null));

function derive(e) {
  switch (e.kind) {
    case NUM:
      return num(0);
    case X:
      return num(1);
    case ADD:
      return add(derive(e.a), derive(e.b));
    case MUL:
      return add(mul(e.a, derive(e.b)), mul(e.b, derive(e.a)));
    case POW:
      return mul(e, add(mul(mul(e.b, derive(e.a)), pow(e.a, num(-1))), mul(ln(e.a), derive(e.b))));
    default:
      return mul(derive(e.a), pow(e.a, num(-1)));
  }
}

function nodes(e) {
  switch (e.kind) {
    case NUM:
    case X:
      return 1;
    case LN:
      return 1 + nodes(e.a);
    default:
      return 1 + nodes(e.a) + nodes(e.b);
  }
}

const last = Number(process.argv[2] ?? 9);
const x = node(X, null, null);
let e = node(POW, x, x);
console.log(`0 ${nodes(e)}`);
for (let step = 1; step <= last; step++) {
  e = derive(e);
  console.log(`${step} ${nodes(e)}`);
}
