// Small menus: of a widget, and of a point (what it leads to). Escape closes, arrow keys move.

import { element } from "./http.js";

let open = null;

export function closeMenu() {
  open?.menu.remove();
  open?.back?.focus({ preventScroll: true });
  open = null;
}

/** `items`: {label, href} or {label, run}; `title` says what it is about. */
export function showMenu({ title, items, x, y, back = document.activeElement }) {
  closeMenu();
  const made = items.map(({ label, href, run }) => {
    const item = href ? element("a", { href }, label) : element("button", { type: "button", className: "quiet" }, label);
    item.setAttribute("role", "menuitem");
    if (run) {
      item.addEventListener("click", () => {
        closeMenu();
        run();
      });
    }
    return item;
  });
  const menu = element("div", { className: "menu" }, title ? element("div", { className: "menu-title" }, title) : "", element("div", { role: "menu", ariaLabel: title || "Menu" }, ...made));
  menu.addEventListener("keydown", (event) => {
    const at = made.indexOf(document.activeElement);
    if (event.key === "Escape" || event.key === "Tab") closeMenu();
    else if (event.key === "ArrowDown") made[(at + 1) % made.length].focus();
    else if (event.key === "ArrowUp") made[(at - 1 + made.length) % made.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.body.append(menu);
  open = { menu, back };
  Object.assign(menu.style, { left: `${Math.max(4, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`, top: `${Math.max(4, Math.min(y, innerHeight - menu.offsetHeight - 8))}px` });
  made[0]?.focus({ preventScroll: true });
}

document.addEventListener("pointerdown", (event) => {
  if (open && !open.menu.contains(event.target)) closeMenu();
});
