// Every kind of widget, by the document that the server made of it.

import { faded, seriesColour } from "./colours.js";
import { Graph } from "./graph.js";
import { element, problem } from "./http.js";
import { precise, quantity, short, symbolOf } from "./numbers.js";
import { drawBars, drawGauges, drawPie } from "./stills.js";
import { logTable, metricTable } from "./tables.js";
import { localTimes } from "./time.js";

const KINDS = {
  timeSeries: drawTimeSeries,
  "log-timeSeries": drawLogTimeSeries,
  singleValue: drawSingleValues,
  gauge: (widget) => orNothing(widget, latestValues(widget.document), drawGauges),
  bar: (widget) => orNothing(widget, latestValues(widget.document), drawBars),
  pie: (widget) => orNothing(widget, positive(latestValues(widget.document)), drawPie),
  "log-bar": (widget) => orNothing(widget, widget.document.categories, drawBars),
  "log-pie": (widget) => orNothing(widget, positive(widget.document.categories), drawPie),
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

const positive = (values) => values.filter((row) => row.value > 0);

function orNothing(widget, values, draw) {
  if (values.length) draw(widget, values);
  else nothing(widget, "No data in this time.");
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
