"use strict";
// By hand: JSON.parse and JSON.stringify are not written in JavaScript.

const person = (n) => ({
  id: n,
  name: `person "${n}"`,
  tags: ["even", `t${n % 10}`, []],
  active: n % 2 === 0,
  parent: null,
  balance: 1000 - n,
});

const quote = (text) => `"${text.replace(/["\\]/g, "\\$&")}"`;

function render(json) {
  if (typeof json === "string") return quote(json);
  if (Array.isArray(json)) return `[${json.map(render).join(",")}]`;
  if (typeof json !== "object" || json === null) return String(json);
  return `{${Object.entries(json).map(([key, value]) => `${quote(key)}:${render(value)}`).join(",")}}`;
}

class Parser {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  wrong(what) {
    return new Error(`${what} at ${this.at}`);
  }

  skip() {
    for (;;) {
      const c = this.text.charCodeAt(this.at);
      if (c !== 32 && c !== 10 && c !== 9) return;
      this.at++;
    }
  }

  accept(code) {
    this.skip();
    if (this.text.charCodeAt(this.at) !== code) return false;
    this.at++;
    return true;
  }

  expect(c) {
    if (!this.accept(c.charCodeAt(0))) throw this.wrong(`no ${c}`);
  }

  word(spelling, meaning) {
    if (!this.text.startsWith(spelling, this.at)) throw this.wrong("no value");
    this.at += spelling.length;
    return meaning;
  }

  number() {
    const negative = this.accept(45);
    const start = this.at;
    let n = 0;
    for (;;) {
      const digit = this.text.charCodeAt(this.at) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      n = n * 10 + digit;
      this.at++;
    }
    if (this.at === start) throw this.wrong("no value");
    return negative ? -n : n;
  }

  string() {
    this.expect('"');
    let text = "";
    let start = this.at;
    for (;;) {
      const c = this.text.charCodeAt(this.at);
      if (Number.isNaN(c)) throw this.wrong("text without end");
      if (c === 34) break;
      if (c === 92) {
        text += this.text.slice(start, this.at);
        this.at++;
        start = this.at;
      }
      this.at++;
    }
    text += this.text.slice(start, this.at);
    this.at++;
    return text;
  }

  value() {
    this.skip();
    switch (this.text[this.at]) {
      case "{": {
        this.at++;
        const object = {};
        if (this.accept(125)) return object;
        do {
          const key = this.string();
          this.expect(":");
          object[key] = this.value();
        } while (this.accept(44));
        this.expect("}");
        return object;
      }
      case "[": {
        this.at++;
        const array = [];
        if (this.accept(93)) return array;
        do array.push(this.value());
        while (this.accept(44));
        this.expect("]");
        return array;
      }
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }
}

function parse(text) {
  const parser = new Parser(text);
  const json = parser.value();
  parser.skip();
  if (parser.at < text.length) throw parser.wrong("more behind the value");
  return json;
}

const totals = { values: 0, sum: 0, letters: 0 };

function count(json) {
  totals.values++;
  if (typeof json === "number") totals.sum += json;
  else if (typeof json === "string") totals.letters += json.length;
  else if (typeof json === "object" && json !== null) for (const value of Object.values(json)) count(value);
}

const n = Number(process.argv[2] ?? 50000);
const text = render(Array.from({ length: n }, (_, i) => person(i + 1)));
const json = parse(text);
count(json);
console.log(`${text.length} ${totals.values} ${totals.sum} ${totals.letters} ${render(json) === text}`);
