// The reply keyboard under the input field.

import { h } from "./dom.js";

export class Keys {
  constructor(toggle, onPress) {
    this.toggle = toggle;
    this.onPress = onPress;
    this.shown = null;
    this.element = h("div", { class: "keys", role: "group", "aria-label": "Клавиатура бота", id: `keys-${toggle.id}` });
    toggle.setAttribute("aria-controls", this.element.id);
    toggle.addEventListener("click", () => this.fold(!this.element.hidden));
  }

  // Draws only what is new; a keyboard folded away unfolds when the bot sends another.
  show(markup) {
    const rows = markup?.keyboard ?? [];
    const drawn = JSON.stringify(rows);
    this.toggle.hidden = !rows.length;
    if (drawn === this.shown) return;
    this.shown = drawn;
    const focused = this.element.contains(document.activeElement) ? document.activeElement.textContent : null;
    this.element.replaceChildren(...rows.map((row) => h("div", { class: "key-row" }, ...row.map((raw) => this.key(raw)))));
    this.fold(!rows.length);
    if (focused !== null) this.refocus(focused);
  }

  fold(away) {
    this.element.hidden = away;
    this.toggle.setAttribute("aria-expanded", String(!away));
    const label = away ? "Показать клавиатуру бота" : "Скрыть клавиатуру бота";
    this.toggle.setAttribute("aria-label", label);
    this.toggle.title = label;
  }

  key(raw) {
    const attributes = { type: "button", class: `key ${raw.style ? `key-${raw.style}` : ""}` };
    return h("button", { ...attributes, onclick: () => this.onPress(raw.text) }, h("span", {}, raw.text));
  }

  refocus(label) {
    const keys = [...this.element.querySelectorAll(".key")];
    (keys.find((key) => key.textContent === label) ?? keys[0])?.focus();
  }
}
