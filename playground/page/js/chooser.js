// Whose phone it is: a menu of the people, with what each has not read.

import { fill, h, hidden, icon } from "./dom.js";
import { Menu } from "./menu.js";
import * as words from "./words.js";

export function avatar(id, name) {
  return h("span", { class: `avatar hue-${words.hue(id)}`, "aria-hidden": "true" }, words.initials(name));
}

export class Chooser {
  // `around`: everybody(), isElsewhere(person), choose(person), invite().
  constructor(around) {
    this.around = around;
    this.button = h("button", { type: "button", class: "owner" });
    this.menu = new Menu(this.button, { label: "Чей это телефон", className: "people", entries: () => this.entries() });
    this.element = this.menu.element;
  }

  show(person) {
    this.person = person;
    const others = this.around.everybody().filter((other) => other.id !== person?.id && !this.around.isElsewhere(other));
    const unread = others.reduce((sum, other) => sum + other.unread, 0);
    const name = person ? words.fullName(person) : "Никого нет";
    const caption = person?.caption ?? "";
    fill(
      this.button,
      person ? avatar(person.id, name) : avatar(0, "?"),
      h("span", { class: "owner-name" }, hidden("Телефон: "), h("strong", { dir: "auto" }, name), caption && h("small", { dir: "auto" }, caption)),
      unread > 0 && h("span", { class: "badge" }, words.badge(unread), hidden(`, у других людей ${words.unread(unread)}`)),
      icon("down", 18),
    );
  }

  entries() {
    const people = this.around.everybody().map((person) => this.entry(person));
    const add = { content: [h("span", { class: "avatar plain" }, icon("add")), h("span", {}, "Новый человек…")], run: () => this.around.invite() };
    return [...people, add];
  }

  entry(person) {
    const name = words.fullName(person);
    const elsewhere = this.around.isElsewhere(person) ? "на другом телефоне" : null;
    const note = [person.caption, elsewhere].filter(Boolean).join(" · ");
    const spoken = [name, note, person.unread && words.unread(person.unread)].filter(Boolean).join(", ");
    return {
      checked: person.id === this.person?.id,
      label: spoken,
      run: () => this.around.choose(person),
      content: [
        avatar(person.id, name),
        h("span", { class: "menu-words" }, h("strong", { dir: "auto" }, name), note && h("small", { dir: "auto" }, note)),
        person.unread > 0 && h("span", { class: "badge" }, words.badge(person.unread)),
      ],
    };
  }
}
