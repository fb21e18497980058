// What plotly.js draws of newest values: bars, pies, gauges.

import { faded, seriesColour, theme } from "./colours.js";
import { STATIC, plain } from "./graph.js";
import { quantity } from "./numbers.js";

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

export function drawBars(widget, values) {
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
  show(widget, data, place, layout);
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

export function drawPie(widget, values) {
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
      values: values.map((row) => row.value),
      labels: values.map((row, index) => `${plain(row.label)}: ${withUnit(row)}${"\u200b".repeat(index)}`),
      marker: { colors: values.map((row, index) => row.color ?? seriesColour(index)), line: { color: theme().paper, width: 1 } },
      textinfo: labels === false ? "none" : "percent",
      textposition: "inside",
      insidetextfont: { color: theme().paper },
      hoverinfo: "skip",
    },
  ];
  show(widget, data, place, layout);
}

export function drawGauges(widget, values) {
  const { axes, horizontal } = widget.document;
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
  show(widget, data, place, layout);
}
