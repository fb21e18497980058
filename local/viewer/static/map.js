// The map: the service under the pointer or the focus stands out with what calls it and what it calls.

const map = document.getElementById("map");

function show(key) {
  const near = new Set([key]);
  for (const edge of map.querySelectorAll(".edge")) {
    const { source, target } = edge.dataset;
    const touches = key === null || source === key || target === key;
    if (touches) near.add(source).add(target);
    edge.classList.toggle("faded", !touches);
  }
  for (const node of map.querySelectorAll(".node")) node.classList.toggle("faded", key !== null && !near.has(node.dataset.key));
}

for (const node of map?.querySelectorAll(".node") ?? []) {
  for (const name of ["pointerenter", "focus"]) node.addEventListener(name, () => show(node.dataset.key));
  for (const name of ["pointerleave", "blur"]) node.addEventListener(name, () => show(null));
}

// A tall map opens where it begins.
const first = map?.querySelector(".node rect");
if (first) map.scrollTop = Number(first.getAttribute("y")) - map.clientHeight / 2 + 40;
