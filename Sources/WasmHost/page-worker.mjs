// The part of a page that runs the program, in a worker, so that the page stays alive. It stands behind the text of
// `aver.mjs`, whose `run`, `pause` and `canWait` it uses; both are a plain script there, without imports and exports.

// Lines go out at once while they are few, so that what was printed before a long calculation is seen; many lines in a
// short time go out together.
const atOnce = 200;
const together = 65_536;
const period = 100;

/** What has not gone out, as runs of lines of one kind: `kind`, the number of `lines`, and their `text`. */
let runs = [];
let held = 0;
let sent = 0;
let began = 0;

function flush() {
  if (runs.length > 0) postMessage({ runs });
  runs = [];
  held = 0;
}

function write(kind, line) {
  const last = runs.at(-1);
  if (last?.kind === kind) {
    last.lines += 1;
    last.text += line + "\n";
  } else {
    runs.push({ kind, lines: 1, text: line + "\n" });
  }
  held += line.length + 1;
  // This clock costs a tenth of `performance.now`; it may be set back.
  const now = Date.now();
  if (now - began >= period || now < began) [began, sent] = [now, 0];
  else if (sent >= atOnce && held < together) return;
  sent += 1;
  flush();
}

let answered = () => {};

function awaitLine() {
  flush();
  return new Promise((resolve) => {
    answered = resolve;
    postMessage({ asks: true });
  });
}

function awaitSleep(milliseconds) {
  flush();
  return pause(milliseconds);
}

async function start({ module, args, reads, sleeps }) {
  const options = {
    args,
    print: (line) => write("print", line),
    error: (line) => write("error", line),
    warn: (line) => write("warn", `[warn] ${line}`),
    sleep: (milliseconds) => {
      flush();
      sleep(milliseconds);
    },
  };
  if (reads && canWait) options.awaitLine = awaitLine;
  if (sleeps && canWait) options.awaitSleep = awaitSleep;
  try {
    const code = await run(module, options);
    flush();
    postMessage({ code });
  } catch (failure) {
    flush();
    postMessage({ failure: String(failure) });
  }
}

onmessage = ({ data }) => {
  if ("line" in data) answered(data.line);
  else start(data);
};
