// The Overview around its board: alarms that are not OK, the newest faults.

import { onData } from "./dashboard.js";
import { element, getData, problem } from "./http.js";
import { query } from "./state.js";
import { localTimes } from "./time.js";

const alarms = document.getElementById("alarms");
const faults = document.getElementById("faults");
const MOST_QUIET = 5;

function drawAlarms({ error, shown, total }) {
  alarms.removeAttribute("aria-busy");
  if (error) return alarms.replaceChildren(problem({ message: error }));
  const card = (alarm) =>
    element("a", { className: `alarm ${alarm.state}`, href: alarm.url, title: `${alarm.condition}\n${alarm.reason}` }, element("span", { className: `state ${alarm.state}` }, alarm.state.replace("_", " ")), element("time", { dateTime: alarm.since, className: "soft" }), element("span", { className: "name" }, alarm.name));
  const quiet = shown.filter((alarm) => alarm.state === "INSUFFICIENT_DATA");
  const made = shown.filter((alarm) => quiet.length <= MOST_QUIET || !quiet.includes(alarm)).map(card);
  if (quiet.length > MOST_QUIET) made.push(folded(quiet.map(card)));
  if (made.length === 0) made.push(element("span", { className: "soft" }, total ? `All ${total} are OK.` : "There is none yet: make run loads those of dashboards/generated/monitoring.json."));
  alarms.replaceChildren(...made);
  localTimes(alarms);
  return undefined;
}

/** Many have no data yet where little has happened: what is on, and the numbers, must not be pushed off the screen. */
function folded(cards) {
  const state = element("span", { className: "state INSUFFICIENT_DATA" }, "INSUFFICIENT DATA");
  const made = element("details", {}, element("summary", {}, state, ` ${cards.length} alarms don't have enough data to know`), element("div", { className: "alarms" }, ...cards));
  made.open = alarms.querySelector("details")?.open ?? false;
  return made;
}

async function loadFaults(quiet) {
  const { start, end } = query();
  try {
    drawFaults(await getData("/overview/faults", { start, end }, { quiet }));
  } catch (failed) {
    faults.replaceChildren(problem(failed));
  }
}

function drawFaults({ shown, total }) {
  if (shown.length === 0) return faults.replaceChildren(element("p", { className: "nothing" }, "No trace has a fault or an error in this time."));
  const rows = shown.map((one) =>
    element("tr", {}, element("td", { className: "nowrap" }, element("a", { href: `/traces/${encodeURIComponent(one.id)}` }, element("time", { dateTime: one.at }))), element("td", {}, element("span", { className: `state ${one.fault ? "bad" : "warn"}` }, String(one.status ?? (one.fault ? "fault" : "error")))), element("td", { className: "break" }, `${one.method} ${path(one.url)}`), element("td", { className: "n nowrap" }, `${one.ms} ms`)),
  );
  faults.replaceChildren(element("table", {}, element("tbody", {}, ...rows)), total > shown.length ? element("p", { className: "soft" }, `… of ${total}`) : "");
  localTimes(faults);
  return undefined;
}

function path(url) {
  try {
    return new URL(url).pathname;
  } catch {
    return url;
  }
}

const FAULTS_EVERY_MS = 15_000; // a live page asks for them less often than for numbers
let asked = -Infinity;

onData((data) => {
  drawAlarms(data.alarms);
  if (performance.now() - asked < FAULTS_EVERY_MS) return;
  loadFaults(asked > 0);
  asked = performance.now();
});
