// The list of traces: its plots narrow it, its check boxes choose two.

import { histogram, scatter } from "./plots.js";

function go(changes) {
  const url = new URL(location);
  for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value);
  location.assign(url);
}

const bars = document.getElementById("histogram");
if (bars) histogram(bars, JSON.parse(bars.dataset.bins), (from, to) => go({ from, to }));

const cloud = document.getElementById("scatter");
if (cloud) {
  scatter(cloud, JSON.parse(cloud.dataset.points), {
    start: Number(cloud.dataset.start),
    end: Number(cloud.dataset.end),
    onPick: (id) => location.assign(`/traces/${encodeURIComponent(id)}`),
    onBrush: (start, end) => go({ start: new Date(start).toISOString(), end: new Date(end).toISOString() }),
  });
}

const form = document.getElementById("compare");
if (form) {
  const button = form.querySelector("button");
  const chosen = () => [...form.querySelectorAll("[name=id]:checked")];
  const count = () => {
    button.disabled = chosen().length !== 2;
    button.textContent = `Compare two (${chosen().length} ticked)`;
  };
  form.addEventListener("change", count);
  count();
}
