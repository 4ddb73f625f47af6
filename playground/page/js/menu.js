// A button with a menu: arrows, Home, End and Escape work; focus comes back to the button.

import { h } from "./dom.js";

export class Menu {
  // `entries()` gives {content, run, checked?, label?}; `empty` is said where there are none.
  constructor(button, { label, entries, empty = "Пусто", className = "" }) {
    this.button = button;
    this.entries = entries;
    this.empty = empty;
    this.panel = h("div", { class: `menu ${className}`, role: "menu", "aria-label": label, hidden: true });
    this.element = h("div", { class: "menu-holder" }, button, this.panel);
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => this.toggle());
    button.addEventListener("keydown", (event) => this.openByKey(event));
    this.panel.addEventListener("keydown", (event) => this.moved(event));
    this.element.addEventListener("focusout", (event) => {
      if (this.isOpen && event.relatedTarget && !this.element.contains(event.relatedTarget)) this.close(false);
    });
    this.outside = (event) => !this.element.contains(event.target) && this.close(false);
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  get items() {
    return [...this.panel.querySelectorAll("[role^=menuitem]")];
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  async open(last = false) {
    const entries = await this.entries();
    const drawn = entries.length ? entries.map((entry) => this.item(entry)) : [this.item({ content: [this.empty], run() {} })];
    this.panel.replaceChildren(...drawn);
    this.panel.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", this.outside);
    const checked = this.items.find((item) => item.getAttribute("aria-checked") === "true");
    (last ? this.items.at(-1) : (checked ?? this.items[0])).focus();
  }

  close(withFocus = true) {
    if (!this.isOpen) return;
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", this.outside);
    if (withFocus) this.button.focus();
  }

  item({ content, run, checked, label, danger }) {
    const attributes = {
      type: "button",
      tabindex: "-1",
      class: `menu-item ${danger ? "danger" : ""}`,
      role: checked === undefined ? "menuitem" : "menuitemradio",
      "aria-checked": checked === undefined ? null : String(checked),
      "aria-label": label,
      onclick: () => {
        this.close();
        run();
      },
    };
    return h("button", attributes, ...content);
  }

  openByKey(event) {
    if (this.isOpen || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    this.open(event.key === "ArrowUp");
  }

  moved(event) {
    const { items } = this;
    const at = items.indexOf(document.activeElement);
    const places = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
    if (event.key in places) {
      event.preventDefault();
      items.at(places[event.key] % items.length).focus();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab") this.close(false);
  }
}
