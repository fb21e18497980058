// The colours of series: told apart on both papers, by people who see red and green alike, too.

const LIGHT = ["#1668a8", "#c25700", "#2c7a2c", "#a8173a", "#6a3fb5", "#7a5310", "#b5289a", "#4e5a65", "#8a7500", "#00798a"];
const DARK = ["#5db3f0", "#f59b4c", "#6fce6f", "#ff7f95", "#b79af2", "#d8ab62", "#f08ddc", "#b4c0ca", "#d9c64a", "#4fd0e0"];
const THEMES = { light: LIGHT, dark: DARK };

export const isDark = () => document.documentElement.dataset.theme === "dark";
export const seriesColour = (index) => THEMES[isDark() ? "dark" : "light"][index % LIGHT.length];

let known = { theme: null, values: {} };

/** The theme's own colours, by their names in base.css. */
export function theme() {
  const name = document.documentElement.dataset.theme;
  if (known.theme !== name) {
    const style = getComputedStyle(document.documentElement);
    const value = (variable) => style.getPropertyValue(`--${variable}`).trim();
    const names = ["text", "soft", "line", "edge", "grid", "paper", "raised", "good", "bad", "warn", "idle", "accent"];
    known = { theme: name, values: Object.fromEntries(names.map((one) => [one, value(one)])) };
  }
  return known.values;
}

export function faded(colour, alpha) {
  const hex = colour.length === 4 ? colour.replace(/[0-9a-f]/gi, "$&$&") : colour;
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}
