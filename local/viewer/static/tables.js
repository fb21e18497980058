// Tables: of metrics, with their summaries, and of what a Logs Insights query found.

import { timeText } from "./axes.js";
import { faded, theme } from "./colours.js";
import { element } from "./http.js";
import { isNumeric, precise, short } from "./numbers.js";

const SUMMARY = {
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};
const summary = (one, name) => (one.v.length ? SUMMARY[name](one.v) : undefined);
const TRACE = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;

/** Each series a row (`horizontal`) or a column (`vertical`), its summaries first. */
export function metricTable(widget) {
  const { series, table, timezone } = widget.document;
  const zone = timezone ?? widget.host.zone();
  const instants = table.points ? [...new Set(series.flatMap((one) => one.t))].sort((one, other) => one - other) : [];
  const at = series.map((one) => new Map(one.t.map((instant, index) => [instant, one.v[index]])));
  const made = table.layout === "vertical" ? vertical : horizontal;
  return scroll(widget, made(widget.document, { instants, at, when: (instant) => timeText(instant, zone) }));
}

function horizontal(document, { instants, at, when }) {
  const { series, table } = document;
  const heads = [element("th", { className: "sticky" }, "Label"), ...table.summaries.map((name) => head(name, table.sticky)), ...instants.map((instant) => head(when(instant)))];
  const rows = series.map((one, index) => element("tr", {}, element("th", { scope: "row", className: "sticky" }, ...named(one)), ...table.summaries.map((name) => cell(document, summary(one, name), table.sticky)), ...instants.map((instant) => point(document, one, at[index].get(instant)))));
  return element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
}

function vertical(document, { instants, at, when }) {
  const { series, table } = document;
  const rows = table.summaries.map((name) => element("tr", { className: table.sticky ? "sticky" : "" }, element("th", { scope: "row" }, name), ...series.map((one) => cell(document, summary(one, name)))));
  rows.push(...instants.map((instant) => element("tr", {}, element("th", { scope: "row" }, when(instant)), ...at.map((points, index) => point(document, series[index], points.get(instant))))));
  return element("table", {}, element("thead", {}, element("tr", {}, element("th", {}, "Time"), ...series.map((one) => head(named(one))))), element("tbody", {}, ...rows));
}

const head = (text, isSticky) => element("th", { className: isSticky ? "n sticky" : "n", scope: "col" }, ...[text].flat());
const named = (one) => [one.label, one.unit ? element("span", { className: "soft unit" }, one.unit) : ""];

const cell = ({ precise: full }, value, isSticky) => element("td", { className: isSticky ? "n sticky" : "n" }, value === undefined ? "" : full ? precise(value) : short(value));

/** A data point within an annotation's fill has the annotation's colour; a summary is none. */
function point(document, { axis }, value) {
  const made = cell(document, value);
  const mark = value === undefined ? null : document.horizontal.find((one) => one.axis === axis && one.band && value >= (one.band[0] ?? -Infinity) && value <= (one.band[1] ?? Infinity));
  if (!mark) return made;
  made.classList.add("within");
  made.title = mark.lines.map((line) => line.label).filter(Boolean).join(", ");
  made.style.boxShadow = `inset 0 0 0 99rem ${faded(mark.color ?? theme().bad, 0.28)}`;
  return made;
}

export function logTable(widget) {
  const { columns, rows } = widget.document;
  const numeric = columns.map((_, place) => isNumeric(rows.map((row) => row[place])));
  const found = (text, place) => {
    const made = element("td", { className: numeric[place] ? "n" : "" });
    if (text !== null && TRACE.test(text)) made.append(element("a", { href: `/traces/${text}` }, text));
    else made.textContent = text ?? "";
    return made;
  };
  const heads = element("tr", {}, ...columns.map((name, place) => element("th", { scope: "col", className: numeric[place] ? "n" : "" }, name)));
  return scroll(widget, element("table", { className: "mono small" }, element("thead", {}, heads), element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map(found))))));
}

const scroll = (widget, ...children) => element("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: widget.document.title || "Table" }, ...children);
