// Every kind of widget, by the document that the server made of it.

import { faded, seriesColour, theme } from "./colours.js";
import { Graph, STATIC, plain } from "./graph.js";
import { element, problem } from "./http.js";
import { precise, quantity, short, symbolOf } from "./numbers.js";
import { logTable, metricTable } from "./tables.js";
import { localTimes } from "./time.js";

const KINDS = {
  timeSeries: drawTimeSeries,
  "log-timeSeries": drawLogTimeSeries,
  singleValue: drawSingleValues,
  gauge: drawGauges,
  bar: (widget) => drawBars(widget, latestValues(widget.document)),
  pie: (widget) => drawPie(widget, latestValues(widget.document)),
  "log-bar": (widget) => drawBars(widget, widget.document.categories),
  "log-pie": (widget) => drawPie(widget, widget.document.categories),
  table: drawTable,
  "log-table": drawLogTable,
  alarm: drawAlarms,
  custom: drawCustom,
  "custom-page": drawPage,
  "custom-text": drawText,
  problem: drawProblem,
};

export class Widget {
  constructor(section, host) {
    this.section = section;
    this.body = section.querySelector(".body");
    this.host = host;
  }

  /** Returns the graph that is still to be measured and plotted, if it is one. */
  prepare(document) {
    if (document.kind !== "timeSeries") return this.draw(document);
    this.take(document);
    this.section.dataset.drawn = document.kind;
    if (!this.graph) this.graph = new Graph(this.body, this.host);
    this.graph.prepare(document);
    this.section.removeAttribute("aria-busy");
    return this.graph;
  }

  draw(document) {
    this.take(document);
    this.section.dataset.drawn = document.kind;
    if (this.graph && !document.kind.endsWith("timeSeries")) this.clear();
    const kind = KINDS[document.kind];
    if (kind) kind(this);
    else drawProblem(this, `The viewer can't draw ${document.kind}.`);
    this.section.removeAttribute("aria-busy");
  }

  /** With the units, which are told once, and below it what of it is not drawn. */
  take(document) {
    this.document = document;
    for (const side of ["left", "right"]) if (document.axes?.[side] && this.units?.[side]) document.axes[side].unit = this.units[side];
    for (const one of document.series ?? []) one.unit = document.axes?.[one.axis]?.units ? this.units?.[one.entry] : undefined;
    this.section.querySelector(".notes")?.remove();
    if (document.notes?.length) this.section.append(element("p", { className: "notes" }, `Not drawn here: ${document.notes.join("; ")}`));
  }

  setUnits(units) {
    this.units = units;
    if (this.document) this.take(this.document);
    this.redraw();
  }

  redraw() {
    if (this.graph) {
      this.graph.draw(this.document);
    } else if (this.document) {
      this.draw(this.document);
    }
  }

  clear() {
    this.graph?.end();
    this.graph = null;
    this.body.replaceChildren();
  }

  /** plotly.js' place, for what is drawn by it and is no graph over time. */
  place() {
    let place = this.body.querySelector(":scope > .plot");
    if (!place) {
      place = element("div", { className: "plot still" });
      this.body.replaceChildren(place);
    }
    return place;
  }
}

function drawTimeSeries(widget) {
  widget.graph ??= new Graph(widget.body, widget.host);
  widget.graph.draw(widget.document);
}

function drawLogTimeSeries(widget) {
  const axes = { left: {}, right: {} };
  widget.document = { axes, horizontal: [], vertical: [], legend: "bottom", ...widget.document };
  if (widget.document.series.length === 0) nothing(widget, "No row has a time (bin(5m) makes one) and a number.");
  else drawTimeSeries(widget);
}

function drawProblem(widget, message = widget.document.message) {
  widget.clear();
  widget.body.replaceChildren(problem({ message }));
}

/** A refresh leaves what the reader had it run. */
function drawCustom(widget) {
  if (widget.hasRun) return;
  const { function: name, params, may_run: mayRun } = widget.document;
  const made = [element("p", {}, "This widget shows what a Lambda function answers: ", element("code", {}, name))];
  if (params) made.push(element("pre", { className: "small" }, params));
  if (mayRun) {
    const button = element("button", { type: "button" }, "Run the function");
    button.addEventListener("click", async () => {
      button.disabled = true;
      const answer = await widget.host.run(widget);
      widget.hasRun = answer.kind !== "problem";
      widget.draw(answer);
    });
    made.push(button);
  } else {
    made.push(element("p", { className: "soft" }, "The viewer only reads. It may run the function when it is started with --run-custom-widgets."));
  }
  widget.body.replaceChildren(element("div", { className: "scroll custom", tabIndex: 0, role: "region", ariaLabel: widget.document.title || "Custom widget" }, ...made));
}

/** In a frame without scripts, forms, and any origin: what it says can do nothing. */
function drawPage(widget) {
  const frame = element("iframe", { title: widget.document.title || "Custom widget" });
  frame.setAttribute("sandbox", "");
  frame.srcdoc = `<!doctype html><meta name="color-scheme" content="light dark">${widget.document.html}`;
  widget.body.replaceChildren(frame);
}

function drawText(widget) {
  widget.body.replaceChildren(element("pre", { className: "scroll small", tabIndex: 0, role: "region", ariaLabel: widget.document.title || "Custom widget" }, widget.document.text));
}

function nothing(widget, words) {
  widget.clear();
  widget.body.replaceChildren(element("p", { className: "nothing" }, words));
}

function latestValues({ series, axes }) {
  return series.filter((one) => one.v.length).map((one) => ({ label: one.label, value: one.v.at(-1), color: one.color, symbol: symbolOf(one.unit, axes[one.axis].label) }));
}

function drawSingleValues(widget) {
  const { series, axes, precise: full, sparkline } = widget.document;
  if (series.length === 0 || series.every((one) => one.v.length === 0)) return nothing(widget, "No data in this time.");
  const digits = series.length > 2 ? 3 : 4; // what has room beside others
  const made = series.map((one, index) => {
    const colour = one.color ?? seriesColour(index);
    const value = one.v.at(-1);
    const [number, symbol] = quantity(value, symbolOf(one.unit, axes[one.axis].label), full ? precise : (one) => short(one, digits));
    const said = element("div", { className: "number", title: value === undefined ? "" : precise(value) }, number);
    if (symbol && value !== undefined) said.append(element("span", { className: "unit" }, ` ${symbol}`));
    const box = element("div", { className: "single" }, element("div", { className: "label", title: one.label }, one.label), said);
    if (sparkline && one.v.length > 1) box.append(spark(one, colour));
    return box;
  });
  widget.body.replaceChildren(element("div", { className: "captions" }, caption(widget.document)), element("div", { className: "singles" }, ...made));
  return undefined;
}

/** What the axis would say, where no label and no unit beside a number says it already. */
function caption({ series, axes }) {
  const said = (text) => series.every((one) => one.label.includes(text) || symbolOf(one.unit, axes[one.axis].label) === text);
  const words = new Set(series.flatMap((one) => [axes[one.axis].label, symbolOf(one.unit, "") ? "" : one.unit]));
  return [...words].filter((text) => text && !said(text)).join(", ");
}

const SVG = "http://www.w3.org/2000/svg";

/** The whole time as a small line. */
export function spark({ t, v }, colour) {
  const [first, last] = [t[0], t.at(-1)];
  const low = Math.min(...v, 0);
  const high = Math.max(...v, low + 1e-12);
  const points = v.map((value, index) => `${((t[index] - first) / (last - first || 1)) * 100},${30 - ((value - low) / (high - low)) * 28}`);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 100 31");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "spark");
  svg.setAttribute("aria-hidden", "true");
  for (const [name, attributes] of [
    ["polygon", { points: `0,31 ${points.join(" ")} 100,31`, fill: faded(colour, 0.18) }],
    ["polyline", { points: points.join(" "), fill: "none", stroke: colour, "stroke-width": "1.5", "vector-effect": "non-scaling-stroke" }],
  ]) {
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    svg.append(shape);
  }
  return svg;
}

function still(widget, more) {
  const place = widget.place();
  const colours = theme();
  return {
    place,
    layout: { width: place.clientWidth, height: place.clientHeight, autosize: false, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: colours.text, size: 12, family: "system-ui, sans-serif" }, margin: { l: 10, r: 10, t: 10, b: 10 }, ...more },
  };
}

function show(widget, data, place, layout) {
  widget.drawn = { data, layout };
  window.Plotly.react(place, data, layout, STATIC);
}

function drawBars(widget, values) {
  if (values.length === 0) return nothing(widget, "No data in this time.");
  const colours = theme();
  const rows = [...values].reverse();
  const names = rows.map((row) => (row.label.length > 28 ? `${row.label.slice(0, 27)}…` : row.label));
  const { place, layout } = still(widget, {
    margin: { l: Math.min(190, 20 + 7 * Math.max(...names.map((name) => name.length))), r: 44, t: 6, b: 24 },
    xaxis: { gridcolor: colours.grid, zeroline: false, rangemode: "tozero", ...barRange(widget.document, rows) },
    yaxis: { tickvals: names.map((_, index) => index), ticktext: names.map(plain) },
    bargap: 0.35,
    ...levels(widget.document),
  });
  const colour = rows.map((row, index) => row.color ?? seriesColour(rows.length - 1 - index));
  const data = [{ type: "bar", orientation: "h", x: rows.map((row) => row.value), y: rows.map((_, index) => index), marker: { color: colour }, text: rows.map((row) => (widget.document.labels === false ? "" : withUnit(row))), textposition: "outside", cliponaxis: false, hoverinfo: "skip" }];
  return show(widget, data, place, layout);
}

const withUnit = ({ value, symbol }) => quantity(value, symbol).filter(Boolean).join(" ");

/** Of the axis' own bounds and of its levels; plotly.js' where there are none. */
function barRange({ axes, horizontal = [] }, rows) {
  const { min, max } = axes?.left ?? {};
  const marks = horizontal.flatMap((mark) => mark.lines.map((line) => line.at));
  if (marks.length === 0 && (min ?? max ?? null) === null) return {};
  const all = [...rows.map((row) => row.value), ...marks];
  return { range: [min ?? Math.min(0, ...all), max ?? Math.max(...all) * 1.12] };
}

/** Horizontal annotations, upright: bars lie. */
function levels({ horizontal = [] }) {
  const colours = theme();
  const across = { yref: "paper", y0: 0, y1: 1 };
  const bands = horizontal.filter((mark) => mark.band).map((mark) => ({ type: "rect", layer: "below", ...across, x0: mark.band[0] ?? 0, x1: mark.band[1] ?? 1e15, fillcolor: faded(mark.color ?? colours.bad, 0.16), line: { width: 0 } }));
  const lines = horizontal.flatMap((mark) => mark.lines.map((line) => ({ type: "line", ...across, x0: line.at, x1: line.at, line: { color: mark.color ?? colours.bad, width: 1.3, dash: "dash" } })));
  const words = horizontal.flatMap((mark) => mark.lines.filter((line) => line.label).map((line) => ({ text: plain(line.label), showarrow: false, x: line.at, xanchor: "right", yref: "paper", y: 1, yanchor: "top", font: { size: 11 }, bgcolor: faded(colours.paper, 0.7) })));
  return { shapes: [...bands, ...lines], annotations: words };
}

function drawPie(widget, values) {
  const positive = values.filter((row) => row.value > 0);
  if (positive.length === 0) return nothing(widget, "No data in this time.");
  const { legend: position = "right", labels } = widget.document;
  const legend = { right: { x: 1, y: 0.5, xanchor: "right" }, bottom: { orientation: "h", x: 0.5, xanchor: "center", y: -0.04, yanchor: "top" } }[position];
  const { place, layout } = still(widget, { showlegend: position !== "hidden", legend: { ...legend, font: { size: 12 } }, margin: { l: 10, r: 10, t: 10, b: 10 } });
  const data = [
    {
      type: "pie",
      hole: 0.45,
      sort: false,
      direction: "clockwise",
      domain: { x: [0, position === "right" ? 0.62 : 1], y: [0, 1] },
      values: positive.map((row) => row.value),
      labels: positive.map((row, index) => `${plain(row.label)}: ${withUnit(row)}${"\u200b".repeat(index)}`),
      marker: { colors: positive.map((row, index) => row.color ?? seriesColour(index)), line: { color: theme().paper, width: 1 } },
      textinfo: labels === false ? "none" : "percent",
      textposition: "inside",
      insidetextfont: { color: theme().paper },
      hoverinfo: "skip",
    },
  ];
  return show(widget, data, place, layout);
}

function drawGauges(widget) {
  const { axes, horizontal } = widget.document;
  const values = latestValues(widget.document);
  if (values.length === 0) return nothing(widget, "No data in this time.");
  const colours = theme();
  const [low, high] = [axes.left.min ?? 0, axes.left.max ?? 100];
  const { place, layout } = still(widget, { margin: { l: 26, r: 26, t: 34, b: 14 } });
  const steps = horizontal.filter((mark) => mark.band).map((mark) => ({ range: [mark.band[0] ?? low, mark.band[1] ?? high], color: faded(mark.color ?? colours.bad, 0.35) }));
  const thin = (high - low) / 250;
  steps.push(...horizontal.flatMap((mark) => mark.lines.map((line) => ({ range: [line.at - thin, line.at + thin], color: mark.color ?? colours.bad }))));
  const width = 1 / values.length;
  const data = values.map((row, index) => ({
    type: "indicator",
    mode: "gauge+number",
    value: row.value,
    number: { valueformat: ".4~s", suffix: row.symbol ? ` ${plain(row.symbol)}` : "", font: { size: 24 } },
    title: { text: plain(row.label), font: { size: 12, color: colours.soft } },
    domain: { x: [index * width + 0.02, (index + 1) * width - 0.02], y: [0, 1] },
    gauge: { axis: { range: [low, high], tickcolor: colours.edge, nticks: 5 }, bar: { color: row.color ?? seriesColour(index), thickness: 0.6 }, bgcolor: colours.raised, borderwidth: 0, steps },
  }));
  return show(widget, data, place, layout);
}

function drawTable(widget) {
  if (widget.document.series.length === 0) return nothing(widget, "No data in this time.");
  widget.body.replaceChildren(metricTable(widget));
  return undefined;
}

function drawLogTable(widget) {
  if (widget.document.rows.length === 0) return nothing(widget, "No line matches in this time.");
  widget.body.replaceChildren(logTable(widget));
  return undefined;
}

function drawAlarms(widget) {
  const { alarms, missing } = widget.document;
  const made = alarms.map((alarm) =>
    element("a", { className: `alarm ${alarm.state}`, href: alarm.url, title: `${alarm.condition}\n${alarm.reason}` }, element("span", { className: `state ${alarm.state}` }, alarm.state.replace("_", " ")), element("time", { dateTime: alarm.since, className: "soft" }), element("span", { className: "name" }, alarm.name)),
  );
  made.push(...missing.map((name) => element("span", { className: "alarm" }, element("span", { className: "state" }, "not there"), element("span", {}), element("span", { className: "name" }, name))));
  if (made.length === 0) return nothing(widget, "None of its alarms is in these states.");
  widget.body.replaceChildren(element("div", { className: "alarms scroll", tabIndex: 0, role: "region", ariaLabel: widget.document.title || "Alarms" }, ...made));
  localTimes(widget.body);
  return undefined;
}
