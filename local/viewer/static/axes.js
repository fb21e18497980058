// Where the ticks are, and what they say.

import { niceStep, short } from "./numbers.js";

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2419200];

/** Seconds that a zone is ahead of UTC: "+0130", "utc", else the browser's own. */
export function zoneOffset(zone, atS) {
  const found = /^([+-])(\d\d)(\d\d)$/.exec(zone ?? "");
  if (found) return (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 3600 + Number(found[3]) * 60);
  return zone === "utc" ? 0 : -new Date(atS * 1000).getTimezoneOffset() * 60;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (number) => String(number).padStart(2, "0");

function parts(atS, zone) {
  const at = new Date((atS + zoneOffset(zone, atS)) * 1000);
  return { day: `${MONTHS[at.getUTCMonth()]} ${two(at.getUTCDate())}`, h: two(at.getUTCHours()), m: two(at.getUTCMinutes()), s: two(at.getUTCSeconds()) };
}

export function timeText(atS, zone) {
  const { day, h, m, s } = parts(atS, zone);
  return `${day} ${h}:${m}:${s}`;
}

const EDGE_PX = 18; // where a time's text would stand on that of the values' axis

export function timeTicks(startS, endS, width, zone) {
  const count = Math.max(2, Math.floor(width / 74));
  const step = TIME_STEPS.find((one) => (endS - startS) / one <= count) ?? niceStep(endS - startS, count);
  const offset = zoneOffset(zone, startS);
  const values = [];
  const texts = [];
  for (let at = Math.ceil((startS + offset) / step) * step - offset; at <= endS; at += step) {
    const { day, h, m, s } = parts(at, zone);
    values.push(at * 1000);
    const isAtEdge = ((at - startS) / (endS - startS)) * width < EDGE_PX;
    texts.push(isAtEdge ? "" : step >= 86400 || (h === "00" && m === "00" && s === "00") ? day : step < 60 ? `${h}:${m}:${s}` : `${h}:${m}`);
  }
  return { values, texts };
}

/** The range of an axis: its own bounds, else what its values and annotations need. */
export function valueRange(values, { min, max }) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === Infinity) [low, high] = [0, 1];
  const margin = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  const bottom = low >= 0 && low - margin < 0 ? 0 : low - margin;
  const range = [min ?? bottom, max ?? high + margin];
  return range[0] < range[1] ? range : [range[0], range[0] + 1];
}

export function valueTicks([low, high], height) {
  const step = niceStep(high - low, Math.max(2, Math.floor(height / 38)));
  const values = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) values.push(Number((index * step).toPrecision(12)));
  return { values, texts: values.map((value) => short(value)) };
}
