// Logs Insights: runs a query, shows that it runs, draws its result as a table and a chart.

import { Editor } from "./editor.js";
import { element, Failed, getData, problem, showLoading } from "./http.js";
import { addKey } from "./keys.js";
import { fieldList } from "./lines.js";
import { isNumeric } from "./numbers.js";
import { svg } from "./plots.js";
import { setState } from "./state.js";

const ROWS_AT_ONCE = 300;
const TRACE = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;
const $ = (id) => document.getElementById(id);
const form = $("insights");
let running = null;
let graph = null;

const times = () => ({ start: form.elements.start?.value ?? "", end: form.elements.end?.value ?? "" });
const chosen = () => [...$("groups").selectedOptions].map((option) => option.value);

function url(path, more = {}) {
  const made = new URL(path, location.origin);
  for (const [name, value] of Object.entries({ ...times(), ...more })) if (value) made.searchParams.set(name, value);
  for (const group of chosen()) made.searchParams.append("group", group);
  return made;
}

async function run() {
  stop();
  const own = (running = { id: null, stopped: false });
  const query = editor.text;
  editor.showError(null);
  $("failed").replaceChildren();
  $("status").textContent = "Running…";
  $("stop").disabled = false;
  keep(query);
  const done = showLoading();
  try {
    const started = await start(query);
    if (!started || own.stopped) return;
    own.id = started.id;
    let found = null;
    do found = await getData("/logs/results", { id: own.id, query }, { quiet: true });
    while (!found.ended && !own.stopped);
    if (!own.stopped) show(found);
  } catch (failed) {
    if (!own.stopped) refuse(failed);
  } finally {
    done();
    if (running === own) {
      running = null;
      $("stop").disabled = true;
    }
  }
}

/** The query's id; null where its text is wrong, which is then marked. */
async function start(query) {
  const response = await fetch(url("/logs/start", { query }), { headers: { Accept: "application/json" } });
  const answer = await response.json();
  if (!response.ok) throw new Failed(answer);
  if (!answer.place) return answer;
  editor.showError(answer.place);
  $("status").textContent = "The query was not run.";
  return null;
}

function refuse(failed) {
  $("status").textContent = "";
  $("failed").replaceChildren(problem(failed));
}

function stop() {
  if (!running) return;
  running.stopped = true;
  $("stop").disabled = true;
  $("status").textContent = "Stopped.";
  if (running.id) getData("/logs/stop", { id: running.id }, { quiet: true }).catch(() => {});
  running = null;
}

/** The query and its groups are in the URL: a copied link asks the same. */
function keep(query) {
  const made = new URL(location);
  made.searchParams.delete("group");
  for (const group of chosen()) made.searchParams.append("group", group);
  history.replaceState(null, "", made);
  setState({ query }, { replace: true });
}

function show(found) {
  const plural = (count, word) => `${count.toLocaleString()} ${word}${count === 1 ? "" : "s"}`;
  $("status").textContent = found.status === "Complete" ? `${plural(found.rows.length, "row")} · ${plural(found.matched, "line")} of ${found.scanned.toLocaleString()} matched` : `The query has ended: ${found.status}`;
  drawChart(found.chart);
  if (!found.rows.length) {
    $("result").replaceChildren(element("div", { className: "empty" }, element("strong", {}, "No line matches in this time."), element("p", {}, "Take a longer time, other groups, or a wider filter.")));
    return;
  }
  const body = element("tbody");
  const numeric = found.columns.map((_, place) => isNumeric(found.rows.map((row) => row[place])));
  const head = element("tr", {}, element("th", {}, element("span", { className: "hidden" }, "Open")), ...found.columns.map((name, place) => element("th", { scope: "col", className: numeric[place] ? "n" : "" }, name === "@timestamp" ? "@timestamp (UTC)" : name)));
  const more = element("button", { type: "button" });
  const add = () => {
    const from = body.querySelectorAll(":scope > tr:not(.record)").length;
    body.append(...found.rows.slice(from, from + ROWS_AT_ONCE).map((row, index) => resultRow({ ...found, numeric }, row, from + index)));
    const left = found.rows.length - from - ROWS_AT_ONCE;
    more.hidden = left <= 0;
    more.textContent = `Show more (${left} left)`;
  };
  more.addEventListener("click", add);
  add();
  $("result").replaceChildren(element("div", { className: "scroll card", tabIndex: 0, role: "region", ariaLabel: "Rows of the result" }, element("table", {}, element("thead", {}, head), body)), more);
}

function resultRow({ columns, numeric, pointers }, row, place) {
  const opener = element("td");
  const made = element("tr", {}, opener, ...row.map((value, column) => cell(value, numeric[column])));
  if (pointers[place]) {
    const button = element("button", { type: "button", className: "open", ariaLabel: `Open row ${place + 1}` }, "▸");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => openRecord(made, button, pointers[place], columns.length + 1));
    opener.append(button);
  }
  return made;
}

function cell(value, isNumber) {
  const made = element("td", { className: isNumber ? "n" : "" });
  if (TRACE.test(value)) {
    const anchor = element("a", {}, value);
    anchor.href = `/traces/${encodeURIComponent(value)}`;
    made.append(anchor);
  } else made.append(element("div", { className: "clip" }, value));
  return made;
}

async function openRecord(row, button, pointer, width) {
  if (row.nextElementSibling?.classList.contains("record")) {
    row.nextElementSibling.remove();
    button.setAttribute("aria-expanded", "false");
    button.textContent = "▸";
    return;
  }
  const place = element("td", { colSpan: width }, "Loading…");
  row.after(element("tr", { className: "record" }, place));
  button.setAttribute("aria-expanded", "true");
  button.textContent = "▾";
  try {
    const { fields } = await getData("/logs/record", { pointer }, { quiet: true });
    place.replaceChildren(fieldList(fields, addFilter));
  } catch (failed) {
    place.replaceChildren(problem(failed));
  }
}

function addFilter(name, value) {
  const field = /^[A-Za-z_@][\w@.]*$/.test(name) ? name : `\`${name}\``;
  const isNumber = value !== "" && /^-?\d+(\.\d+)?$/.test(value);
  editor.text = `filter ${field} = ${isNumber ? value : JSON.stringify(value)}\n| ${editor.text.trimStart().replace(/^\|\s*/, "")}`;
  run();
}

function loadPlotly() {
  if (window.Plotly) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = element("script", { src: form.dataset.plotly });
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error("plotly.js did not load")));
    document.head.append(script);
  });
}

async function drawChart(chart) {
  const box = $("chart");
  graph?.end();
  graph = null;
  box.hidden = chart === null;
  box.replaceChildren();
  box.classList.toggle("bars", chart?.form === "bars");
  if (chart === null) return;
  if (chart.form === "bars") {
    box.append(...bars(chart));
    return;
  }
  const [{ Graph }] = await Promise.all([import("./graph.js"), loadPlotly()]);
  const body = element("div", { className: "body" });
  box.replaceChildren(body);
  if (chart.left_out) box.append(element("p", { className: "soft small" }, `… ${chart.left_out} more lines`));
  graph = new Graph(body, {
    zone: () => "",
    zoom: (from, to) => location.assign(url("/logs/insights", { query: editor.text, start: new Date(from * 1000).toISOString(), end: new Date(to * 1000).toISOString() })),
    cause: ({ series, index }) => location.assign(url("/traces", { start: new Date(series.t[index] * 1000).toISOString(), end: new Date((series.t[index] + series.period) * 1000).toISOString() })),
  });
  const series = chart.series.map(({ name, values }) => {
    const kept = values.map((value, index) => [chart.positions[index] / 1000, value]).filter(([, value]) => value !== null);
    return { label: name, axis: "left", t: kept.map(([at]) => at), v: kept.map(([, value]) => value) };
  });
  const [first, second = first + 60_000] = chart.positions;
  const margin = (second - first) / 2; // of one point alone, too: it stands in the middle
  graph.draw({ title: "Result", series, axes: { left: {}, right: {} }, horizontal: [], vertical: [], legend: "bottom", start: (first - margin) / 1000, end: (chart.positions.at(-1) + margin) / 1000 });
}

const MOST_BARS = 40;

function bars({ positions, series }) {
  return series.map(({ name, values }) => {
    const most = Math.max(...values.map((value) => Math.abs(value ?? 0)), 1e-12);
    const list = element("dl");
    values.slice(0, MOST_BARS).forEach((value, place) => {
      const bar = svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { x: 0, y: 1, height: 8, width: (Math.abs(value ?? 0) / most) * 100 }));
      list.append(element("dt", {}, positions[place]), element("dd", {}, bar), element("dd", { className: "n" }, value === null ? "–" : value.toLocaleString(undefined, { maximumSignificantDigits: 6 })));
    });
    const left = values.length - MOST_BARS;
    return element("div", {}, element("h3", {}, name), list, ...(left > 0 ? [element("p", { className: "soft small" }, `… ${left} more, in the table`)] : []));
  });
}

async function learnFields() {
  if (!chosen().length) return;
  try {
    const response = await fetch(url("/logs/fields"), { headers: { Accept: "application/json" } });
    if (response.ok) editor.learn((await response.json()).fields);
  } catch {
    // The editor offers what it knows.
  }
}

let editor = null;
if (form) {
  editor = new Editor({ area: $("editor"), mirror: $("mirror"), list: $("choices"), trouble: $("compile-error") }, JSON.parse(form.dataset.language), run);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  $("stop").addEventListener("click", stop);
  $("groups").addEventListener("change", learnFields);
  $("saved")?.addEventListener("change", (event) => {
    const option = event.target.selectedOptions[0];
    if (!option?.dataset.query) return;
    editor.text = option.dataset.query;
    const groups = new Set(JSON.parse(option.dataset.groups));
    if (groups.size) for (const group of $("groups").options) group.selected = groups.has(group.value);
    run();
  });
  addKey("i", "to the query", () => $("editor").focus());
  document.addEventListener("refresh", (event) => {
    event.preventDefault();
    run();
  });
  learnFields();
  if (form.dataset.run) run();
}
