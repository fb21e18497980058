// One trace: moving and folding in the waterfall, its logs, its raw documents.

import { element, Failed, getData, problem } from "./http.js";
import { addKey } from "./keys.js";
import { logLine } from "./lines.js";

const rows = [...document.querySelectorAll("#waterfall .span")];
const depth = (row) => Number(row.dataset.depth);
const summary = (row) => row.querySelector("summary");

function below(row) {
  const first = rows.indexOf(row) + 1;
  let last = first;
  while (last < rows.length && depth(rows[last]) > depth(row)) last += 1;
  return rows.slice(first, last);
}

/** What is folded inside stays folded. */
function fold(row, folded) {
  const button = row.querySelector(":scope > .fold");
  if (!button) return;
  button.setAttribute("aria-expanded", String(!folded));
  let hiddenBelow = Infinity;
  for (const other of below(row)) {
    if (depth(other) <= hiddenBelow) hiddenBelow = Infinity;
    other.hidden = folded || depth(other) > hiddenBelow;
    if (other.querySelector(":scope > .fold")?.getAttribute("aria-expanded") === "false" && hiddenBelow === Infinity) hiddenBelow = depth(other);
  }
}

function move(step) {
  const shown = rows.filter((row) => !row.hidden);
  const at = shown.findIndex((row) => row.contains(document.activeElement));
  const next = shown[Math.max(0, Math.min(shown.length - 1, at + step))];
  if (next) summary(next).focus();
}

let lastFault = -1;

function nextFault() {
  const focused = rows.findIndex((row) => row.contains(document.activeElement));
  const at = focused < 0 ? lastFault : focused;
  const faults = rows.filter((row) => row.classList.contains("fault"));
  const next = faults.find((row) => rows.indexOf(row) > at) ?? faults[0];
  if (!next) return;
  lastFault = rows.indexOf(next);
  for (const row of rows) fold(row, false);
  next.querySelector("details").open = true;
  summary(next).focus();
  next.scrollIntoView({ block: "center" });
}

const waterfall = document.getElementById("waterfall");
waterfall.addEventListener("click", (event) => {
  const button = event.target.closest(".fold");
  if (button) fold(button.parentElement, button.getAttribute("aria-expanded") === "true");
});
waterfall.addEventListener("keydown", (event) => {
  const row = event.target.closest(".span");
  const run = { ArrowDown: () => move(1), ArrowUp: () => move(-1), ArrowLeft: () => fold(row, true), ArrowRight: () => fold(row, false) }[event.key];
  if (!run || event.target.tagName === "PRE") return;
  event.preventDefault();
  run();
});
addKey("j", "next row", () => move(1));
addKey("k", "row before", () => move(-1));
addKey("f", "next fault", nextFault);
addKey("← →", "fold, unfold what a row called", () => {});
document.querySelector('a[href="#fault"]')?.addEventListener("click", (event) => {
  event.preventDefault();
  nextFault();
});

let panels = null;

/** All rows' panels, by place. They are text that the server has escaped, as in every page of it; no script in them runs. */
function loadPanels() {
  panels ??= fetch(`/traces/${encodeURIComponent(waterfall.dataset.id)}/panels`).then(async (response) => {
    if (!response.ok) throw new Failed({ error: `the viewer answered ${response.status} for what the rows open to` });
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    return new Map([...parsed.querySelectorAll(".panel")].map((panel) => [panel.dataset.place, panel]));
  });
  panels.catch(() => (panels = null)); // the next one that is opened asks again
  return panels;
}

async function openRow(details) {
  if (!details.open || details.children.length > 1) return;
  const place = element("div", { className: "panel soft" }, "Loading…");
  details.append(place);
  try {
    place.replaceWith(document.adoptNode((await loadPanels()).get(details.parentElement.id.slice("row-".length))));
  } catch (failed) {
    place.replaceWith(problem(failed));
  }
}

waterfall.addEventListener("toggle", (event) => openRow(event.target), true);
for (const sign of ["pointerover", "focusin"]) waterfall.addEventListener(sign, () => loadPanels().catch(() => {}), { once: true });

async function showLogs() {
  const box = document.getElementById("logs");
  try {
    const { events, groups, failed, all } = await getData(`/traces/${encodeURIComponent(box.dataset.id)}/logs`);
    box.replaceChildren(...failed.map((message) => problem({ message })));
    if (events.length) box.append(...events.map((event) => logLine(event, { ownTrace: box.dataset.id })));
    else if (!groups.length) box.append(note("No log group is known for this trace.", "It has no function's segment, and no segment names a log group. Search for its id with Logs Insights above."));
    else box.append(note(`No line in ${groups.join(", ")} names this trace or its invocations.`, "A function's lines are here as soon as they are written."));
    if (!all) box.append(note("There are more lines than these.", "Logs Insights, above, has them all."));
  } catch (failed) {
    box.replaceChildren(problem(failed));
  }
}

function note(title, advice) {
  return element("div", { className: "empty" }, element("strong", {}, title), element("p", {}, advice));
}

const raw = document.getElementById("raw");
raw.addEventListener("toggle", async () => {
  const box = raw.querySelector(".documents");
  if (!raw.open || box.dataset.shown) return;
  box.dataset.shown = "1";
  try {
    const { documents } = await getData(`/traces/${encodeURIComponent(raw.dataset.id)}/raw`);
    box.replaceChildren(...documents.map((text) => element("pre", { tabIndex: 0 }, text)));
  } catch (failed) {
    box.replaceChildren(problem(failed));
  }
});

showLogs();
