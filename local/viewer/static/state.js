// All of a page's state is in its URL: a copied link shows the same.

export const query = () => Object.fromEntries(new URLSearchParams(location.search));

/** Changes the URL without loading the page; null removes. Pages hear `state` on document. */
export function setState(changes, { replace = false } = {}) {
  const url = new URL(location);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  if (url.href === location.href) return;
  history[replace ? "replaceState" : "pushState"](null, "", url);
  document.dispatchEvent(new CustomEvent("state", { detail: changes }));
}

/** start= and end= of the URL's links in the page follow the time that is shown. */
export function keepTimes() {
  const { start, end } = query();
  for (const anchor of document.querySelectorAll("nav a, a[data-keep]")) {
    const url = new URL(anchor.href);
    for (const [name, value] of Object.entries({ start, end })) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    anchor.href = url.href;
  }
}
