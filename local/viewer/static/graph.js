// A graph over time: plotly.js draws axes, lines and areas; crosshair, selection, legend and links are ours.

import { timeText, timeTicks, valueRange, valueTicks } from "./axes.js";
import { faded, isDark, seriesColour, theme } from "./colours.js";
import { join, leave, nearest, pointAt, select } from "./crosshair.js";
import { element } from "./http.js";
import { short } from "./numbers.js";

const MOST_LEGENDS = 40;
const MOST_TIPS = 14;
const DRAG_FROM_PX = 6;
const LABEL_PX = 14;
const SHORT_PX = 5; // a line that is shorter is easily overlooked
export const STATIC = { staticPlot: true, displayModeBar: false };

/** plotly.js reads a little HTML in texts; here every text is only text. */
export const plain = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

const tip = () => document.getElementById("tip") ?? document.body.appendChild(element("div", { id: "tip", hidden: true }));

export class Graph {
  /** `host` tells of what people do: zoom(fromS, toS), cause({series, index, x, y}); and the page's `zone`. */
  constructor(body, host) {
    this.host = host;
    this.hidden = new Set();
    this.captions = element("div", { className: "captions" });
    this.plot = element("div", { className: "plot" });
    this.over = element("div", { className: "over", tabIndex: 0 });
    this.over.setAttribute("role", "application");
    this.line = element("div", { className: "cross", hidden: true });
    this.area = element("div", { className: "chosen", hidden: true });
    this.over.append(this.line, this.area);
    this.legend = element("ul", { className: "legend" });
    this.canvas = element("div", { className: "canvas" }, this.plot, this.over);
    body.replaceChildren(this.captions, this.canvas, this.legend);
    this.body = body;
    this.listen();
    join(this);
    this.watcher = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.canvas;
      if (this.document && (clientWidth !== this.width || clientHeight !== this.height)) this.redraw();
    });
    this.watcher.observe(this.canvas);
  }

  end() {
    leave(this);
    this.watcher.disconnect();
    window.Plotly.purge(this.plot);
  }

  /** All that changes the page's layout; then measure(), then plot(). Many graphs do each step together: a browser lays
   * out a page anew each time that it is asked for a size after a change. */
  prepare(document) {
    this.document = document;
    this.series = document.series.map((series, index) => ({ ...series, period: series.period ?? smallestStep(series.t), colour: series.color ?? seriesColour(index) }));
    this.over.setAttribute("aria-label", `${document.title}: graph of ${this.series.map((one) => one.label).join(", ")}. Arrow keys move the crosshair, Enter shows what a point leads to.`);
    this.body.dataset.legend = document.legend ?? "bottom";
    this.drawLegend();
    this.caption();
  }

  draw(document) {
    this.prepare(document);
    this.redraw();
  }

  measure() {
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
  }

  get zone() {
    return this.document.timezone ?? this.host.zone();
  }

  redraw() {
    this.measure();
    this.plotAll();
  }

  plotAll() {
    if (this.width < 40 || this.height < 30) return;
    this.shown = this.series.filter((_, index) => !this.hidden.has(index));
    const layout = this.layout();
    this.empty(this.shown.every((series) => series.t.length === 0));
    window.Plotly.react(this.plot, this.traces(), layout, STATIC);
  }

  empty(isEmpty) {
    this.note?.remove();
    this.note = null;
    if (!isEmpty) return;
    this.note = element("p", { className: "nothing" }, "No data in this time.");
    this.canvas.append(this.note);
  }

  traces() {
    return this.shown.map((series) => {
      const { x, y, alone, marked } = withGaps(series, this.document.stacked, (SHORT_PX * (this.span[1] - this.span[0])) / this.inner);
      const dotted = marked ? new Set([...(alone ?? []), ...marked]) : alone;
      return {
        type: "scatter",
        mode: dotted ? "lines+markers" : "lines",
        x,
        y,
        yaxis: series.axis === "right" ? "y2" : "y",
        line: { color: series.colour, width: 1.6 },
        marker: { color: marked ? x.map((_, index) => (marked.has(index) ? theme().bad : series.colour)) : series.colour, size: dotted ? x.map((_, index) => (dotted.has(index) ? 7 : 0)) : 0 },
        hoverinfo: "skip",
        ...(this.document.stacked ? { stackgroup: series.axis, fillcolor: faded(series.colour, 0.45) } : {}),
      };
    });
  }

  layout() {
    const { start, end, axes, horizontal, vertical } = this.document;
    const colours = theme();
    const right = this.shown.some((series) => series.axis === "right") || horizontal.some((one) => one.axis === "right");
    this.ranges = { left: this.range("left", axes.left), right: this.range("right", axes.right) };
    const ticks = { left: valueTicks(this.ranges.left, this.height), right: valueTicks(this.ranges.right, this.height) };
    const room = (side) => Math.max(24, ...ticks[side].texts.map((text) => text.length * 7 + 10));
    this.box = { l: room("left"), r: right ? room("right") : 14, t: 8, b: 22 };
    this.span = [Math.min(start, ...times(vertical)), Math.max(end, ...times(vertical))];
    this.place();
    const when = timeTicks(this.span[0], this.span[1], this.inner, this.zone);
    const axis = (side) => ({ range: this.ranges[side], tickvals: ticks[side].values, ticktext: ticks[side].texts, zeroline: false, fixedrange: true, tickfont: { size: 11 } });
    return {
      width: this.width,
      height: this.height,
      margin: { ...this.box, pad: 0 },
      autosize: false,
      showlegend: false,
      hovermode: false,
      dragmode: false,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: colours.soft, family: "system-ui, sans-serif", size: 11 },
      xaxis: { type: "linear", range: this.span.map((at) => at * 1000), tickvals: when.values, ticktext: when.texts, gridcolor: colours.grid, zeroline: false, fixedrange: true, tickfont: { size: 11 } },
      yaxis: { ...axis("left"), gridcolor: colours.grid },
      ...(right ? { yaxis2: { ...axis("right"), overlaying: "y", side: "right", showgrid: false } } : {}),
      ...this.marks(colours),
    };
  }

  /** Annotations: lines, bands and their words. A graph is scaled so that each of them is on it. */
  marks(colours) {
    const shapes = [];
    const annotations = [];
    const word = (text, place) => text && annotations.push({ text: plain(text), showarrow: false, font: { size: 11, color: colours.text }, bgcolor: faded(colours.paper, 0.7), ...place });
    const labelled = [];
    for (const mark of this.document.horizontal) {
      const colour = mark.color ?? colours.bad;
      const yref = mark.axis === "right" ? "y2" : "y";
      const [low, high] = this.ranges[mark.axis];
      if (mark.band) shapes.push({ type: "rect", layer: "below", xref: "paper", x0: 0, x1: 1, yref, y0: mark.band[0] ?? low, y1: mark.band[1] ?? high, fillcolor: faded(colour, isDark() ? 0.22 : 0.13), line: { width: 0 } });
      for (const line of mark.lines) {
        shapes.push({ type: "line", xref: "paper", x0: 0, x1: 1, yref, y0: line.at, y1: line.at, line: { color: colour, width: 1.3, dash: "dash" } });
        labelled.push({ ...line, yref, px: ((line.at - low) / (high - low)) * (this.height - this.box.t - this.box.b), yanchor: line.at > (low + high) / 2 ? "top" : "bottom" });
      }
    }
    for (const { label, yref, at, yanchor } of together(labelled)) word(label, { xref: "paper", x: 0, xanchor: "left", yref, y: at, yanchor });
    let row = 0;
    for (const mark of this.document.vertical) {
      const colour = mark.color ?? colours.accent;
      const ms = (at) => at * 1000;
      if (mark.band) shapes.push({ type: "rect", layer: "below", yref: "paper", y0: 0, y1: 1, x0: ms(mark.band[0] ?? this.span[0]), x1: ms(mark.band[1] ?? this.span[1]), fillcolor: faded(colour, isDark() ? 0.22 : 0.13), line: { width: 0 } });
      for (const line of mark.lines) {
        shapes.push({ type: "line", yref: "paper", y0: 0, y1: 1, x0: ms(line.at), x1: ms(line.at), line: { color: colour, width: 1.3, dash: "dash" } });
        word(line.label, { x: ms(line.at), xanchor: line.at > (this.span[0] + this.span[1]) / 2 ? "right" : "left", yref: "paper", y: 1, yshift: -15 * (row++ % 3), yanchor: "top" });
      }
    }
    return { shapes, annotations };
  }

  range(side, axis) {
    const values = this.document.stacked ? stackedValues(this.shown.filter((one) => one.axis === side)) : this.shown.filter((one) => one.axis === side).flatMap((one) => one.v);
    for (const mark of this.document.horizontal) if (mark.axis === side) values.push(...mark.lines.map((line) => line.at));
    return valueRange(values, axis);
  }

  caption() {
    const right = this.series.some((series) => series.axis === "right");
    const text = (side) => {
      const { label, units, unit } = this.document.axes[side];
      return [label, units && unit ? unit : ""].filter(Boolean).join(", ");
    };
    this.captions.replaceChildren(element("span", {}, text("left")), element("span", {}, right ? text("right") : ""));
    this.captions.hidden = !this.captions.textContent;
  }

  place() {
    const { l, r, t, b } = this.box;
    this.inner = this.width - l - r;
    Object.assign(this.over.style, { left: `${l}px`, top: `${t}px`, width: `${this.inner}px`, height: `${this.height - t - b}px` });
  }

  drawLegend() {
    const made = this.series.slice(0, MOST_LEGENDS).map((series, index) => {
      series.value = element("span", { className: "value" });
      const swatch = element("span", { className: "swatch" });
      swatch.style.background = series.colour;
      const button = element("button", { type: "button", className: "quiet", title: "Show or hide" }, swatch, element("span", { className: "label" }, series.label), series.value);
      button.setAttribute("aria-pressed", String(!this.hidden.has(index)));
      button.addEventListener("click", () => this.toggle(index, button));
      return element("li", {}, button);
    });
    if (this.series.length > MOST_LEGENDS) made.push(element("li", { className: "soft" }, `… ${this.series.length - MOST_LEGENDS} more`));
    this.legend.replaceChildren(...made);
    this.values(null);
  }

  toggle(index, button) {
    if (!this.hidden.delete(index)) this.hidden.add(index);
    button.setAttribute("aria-pressed", String(!this.hidden.has(index)));
    this.redraw();
  }

  /** In the legend: the newest values, or those at the crosshair. */
  values(at) {
    for (const series of this.series) {
      const index = at === null ? series.t.length - 1 : nearest(series.t, at, series.period);
      if (series.value) series.value.textContent = index < 0 ? "" : short(series.v[index]);
    }
  }

  toSeconds(px) {
    return this.span[0] + (Math.min(Math.max(px, 0), this.inner) / this.inner) * (this.span[1] - this.span[0]);
  }

  toPixels(seconds) {
    return ((seconds - this.span[0]) / (this.span[1] - this.span[0])) * this.inner;
  }

  cross(seconds, isOrigin) {
    if (!this.span) return;
    const off = seconds === null || seconds < this.span[0] || seconds > this.span[1];
    this.line.hidden = off;
    if (!off) this.line.style.transform = `translateX(${this.toPixels(seconds)}px)`;
    this.values(off ? null : seconds);
    if (isOrigin) this.tell(off ? null : seconds);
    else if (seconds === null) this.tell(null);
  }

  select(from, to) {
    if (!this.span) return;
    this.area.hidden = from === null;
    if (from === null) return;
    const [left, right] = [this.toPixels(Math.min(from, to)), this.toPixels(Math.max(from, to))];
    Object.assign(this.area.style, { left: `${Math.max(0, left)}px`, width: `${Math.max(0, Math.min(right, this.inner) - Math.max(0, left))}px` });
  }

  tell(seconds) {
    const box = tip();
    if (seconds === null) {
      if (box.owner === this) box.hidden = true;
      return;
    }
    const rows = this.shown
      .map((series) => ({ series, index: nearest(series.t, seconds, series.period) }))
      .filter(({ index }) => index >= 0)
      .sort((one, other) => other.series.v[other.index] - one.series.v[one.index]);
    box.owner = this;
    box.hidden = rows.length === 0;
    const made = rows.slice(0, MOST_TIPS).map(({ series, index }) => {
      const swatch = element("span", { className: "swatch" });
      swatch.style.background = series.colour;
      return element("div", {}, swatch, element("span", { className: "label" }, series.label), element("b", {}, short(series.v[index], 5)));
    });
    if (rows.length > MOST_TIPS) made.push(element("div", { className: "soft" }, `… ${rows.length - MOST_TIPS} more`));
    box.replaceChildren(element("div", { className: "soft" }, timeText(rows[0] ? rows[0].series.t[rows[0].index] : seconds, this.zone)), ...made);
    const area = this.over.getBoundingClientRect();
    const x = area.left + this.toPixels(seconds);
    const toLeft = x + box.offsetWidth + 24 > innerWidth;
    Object.assign(box.style, { left: `${toLeft ? Math.max(4, x - box.offsetWidth - 14) : x + 14}px`, top: `${Math.max(4, Math.min(area.top, innerHeight - box.offsetHeight - 4))}px` });
  }

  listen() {
    let from = null;
    const seconds = (event) => this.toSeconds(event.clientX - this.over.getBoundingClientRect().left);
    this.over.addEventListener("pointermove", (event) => {
      if (!this.span) return;
      if (from !== null && Math.abs(event.clientX - from) > DRAG_FROM_PX) select(this.toSeconds(from - this.over.getBoundingClientRect().left), seconds(event));
      pointAt(seconds(event), this);
    });
    this.over.addEventListener("pointerleave", () => from === null && pointAt(null, this));
    this.over.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = event.clientX;
      if (event.pointerType === "mouse") this.over.setPointerCapture(event.pointerId);
    });
    this.over.addEventListener("pointercancel", () => {
      from = null;
      select(null);
    });
    this.over.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const start = from;
      from = null;
      select(null);
      if (Math.abs(event.clientX - start) > DRAG_FROM_PX) {
        const ends = [this.toSeconds(start - this.over.getBoundingClientRect().left), seconds(event)].sort((one, other) => one - other);
        this.host.zoom(...ends);
      } else this.cause(seconds(event), event.clientX, event.clientY);
    });
    this.over.addEventListener("keydown", (event) => this.key(event));
    this.over.addEventListener("blur", () => pointAt(null, this));
  }

  key(event) {
    const series = this.shown?.find((one) => one.t.length);
    if (!series) return;
    const last = series.t.length - 1;
    const at = this.at === undefined ? last : nearest(series.t, this.at, Infinity);
    const index = { ArrowLeft: at - (event.shiftKey ? 10 : 1), ArrowRight: at + (event.shiftKey ? 10 : 1), Home: 0, End: last }[event.key];
    if (index !== undefined) {
      this.at = series.t[Math.min(last, Math.max(0, index))];
      pointAt(this.at, this);
    } else if (event.key === "Enter") {
      const area = this.over.getBoundingClientRect();
      this.cause(series.t[at], area.left + this.toPixels(series.t[at]), area.top + 20);
    } else return;
    event.preventDefault();
  }

  /** What is nearest to the click leads on. */
  cause(seconds, x, y) {
    const area = this.over.getBoundingClientRect();
    const distance = ({ series, index }) => {
      const [low, high] = this.ranges[series.axis];
      const top = area.top + area.height * (1 - (series.v[index] - low) / (high - low));
      return Math.abs(top - y);
    };
    const found = this.shown.map((series) => ({ series, index: nearest(series.t, seconds, series.period) })).filter(({ index }) => index >= 0);
    if (found.length === 0) return;
    const best = found.reduce((one, other) => (distance(other) < distance(one) ? other : one));
    this.host.cause({ ...best, x, y, zone: this.zone });
  }

  /** For its PNG: the same with title and legend. */
  picture() {
    const colours = theme();
    const layout = this.layout();
    const names = this.shown.map((series) => plain(series.label));
    return {
      data: this.traces().map((trace, index) => ({ ...trace, name: names[index] })),
      layout: { ...layout, height: this.height + 90, showlegend: true, legend: { orientation: "h", y: -0.15 }, title: { text: plain(this.document.title), font: { size: 14, color: colours.text } }, paper_bgcolor: colours.paper, margin: { ...this.box, t: 40, b: 60 } },
    };
  }
}

/** Labels that would stand on one another are one. */
function together(lines) {
  const made = [];
  for (const line of lines.filter((one) => one.label)) {
    const near = made.find((one) => one.yref === line.yref && one.yanchor === line.yanchor && Math.abs(one.px - line.px) < LABEL_PX);
    if (!near) made.push({ ...line });
    else if (near.label !== line.label) near.label += ` · ${line.label}`;
  }
  return made;
}

const times = (vertical) => vertical.flatMap((mark) => mark.lines.map((line) => line.at));

function smallestStep(times) {
  let step = Infinity;
  for (let index = 1; index < times.length; index += 1) step = Math.min(step, times[index] - times[index - 1]);
  return step === Infinity ? 60 : step;
}

/** A line ends where a period has no value; a value with none beside it is a dot, and so are the few of a line that is
 * shorter than so many seconds; so is one that is `marked`. */
function withGaps({ t, v, period, marked: given }, stacked, shortS) {
  const x = [];
  const y = [];
  const alone = new Set();
  let run = [];
  const wanted = new Set(given);
  const marked = new Set();
  for (let index = 0; index < t.length; index += 1) {
    const before = index > 0 && t[index] - t[index - 1] <= period * 1.5;
    const after = index < t.length - 1 && t[index + 1] - t[index] <= period * 1.5;
    if (!before && index > 0 && !stacked) {
      x.push((t[index - 1] + period / 2) * 1000);
      y.push(null);
    }
    run = before ? [...run, index] : [index];
    if (!after && t[index] - t[run[0]] < shortS) for (let back = 0; back < run.length; back += 1) alone.add(x.length - back);
    if (wanted.has(index)) marked.add(x.length);
    x.push(t[index] * 1000);
    y.push(v[index]);
  }
  return { x, y, alone: alone.size ? alone : null, marked: marked.size ? marked : null };
}

function stackedValues(series) {
  const sums = new Map();
  for (const one of series) for (let index = 0; index < one.t.length; index += 1) sums.set(one.t[index], (sums.get(one.t[index]) ?? 0) + one.v[index]);
  return [0, ...sums.values()];
}
