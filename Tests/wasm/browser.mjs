// Opens a page in Chromium without a screen and does things in it, one for each argument:
// `node browser.mjs CHROMIUM PROFILE URL STEP...`
//
// - `type:TEXT` and `press:KEY` use the keyboard; `dark` and `light` set what the user prefers;
// - `screenshot:FILE` keeps a picture;
// - any other step is an expression of JavaScript, whose value (or its promise's) is printed as a line of JSON. In it,
//   `until(condition)` waits.
//
// The browser is spoken to by pipes, in the Chrome DevTools Protocol: a message of JSON, then a zero. What the page
// complains of to its console goes to the standard error, and so does every request for anything but the page.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";

const [path, profile, url, ...steps] = process.argv.slice(2);
const browser = spawn(
  path,
  [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", `--user-data-dir=${profile}`,
    "--window-size=900,700", "--remote-debugging-pipe", "about:blank",
  ],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const [, , , input, output] = browser.stdio;

let number = 0;
let session;
const waiting = new Map();
const heard = new Map();

function send(method, params = {}) {
  number += 1;
  input.write(JSON.stringify({ id: number, method, params, sessionId: session }) + "\0");
  return new Promise((resolve, reject) => waiting.set(number, { resolve, reject }));
}
const event = (method) => new Promise((resolve) => heard.set(method, resolve));

function receive({ id, method, params, result, error }) {
  if (error) waiting.get(id)?.reject(new Error(error.message));
  else waiting.get(id)?.resolve(result);
  heard.get(method)?.(params);
  if (method === "Log.entryAdded") console.error(params.entry.text);
  if (method === "Runtime.exceptionThrown") console.error(params.exceptionDetails.exception?.description);
  if (method === "Network.requestWillBeSent" && !/^(data:|blob:)/.test(params.request.url)
    && params.request.url !== url.replace(/#.*/, "")) {
    console.error(`request for ${params.request.url}`);
  }
}

let rest = "";
output.setEncoding("utf8").on("data", (text) => {
  const messages = (rest + text).split("\0");
  rest = messages.pop();
  messages.map((message) => JSON.parse(message)).forEach(receive);
});

const until = `const until = async (condition) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  return true;
};`;

async function press(key, text) {
  const codes = { Enter: 13, Tab: 9 };
  const params = { key, text, code: key, windowsVirtualKeyCode: codes[key] };
  await send("Input.dispatchKeyEvent", { type: "keyDown", ...params });
  await send("Input.dispatchKeyEvent", { type: "keyUp", ...params });
}

async function take(step) {
  const [, name, value] = /^(\w+)(?::([^]*))?$/.exec(step) ?? [];
  if (name === "type") return send("Input.insertText", { text: value });
  if (name === "press") return press(value, { Enter: "\r" }[value]);
  if (name === "dark" || name === "light") {
    return send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: name }] });
  }
  if (name === "screenshot") {
    const { data } = await send("Page.captureScreenshot", { format: "png" });
    return writeFileSync(value, Buffer.from(data, "base64"));
  }
  const { result, exceptionDetails } = await send(
    "Runtime.evaluate",
    { expression: `(async () => { ${until} return (${step}) })()`, awaitPromise: true, returnByValue: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  console.log(JSON.stringify(result.value ?? null));
}

try {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  ({ sessionId: session } = await send("Target.attachToTarget", { targetId, flatten: true }));
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(`${domain}.enable`);
  const loaded = event("Page.loadEventFired");
  await send("Page.navigate", { url });
  await loaded;
  for (const step of steps) await take(step);
} catch (failure) {
  console.error(failure.message);
  process.exitCode = 1;
} finally {
  // It takes its temporary files along if it may end by itself.
  const ended = new Promise((resolve) => browser.on("exit", resolve));
  session = undefined;
  send("Browser.close").catch(() => {});
  const patience = setTimeout(() => browser.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(patience);
}
