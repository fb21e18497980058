// The keyboard: pages say `addKey("r", "refresh", run)`; `?` lists them all.

const keys = new Map();
let afterG = false;

export function addKey(key, words, run) {
  keys.set(key, { words, run });
}

export function listKeys() {
  const dialog = document.getElementById("keys");
  const body = dialog.querySelector("tbody");
  body.replaceChildren(
    ...[...keys].map(([key, { words }]) => {
      const row = document.createElement("tr");
      const shown = document.createElement("td");
      for (const part of key.split(" ")) {
        const kbd = document.createElement("kbd");
        kbd.textContent = part;
        shown.append(kbd, " ");
      }
      const said = document.createElement("td");
      said.textContent = words;
      row.append(shown, said);
      return row;
    }),
  );
  dialog.showModal();
}

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    if (document.querySelector("dialog[open]")) return;
    const key = afterG ? `g ${event.key}` : event.key;
    if (event.key === "g" && !afterG) {
      afterG = true;
      setTimeout(() => (afterG = false), 1500);
      return;
    }
    afterG = false;
    const found = keys.get(key);
    if (!found) return;
    event.preventDefault();
    found.run(event);
  });
}
