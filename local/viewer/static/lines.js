// Log lines. Every piece of a message is a text node: nothing in it can become an element.

import { element } from "./http.js";

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export function lineTime(ms) {
  const at = new Date(ms);
  const made = element("time", { dateTime: at.toISOString(), title: `${at.toISOString()} (UTC)` });
  made.textContent = `${CLOCK.format(at)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  return made;
}

function piece([text, traceId], ownTrace) {
  if (!traceId || traceId === ownTrace) return document.createTextNode(text);
  const anchor = document.createElement("a");
  anchor.href = `/traces/${encodeURIComponent(traceId)}`;
  anchor.textContent = text;
  return anchor;
}

/** A line that opens to its whole message; `open(event)` gives what it opens to, else its fields. */
export function logLine(event, { ownTrace = null, open = null } = {}) {
  const line = document.createElement("div");
  line.className = `line ${event.level}`;
  const details = document.createElement("details");
  const head = document.createElement("summary");
  const said = document.createElement("span");
  said.className = "said";
  said.textContent = event.summary || event.parts.map(([text]) => text).join("").slice(0, 500);
  const level = document.createElement("span");
  level.className = "level";
  level.textContent = event.level;
  head.append(lineTime(event.time), level, said);
  details.append(head);
  line.append(details);
  const linked = event.parts.find(([, traceId]) => traceId && traceId !== ownTrace);
  if (linked) {
    const anchor = piece(linked);
    anchor.textContent = "trace";
    anchor.title = linked[1];
    anchor.className = "to-trace";
    line.classList.add("linked");
    line.append(anchor);
  }
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(whole(event, ownTrace), ...(open ? [open(event)] : event.fields ? [fieldList(event.fields)] : []));
  });
  return line;
}

function whole(event, ownTrace) {
  const made = element("pre", { tabIndex: 0 });
  made.append(...event.parts.map((part) => piece(part, ownTrace)));
  if (event.cut) made.append(` … ${event.cut} more characters`);
  return made;
}

/** Names and values; `onFilter(name, value)` makes each name a button. */
export function fieldList(fields, onFilter = null) {
  const list = document.createElement("dl");
  for (const [name, value] of fields) {
    const term = document.createElement("dt");
    if (onFilter) {
      const button = element("button", { type: "button", className: "quiet", title: `Filter by ${name}` }, name);
      button.addEventListener("click", () => onFilter(name, value));
      term.append(button);
    } else {
      term.textContent = name;
    }
    const said = document.createElement("dd");
    const traceId = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(value) ? value : null;
    said.append(piece([value, traceId], null));
    list.append(term, said);
  }
  return list;
}
