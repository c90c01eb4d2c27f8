
// The page of a program: it starts the worker that runs it, shows what comes out, and hands in what is typed.
const element = (id) => document.getElementById(id);
const [output, status, runButton, stopButton] = ["output", "status", "run", "stop"].map(element);
const [args, line] = ["args", "line"].map(element);

// MARK: Output

/** How many lines are kept; more would fill the memory of the browser. */
const mostLines = 100_000;
/** How many lines stand in one block; those out of sight are not laid out. */
const blockLines = 200;

let pending = [];
let pendingLines = 0;
let blocks = [];
let shownLines = 0;
let dropped = 0;
let timer;

function clear() {
  output.replaceChildren();
  [pending, pendingLines, blocks, shownLines, dropped] = [[], 0, [], 0, 0];
}

/** Keeps runs of lines until the next time the page is drawn. */
function show(runs) {
  for (const run of runs) {
    pending.push(run);
    pendingLines += run.lines;
  }
  // What would be dropped at once is not shown at all.
  let first = 0;
  while (first < pending.length - 1 && pendingLines - pending[first].lines >= mostLines) {
    pendingLines -= pending[first].lines;
    dropped += pending[first].lines;
    first += 1;
  }
  if (first > 0) pending = pending.slice(first);
  timer ??= setTimeout(draw, 30);
}

function append({ kind, lines, text }) {
  let block = blocks.at(-1);
  if (block?.kind !== kind || block.lines + lines > blockLines) {
    const node = document.createElement("div");
    node.className = kind;
    block = { kind, lines: 0, node };
    blocks.push(block);
    output.append(node);
  }
  block.node.append(text);
  block.lines += lines;
  block.node.style.containIntrinsicSize = `auto ${block.lines * 1.45}em`;
  shownLines += lines;
}

function dropOldest() {
  let first = 0;
  while (first < blocks.length - 1 && shownLines - blocks[first].lines >= mostLines) {
    shownLines -= blocks[first].lines;
    dropped += blocks[first].lines;
    blocks[first].node.remove();
    first += 1;
  }
  if (first > 0) blocks = blocks.slice(first);
  if (dropped === 0) return;
  let note = output.firstElementChild;
  if (note?.className !== "dropped") {
    note = document.createElement("div");
    note.className = "dropped";
    output.prepend(note);
  }
  note.textContent = `(${dropped} lines before these are not kept)\n`;
}

function draw() {
  clearTimeout(timer);
  timer = undefined;
  const follows = output.scrollHeight - output.scrollTop - output.clientHeight < 40;
  pending.forEach(append);
  [pending, pendingLines] = [[], 0];
  dropOldest();
  if (follows) output.scrollTop = output.scrollHeight;
}

// MARK: Running

/** The worker takes its text from the page: nothing is loaded. */
const workerText = URL.createObjectURL(new Blob([element("worker").textContent], { type: "text/javascript" }));

let module;
let worker;
let lines = [];
let asks = false;

/** Shows how the program stands: `state` is loading, running, waiting, ended, failed or stopped. */
function report(state, text, code) {
  const runs = state === "running" || state === "waiting";
  status.dataset.state = state;
  if (code === undefined) delete status.dataset.code;
  else status.dataset.code = code;
  status.textContent = text;
  // Buttons keep the focus of the keyboard, which `disabled` would take away.
  runButton.setAttribute("aria-disabled", String(runs || module === undefined));
  stopButton.setAttribute("aria-disabled", String(!runs));
  output.setAttribute("aria-busy", String(state === "running"));
}

function finish(state, text, code) {
  draw();
  worker?.terminate();
  worker = undefined;
  report(state, text, code);
}

/** Splits a line into arguments as shells do: spaces part them, quotes keep together, a backslash takes one as it is. */
function split(text) {
  const found = [];
  let current = null;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === "\\" && quote !== "'" && at + 1 < text.length) current = (current ?? "") + text[(at += 1)];
    else if (quote !== "" && sign === quote) quote = "";
    else if (quote === "" && (sign === '"' || sign === "'")) [quote, current] = [sign, current ?? ""];
    else if (quote === "" && /\s/u.test(sign)) {
      if (current !== null) found.push(current);
      current = null;
    } else current = (current ?? "") + sign;
  }
  if (current !== null) found.push(current);
  return found;
}

function receive({ data }) {
  if (data.runs) show(data.runs);
  if (data.asks) {
    asks = true;
    answer();
  }
  if (data.failure) finish("failed", `The program failed: ${data.failure}`);
  if (data.code === 0) finish("ended", "Ended with exit code 0.", 0);
  else if (data.code === 70) finish("failed", "Ended by a fault, with exit code 70.", 70);
  else if (data.code !== undefined) finish("failed", `Ended with exit code ${data.code}.`, data.code);
}

function start() {
  if (worker || module === undefined) return;
  clear();
  [lines, asks] = [[], false];
  report("running", "Running …");
  worker = new Worker(workerText);
  worker.onmessage = receive;
  worker.onerror = (event) => finish("failed", `The program can't be run: ${event.message ?? "no worker can be started"}`);
  worker.postMessage({
    module, args: split(args.value), reads: imports("Console.readLine"), sleeps: imports("Time.sleep"),
  });
}

// MARK: Input

/** Hands in the next line, if the program asks and there is one; null is the end. */
function answer() {
  if (!asks || !worker) return;
  if (lines.length === 0) return report("waiting", "Waiting for a line of input.");
  asks = false;
  const next = lines[0];
  if (next !== null) lines.shift();
  report("running", "Running …");
  worker.postMessage({ line: next });
}

function hand(text) {
  if (!worker || lines.at(-1) === null) return;
  lines.push(text);
  show([{ kind: "input", lines: 1, text: text === null ? "(end of input)\n" : `${text}\n` }]);
  answer();
}

// MARK: Start

const imports = (name) => WebAssembly.Module.imports(module).some((entry) => entry.name === name);

element("start").addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
stopButton.addEventListener("click", () => { if (worker) finish("stopped", "Stopped."); });
element("answer").addEventListener("submit", (event) => {
  event.preventDefault();
  hand(line.value);
  line.value = "";
});
element("end").addEventListener("click", () => hand(null));

args.value = new URLSearchParams(location.search).get("args") ?? "";
report("loading", "Loading …");
try {
  module = await WebAssembly.compile(Uint8Array.from(atob(element("module").textContent), (sign) => sign.charCodeAt(0)));
} catch (failure) {
  report("failed", `This browser can't run the program: it lacks WebAssembly's garbage collection (${failure.message}).`);
}
if (module !== undefined) {
  element("arguments").hidden = !imports("Args.get");
  element("answer").hidden = !imports("Console.readLine");
  if (imports("Console.readLine") && typeof WebAssembly.Suspending !== "function") {
    line.disabled = true;
    line.placeholder = "this browser can't keep a program waiting, so that it finds no input";
  }
  start();
}
