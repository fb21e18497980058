// Data from the viewer's own server: a failure names the call and says why; loading shows when it takes over 300 ms.

const LOADING_AFTER_MS = 300;
let waiting = 0;

export class Failed extends Error {
  constructor({ error, call = "", advice = "" }) {
    super(error);
    this.call = call;
    this.advice = advice;
  }
}

export async function getData(path, query = {}, { signal, quiet = false, headers = {} } = {}) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  const done = quiet ? () => {} : showLoading();
  try {
    const response = await fetch(url, { headers: { Accept: "application/json", ...headers }, signal });
    const document = await response.json().catch(() => ({ error: `the viewer answered ${response.status} without JSON` }));
    if (!response.ok) throw new Failed(document);
    return document;
  } catch (error) {
    if (error instanceof Failed || error.name === "AbortError") throw error;
    throw new Failed({ error: `the viewer does not answer (${error.message})`, advice: "Is it still running?" });
  } finally {
    done();
  }
}

export function showLoading() {
  const busy = document.getElementById("busy");
  const timer = setTimeout(() => {
    waiting += 1;
    busy.hidden = false;
  }, LOADING_AFTER_MS);
  let shown = true;
  return () => {
    if (!shown) return;
    shown = false;
    clearTimeout(timer);
    if (!busy.hidden) waiting = Math.max(0, waiting - 1);
    if (waiting === 0) busy.hidden = true;
  };
}

export function problem(failed) {
  const box = element("div", { className: "problem", role: "alert" }, failed.message);
  if (failed.advice) box.append(element("p", {}, failed.advice));
  return box;
}

/** element("a", {href}, "text", child...): what is text stays text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key in made && key !== "list" && key !== "role") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}
