// Drives the page in a headless Chromium over its debugging pipe, by keyboard as far as that goes, and tells what was seen
// as JSON. Arguments: the program, the URL, a folder for its profile.
import { spawn } from "node:child_process";

const [program, url, profile] = process.argv.slice(2);
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe"];
const browser = spawn(program, [...flags, `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const [, , , input, output] = browser.stdio;
const waiting = new Map();
const seen = { requests: [], complaints: [] };
let number = 0, rest = Buffer.alloc(0);

output.on("data", (data) => {
  rest = Buffer.concat([rest, data]);
  for (let end; (end = rest.indexOf(0)) >= 0; rest = rest.subarray(end + 1)) hear(JSON.parse(rest.subarray(0, end)));
});

function hear(message) {
  if (message.id) {
    const { resolve, reject } = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) reject(new Error(JSON.stringify(message.error)));
    else resolve(message.result);
  }
  if (message.method === "Network.requestWillBeSent") seen.requests.push(message.params.request.url);
  if (message.method === "Runtime.exceptionThrown") seen.complaints.push(JSON.stringify(message.params.exceptionDetails));
  if (message.method === "Log.entryAdded") seen.complaints.push(message.params.entry.text);
}

function send(method, params = {}, sessionId = undefined) {
  const id = ++number;
  input.write(JSON.stringify({ id, method, params, sessionId }) + "\0");
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

async function drive() {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const page = (method, params) => send(method, params, sessionId);
  for (const domain of ["Page", "Runtime", "Network", "Log", "Accessibility"]) await page(`${domain}.enable`);
  const look = async (expression) => {
    const { result, exceptionDetails } = await page("Runtime.evaluate", { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  };
  const until = async (expression) => {
    for (let tries = 0; tries < 300; tries++) {
      if (await look(expression)) return;
      await pause(100);
    }
    throw new Error(`never: ${expression}; it says ${await look("document.body.innerText")}`);
  };
  const press = async (key, code, text) => {
    await page("Input.dispatchKeyEvent", { type: "keyDown", key, code: key, windowsVirtualKeyCode: code, text });
    await page("Input.dispatchKeyEvent", { type: "keyUp", key, code: key, windowsVirtualKeyCode: code });
  };
  const tab = () => press("Tab", 9);
  const enter = () => press("Enter", 13, "\r");
  const type = (text) => page("Input.insertText", { text });
  const status = (name) => look(`document.getElementById("${name}-status").textContent`);
  const done = async (name) => {
    await until(`!["", "Working"].includes(document.getElementById("${name}-status").textContent)`);
    return { status: await status(name), text: await look(`document.getElementById("${name}-result").innerText`) };
  };

  await page("Page.navigate", { url });
  await until(`document.readyState === "complete" && !["", "Working"].includes(document.getElementById("timeline-status").textContent)`);
  const told = { timeline: await done("timeline") };

  // From the top, by Tab alone, through everything that can be focused.
  told.order = [];
  for (let step = 0; step < 40; step++) {
    await tab();
    const at = await look(`(() => { const e = document.activeElement; return e === document.body ? "" : (e.id || e.textContent.trim()); })()`);
    if (!at || told.order.includes(`${at}!`)) break;
    told.order.push(at);
    if (at === "where") {
      await type("stable");
      await tab();
      await type("hello");
      await enter();
      told.search = await done("search");
      told.order.push("query");
    }
    if (at === "into") {
      await type("stable");
      await tab();
      await type("up");
      await enter();
      told.promotion = await done("promotion");
      told.order.push("from");
    }
    if (at === "against") {
      await type("stable");
      await enter();
      told.stale = await done("stale");
    }
  }
  // A button of the timeline compares.
  await look(`[...document.querySelectorAll("#timeline-result button")].at(-1).focus()`);
  await enter();
  told.diff = await done("diff");
  told.focusAfterDiff = await look("document.activeElement.id");

  const { nodes } = await page("Accessibility.getFullAXTree");
  const named = nodes.filter((node) => !node.ignored).map((node) => ({ role: node.role?.value, name: node.name?.value ?? "" }));
  const must = ["button", "textbox", "combobox", "link", "table", "list", "region", "navigation", "form"];
  told.nameless = named.filter((node) => must.includes(node.role) && !node.name).map((node) => node.role);
  told.roles = [...new Set(named.map((node) => node.role))];
  told.live = await look(`[...document.querySelectorAll("[role=status]")].length`);
  told.markup = await look(`document.querySelectorAll("img, iframe, b").length`);
  const contrast = `(() => {
    const parts = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const light = (rgb) => { const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const paper = light(parts(getComputedStyle(document.body).backgroundColor));
    const ratio = (element) => { const ink = light(parts(getComputedStyle(element).color)); return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05); };
    return Math.min(...[...document.querySelectorAll("body, a, p, td, th, code, label, .bad, .good")].map(ratio));
  })()`;
  told.contrast = await look(contrast);
  await page("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: "dark" }] });
  told.darkContrast = await look(contrast);
  // The policy keeps out what somebody would slip in.
  await look(`(() => { const s = document.createElement("script"); s.textContent = "window.slipped = true"; document.body.append(s); })()`);
  told.slipped = await look("window.slipped === true");
  return { ...told, ...seen };
}

let code = 0;
try {
  console.log(JSON.stringify(await drive()));
} catch (error) {
  console.error(error.stack);
  code = 1;
}
browser.kill("SIGKILL");
process.exit(code);
