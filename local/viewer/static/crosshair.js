// One crosshair and one selection for all graphs of a page.

const graphs = new Set();

export const join = (graph) => graphs.add(graph);
export const leave = (graph) => graphs.delete(graph);

export function pointAt(seconds, origin = null) {
  for (const graph of graphs) graph.cross(seconds, graph === origin);
}

export function select(from, to) {
  for (const graph of graphs) graph.select(from, to);
}

/** The index of the value nearest to an instant, or -1 where none is within `within` seconds. */
export function nearest(times, at, within) {
  let low = 0;
  let high = times.length - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < at) low = middle + 1;
    else high = middle;
  }
  const best = low > 0 && at - times[low - 1] < times[low] - at ? low - 1 : low;
  return Math.abs(times[best] - at) <= within ? best : -1;
}
