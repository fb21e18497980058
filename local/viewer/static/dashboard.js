// A dashboard's page: its data, drawn; time, variables, zoom and full screen in its URL.

import { causeMenu } from "./causes.js";
import { pointAt } from "./crosshair.js";
import { getData, problem, showLoading } from "./http.js";
import { addKey } from "./keys.js";
import { closeMenu, showMenu } from "./menus.js";
import { savePicture } from "./picture.js";
import { query, setState } from "./state.js";
import { iso, shortTime } from "./time.js";
import { Widget } from "./widget.js";

const board = document.getElementById("board");
const form = document.querySelector("form.variables");
const LOG_REFRESH_MS = 30_000; // a query costs money at AWS: a live page asks again this often at most
let shown = { start: Number(board.dataset.start), end: Number(board.dataset.end) };
let latest = 0;
let logsAt = -Infinity;
let newest = null;
const listeners = [];

/** For what a page has beside its board: called with each answer of the data's URL, the last one at once. */
export function onData(listener) {
  listeners.push(listener);
  if (newest) listener(newest);
}

const host = {
  zone: () => query().zone || null,
  run: ({ section }) => getData(board.dataset.custom + section.id, asked(), { headers: { "X-Run-Widget": "1" } }).catch((failed) => ({ kind: "problem", message: failed.message })),
  zoom: (from, to) => setState({ start: iso(Math.floor(from) * 1000), end: iso(Math.ceil(to) * 1000), live: null }),
  cause: (point) => showMenu({ ...causeMenu(point, (at, period) => [{ label: "Zoom to this time", run: () => host.zoom(at - 5 * period, at + 6 * period) }]), x: point.x, y: point.y }),
};
const widgets = new Map();
for (const section of board.querySelectorAll(".widget:not(.text)")) widgets.set(section.id, new Widget(section, host));

function asked() {
  const named = Object.fromEntries(new FormData(form ?? undefined));
  return { ...named, ...query(), ...named, widget: null, live: null, theme: null, zone: null };
}

async function load({ quiet = false, first = false } = {}) {
  const turn = (latest += 1);
  const began = first ? 0 : performance.now();
  const done = quiet ? () => {} : showLoading();
  try {
    const data = await answer(first, quiet);
    if (turn !== latest) return;
    shown = { start: data.start, end: data.end };
    document.getElementById("failed").replaceChildren();
    draw(data.widgets);
    newest = data;
    for (const listener of listeners) listener(data);
    await painted();
    const took = performance.now() - began;
    document.documentElement.dataset[first ? "drawnMs" : "refreshedMs"] = took.toFixed(0);
    const said = document.getElementById("took");
    if (said) said.textContent = `${first ? "drawn" : "refreshed"} in ${took < 1000 ? `${took.toFixed(0)} ms` : `${(took / 1000).toFixed(1)} s`}`;
    if (first) loadUnits();
    await loadLogs(quiet);
    document.documentElement.dataset.complete = String(turn);
  } catch (failed) {
    if (turn === latest) document.getElementById("failed").replaceChildren(problem(failed));
  } finally {
    done();
  }
}

async function answer(first, refreshing) {
  const early = window.early;
  window.early = null;
  if (first && early) {
    const { ok, document } = await early.answer;
    if (ok) return document;
  }
  return getData(board.dataset.url, { ...asked(), refresh: refreshing ? "1" : null }, { quiet: true });
}

function draw(documents) {
  const graphs = documents.map((document) => widgets.get(document.key)?.prepare(document)).filter(Boolean);
  for (const graph of graphs) graph.measure();
  for (const graph of graphs) graph.plotAll();
}

const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

async function loadLogs(quiet) {
  if (quiet && performance.now() - logsAt < LOG_REFRESH_MS) return;
  logsAt = performance.now();
  const sections = [...board.querySelectorAll("[data-log]")];
  await Promise.all(sections.map(async (section) => {
    section.setAttribute("aria-busy", "true");
    const document = await getData(section.dataset.log, asked(), { quiet }).catch((failed) => ({ kind: "problem", title: "", message: failed.message }));
    widgets.get(section.id).draw(document);
  }));
}

async function loadUnits() {
  if (!board.dataset.units) return;
  const units = await getData(board.dataset.units, asked(), { quiet: true }).catch(() => ({}));
  for (const [key, axes] of Object.entries(units)) widgets.get(key)?.setUnits(axes);
}

function zoomOut() {
  const length = shown.end - shown.start;
  const end = Math.min(shown.end + length / 2, Date.now() / 1000);
  host.zoom(end - 2 * length, end);
}

/** A relative time of the form is shown without loading the page anew. */
function follow() {
  const { end, widget } = query();
  const start = query().start ?? board.dataset.startText;
  for (const button of document.querySelectorAll(".times button[name=start]")) {
    if (button.value === start && !end) button.setAttribute("aria-pressed", "true");
    else button.removeAttribute("aria-pressed");
  }
  const isRelative = !start || start.startsWith("-P");
  for (const button of document.querySelectorAll("[data-do=live]")) button.disabled = !isRelative;
  if (!isRelative) document.querySelector(".times summary").textContent = `${shortTime(new Date(start))} – ${end ? shortTime(new Date(end)) : "now"}`;
  for (const section of board.querySelectorAll(".widget")) section.classList.toggle("full", section.id === widget);
  document.body.classList.toggle("has-full", Boolean(widget && widgets.has(widget)));
}

function widgetMenu(button) {
  const section = button.closest(".widget");
  const widget = widgets.get(section.id);
  const isFull = section.classList.contains("full");
  const { left, bottom } = button.getBoundingClientRect();
  const items = [
    { label: isFull ? "Back to the dashboard" : "Full screen", run: () => setState({ widget: isFull ? null : section.id }) },
    { label: "Save as PNG", run: () => savePicture(widget) },
    { label: "Copy a link to it", run: () => navigator.clipboard?.writeText(permalink(section.id)) },
  ];
  showMenu({ title: widget.document?.title, items, x: left, y: bottom, back: button });
}

function permalink(key) {
  const url = new URL(location);
  for (const [name, value] of Object.entries({ start: iso(shown.start * 1000), end: iso(shown.end * 1000), widget: key })) url.searchParams.set(name, value);
  return url.href;
}

board.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu]");
  if (button) widgetMenu(button);
});
board.addEventListener("dblclick", (event) => {
  if (event.target.closest(".over")) zoomOut();
});
form?.addEventListener("change", () => {
  const named = Object.fromEntries(new FormData(form));
  setState(named);
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  setState(Object.fromEntries(new FormData(form)));
});
document.querySelector("form.times").addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.name === "start") setState({ start: event.submitter.value, end: null });
});
document.querySelector("[data-do=zoom-out]")?.addEventListener("click", zoomOut);
document.addEventListener("refresh", (event) => {
  event.preventDefault();
  load({ quiet: true });
});
document.addEventListener("state", (event) => {
  follow();
  const changed = Object.keys(event.detail);
  if (changed.every((name) => name === "widget" || name === "zone")) for (const widget of widgets.values()) widget.redraw();
  else if (Object.keys(event.detail).some((name) => name.startsWith("var.")) && board.querySelector(".text")) location.reload();
  else load();
});
addEventListener("popstate", () => {
  follow();
  load();
});
document.addEventListener("theme", () => {
  for (const widget of widgets.values()) widget.redraw();
});
addKey("z", "zoom out: twice the time", zoomOut);
addKey("f", "full screen: the graph under focus", () => {
  const section = document.activeElement.closest?.(".widget") ?? board.querySelector(".widget:hover");
  if (section) setState({ widget: section.classList.contains("full") ? null : section.id });
});
addKey("Escape", "back from full screen, close a menu", () => {
  closeMenu();
  pointAt(null);
  if (query().widget) setState({ widget: null });
});
follow();
load({ first: true });
