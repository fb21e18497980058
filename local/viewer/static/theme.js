// In the head and no module: the theme is there before the first paint.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // A browser that keeps nothing: the system's theme it is.
  }
  const asked = new URLSearchParams(location.search).get("theme");
  const theme = asked === "dark" || asked === "light" ? asked : chosen;
  const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}
