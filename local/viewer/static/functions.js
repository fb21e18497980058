// Lambda: the reports of a function as figures, plots and a table.

import { element, getData, problem } from "./http.js";
import { histogram, scatter, seconds } from "./plots.js";
import { query } from "./state.js";
import { localTimes } from "./time.js";

const box = document.getElementById("reports");
const ms = (value) => (value === null ? "–" : seconds(value / 1000));
const mb = (value) => (value === null ? "–" : `${+value.toPrecision(3)} MB`);

async function show() {
  const { start, end } = query();
  try {
    draw(await getData("/lambda/reports", { function: box.dataset.function, start: start ?? "", end: end ?? "" }));
  } catch (failed) {
    box.replaceChildren(problem(failed));
  }
}

function draw(found) {
  if (!found.count) {
    box.replaceChildren(element("div", { className: "empty" }, element("strong", {}, "No invocation has ended in this time."), element("p", {}, "Call the function, or take a longer time. Each invocation leaves a REPORT line, or a platform.report record, in its log group.")));
    return;
  }
  const parts = [figures(found), plots(found), table(found)];
  if (found.matched > found.count) parts.unshift(element("p", {}, element("span", { className: "state warn" }, `the latest ${found.count.toLocaleString()} of ${found.matched.toLocaleString()} reports: take a shorter time for the rest`)));
  box.replaceChildren(...parts);
  drawPlots(found);
  localTimes(box);
}

function card(kind, label, value, ...more) {
  return element("div", { className: `card ${kind}` }, element("span", { className: "label" }, label), element("b", {}, value), ...more.map((text) => element("span", { className: "soft small" }, text)));
}

function figures({ figures: { cold, warm, init, used, memory_mb: memory, billed_ms: billed, failed }, count }) {
  const spread = (one) => `p90 ${ms(one.p90)} · p99 ${ms(one.p99)} · most ${ms(one.most)}`;
  const share = (cold.count / count) * 100;
  return element(
    "div",
    { className: "cards figures" },
    card("warm", `Warm duration, p50 of ${warm.count.toLocaleString()}`, ms(warm.p50), spread(warm)),
    card("cold", `Cold duration, p50 of ${cold.count.toLocaleString()}`, ms(cold.p50), spread(cold), "without the init"),
    card("cold", "Init, p50", ms(init.p50), spread(init), `${+share.toPrecision(2)} % of invocations were cold`),
    card("", "Memory used, most", mb(used.most), memory === null ? "" : `of ${mb(memory)}: ${Math.round((used.most / memory) * 100)} %`, `p50 ${mb(used.p50)}`),
    card("", "Billed", ms(billed), `${ms(billed / count)} an invocation`),
    card(failed ? "failed" : "", "Failed", String(failed), "timeouts and errors that a report names"),
  );
}

function plots() {
  const plot = (id, title) => element("section", { className: "card", ariaLabel: title }, element("h2", {}, title), element("div", { id, className: "sketch" }));
  return element("div", { className: "plots" }, plot("durations", "Durations"), plot("memory", "Memory used"), plot("spread", "Warm durations, how many"));
}

const toTrace = (id) => id && location.assign(`/traces/${encodeURIComponent(id)}`);
const zoom = (start, end) => {
  const url = new URL(location);
  url.searchParams.set("start", new Date(start).toISOString());
  url.searchParams.set("end", new Date(end).toISOString());
  location.assign(url);
};

function drawPlots({ durations, memory, bins }) {
  const frame = { start: Number(box.dataset.start), end: Number(box.dataset.end), onPick: toTrace, onBrush: zoom };
  scatter(document.getElementById("durations"), durations, { ...frame, label: "Durations over time" });
  scatter(document.getElementById("memory"), memory, { ...frame, label: "Memory used over time", format: (value) => `${+value.toPrecision(3)} MB`, linear: true });
  histogram(document.getElementById("spread"), bins, null);
}

function table({ rows, count }) {
  const head = ["Ended", "Duration", "Billed", "Init", "Memory", "Status", "Request", "Trace"].map((name, place) => element("th", { scope: "col", className: place > 0 && place < 5 ? "n" : "" }, name));
  const body = rows.map((row) => {
    const failed = row.status && row.status !== "success";
    const trace = element("td", { className: "mono small" });
    if (row.trace_id) {
      const anchor = element("a", {}, row.trace_id);
      anchor.href = `/traces/${encodeURIComponent(row.trace_id)}`;
      trace.append(anchor);
    }
    const number = (text) => element("td", { className: "n nowrap" }, text);
    const when = row.at === null ? row.time : element("time", { dateTime: new Date(row.at).toISOString() }, row.time);
    const state = failed ? element("span", { className: "state bad" }, row.status) : row.cold ? element("span", { className: "state cold" }, "cold") : element("span", { className: "state good" }, "warm");
    return element("tr", { className: failed ? "failed" : "" }, element("td", { className: "nowrap" }, when), number(ms(row.duration_ms)), number(ms(row.billed_ms)), number(row.init_ms === null ? "" : ms(row.init_ms)), number(mb(row.used_mb)), element("td", {}, state), element("td", { className: "mono small" }, row.request_id), trace);
  });
  const more = count > rows.length ? element("p", { className: "soft small" }, `The latest ${rows.length} of ${count.toLocaleString()}; Insights, above, has them all.`) : "";
  return element("section", {}, element("h2", {}, "Reports"), element("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "Reports" }, element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body))), more);
}

if (box) {
  show();
  document.addEventListener("refresh", (event) => {
    event.preventDefault();
    show();
  });
}
document.querySelector("#functions select")?.addEventListener("change", (event) => event.target.form.submit());
