// From a point to its cause: the traces and the log lines of its period and its dimensions.

import { timeText } from "./axes.js";
import { short } from "./numbers.js";
import { iso } from "./time.js";

const to = (path, query) => {
  const url = new URL(path, location.origin);
  for (const [name, value] of query) if (value) url.searchParams.append(name, value);
  return url.href;
};

export function causeMenu({ series, index, zone }, more) {
  const at = series.t[index];
  const times = [
    ["start", iso(at * 1000)],
    ["end", iso((at + series.period) * 1000)],
  ];
  const { filter = "", groups = [], query = "" } = series.cause ?? {};
  const items = [];
  if (series.cause) {
    items.push({ label: filter ? `Traces: ${filter}` : "Traces of this time", href: to("/traces", [...times, ["filter", filter]]) });
    items.push({ label: "Log lines of this time", href: to("/logs", [...times, ...groups.map((group) => ["group", group]), ["query", query]]) });
  }
  return { title: `${series.label} = ${short(series.v[index], 6)} · ${timeText(at, zone)}`, items: [...items, ...more(at, series.period)] };
}
