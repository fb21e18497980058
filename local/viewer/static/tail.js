// The live tail: asks for what has come, shows some of it each frame, and keeps the latest lines only.

import { element, getData, problem } from "./http.js";
import { addKey } from "./keys.js";
import { fieldList, logLine } from "./lines.js";
import { setState } from "./state.js";

const LINES_A_FRAME = 200;
const MOST_LINES = 1000;
const MOST_WAITING = 20000; // while it is paused, or one looks at older lines

const form = document.getElementById("tail");
// Lines may come late: how much of the time before the last one is asked for again. In AWS that takes seconds.
const { every: EVERY_MS, overlap: OVERLAP_MS } = Object.fromEntries(Object.entries(form?.dataset ?? {}).map(([name, value]) => [name, Number(value)]));
const frame = document.getElementById("lines"); // it is scrolled from its end: 0 is the latest line
const box = frame?.firstElementChild;
const state = document.getElementById("tail-state");
const rate = document.getElementById("tail-rate");
const troubles = document.getElementById("tail-problem");
const pause = document.getElementById("pause");
const latest = document.getElementById("latest");

let since = 0;
let seen = new Map(); // event id -> its time, of those that the next answer may hold again
let waiting = [];
let dropped = 0;
let total = 0;
let arrivals = [];
let paused = false;
let follows = true;
let round = 0;
let drawing = 0;

function start() {
  const data = new FormData(form);
  round += 1;
  since = Date.now() - Number(data.get("back")) * 60_000;
  seen = new Map();
  waiting = [];
  arrivals = [];
  total = dropped = 0;
  box.replaceChildren();
  troubles.replaceChildren();
  say("Asking…");
  poll(round, data.get("group"), data.get("pattern"), true);
}

async function poll(own, group, pattern, isFirst = false) {
  let more = false;
  try {
    const { events, all, until } = await getData("/logs/tail", { group, pattern, since, latest: isFirst ? "1" : "" }, { quiet: !isFirst });
    if (own !== round) return;
    troubles.replaceChildren();
    take(events, all ? until : 0);
    more = !all;
  } catch (failed) {
    if (own !== round) return;
    troubles.replaceChildren(problem(failed));
    if (failed.message.includes("InvalidParameter")) return say("Nothing is asked until the pattern is another.");
    say("It is asked again every few seconds.");
  }
  setTimeout(() => own === round && poll(own, group, pattern), more ? 50 : document.visibilityState === "visible" ? EVERY_MS : EVERY_MS * 5);
}

function take(events, until) {
  const fresh = events.filter((event) => !seen.has(event.id));
  for (const event of fresh) seen.set(event.id, event.time);
  since = Math.max(since, until - OVERLAP_MS, (events.at(-1)?.time ?? 0) - OVERLAP_MS);
  for (const [id, time] of seen) if (time < since) seen.delete(id);
  arrivals.push([performance.now(), fresh.length]);
  arrivals = arrivals.filter(([at]) => at > performance.now() - 5000);
  total += fresh.length;
  for (const event of fresh) waiting.push(event);
  const excess = waiting.length - (holds() ? MOST_WAITING : MOST_LINES);
  if (excess > 0) {
    waiting.splice(0, excess);
    dropped += excess;
  }
  show();
  tell();
}

const holds = () => paused || !follows;

function show() {
  if (holds() || drawing || !waiting.length) return;
  drawing = requestAnimationFrame(() => {
    drawing = 0;
    const lines = document.createDocumentFragment();
    for (const event of waiting.splice(0, LINES_A_FRAME)) lines.append(logLine(event, { open: openEvent }));
    box.querySelector(":scope > .empty")?.remove();
    box.append(lines);
    const excess = box.children.length - MOST_LINES;
    for (let count = 0; count < excess; count += 1) box.firstChild.remove();
    if (waiting.length) show();
    else tell();
  });
}

function openEvent(event) {
  const place = element("div", { className: "soft" }, "Loading…");
  const group = new FormData(form).get("group");
  getData("/logs/event", { group, id: event.id, time: event.time }, { quiet: true })
    .then(({ fields }) => place.replaceWith(fields.length ? fieldList(fields, filterBy) : element("p", { className: "soft small" }, event.stream)))
    .catch((failed) => place.replaceWith(problem(failed)));
  return place;
}

/** A field of a JSON line as a filter pattern. */
function filterBy(name, value) {
  const isNumber = value !== "" && Number.isFinite(Number(value));
  if (/["\\]/.test(value)) return;
  const words = { true: "IS TRUE", false: "IS FALSE", null: "IS NULL" };
  form.elements.pattern.value = `{ $.${name} ${words[value] ?? `= ${isNumber ? value : `"${value}"`}`} }`;
  follow();
}

function say(words) {
  if (state.textContent !== words) state.textContent = words;
}

function tell() {
  const span = Math.max(1, Math.min(5, (performance.now() - (arrivals[0]?.[0] ?? 0)) / 1000));
  const perSecond = arrivals.length > 1 ? arrivals.slice(1).reduce((sum, [, count]) => sum + count, 0) / span : 0;
  rate.textContent = perSecond >= 0.5 ? `${Math.round(perSecond)} lines a second` : "";
  const shown = box.children.length;
  const left = total - dropped - shown - waiting.length;
  if (holds()) say(`${paused ? "Paused" : "You look at older lines"}: ${waiting.length} lines wait${dropped ? `, ${dropped} older ones are left out` : ""}.`);
  else say(total ? `Following: ${shown} lines shown${left + dropped > 0 ? `, ${left + dropped} older ones are no longer here` : ""}.` : "Following: no line matches yet.");
  if (!total && !box.children.length) {
    box.append(element("div", { className: "empty" }, element("strong", {}, "No line yet."), element("p", {}, "Lines are here as soon as the function writes them. Take a longer time, another group, or an empty pattern.")));
  }
}

function follow() {
  const data = new FormData(form);
  setState({ group: data.get("group"), pattern: data.get("pattern"), back: data.get("back") }, { replace: true });
  start();
}

function setPaused(value) {
  paused = value;
  pause.setAttribute("aria-pressed", String(paused));
  pause.textContent = paused ? "Go on" : "Pause";
  show();
  tell();
}

function toLatest() {
  frame.scrollTop = 0;
  setFollows(true);
}

function setFollows(value) {
  if (follows === value) return;
  follows = value;
  latest.hidden = follows;
  show();
  tell();
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    follow();
  });
  form.elements.group.addEventListener("change", follow);
  form.elements.back.addEventListener("change", follow);
  pause.addEventListener("click", () => setPaused(!paused));
  latest.addEventListener("click", toLatest);
  const empty = () => {
    dropped = total - waiting.length;
    box.replaceChildren();
    tell();
  };
  document.getElementById("empty").addEventListener("click", empty);
  frame.addEventListener("scroll", () => setFollows(frame.scrollTop > -40), { passive: true });
  addKey("p", "pause or go on", () => setPaused(!paused));
  addKey("e", "empty the list", empty);
  addKey("G", "to the latest line", toLatest);
  start();
}
