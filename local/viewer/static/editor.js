// The editor of a query: completion as one writes, and the place of an error.

import { element } from "./http.js";

const MOST_CHOICES = 60;
const WORD = /[@A-Za-z_`][\w@.`-]*$/;

export class Editor {
  /** `language`: {commands, functions, words}, as the page has them; `onRun` for Ctrl+Enter. */
  constructor({ area, mirror, list, trouble }, language, onRun) {
    Object.assign(this, { area, mirror, list, trouble, language, onRun });
    this.fields = [];
    this.choices = [];
    this.at = 0;
    this.sought = null; // what complete() was last asked with, until something else happens
    area.addEventListener("input", () => {
      this.showError(null);
      this.complete(false);
    });
    area.addEventListener("keydown", (event) => this.key(event));
    area.addEventListener("scroll", () => (mirror.scrollTop = area.scrollTop));
    area.addEventListener("blur", () => this.close());
    area.addEventListener("click", () => this.close());
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const item = event.target.closest("li");
      if (item) this.accept(Number(item.dataset.index));
    });
  }

  get text() {
    return this.area.value;
  }

  set text(value) {
    this.area.value = value;
    this.showError(null);
    this.close();
  }

  /** The names of fields, which may come while one writes: what is offered then has them at once. */
  learn(fields) {
    this.fields = fields;
    if (this.sought === null) return;
    const marked = this.list.hidden ? undefined : this.choices[this.at].name;
    this.complete(this.sought.isAsked);
    const place = this.choices.findIndex(({ name }) => name === marked);
    if (!this.list.hidden && place > 0) this.mark(place);
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.close();
      this.onRun();
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.complete(true);
    } else if (!this.list.hidden) {
      const run = { ArrowDown: () => this.mark(this.at + 1), ArrowUp: () => this.mark(this.at - 1), Enter: () => this.accept(this.at), Tab: () => this.accept(this.at), Escape: () => this.close() }[event.key];
      if (!run) return;
      event.preventDefault();
      run();
    }
  }

  /** What may stand where the caret is: commands after a pipe; fields, functions and words else. */
  complete(isAsked) {
    this.close();
    this.sought = { isAsked };
    const before = this.text.slice(0, this.area.selectionStart);
    const word = WORD.exec(before)?.[0] ?? "";
    const last = before.slice(0, before.length - word.length).replace(/#[^\n]*/g, "").trimEnd();
    const starts = last === "" || last.endsWith("|");
    if (/["'/][^"'/\n|]*$/.test(before.slice(before.lastIndexOf("\n") + 1)) && oddQuotes(before)) return;
    if (!word && !isAsked && !(starts && last !== "")) return;
    const pool = starts ? Object.entries(this.language.commands).map(([name, [form, words]]) => ({ name, insert: `${name} `, words, form })) : this.expressionChoices();
    const sought = word.toLowerCase().replace(/^`/, "");
    const fits = pool.filter(({ name }) => name.toLowerCase().replace(/^`/, "").includes(sought) && name !== word);
    fits.sort((one, other) => Number(other.name.toLowerCase().startsWith(sought)) - Number(one.name.toLowerCase().startsWith(sought)));
    this.word = word;
    this.open(fits.slice(0, MOST_CHOICES));
  }

  expressionChoices() {
    return [
      ...this.fields.map((name) => ({ name, insert: name, words: "field", form: name })),
      ...Object.entries(this.language.functions).map(([name, [form, words]]) => ({ name, insert: `${name}(`, words, form })),
      ...this.language.words.map((name) => ({ name, insert: `${name} `, words: "", form: name })),
    ];
  }

  open(choices) {
    this.choices = choices;
    if (!choices.length) return;
    this.list.replaceChildren(
      ...choices.map(({ form, words }, index) => {
        const item = element("li", { role: "option", id: `choice-${index}` }, element("span", { className: "mono" }, form), element("span", { className: "soft" }, words));
        item.dataset.index = index;
        return item;
      }),
    );
    this.list.hidden = false;
    this.area.setAttribute("aria-expanded", "true");
    this.place();
    this.mark(0);
  }

  /** Below the caret: the mirror has the same text in the same place. */
  place() {
    const caret = this.area.selectionStart - this.word.length;
    const spot = document.createElement("span");
    spot.textContent = "\u200b";
    this.mirror.replaceChildren(this.text.slice(0, caret), spot, this.text.slice(caret));
    const at = spot.getBoundingClientRect();
    const area = this.area.getBoundingClientRect();
    const top = at.bottom - area.top - this.area.scrollTop + this.mirror.scrollTop + 4;
    const left = Math.max(0, Math.min(at.left - area.left, area.width - this.list.offsetWidth));
    Object.assign(this.list.style, { top: `${top}px`, left: `${left}px` });
  }

  mark(index) {
    this.at = (index + this.choices.length) % this.choices.length;
    [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === this.at)));
    this.list.children[this.at].scrollIntoView({ block: "nearest" });
    this.area.setAttribute("aria-activedescendant", `choice-${this.at}`);
  }

  accept(index) {
    const choice = this.choices[index];
    const end = this.area.selectionStart;
    this.area.setRangeText(choice.insert, end - this.word.length, end, "end");
    this.close();
    this.area.focus();
  }

  close() {
    this.sought = null;
    this.list.hidden = true;
    this.area.setAttribute("aria-expanded", "false");
    this.area.removeAttribute("aria-activedescendant");
  }

  /** place: {start, end, message}: it is marked in the text, and said with its line and column; null takes it away. */
  showError(place) {
    this.area.toggleAttribute("aria-invalid", place !== null);
    this.mirror.replaceChildren();
    this.trouble.replaceChildren();
    if (place === null) return;
    this.area.setAttribute("aria-invalid", "true");
    const [start, end] = [Math.min(place.start, this.text.length), Math.min(Math.max(place.end, place.start), this.text.length)];
    const mark = element("mark", { className: start === end ? "empty" : "" }, this.text.slice(start, end) || "\u200b");
    this.mirror.replaceChildren(this.text.slice(0, start), mark, this.text.slice(end));
    this.mirror.scrollTop = this.area.scrollTop;
    const lines = this.text.slice(0, start).split("\n");
    const column = lines.at(-1).length;
    const line = this.text.split("\n")[lines.length - 1];
    const carets = " ".repeat(column) + "^".repeat(Math.max(1, Math.min(end - start, line.length - column)));
    this.trouble.replaceChildren(
      element("div", { className: "problem" }, element("strong", {}, `Line ${lines.length}, column ${column + 1}: `), place.message, element("pre", { className: "excerpt" }, `${line}\n${carets}`)),
    );
  }
}

function oddQuotes(before) {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return (line.match(/"/g)?.length ?? 0) % 2 === 1;
}
