// Histogram and scatter at the size of their box, in SVG: attributes only, no style; every text is a text node.

const NS = "http://www.w3.org/2000/svg";
const LEFT = 52;
const BOTTOM = 20;
const TOP = 6;
const RIGHT = 8;
const LEAST_DRAG = 4;
const LABEL = 50; // room that a time needs

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function seconds(value) {
  if (value >= 60) return `${+(value / 60).toPrecision(3)} min`;
  if (value >= 1) return `${+value.toPrecision(3)} s`;
  return `${+(value * 1000).toPrecision(3)} ms`;
}

function clock(ms, span) {
  const options = span > 86_400_000 * 2 ? { month: "short", day: "2-digit" } : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (span < 600_000) options.second = "2-digit";
  return new Intl.DateTimeFormat(undefined, options).format(ms);
}

/** Draws now, and again when the box gets another size. `draw(width, height)` gives the drawing's children. */
function drawn(box, label, draw) {
  let last = "";
  const redraw = () => {
    const { width, height } = box.getBoundingClientRect();
    const size = `${Math.round(width)} ${Math.round(height)}`;
    if (size === last || width < 80) return;
    last = size;
    box.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...draw(width, height)));
  };
  redraw();
  new ResizeObserver(redraw).observe(box);
}

/** bins: [from seconds, to seconds, count]; onBrush(from, to). */
export function histogram(box, bins, onBrush) {
  const most = Math.max(1, ...bins.map((bin) => bin[2]));
  const total = bins.reduce((sum, bin) => sum + bin[2], 0);
  const label = bins.length ? `${total} response times from ${seconds(bins[0][0])} to ${seconds(bins.at(-1)[1])}` : "no response times";
  drawn(box, label, (width, height) => {
    const inner = width - LEFT - RIGHT;
    const step = Math.min(inner / Math.max(bins.length, 1), 48);
    const high = height - TOP - BOTTOM;
    const parts = grid([0, most], (value) => TOP + high * (1 - value / most), width, String);
    const every = Math.ceil(bins.length / Math.max(1, Math.floor(inner / 62)));
    bins.forEach(([from, to, count], place) => {
      const x = LEFT + place * step;
      const tall = count ? Math.max((count / most) * high, 2) : 0;
      const bar = svg("rect", { class: "bar", x: x + 0.5, y: TOP + high - tall, width: Math.max(step - 1, 1), height: tall });
      bar.append(svg("title", {}, `${seconds(from)} to ${seconds(to)}: ${count}`));
      parts.push(bar);
      if (place % every === 0 && x < width - LABEL) parts.push(svg("text", { x, y: height - 6 }, seconds(from)));
    });
    const at = (x) => Math.max(0, Math.min(bins.length - 1, Math.floor((x - LEFT) / step)));
    if (!onBrush) return parts;
    const brush = brushing(TOP, high, (from, to) => onBrush(bins[at(from)][0], bins[at(to)][1]), (x, end) => LEFT + (at(x) + (end ? 1 : 0)) * step);
    return [brush.hit(width, height), ...parts, brush.shade];
  });
  box.addEventListener("pointerdown", (event) => event.target.closest(".bar") && box.querySelector(".hit")?.dispatchEvent(new PointerEvent("pointerdown", event)));
}

/** points: [ms, seconds, outcome, cold, id]; onPick(id), onBrush(from ms, to ms). */
export function scatter(box, points, { start, end, onPick, onBrush, label = "Response times over time", format = seconds, linear = false }) {
  const values = points.map((point) => point[1]).filter((value) => value > 0);
  const low = linear ? 0 : Math.max(Math.min(...values, 1e9), 1e-4) / 1.3;
  const top = Math.max(...values, 1e-4) * (linear ? 1.08 : 1.3);
  drawn(box, `${label}: ${points.length}`, (width, height) => {
    const inner = width - LEFT - RIGHT;
    const high = height - TOP - BOTTOM;
    const share = linear ? (value) => value / top : (value) => Math.log(Math.max(value, low) / low) / Math.log(top / low);
    const y = (value) => TOP + high * (1 - share(value));
    const x = (ms) => LEFT + (inner * (ms - start)) / Math.max(end - start, 1);
    const parts = grid(linear ? steps(top) : decades(low, top), y, width, format);
    for (let tick = 0; tick < 5; tick += 1) {
      const ms = start + ((end - start) * tick) / 4;
      parts.push(svg("text", { x: x(ms), y: height - 6, "text-anchor": tick === 0 ? "start" : tick === 4 ? "end" : "middle" }, clock(ms, end - start)));
    }
    const dots = svg("g");
    for (const [ms, value, outcome, cold, id] of points) dots.append(dot(x(ms), y(value), outcome, cold, id, `${format(value)} · ${outcome}${cold ? " · cold start" : ""} · ${id}`));
    dots.addEventListener("click", (event) => event.target.dataset.id && onPick(event.target.dataset.id));
    const at = (px) => Math.round(start + ((px - LEFT) / inner) * (end - start));
    const brush = brushing(TOP, high, (from, to) => onBrush(at(from), at(to)), (px) => Math.max(LEFT, Math.min(width - RIGHT, px)));
    return [...parts, brush.hit(width, height), brush.shade, dots];
  });
}

function dot(x, y, outcome, cold, id, words) {
  const shape = cold ? "M0-5 5 0 0 5-5 0Z" : { fault: "M-3.5-3.5h7v7h-7Z", error: "M0-4.5 4.5 3.5h-9Z", throttle: "M0-4.5 4.5 3.5h-9Z" }[outcome] ?? "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0";
  const made = svg("path", { class: `dot ${outcome}${cold ? " cold" : ""}`, d: shape, transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
  made.dataset.id = id;
  made.append(svg("title", {}, words));
  return made;
}

function grid(values, y, width, format) {
  return values.flatMap((value) => [
    svg("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }),
    svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, format(value)),
  ]);
}

function decades(low, top) {
  const found = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= top; power += 1) {
    for (const digit of top / low < 30 ? [1, 2, 5] : top / low < 1000 ? [1, 3] : [1]) {
      const value = digit * 10 ** power;
      if (value >= low && value <= top) found.push(value);
    }
  }
  return found.length ? found : [low, top];
}

function steps(top) {
  const rough = top / 3;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * unit).find((value) => value >= rough);
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, place) => place * step);
}

function brushing(top, high, done, snap) {
  const shade = svg("rect", { class: "brush", y: top, height: high, x: 0, width: 0, visibility: "hidden" });
  const hit = (width, height) => {
    const area = svg("rect", { class: "hit", x: 0, y: 0, width, height });
    area.addEventListener("pointerdown", (event) => {
      const origin = area.getBoundingClientRect().left;
      const first = event.clientX - origin;
      const show = (moved) => {
        const [from, to] = [Math.min(first, moved), Math.max(first, moved)];
        shade.setAttribute("x", snap(from, false));
        shade.setAttribute("width", Math.max(snap(to, true) - snap(from, false), 0));
        shade.setAttribute("visibility", "visible");
        return [from, to];
      };
      const move = (moved) => show(moved.clientX - origin);
      const end = (ended) => {
        window.removeEventListener("pointermove", move);
        const [from, to] = show(ended.clientX - origin);
        if (ended.type === "pointerup" && to - from >= LEAST_DRAG) done(from, to);
        else shade.setAttribute("visibility", "hidden");
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", end, { once: true });
    });
    return area;
  };
  return { shade, hit };
}
