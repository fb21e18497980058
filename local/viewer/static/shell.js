// What every page has: keys, theme, the time range, refresh and live.

import { addKey, listKeys, listen } from "./keys.js";
import { keepTimes, query, setState } from "./state.js";
import { localTimes, toInput } from "./time.js";

const LIVE_EVERY_MS = 5000;
let timer = null;

const buttons = (name) => document.querySelectorAll(`[data-do="${name}"]`);
const on = (name, run) => buttons(name).forEach((button) => button.addEventListener("click", run));

/** Pages that can refresh in place call preventDefault() on this event of document; others are loaded anew. */
function refresh() {
  const event = new CustomEvent("refresh", { cancelable: true });
  if (document.dispatchEvent(event)) location.reload();
}

function toggleTheme() {
  const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Not kept then.
  }
  document.dispatchEvent(new CustomEvent("theme"));
}

function setLive(live) {
  for (const button of buttons("live")) button.setAttribute("aria-pressed", String(live));
  clearInterval(timer);
  timer = live ? setInterval(() => document.visibilityState === "visible" && refresh(), LIVE_EVERY_MS) : null;
}

function toggleLive() {
  const button = buttons("live")[0];
  if (!button || button.disabled) return;
  const live = button.getAttribute("aria-pressed") !== "true";
  setState({ live: live ? "1" : "0" }, { replace: true });
  setLive(live);
}

function absolute() {
  const value = (name) => {
    const text = document.querySelector(`[data-time="${name}"]`).value;
    return text ? new Date(text).toISOString() : null;
  };
  const url = new URL(location);
  url.searchParams.set("start", value("start") ?? "");
  if (value("end")) url.searchParams.set("end", value("end"));
  url.searchParams.delete("live");
  location.assign(url);
}

/** On a phone the pages' names scroll sideways: the one that is open is in view. */
function showPageName() {
  const nav = document.querySelector("nav");
  const name = nav.querySelector("[aria-current]")?.getBoundingClientRect();
  if (name) nav.scrollLeft += name.left - nav.getBoundingClientRect().left - (nav.clientWidth - name.width) / 2;
}

localTimes();
keepTimes();
showPageName();
for (const input of document.querySelectorAll("[data-time]")) input.value = toInput(new Date(input.dataset.value));
on("theme", toggleTheme);
on("keys", listKeys);
on("refresh", refresh);
on("live", toggleLive);
on("absolute", absolute);
document.addEventListener("state", keepTimes);
for (const anchor of document.querySelectorAll("nav a[data-key]:not([data-key=''])")) {
  addKey(`g ${anchor.dataset.key}`, anchor.textContent, () => anchor.click());
}
addKey("r", "refresh", refresh);
addKey("l", "live on or off", toggleLive);
addKey("t", "light or dark", toggleTheme);
addKey("?", "this list", listKeys);
addKey("/", "to the first field", () => document.querySelector("main input:not([type=hidden]), main textarea, main select")?.focus());
listen();
const liveAtFirst = buttons("live")[0];
if (liveAtFirst && !liveAtFirst.disabled) {
  const { live } = query();
  setLive(live === "1" || (live === undefined && document.querySelector("[data-live-first]") !== null));
}
