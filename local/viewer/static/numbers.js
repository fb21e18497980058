// Numbers as people read them.

const PREFIXES = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** 1234567 -> "1.235M", 0.00012 -> "0.00012", 0.000012 -> "12µ". */
export function short(value, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  for (const [factor, prefix] of PREFIXES) if (size >= factor * 0.99995) return trim((value / factor).toPrecision(digits)) + prefix;
  if (size !== 0 && size < 1e-7) return value.toExponential(1);
  if (size !== 0 && size < 1e-4) return `${trim((value * 1e6).toPrecision(3))}µ`;
  return trim(value.toPrecision(digits));
}

const SYMBOLS = { Seconds: "s", Milliseconds: "ms", Microseconds: "µs", Percent: "%", Bytes: "B", Kilobytes: "kB", Megabytes: "MB", Gigabytes: "GB", Terabytes: "TB", "Bytes/Second": "B/s", "Count/Second": "/s" };
const LABELLED = /^(%|µ?\$|[nµm]?s|min|[kKMGT]?i?B)(?=$|[\s,/])/;

/** How a number's unit is written beside it: CloudWatch's unit, else the one that an axis' label begins with. */
export function symbolOf(unit, label) {
  if (unit) return SYMBOLS[unit] ?? "";
  return LABELLED.exec(label ?? "")?.[1] ?? "";
}

/** A number and its symbol; dollars that are hardly any are millionths. */
export function quantity(value, symbol, write = short) {
  if (symbol === "$" && value && Math.abs(value) < 1e-3) return [write(value * 1e6), "µ$"];
  return [write(value), symbol];
}

/** A column whose cells are numbers, or nothing. */
export const isNumeric = (texts) => texts.some((text) => text) && texts.every((text) => !text || /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text));

export const precise = (value) => (value === null || value === undefined ? "–" : value.toLocaleString(undefined, { maximumFractionDigits: 20 }));

/** Steps of 1, 2 or 5 times a power of ten, about `count` of them between two values. */
export function niceStep(span, count) {
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = raw / power;
  return (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10) * power;
}
